package lockstep

import (
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/internal/faulty"
)

// faults are bugs that libraries have had, put into the implementation's source.
var faults = []struct {
	name  string
	edits []faulty.Edit
}{
	{"ChangeCipherSpec after ServerHello without a ticket", []faulty.Edit{{File: "client_table.go",
		Right: "On: spec.ChangeCipherSpec, If: ticketPending, Do: do(useSessionSecret, activateRead)",
		Wrong: "On: spec.ChangeCipherSpec, Do: do(useSessionSecret, activateRead)"}}},
	{"the session secret is kept after the fallback", []faulty.Edit{
		{File: "client_hello.go",
			Right: "m.long, m.secret, m.session = nil, spec.NoSecret, nil",
			Wrong: "m.session = nil"},
		{File: "keys.go",
			Right: "	if len(m.premaster) == 0 {",
			Wrong: "	if m.secret == spec.PAC {\n\t\treturn deriveKeys(m)\n\t}\n\tif len(m.premaster) == 0 {"}}},
	{"NewSessionTicket with a session secret", []faulty.Edit{{File: "server_table.go",
		Right: "Do: do(chooseTicketSuite, sendServerHello, deriveKeys,",
		Wrong: "Do: do(chooseTicketSuite, sendServerHello, sendNewSessionTicket, deriveKeys,"}}},
	{"no echo of the Session ID", []faulty.Edit{{File: "server_hello.go",
		Right: "	m.idLen = copy(m.id[:], m.hello.SessionID)",
		Wrong: "	m.idLen = 0"}}},
	{"a suite that was not offered", []faulty.Edit{{File: "server_hello.go",
		Right: " || !m.hello.Suites.Contains(id) {",
		Wrong: " {"}}},
}

// TestFaultsInTheSourceAreFound builds the implementation with each fault, from
// a copy of the one file, and wants lockstep to say where it differs.
func TestFaultsInTheSourceAreFound(t *testing.T) {
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			out, err := faulty.Test(t, "../../impl/handshake", fault.edits, "^TestModelAndImplementationGoInStep$/^rapid$")
			switch {
			case err == nil:
				t.Fatal("not found")
			case !strings.Contains(out, "model and implementation differ"):
				t.Fatalf("it failed for another reason:\n%s", out)
			}
			t.Log(out)
		})
	}
}
