package trace

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sesame-tls/sesame/check/fault"
)

// The twins of one small package fail, as they must.
func TestTwins(t *testing.T) {
	var ran atomic.Int64
	err := Twins(t.Context(), "../..", func(t Twin) bool { return t.Package == "impl/gtc" }, 1, func(Twin) { ran.Add(1) })
	if err != nil || ran.Load() < 3 {
		t.Errorf("%d twins: %v", ran.Load(), err)
	}
}

const (
	evenSource = "package p\n\nfunc even(n int) bool {\n\treturn n%2 == 0\n}\n"
	evenTest   = "package p\n\nimport \"testing\"\n\n" +
		"func TestEven(t *testing.T) {\n\tif !even(2) || even(3) {\n\t\tt.Error()\n\t}\n}\n\n" +
		"func TestIdle(t *testing.T) {\n\teven(2)\n}\n\n" +
		"func TestBroken(t *testing.T) {\n\tt.Error(\"broken\")\n}\n"
)

// Their twin: tests that pass where they must fail, or fail where they must not,
// are told.
func TestTwinsThatLive(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example\n\ngo 1.26\n", "p.go": evenSource, "p_test.go": evenTest, "impl/p/p.go": evenSource, "impl/p/p_test.go": evenTest,
	} {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := fault.Overlay(root, t.TempDir(), []fault.Fault{{Name: "odd", File: "p.go", Old: "== 0", New: "== 1"}})
	if err != nil {
		t.Fatal(err)
	}
	for test, want := range map[string]string{
		"TestEven": "", "TestIdle": "TestIdle passes under the fault odd", "TestBroken": "TestBroken fails without any fault",
	} {
		err := runTwins(t.Context(), root, overlay, ".", []Twin{{".", test, "odd"}}, func(Twin) {})
		var alive *AliveError
		if want == "" && err != nil || want != "" && (!errors.As(err, &alive) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", test, err, want)
		}
	}
	// A package of impl must pass the tests, too, that cite nothing.
	err = runTwins(t.Context(), root, overlay, "impl/p", []Twin{{"impl/p", "TestEven", "odd"}}, func(Twin) {})
	var alive *AliveError
	if !errors.As(err, &alive) || !strings.Contains(err.Error(), "impl/p: one of its tests fails without any fault") || !strings.Contains(alive.Output, "TestBroken") {
		t.Errorf("a test of impl that fails: %v", err)
	}
}
