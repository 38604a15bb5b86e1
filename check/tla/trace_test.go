package tla

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestTracesAreReadAsWritten(t *testing.T) {
	traces, err := Record(rand.New(rand.NewPCG(1, 1)), 3, 0)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := WriteTraces(&b, traces); err != nil {
		t.Fatal(err)
	}
	again, err := ReadTraces("buffer", &b)
	if err != nil || !reflect.DeepEqual(again, traces) {
		t.Errorf("%+v is read, %v", again, err)
	}
}

func TestReadTracesSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"no JSON", "{", "file, line 1"},
		{"a step before its trace", `{"event":"ClientStart"}`, "neither a trace nor a step"},
		{"no such event", "{\"trace\":\"a\"}\n{\"event\":\"Nothing\"}", "line 2: spec: no event"},
		{"no such dimension", `{"trace":"a","scenario":"colour=red"}`, "no dimension"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := ReadTraces("file", strings.NewReader(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// needsTLC skips a test where there is no Java or no jar.
func needsTLC(t *testing.T) string {
	t.Helper()
	for _, tool := range Tools {
		if err := tool.Find(); err != nil {
			t.Skipf("there is no %s: %v (%s)", tool.Name, err, tool.Get)
		}
	}
	dir, err := Dir()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// sample reads the traces of tla/TraceData.tla: of both ends with an attacker and
// without, and of each end alone. With -update they are made anew.
func sample(t *testing.T) []Trace {
	t.Helper()
	file := filepath.Join("testdata", "sample.ndjson")
	if *update {
		var b bytes.Buffer
		if err := WriteTraces(&b, newSample(t)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	traces, err := ReadTraces(file, f)
	if err != nil {
		t.Fatal(err)
	}
	return traces
}

func newSample(t *testing.T) []Trace {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, 4))
	traces, err := Record(rnd, 6, 0)
	if err != nil {
		t.Fatal(err)
	}
	attacked, err := Record(rnd, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	sided, err := oneSided(traces)
	if err != nil {
		t.Fatal(err)
	}
	return append(append(traces, attacked...), sided...)
}

// TestSample holds the module with the sample against the sample.
func TestSample(t *testing.T) {
	dir, err := Dir()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "TraceData.tla")
	want, err := appendData(nil, sample(t))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(file); err != nil || !bytes.Equal(have, want) {
		t.Errorf("tla/TraceData.tla is not what its traces say (-update writes it), %v", err)
	}
}

// TestValidate has TLC accept real traces, of both ends and of either, with an
// attacker and without, and reject corrupted ones with the step and the field.
func TestValidate(t *testing.T) {
	dir := needsTLC(t)
	traces := sample(t)
	corrupted, err := CorruptSome(traces)
	if err != nil {
		t.Fatal(err)
	}
	defer func(n int) { atATime = n }(atATime)
	atATime = (len(traces) + len(corrupted)) / 3 // three parts or four
	if _, err := judge(t.Context(), dir, traces, corrupted, nil); err != nil {
		t.Error(err)
	}
}

// TestVerdict: what a judgement may not let pass.
func TestVerdict(t *testing.T) {
	a, b := Trace{ID: "a", Steps: []Step{{}, {}}}, Trace{ID: "b", Steps: []Step{{}}}
	wrong := []Corrupted{{a, 2, "state"}}
	for _, c := range []struct {
		name     string
		rejected []Rejected
		want     string
	}{
		{"as it must be", []Rejected{{a, 2, "state"}}, ""},
		{"accepted", nil, "a is a behaviour"},
		{"another step", []Rejected{{a, 1, "state"}}, "in step 1, and corrupted"},
		{"another field", []Rejected{{a, 2, "event"}}, "for \"event\" in step 2"},
		{"an honest one", []Rejected{{a, 2, "state"}, {b, 1, "event"}}, "trace b, step 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := verdict(wrong, c.rejected)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
