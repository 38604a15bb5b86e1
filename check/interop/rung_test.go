package interop

import (
	"flag"
	"os"
	"testing"

	"github.com/sesame-tls/sesame/check/ladder"
)

var update = flag.Bool("update", false, "play every cell and write manifest.json")

// TestRun plays a part of the short run; the rung plays all of it.
func TestRun(t *testing.T) {
	buildForTest(t)
	r := ladder.NewRun(1)
	r.Shard = ladder.Shard{Index: 0, Count: 12}
	if err := climb(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	t.Log(r.Counts())
}

// TestUpdateManifest writes manifest.json from a long run in which nothing
// failed.
func TestUpdateManifest(t *testing.T) {
	if !*update {
		t.Skip("without -update")
	}
	report, err := Run(t.Context(), Options{Long: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range report.Lines {
		t.Log(l)
	}
	if failures := report.Failures(); len(failures) > 0 {
		t.Fatalf("%d failures, the first:\n%s", len(failures), failures[0])
	}
	text, err := report.Passed.JSON()
	if err == nil {
		err = os.WriteFile("manifest.json", text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestRunFinds shows that a run with an end that breaks the rules fails: here
// crypto/tls, which has no callback, stands in our place.
func TestRunFinds(t *testing.T) {
	buildForTest(t)
	report, err := Run(t.Context(), Options{Mine: func(i int) bool { return i < 8 }, NewEnd: func() End { return new(GoTLS) }})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Failures()) == 0 {
		t.Error("nobody saw that there is no callback")
	}
}

func TestProfileOf(t *testing.T) {
	for library, want := range map[string]string{
		"OpenSSL 3.0.22 5 Aug 2026": "openssl-3.0", "OpenSSL 3.0.8 7 Feb 2023": "openssl-3.0.8", "": "openssl-3.0",
		"wolfSSL 5.9.4": "wolfssl", "sesame go1.26.8": "rfc",
	} {
		if got := ProfileOf(library); got.Name != want {
			t.Errorf("%q: %s", library, got.Name)
		}
	}
}
