package harness

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// TestVariablesAreTheModels holds what is seen from outside against the model,
// which is what the TLA+ traces say of it too.
// Must fail: TestOtherVariablesAreFound.
func TestVariablesAreTheModels(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 7))
	moves := map[spec.Event]int{}
	for n := range 4000 {
		run := randomRun(t, rnd, n%3)
		for enabled := run.Enabled(); len(enabled) > 0; enabled = run.Enabled() {
			a := enabled[rnd.IntN(len(enabled))]
			// What has never been tried goes first: some moves are rare.
			if i := slices.IndexFunc(enabled, func(a model.Action) bool { return moves[a.Event] == 0 }); i >= 0 {
				a = enabled[i]
			}
			if err := run.Step(a); err != nil {
				t.Fatal(err)
			}
			moves[a.Event]++
			if run.Over() {
				break
			}
			if field, want, got := disagree(run.State(), run.Pair.Variables()); field != "" {
				t.Fatalf("%s\nafter %v: %s is %v, the model's %v", run.Conversation(), a, field, got, want)
			}
		}
	}
	for e := spec.Event(1); int(e) < spec.Events; e++ {
		if moves[e] == 0 {
			t.Errorf("%v has not been tried", e)
		}
	}
}

// TestOtherVariablesAreFound bends each of them.
func TestOtherVariablesAreFound(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 8))
	run := randomRun(t, rnd, 0)
	if err := run.Step(run.Enabled()[0]); err != nil {
		t.Fatal(err)
	}
	for name, bend := range map[string]func(*Variables){
		"client.cert":    func(v *Variables) { v.Client.Cert = model.CertGood },
		"server.foreign": func(v *Variables) { v.Server.Foreign = true },
		"client.sent":    func(v *Variables) { v.Client.Sent = true },
		"client.got":     func(v *Variables) { v.Client.Got = true },
		"server.cached":  func(v *Variables) { v.Server.Cached = false },
		"server.added":   func(v *Variables) { v.Server.Added = true },
		"server.hello":   func(v *Variables) { v.Server.Hello.EMS = "off" },
		"lost":           func(v *Variables) { v.Lost = true },
		"inserted":       func(v *Variables) { v.Inserted[spec.Client] = true },
	} {
		v := run.Pair.Variables()
		bend(&v)
		if field, _, _ := disagree(run.State(), v); field != name {
			t.Errorf("%s: %q is found", name, field)
		}
	}
}

func randomRun(t *testing.T, rnd *rand.Rand, budget int) *Run {
	t.Helper()
	run := NewRun()
	sys, err := model.New(model.Options{Fix: Draw(rnd.IntN).WithDefaults(), Budget: budget, WireOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Begin(sys, rnd.Uint64()>>8); err != nil {
		t.Fatal(err)
	}
	return run
}

// disagree returns the first variable that is not the model's.
func disagree(st model.State, v Variables) (field string, want, got any) {
	type pair struct {
		field     string
		want, got any
	}
	pairs := []pair{{"lost", st.Lost, v.Lost}, {"inserted", st.Inserted, v.Inserted}}
	for _, side := range []struct {
		name string
		e    model.Endpoint
		a    Aside
	}{{"client", st.Client, v.Client}, {"server", st.Server, v.Server}} {
		e, a := side.e, side.a
		pairs = append(pairs, pair{side.name + ".cached", e.HasCached, a.Cached}, pair{side.name + ".added", e.HasAdded, a.Added},
			pair{side.name + ".sent", e.Sent, a.Sent}, pair{side.name + ".got", e.Got, a.Got}, pair{side.name + ".cert", e.Cert, a.Cert},
			pair{side.name + ".hello", changeOf(e.Hello, a.Hello), a.Hello})
		if e.State != spec.Failed {
			pairs = append(pairs, pair{side.name + ".foreign", e.Foreign, a.Foreign})
		}
	}
	for _, p := range pairs {
		if p.want != p.got {
			return p.field, p.want, p.got
		}
	}
	return "", nil, nil
}

// changeOf words the model's changes, but for what seen cannot tell.
func changeOf(h model.Hello, seen Change) Change {
	word := func(s interface{ String() string }) string {
		if s.String() == "?" {
			return ""
		}
		return s.String()
	}
	c := Change{Ticket: word(h.Ticket), ID: word(h.ID), Suites: word(h.Suites), Suite: word(h.Suite), TicketExt: word(h.TicketExt),
		EMS: word(h.EMS), EtM: word(h.EtM), Renegotiation: word(h.Renegotiation), Random: word(h.Random)}
	if h.Version != model.SameVersion {
		c.Version = versionWord(h.Version.Version())
	}
	if seen.Suites == "*" {
		c.Suites = "*"
	}
	if seen.Suite == "*" {
		c.Suite = "*"
	}
	return c
}
