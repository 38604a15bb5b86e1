package oracle

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/sesame-tls/sesame/check/cc"
	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/releases"
	"github.com/sesame-tls/sesame/check/sut"
)

func TestTry(t *testing.T) {
	name := os.Getenv("TRY")
	lib, err := releases.Find(t.Context(), name, false)
	if errors.Is(err, cc.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	program, err := sut.Build(t.Context(), lib)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sut.Start(context.WithoutCancel(t.Context()), sut.Program{Name: name, Path: program})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	pki, err := interop.NewPKI(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	j, err := Judge(t.Context(), s, Options{PKI: pki, Classes: Classes(os.Getenv("LONG") != ""), Walks: 50, Seed: 1, Progress: func(at string) { t.Log(at) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s %s: %d classes %q, %d words, %d steps, %d connections, %d restarts; %d deviating; crashes %v; notes %q", j.Library, j.Profile, j.Classes, j.Skipped, j.Words, j.Steps, j.Connections, j.Restarts, j.Deviating, j.Crashes, j.Notes)
	for _, d := range j.Deviations {
		t.Logf("DEVIATION %s: %d\n%s", d.Quirk, d.Words, d.Example)
	}
	t.Logf("%d UNEXPLAINED", len(j.Unexplained))
	seen := map[string]int{}
	for _, u := range j.Unexplained {
		key := u.Class.String() + u.Got + u.Own
		if len(u.Word) > u.At {
			key += u.Word[u.At]
		}
		if seen[key]++; seen[key] == 1 {
			t.Logf("UNEXPLAINED %v", u)
		}
	}
}
