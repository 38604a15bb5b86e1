package findings

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

const root = "../.."

// TestUntriaged: what is not public is in no page and in no commit.
func TestUntriaged(t *testing.T) {
	list, err := Untriaged(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if len(f.References) > 0 {
			t.Errorf("%s is public by now: %q; move it to check/findings/findings.json", f.ID, f.References)
		}
		if _, err := f.Reproducer(); err != nil {
			t.Error(err)
		}
	}
	leaks, err := Leaks(os.DirFS(filepath.Join(root, "docs")), list)
	if err != nil || len(leaks) > 0 {
		t.Errorf("docs: %q, %v", leaks, err)
	}
	ignored, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil || !strings.Contains(string(ignored), "\n/check/findings/untriaged/\n") {
		t.Errorf("git does not ignore check/findings/untriaged: %v", err)
	}
	git := exec.Command("git", "ls-files", "check/findings/untriaged")
	git.Dir = root
	if files, err := git.Output(); err == nil && len(files) > 0 {
		t.Errorf("tracked: %s", files)
	}
}

// TestLeaks: a page that tells of a finding is found, whatever of it it has.
func TestLeaks(t *testing.T) {
	list := []Finding{{ID: "an-id", Title: "What it is", Seen: "What happens."}, {ID: "other-id"}}
	leaks, err := Leaks(fstest.MapFS{
		"clean.md": {Data: []byte("nothing")}, "gen/id.md": {Data: []byte("| an-id |")}, "title.md": {Data: []byte("# What it is")}, "seen.md": {Data: []byte("What happens.")},
	}, list)
	if got := strings.Join(leaks, "; "); err != nil || got != "gen/id.md tells of an-id; seen.md tells of an-id; title.md tells of an-id" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestUntriagedFolder: the folder is read in the form of what is tracked.
func TestUntriagedFolder(t *testing.T) {
	root := t.TempDir()
	if list, err := Untriaged(root); err != nil || len(list) != 0 {
		t.Fatalf("without a folder: %v, %v", list, err)
	}
	dir := filepath.Join(root, "check", "findings", "untriaged")
	for name, text := range map[string]string{
		"findings.json": `[{"id": "new", "title": "New", "library": "openssl", "requirements": ["FAST-TLS-07"], "references": []}]`, "reproducers/openssl/new.c": "int main(void) { return 1; }\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := Untriaged(root)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	source, err := list[0].Reproducer()
	if err != nil || !strings.Contains(source, "offer_ticket") || !strings.HasSuffix(source, "return 1; }\n") {
		t.Errorf("%q, %v", source, err)
	}
}
