package fuzz

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/check/checkout"
	"github.com/sesame-tls/sesame/check/ladder"
)

// The targets that the module promises are found; the list guards against a
// rename that would leave one out.
func TestTargets(t *testing.T) {
	dir, err := checkout.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	targets, err := Targets(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []Target{
		{"./impl/record", "FuzzRecord"}, {"./impl/wire", "FuzzClientHello"}, {"./impl/wire", "FuzzServerHello"},
		{"./impl/tls", "FuzzServer"}, {"./impl/tls", "FuzzClient"}, {"./impl/mschapv2", "FuzzParse"}, {"./impl/gtc", "FuzzParse"},
	} {
		if !slices.Contains(targets, want) {
			t.Errorf("%s %s is not found", want.Package, want.Name)
		}
	}
}

// module writes a module with one fuzz target.
func module(t *testing.T, body string) string {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example\n\ngo 1.26\n",
		"x_test.go": "package example\n\nimport \"testing\"\n\nfunc FuzzX(f *testing.F) {\n\tf.Add([]byte(\"a\"))\n" +
			"\tf.Fuzz(func(t *testing.T, b []byte) {" + body + "})\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRun(t *testing.T) {
	dir := module(t, "")
	targets, err := Targets(dir)
	if err != nil || len(targets) != 1 {
		t.Fatalf("%v, %v", targets, err)
	}
	if n, err := targets[0].run(context.Background(), dir, time.Second, 1); err != nil || n == 0 {
		t.Errorf("%d executions, %v", n, err)
	}
}

// The must-fail twin: a target that can be broken.
func TestBrokenTarget(t *testing.T) {
	dir := module(t, " if len(b) > 2 { panic(\"too long\") } ")
	_, err := Target{"./.", "FuzzX"}.run(context.Background(), dir, time.Minute, 1)
	if !ladder.IsDifference(err) || !strings.Contains(err.Error(), "too long") {
		t.Errorf("got %v", err)
	}
}
