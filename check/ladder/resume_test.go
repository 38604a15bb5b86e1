package ladder

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// counted is a rung that keeps how far it has counted, and stops at a number.
func counted(stop int) Rung {
	return Rung{Name: "count", Run: func(_ context.Context, r *Run) error {
		var at int
		if _, err := r.Restore(&at); err != nil {
			return err
		}
		r.Count("steps before", at)
		for at++; at <= 5; at++ {
			if at == stop {
				return errors.New("interrupted")
			}
			if err := r.Keep(at); err != nil {
				return err
			}
		}
		r.Count("steps", 5)
		return nil
	}}
}

// before runs counted, and returns how many steps had been done before.
func before(t *testing.T, stop int, o Options) (n int, verdict Verdict, said string) {
	t.Helper()
	report, err := Climb(t.Context(), []Rung{counted(stop)}, o)
	if err != nil {
		t.Fatal(err)
	}
	r := report.Rungs[0]
	for _, c := range r.Ran {
		if c.What == "steps before" {
			n = c.N
		}
	}
	return n, r.Verdict, r.Reason + strings.Join(r.notes, "\n")
}

func TestResume(t *testing.T) {
	o := Options{Seed: 1, Resume: t.TempDir(), Shard: Shard{Index: 1, Count: 3}}
	file := filepath.Join(o.Resume, "count-1-of-3.json")
	if _, verdict, _ := before(t, 4, o); verdict != Failed {
		t.Fatal("it was not interrupted")
	}
	other := o
	other.Shard.Index = 2
	if n, _, _ := before(t, 4, other); n != 0 {
		t.Errorf("another shard goes on after %d", n)
	}
	other = o
	other.Resume = ""
	if n, _, _ := before(t, 4, other); n != 0 {
		t.Errorf("without a folder it goes on after %d", n)
	}
	if n, verdict, said := before(t, 0, o); n != 3 || verdict != Passed {
		t.Errorf("it goes on after %d: %s %s", n, verdict, said)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after its end there is still %s: %v", file, err)
	}
}

// What belongs to other work is not gone on with, and what cannot be read is an
// error.
func TestResumeOtherWork(t *testing.T) {
	o := Options{Seed: 1, Resume: t.TempDir()}
	file := filepath.Join(o.Resume, "count-0-of-1.json")
	before(t, 4, o)
	for name, change := range map[string]func(*Options){"seed": func(o *Options) { o.Seed++ }, "length": func(o *Options) { o.Long = true }} {
		other := o
		change(&other)
		if n, _, said := before(t, 1, other); n != 0 || !strings.Contains(said, "begun anew") {
			t.Errorf("%s: goes on after %d: %s", name, n, said)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	id, err := buildID()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, text, want string }{
		{"another build", strings.Replace(string(text), id, "0", 1), "begun anew"},
		{"not JSON", "x", "remove it to begin anew"},
		{"another state", strings.Replace(string(text), `"state":3`, `"state":"x"`, 1), "remove it to begin anew"},
	} {
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if n, _, said := before(t, 1, o); n != 0 || !strings.Contains(said, c.want) {
			t.Errorf("%s: goes on after %d: %s", c.name, n, said)
		}
	}
}
