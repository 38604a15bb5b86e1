package mutants

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/check/checkout"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/mutants/checker"
	"github.com/sesame-tls/sesame/check/results"
)

func newBench(t *testing.T) *bench {
	root, err := checkout.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return &bench{root: root, dir: t.TempDir()}
}

// difference is a patch of impl/prf, in a line of which something changes.
func difference(check, from, to string) string {
	return "What: Nothing.\nCaught by: " + check + "\n\n--- a/impl/prf/derive.go\n+++ b/impl/prf/derive.go\n@@ -1,1 +1,1 @@\n-" + from + "\n+" + to + "\n"
}

const (
	labelled = "\tp.Fill(out, h, premaster, \"master secret\", clientRandom, serverRandom)"
	misspelt = "\tp.Fill(out, h, premaster, \"Master secret\", clientRandom, serverRandom)"
)

// TestJudge has the must-fail twins: a patch that changes nothing survives, and
// one that does not apply or build is no fault that was found.
func TestJudge(t *testing.T) {
	b := newBench(t)
	for _, tt := range []struct {
		name, patch string
		build       bool // it fails to build
		want        string
	}{
		{"caught", difference("answers", labelled, misspelt), false, ""},
		{"noop", difference("answers", labelled, labelled+" // the same"), false, "noop survives"},
		{"elsewhere", difference("stack", labelled, misspelt), false, "elsewhere: stack does not find it, answers does"},
		{"stale", difference("answers", "\tno line of the source", "\tanother"), false, "stale does not apply"},
		{"broken", difference("answers", labelled, "\tthis is not Go"), true, "broken: it does not build"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := parseFault(tt.name, tt.patch)
			if err != nil {
				t.Fatal(err)
			}
			found, err := b.judge(t.Context(), f, false)
			switch {
			case tt.want == "" && (err != nil || len(found) != 1 || found[0].Check != f.Check):
				t.Errorf("found by %v: %v", found, err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("%v, want %q", err, tt.want)
			case tt.build != isBuild(err):
				t.Errorf("fails to build: %v", err)
			}
		})
	}
	if left, err := os.ReadDir(b.dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestFaults: each fault is written down as it must be, and applies.
func TestFaults(t *testing.T) {
	b := newBench(t)
	all, err := Faults()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 30 {
		t.Errorf("%d faults; the ladder promises 30", len(all))
	}
	by := map[string]int{}
	for _, f := range all {
		by[f.Check]++
		o, err := newOverlay(b.root, b.dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.patch(f); err != nil {
			t.Error(err)
		}
		o.remove()
	}
	for _, c := range checker.Checks {
		if by[c.Name] == 0 {
			t.Errorf("no fault shows that %s can fail", c.Name)
		}
	}
}

func TestParseFaultRefuses(t *testing.T) {
	good := difference("answers", labelled, labelled)
	for name, text := range map[string]string{
		"no header":         good[strings.Index(good, "---"):],
		"an unknown field":  "Why: not\n" + good,
		"no hunks":          strings.Replace(good, "@@ ", "", 1),
		"no number":         strings.Replace(good, "-1,1", "-x", 1),
		"a stray line":      good + "stray\n",
		"two files":         strings.Replace(good, "+++ b/impl/prf", "+++ b/impl/wire", 1),
		"a test":            strings.ReplaceAll(good, "derive.go", "derive_test.go"),
		"outside of impl":   strings.ReplaceAll(good, "impl/prf", "impl/../spec"),
		"not even a header": "",
	} {
		if f, err := parseFault("name", text); err == nil {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestApply(t *testing.T) {
	source := "a\nb\nc\na\nb\nd\n"
	for _, tt := range []struct{ name, hunks, want string }{
		{"where it stands", "@@ -4,2 +4,2 @@\n a\n-b\n+B", "a\nb\nc\na\nB\nd\n"},
		{"moved, and once only", "@@ -1,2 +1,1 @@\n-b\n d", "a\nb\nc\na\nd\n"},
		{"moved, and twice", "@@ -9,2 +9,2 @@\n a\n-b\n+B", ""},
		{"nowhere", "@@ -1,1 +1,1 @@\n-x\n+y", ""},
		{"two hunks", "@@ -1,2 +1,3 @@\n a\n+x\n b\n@@ -4,2 +5,1 @@\n-a\n b", "a\nx\nb\nc\nb\nd\n"},
	} {
		f, err := parseFault("name", "What: x\nCaught by: y\n--- a/impl/x.go\n+++ b/impl/x.go\n"+tt.hunks)
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.files[0].apply(source)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
	}
}

// script writes a program that says what the checker would.
func script(t *testing.T, body string) string {
	file := filepath.Join(t.TempDir(), "checker")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+body), 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestRunChecker: what dies or hangs within a check has failed it; what says
// nothing sensible is an error.
func TestRunChecker(t *testing.T) {
	begins := `echo '{"Check":"x","Begins":true}'` + "\n"
	for _, tt := range []struct {
		name, body, want string
		bad              bool
	}{
		{"passes", begins + `echo '{"Check":"x"}'`, "", false},
		{"fails", begins + `echo '{"Check":"x","Failed":true,"Text":"why"}'`, "why", false},
		{"dies", begins + "echo boom >&2; exit 3", "it dies: exit status 3\nboom", false},
		{"hangs", begins + "exec sleep 600", "it hangs", false},
		{"dies before", "exit 3", "", true},
		{"babbles", "echo hello", "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			patience := hangs
			if tt.name == "hangs" {
				patience = 500 * time.Millisecond
			}
			text := ""
			err := runChecker(t.Context(), script(t, tt.body), "", patience, func(l checker.Line) { text += l.Text })
			if text != tt.want || (err != nil) != tt.bad {
				t.Errorf("%q, %v", text, err)
			}
		})
	}
}

// TestRows: the hook builds, and a fault in a row that only the machines show is
// found on them.
func TestRows(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a program")
	}
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	by := map[string]int{}
	err := b.rows(ctx, ladder.Shard{Count: 1}, func(l checker.Line) {
		if by[l.Check]++; !l.Failed && equivalentRows[l.Fault] == "" {
			t.Errorf("%s survives", l.Fault)
		}
		if by["table"] > 0 && by["probes"] > 0 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || by["probes"] == 0 {
		t.Errorf("found by %v: %v", by, err)
	}
}

// TestRungFails: what is wrong with a fault is the rung's error, and the fault is
// counted.
func TestRungFails(t *testing.T) {
	b := newBench(t)
	stale, err := parseFault("stale", difference("answers", "\tno line of the source", "\tanother"))
	if err != nil {
		t.Fatal(err)
	}
	r := ladder.NewRun(1)
	if err := b.climbFaults(t.Context(), r, []*Fault{stale}, new(results.Mutants)); err == nil || !strings.Contains(err.Error(), "stale does not apply") {
		t.Errorf("no error: %v", err)
	}
	if !slices.Contains(r.Counts(), ladder.Count{What: "faults", N: 1}) {
		t.Errorf("counted %v", r.Counts())
	}
}
