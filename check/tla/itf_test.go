package tla

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/itf"
	"github.com/sesame-tls/sesame/model"
)

// violation is a shortest path to a fault's consequence.
func violation(t *testing.T) *model.Path {
	t.Helper()
	r, err := model.Run(model.Options{Mutant: "no-echo"}, model.RunOptions{First: true})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(r.Properties, func(row model.Row) bool { return row.Verdict == model.Violated })
	if i < 0 {
		t.Fatal("no-echo violates nothing")
	}
	return r.Properties[i].Path
}

func traceOf(t *testing.T, p *model.Path) []byte {
	t.Helper()
	trace, err := ITF(p, "session-id-echoed")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := trace.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestITF: a counterexample is read back as the states that it has in TLA+.
func TestITF(t *testing.T) {
	p := violation(t)
	read, err := itf.Read(bytes.NewReader(traceOf(t, p)))
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range read.States {
		var text []byte
		for k, name := range read.Vars {
			text = append(text, `/\ `+name+" = "+inTLAPlus(t, s.Values[k])+"\n"...)
		}
		got, err := Canonical(nil, text)
		if err != nil {
			t.Fatal(err)
		}
		if want := p.States[i].AppendTLA(nil); string(got) != string(want) {
			t.Errorf("state %d\n%s\nwant\n%s", i, got, want)
		}
	}
	if read.Source != "Sesame.tla" || len(read.States) != len(p.Actions)+1 || read.States[1].Action != p.Actions[0] || read.Loop != -1 {
		t.Errorf("source %q, %d states, %q, loop %d", read.Source, len(read.States), read.States[1].Action, read.Loop)
	}
}

// inTLAPlus writes a value of the format in TLA+.
func inTLAPlus(t *testing.T, v json.RawMessage) string {
	t.Helper()
	list := func(raw json.RawMessage) string {
		var all []json.RawMessage
		if err := json.Unmarshal(raw, &all); err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, e := range all {
			texts = append(texts, inTLAPlus(t, e))
		}
		return strings.Join(texts, ", ")
	}
	switch v[0] {
	case '[':
		return "<<" + list(v) + ">>"
	case '{':
		var members map[string]json.RawMessage
		if err := json.Unmarshal(v, &members); err != nil {
			t.Fatal(err)
		}
		var fields []string
		for name, value := range members {
			switch name {
			case "#tup":
				return "<<" + list(value) + ">>"
			case "#set":
				return "{" + list(value) + "}"
			case "#bigint":
				return strings.Trim(string(value), `"`)
			}
			fields = append(fields, name+" |-> "+inTLAPlus(t, value))
		}
		return "[" + strings.Join(fields, ", ") + "]"
	case 't', 'f':
		return strings.ToUpper(string(v))
	}
	return string(v)
}

// TestITFOthers: the library of others reads the trace, with as many states.
func TestITFOthers(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err == nil {
		err = exec.Command(python, "-c", "import itf_py").Run()
	}
	if err != nil {
		t.Skipf("python3 has no itf_py (%v); pip install itf-py", err)
	}
	p := violation(t)
	file := filepath.Join(t.TempDir(), "violation.itf.json")
	if err := os.WriteFile(file, traceOf(t, p), 0o600); err != nil {
		t.Fatal(err)
	}
	const read = `
import json, sys
from itf_py import trace_from_json
t = trace_from_json(json.load(open(sys.argv[1])))
last = t.states[-1].values
print(len(t.states), last["client"].state, last["client"].hello.ticket, [m.type for m in last["toClient"]], ("on", "on") in last["config"].ems)`
	out, err := exec.Command(python, "-c", read, file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	last := p.States[len(p.States)-1]
	values := func(pattern string) bool { return bytes.Contains(last.AppendTLA(nil), []byte(pattern)) }
	want := fmt.Sprintf("%d %v same ['ServerHello', 'ChangeCipherSpec', 'Finished'] True\n", len(p.States), last.Client.State)
	if string(out) != want || !values(`type|->"ServerHello"`) || !values(`<<"on","on">>`) {
		t.Errorf("they read %q, want %q", out, want)
	}
}
