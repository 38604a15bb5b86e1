package browse

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/tla"
	"github.com/sesame-tls/sesame/model"
)

func post(t *testing.T, h http.Handler, file []byte) (*Loaded, *Problem) {
	t.Helper()
	var raw json.RawMessage
	r := do(t, h, httptest.NewRequest(http.MethodPost, "http://127.0.0.1/api/load", bytes.NewReader(file)), &raw)
	l, p := new(Loaded), new(Problem)
	if r.StatusCode != http.StatusOK {
		if err := json.Unmarshal(raw, p); err != nil {
			t.Fatal(err)
		}
		return nil, p
	}
	if err := json.Unmarshal(raw, l); err != nil {
		t.Fatal(err)
	}
	return l, nil
}

func TestLoadTraces(t *testing.T) {
	s := New()
	sample, err := os.ReadFile(filepath.Join("..", "tla", "testdata", "sample.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(3, 1))
	attacked, err := tla.Record(rnd, 10, 1)
	if err != nil {
		t.Fatal(err)
	}
	var more bytes.Buffer
	if err := tla.WriteTraces(&more, attacked); err != nil {
		t.Fatal(err)
	}
	l, p := post(t, s, append(sample, more.Bytes()...))
	if p != nil {
		t.Fatal(p)
	}
	if l.Kind != "trace" || len(l.Walks) < 24 {
		t.Errorf("%s with %d runs", l.Kind, len(l.Walks))
	}
	for _, w := range l.Walks {
		if w.Agreed != w.Steps || w.Why != "" {
			t.Errorf("%s: %d of %d steps: %s", w.Name, w.Agreed, w.Steps, w.Why)
		}
		if v := ask[View](t, s, "/api/walk?"+w.Link); len(v.Steps) < w.Agreed {
			t.Errorf("%s: its address has %d steps", w.Name, len(v.Steps))
		}
	}
	bad := bytes.Replace(sample, []byte(`"state":"AwaitChangeCipherSpecAbbreviated"`), []byte(`"state":"AwaitFinished"`), 1)
	l, p = post(t, s, bad)
	if p != nil {
		t.Fatal(p)
	}
	if w := l.Walks[0]; w.Agreed != 1 || !strings.Contains(w.Why, "state is AwaitFinished") {
		t.Errorf("tampered: %d steps, %q", w.Agreed, w.Why)
	}
}

func TestLoadCounterexamples(t *testing.T) {
	rep, err := model.Run(model.Options{Mutant: "silent-crash"}, model.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	file, err := json.Marshal(rep)
	if err != nil {
		t.Fatal(err)
	}
	s := New()
	l, p := post(t, s, file)
	if p != nil {
		t.Fatal(p)
	}
	if l.Kind != "counterexample" || len(l.Walks) != len(rep.Violated()) {
		t.Fatalf("%s with %d runs", l.Kind, len(l.Walks))
	}
	for _, w := range l.Walks {
		v := ask[View](t, s, "/api/walk?"+w.Link)
		if !slices.ContainsFunc(v.Broken, func(b Broken) bool { return b.Name == w.Name }) {
			t.Errorf("%s: its path violates %v", w.Name, v.Broken)
		}
	}
}

func TestLoadCaptures(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "explain", "testdata", "*.pcapng"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d captures, %v", len(files), err)
	}
	s := New()
	agreed := map[string]bool{}
	for _, name := range files {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		l, p := post(t, s, file)
		if p != nil {
			continue // no handshake was begun
		}
		for _, w := range l.Walks {
			agreed[filepath.Base(name)] = w.Agreed == w.Steps && w.Why == ""
			if v := ask[View](t, s, "/api/walk?"+w.Link); w.Agreed > 1 && len(v.Steps) == 0 {
				t.Errorf("%s: its address has no step", name)
			}
		}
	}
	for _, name := range []string{"by-pac.pcapng", "by-certificate.pcapng", "pac-of-other-key.pcapng"} {
		if !agreed[name] {
			t.Errorf("the model does not go along with %s", name)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(`{"trace":"a","scenario":"ticket=pac","budget":0,"sides":["Client"]}` + "\n" + `{"event":"ClientStart"}`))
	f.Add([]byte(`{"profile":"rfc","budget":1,"scenario":"","actions":["ClientStart"]}`))
	if capture, err := os.ReadFile(filepath.Join("..", "explain", "testdata", "by-pac.pcapng")); err == nil {
		f.Add(capture)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		l, err := load(t.Context(), Setting{Profile: "rfc"}, file)
		if err != nil {
			if problemOf(err).Status >= 500 {
				t.Errorf("%v", err)
			}
			return
		}
		for _, w := range l.Walks {
			if w.Agreed > w.Steps {
				t.Errorf("%s: %d of %d steps", w.Name, w.Agreed, w.Steps)
			}
		}
	})
}
