package findings

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/check/cc"
	"github.com/sesame-tls/sesame/check/ladder"
)

// TestExecute: whatever a program does is an outcome.
func TestExecute(t *testing.T) {
	for _, tt := range []struct {
		name, script string
		limit        time.Duration
		want         Outcome
		said         string
	}{
		{"passes", "echo fine", Limit, Passes, "fine"},
		{"fails", "echo bad; exit 1", Limit, Fails, "bad"},
		{"cannot say", "echo line 1: SSL_new >&2; exit 2", Limit, Untold, "SSL_new"},
		{"crashes", "kill -SEGV $$", Limit, Crashes, "segmentation fault"},
		{"flagged", "exit 66", Limit, Flagged, ""},
		{"hangs", "trap '' INT; while :; do sleep 1; done", 100 * time.Millisecond, Hangs, ""},
		{"talks", "yes long | head -c 1000000; exit 1", Limit, Fails, "long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			program := filepath.Join(t.TempDir(), "program")
			if err := os.WriteFile(program, []byte("#!/bin/sh\n"+tt.script+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			got, out := execute(t.Context(), program, tt.limit)
			if got != tt.want || !strings.Contains(out, tt.said) || len(out) > maxOutput+100 {
				t.Errorf("%s, %d octets: %.100q", got, len(out), out)
			}
		})
	}
}

// TestJudge: an outcome that the table does not have is reported, a wrong entry
// of the table among them.
func TestJudge(t *testing.T) {
	plain, crash, asan := Finding{ID: "f", Affected: []string{"3.2.1"}}, Finding{ID: "f", Affected: []string{"3.2.1"}, Crash: true}, Finding{ID: "f", Affected: []string{"3.2.1"}, ASan: true}
	for _, tt := range []struct {
		name    string
		f       Finding
		lib     string
		outcome Outcome
		wrong   string
	}{
		{"affected", plain, "openssl-3.2.1", Fails, ""},
		{"affected, and crashes", plain, "openssl-3.2.1", Crashes, ""},
		{"not affected", plain, "openssl-4.0.3", Passes, ""},
		{"crashes", crash, "openssl-3.2.1", Crashes, ""},
		{"flagged", asan, "openssl-3.2.1-asan", Flagged, ""},
		{"entry missing", plain, "openssl-4.0.3", Fails, "affected; the table says not affected"},
		{"entry too many", plain, "openssl-3.2.1", Passes, "not affected; the table says affected"},
		{"fails and should crash", crash, "openssl-3.2.1", Fails, "the table says crash"},
		{"not flagged", asan, "openssl-3.2.1-asan", Fails, "the table says flagged"},
		{"hangs", plain, "openssl-3.2.1", Hangs, "hang; the table says affected"},
		{"hangs, not affected", plain, "openssl-4.0.3", Hangs, "hang"},
		{"cannot say", plain, "openssl-4.0.3", Untold, "untold"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Result{Finding: tt.f, Library: libraryOf(tt.lib), Outcome: tt.outcome}.Judge()
			if (got == "") != (tt.wrong == "") || !strings.Contains(got, tt.wrong) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestSaid(t *testing.T) {
	for output, want := range map[string]string{
		"room for 512\naffected: it is (alerts sent: client 20, server 0)\n": "it is (alerts sent: client 20, server 0)",
		"not affected: fine\n": "fine",
		"":                     "",
		"==1==ERROR: AddressSanitizer: heap-buffer-overflow\n#0 memcpy\n==1==ABORTING": "AddressSanitizer: heap-buffer-overflow",
	} {
		outcome := Fails
		if strings.Contains(output, "ERROR") {
			outcome = Flagged
		}
		if got := (Result{Outcome: outcome, Output: output}).Said(); got != want {
			t.Errorf("%q: %q", output, got)
		}
	}
}

// fakeCompiler stands in for cc: the program that it makes of a reproducer
// fails if the finding is one of $FAIL, and the library is OpenSSL 3.0.22.
const fakeCompiler = `#!/bin/sh
case "$*" in
*-E*) echo '#define OPENSSL_VERSION_TEXT "OpenSSL 3.0.22 1 Jan 2026"'; exit ;;
esac
id=$(sed -n 's/^ \* cc -o \([^ ]*\) .*/\1/p' program.c)
[ -n "$id" ] || { printf '#!/bin/sh\necho "{\\"port\\":1}"\n' >program; chmod +x program; exit; } # it is the shim
status=0
for f in $FAIL; do [ "$f" = "$id" ] && status=1; done
printf '#!/bin/sh\nexit %d\n' $status >program
chmod +x program
`

// fakePython stands in for python3 in the same way.
const fakePython = `#!/bin/sh
echo listening on 1
id=$(sed -n 's/^# python3 \([^ ]*\)\.py.*/\1/p' "$1")
for f in $FAIL; do [ "$f" = "$id" ] && exit 1; done
exit 0
`

// TestRung: the rung passes where the table is right, and fails where one entry
// is wrong.
func TestRung(t *testing.T) {
	bin := t.TempDir()
	for name, text := range map[string]string{"cc": fakeCompiler, "python3": fakePython} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	var affected []string
	for _, f := range all(t) {
		if f.Library == "openssl" && f.Affects("3.0.22") {
			affected = append(affected, f.ID)
		}
	}
	for name, fail := range map[string][]string{"right": affected, "one is not affected": affected[1:], "one more is": append([]string{"accept-crashes"}, affected...)} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("XDG_CACHE_HOME", t.TempDir())
			t.Setenv("FAIL", strings.Join(fail, " "))
			r := ladder.NewRun(1)
			err := Rung.Run(t.Context(), r)
			if (err == nil) != (name == "right") || err != nil && !ladder.IsDifference(err) {
				t.Fatalf("got %v", err)
			}
			if name != "right" {
				return
			}
			ran := 0
			for i := range 3 {
				r := ladder.NewRun(1)
				r.Shard = ladder.Shard{Index: i, Count: 3}
				if err := Rung.Run(t.Context(), r); err != nil {
					t.Fatal(err)
				}
				ran += count(r, "reproducers run")
			}
			if whole := count(r, "reproducers run"); whole == 0 || ran != whole {
				t.Errorf("%d were run, %d in the shards", whole, ran)
			}
		})
	}
}

// TestMerge: a part of a run leaves the rest of what is recorded.
func TestMerge(t *testing.T) {
	recorded := map[string]map[string]string{"openssl-3.2.1": {"a": "affected", "b": "crash", "gone": "affected"}, "openssl-3.0.8": {"a": "affected"}}
	merge(recorded, map[string]map[string]string{"openssl-3.2.1": {"a": "not affected"}, "openssl-4.0.3": {"b": "not affected"}}, []Finding{{ID: "a"}, {ID: "b"}})
	want := map[string]map[string]string{"openssl-3.2.1": {"a": "not affected", "b": "crash"}, "openssl-3.0.8": {"a": "affected"}, "openssl-4.0.3": {"b": "not affected"}}
	if !reflect.DeepEqual(recorded, want) {
		t.Errorf("got %v", recorded)
	}
}

func count(r *ladder.Run, what string) int {
	for _, c := range r.Counts() {
		if c.What == what {
			return c.N
		}
	}
	return 0
}

// TestRunNotBuilt: a library that lacks what a program needs is no failure of
// ours.
func TestRunNotBuilt(t *testing.T) {
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "cc"), []byte("#!/bin/sh\necho no such function >&2\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	r, err := Run(t.Context(), all(t)[0], cc.Library{Name: "old", Kind: "openssl"})
	if err != nil || r.Outcome != NotBuilt || !strings.Contains(r.Output, "no such function") {
		t.Errorf("%+v, %v", r.Outcome, err)
	}
}
