package lockstep

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// edit is one change of a source file: what stands there once, and what is put
// in its place.
type edit struct{ file, right, wrong string }

// faults are bugs that libraries have had, put into the implementation's source.
var faults = []struct {
	name  string
	edits []edit
}{
	{"ChangeCipherSpec after ServerHello without a ticket", []edit{{"client_table.go",
		"On: spec.ChangeCipherSpec, If: ticketPending, Do: do(useSessionSecret, activateRead)",
		"On: spec.ChangeCipherSpec, Do: do(useSessionSecret, activateRead)"}}},
	{"the session secret is kept after the fallback", []edit{
		{"client_hello.go", "m.long, m.secret, m.session = nil, spec.NoSecret, nil", "m.session = nil"},
		{"keys.go", "	if len(m.premaster) == 0 {", "	if m.secret == spec.PAC {\n\t\treturn deriveKeys(m)\n\t}\n\tif len(m.premaster) == 0 {"}}},
	{"NewSessionTicket with a session secret", []edit{{"server_table.go",
		"Do: do(chooseTicketSuite, sendServerHello, deriveKeys,",
		"Do: do(chooseTicketSuite, sendServerHello, sendNewSessionTicket, deriveKeys,"}}},
	{"no echo of the Session ID", []edit{{"server_hello.go",
		"	m.idLen = copy(m.id[:], m.hello.SessionID)",
		"	m.idLen = 0"}}},
	{"a suite that was not offered", []edit{{"server_hello.go",
		" || !m.hello.Suites.Contains(id) {",
		" {"}}},
}

// TestFaultsInTheSourceAreFound builds the implementation with each fault, from
// a copy of the one file, and wants lockstep to say where it differs.
func TestFaultsInTheSourceAreFound(t *testing.T) {
	source, err := filepath.Abs("../../impl/handshake")
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			out, err := testWith(t, source, fault.edits)
			switch {
			case strings.Contains(out, "[build failed]"):
				t.Fatalf("the fault does not build:\n%s", out)
			case err == nil:
				t.Fatal("not found")
			case !strings.Contains(out, "model and implementation differ"):
				t.Fatalf("it failed for another reason:\n%s", out)
			}
			t.Log(out)
		})
	}
}

// testWith runs a test of this package with the edits in copies of the files of
// a folder.
func testWith(t *testing.T, folder string, edits []edit) (string, error) {
	t.Helper()
	dir, replace := t.TempDir(), map[string]string{}
	for _, e := range edits {
		text, err := os.ReadFile(filepath.Join(folder, e.file))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(text), e.right) != 1 {
			t.Fatalf("%s no longer has %q once", e.file, e.right)
		}
		write(t, filepath.Join(dir, e.file), []byte(strings.Replace(string(text), e.right, e.wrong, 1)))
		replace[filepath.Join(folder, e.file)] = filepath.Join(dir, e.file)
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	write(t, overlay, list)
	out, err := exec.CommandContext(t.Context(), "go", "test", "-vet=off", "-count=1", "-overlay="+overlay,
		"-run=^TestModelAndImplementationGoInStep$/^rapid$", ".").CombinedOutput()
	return string(out), err
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
