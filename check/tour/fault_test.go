package tour

import (
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/fault"
)

// faults of the implementation, and what the tour says of each: that it differs
// from the model, or that a machine that was reset is no new one.
var faults = map[string]struct {
	fault.Fault
	says string
}{
	"keeps-secret": {fault.Fault{File: "impl/handshake/client_hello.go",
		Old: "m.long, m.secret, m.session = nil, spec.NoSecret, nil", New: "m.session = nil"}, differs},
	"no-echo": {fault.Fault{File: "impl/handshake/server_hello.go",
		Old: "m.idLen = copy(m.id[:], m.hello.SessionID)", New: "m.idLen = 0"}, differs},
}

const (
	differs = "tour: model and implementation differ"
	reused  = "are no new ones"
)

// kept are fields of a machine that its reset could overlook, each of which the
// tour sees.
var kept = []string{"promised", "echoed", "peerProved", "resumed", "ems", "etm", "answers", "err"}

func allFaults() (all []fault.Fault, says map[string]string) {
	says = map[string]string{}
	add := func(name, what string, f fault.Fault) {
		f.Name = name
		all, says[name] = append(all, f), what
	}
	for name, f := range faults {
		add(name, f.says, f.Fault)
	}
	for _, field := range kept {
		add("kept-"+strings.ToLower(field), reused, fault.Fault{File: "impl/handshake/machine.go",
			Old: "m.connection = connection{}", New: "m.connection = connection{" + field + ": m." + field + "}"})
	}
	return all, says
}

// TestFaultsInTheSourceAreFound: each of them, and for what it is.
func TestFaultsInTheSourceAreFound(t *testing.T) {
	all, says := allFaults()
	overlay, err := fault.Overlay("../..", t.TempDir(), all)
	if err != nil {
		t.Fatal(err)
	}
	binary, err := fault.Build(t.Context(), "../..", overlay, "check/tour")
	if err != nil {
		t.Fatal(err)
	}
	if passed, out, err := binary.Run(t.Context(), "TestTour", ""); err != nil || !passed {
		t.Fatalf("without a fault: %v\n%s", err, out)
	}
	for name, what := range says {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			passed, out, err := binary.Run(t.Context(), "TestTour", name)
			if err != nil || passed || !strings.Contains(out, what) {
				t.Errorf("passed %v, %v; want %q in\n%s", passed, err, what, out)
			}
		})
	}
}
