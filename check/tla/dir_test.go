package tla

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/sesame-tls/sesame/tla"
)

// TestDirWithoutCheckout: outside of a source tree the specification comes from
// the program, whole, and is unpacked once.
func TestDirWithoutCheckout(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	t.Chdir(t.TempDir())
	dir, err := Dir()
	if err != nil {
		t.Fatal(err)
	}
	all, err := Load(dir)
	if err != nil || len(all) < 10 {
		t.Fatalf("%d configurations, %v", len(all), err)
	}
	for _, c := range all {
		if _, err := os.Stat(filepath.Join(dir, c.Name+".cfg")); err != nil {
			t.Error(err)
		}
	}
	if again, err := Dir(); again != dir || err != nil {
		t.Errorf("then %s, %v", again, err)
	}
	// Other files are another folder.
	other, err := unpack(fstest.MapFS{"manifest.json": {Data: []byte("[]")}}, filepath.Dir(dir))
	if err != nil || other == dir {
		t.Errorf("%s, %v", other, err)
	}
	if _, err := unpack(tla.Files, filepath.Join(dir, "manifest.json")); err == nil {
		t.Error("a file was taken for the cache folder")
	}
}
