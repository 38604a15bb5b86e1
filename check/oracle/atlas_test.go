package oracle

import (
	"os"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/check/learn/target"
	"github.com/sesame-tls/sesame/check/results"
	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/graph"
	"github.com/sesame-tls/sesame/spec"
)

// TestAtlas: this implementation's server is learned as the model has it. Held
// against another profile, it is drawn otherwise.
func TestAtlas(t *testing.T) {
	l := leaf{class: learnedClasses()[0], release: "impl"}
	impl := sut.Program{Name: "impl", Path: os.Args[0], Env: []string{shimName + "=impl"}}
	if err := l.learn(t.Context(), subject{"impl", impl}, testPKI); err != nil {
		t.Fatal(err)
	}
	own := func(a results.Arc) bool { return a.Own }
	if len(l.differs) != 0 || len(l.strange) != 0 || len(l.arcs) < 5 || slices.ContainsFunc(l.arcs, own) {
		t.Errorf("%q, %q, %+v", l.differs, l.strange, l.arcs)
	}
	accepts := results.Arc{From: "AwaitClientHello", To: "AwaitChangeCipherSpecAbbreviated", Label: "ClientHello ticket=good sid=empty"}
	if !slices.Contains(l.arcs, accepts) {
		t.Errorf("%+v is not among %+v", accepts, l.arcs)
	}
	sc := l.class.scenario(target.ScenarioOf(l.class.Role, l.class.Callback))
	wolfssl, err := spec.ProfileByName("wolfssl")
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.NewMachine(l.class.Role, sc, model.Options{Profile: wolfssl})
	if err != nil {
		t.Fatal(err)
	}
	mealy := graph.NewMealy(m)
	other := target.Project(&target.Machine{Inputs: mealy.Inputs, Next: mealy.Next, Out: silent(mealy.Output)})
	if told := l.unlike(other, wolfssl, m, lettersOf(m)); len(told) == 0 {
		t.Error("nothing is unlike another profile's machine")
	}
	drawn := arcs(l.machine, other, stateNames(l.machine, m, lettersOf(m)))
	declines := results.Arc{From: "AwaitClientHello", To: "AwaitClientKeyExchange",
		Label: "ClientHello ticket=bad sid=empty / ServerHello(sid=fresh) Certificate ServerKeyExchange ServerHelloDone", Own: true}
	if !slices.Contains(drawn, declines) {
		t.Errorf("%+v is not among %+v", declines, drawn)
	}
}
