package fuzz

import (
	"context"
	"errors"
	"fmt"
	"net"
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
		{"./impl/tls", "FuzzServer"}, {"./impl/tls", "FuzzClient"}, {"./impl/mschapv2", "FuzzParse"}, {"./impl/gtc", "FuzzParse"}, {"./check/lockstep", "FuzzLockstep"},
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
		"x_test.go": "package example\n\nimport (\n\t\"net\"\n\t\"sync\"\n\t\"testing\"\n\t\"time\"\n)\n\nvar once sync.Once\nvar _ net.Conn\nvar _ time.Time\n\nfunc FuzzX(f *testing.F) {\n\tf.Add([]byte(\"a\"))\n" +
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
	if ran, err := targets[0].run(context.Background(), dir, time.Second, 1); err != nil || ran.executions == 0 || ran.cpu == 0 {
		t.Errorf("%+v, %v", ran, err)
	}
}

// The end of the time is no finding, however the go command puts it; what
// fails beside it is one.
func TestTimeIsUp(t *testing.T) {
	const (
		up     = "fuzz: elapsed: 1s, execs: 35317 (33372/sec)\n--- FAIL: FuzzX (1.06s)\n    context deadline exceeded\nFAIL\nexit status 1\n"
		found  = "--- FAIL: FuzzX (0.02s)\n    --- FAIL: FuzzX (0.00s)\n        context deadline exceeded\n    Failing input written to testdata/fuzz/FuzzX/771e938e4458e983\n"
		hangs  = "--- FAIL: FuzzX (0.02s)\n    fuzzing process hung or terminated unexpectedly: exit status 2\n"
		broken = "FAIL\texample [build failed]\n"
	)
	for out, want := range map[string]bool{up: true, found: false, hangs: false, broken: false} {
		if got := timeIsUp([]byte(out)); got != want {
			t.Errorf("%v for\n%s", got, out)
		}
	}
}

func TestProgress(t *testing.T) {
	out := "fuzz: elapsed: 3s, execs: 10 (3/sec)\nfuzz: elapsed: 1m3s, execs: 4021 (66/sec), new interesting: 1\nfuzz: minimizing\n"
	if got, want := progress([]byte(out)), (outcome{executions: 4021, spent: 63 * time.Second}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	early := "fuzz: elapsed: 1s, gathering baseline coverage: 0/814 completed\nfuzz: elapsed: 5s, gathering baseline coverage: 32/814 completed\nPASS\n"
	if got, want := progress([]byte(early)), (outcome{executions: 32, spent: 5 * time.Second}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := progress([]byte("building")); got != (outcome{}) {
		t.Errorf("%+v of nothing", got)
	}
}

// An interrupted target ends with all its processes: the worker here holds a
// connection as long as it lives.
func TestInterrupt(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	l.(*net.TCPListener).SetDeadline(time.Now().Add(5 * time.Minute)) // ends a test that would hang
	dir := module(t, fmt.Sprintf(` once.Do(func() { net.Dial("tcp", %q) }) `, l.Addr()))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := Target{"./.", "FuzzX"}.run(ctx, dir, time.Hour, 1)
		ended <- err
	}()
	worker, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer worker.Close()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	worker.SetReadDeadline(time.Now().Add(30 * time.Second)) // ends a test that would hang
	if _, err := worker.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("a process outlives the run")
	}
}

// In a long run the target that has the model for its oracle has an hour, and the
// others together another one.
func TestLongShare(t *testing.T) {
	dir, err := checkout.Root(t.Context())
	if err != nil {
		t.Skip(err)
	}
	targets, err := Targets(dir)
	if err != nil || !slices.Contains(targets, oracle) {
		t.Fatalf("%v is not among %v (%v)", oracle, targets, err)
	}
	share, others := longShare(len(targets)), time.Duration(0)
	for _, target := range targets {
		if target != oracle {
			others += share(target)
		}
	}
	if spare := others - time.Hour; share(oracle) != time.Hour || spare.Abs() > time.Duration(len(targets))*time.Second && share(targets[0]) != leastTime {
		t.Errorf("%v has %v, the others %v", oracle, share(oracle), others)
	}
}

// A long run that was interrupted goes on where it was, and begins anew once it
// has ended, or with other sources.
func TestLedger(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sesame", "fuzz.json")
	a, b := Target{"./a", "FuzzA"}, Target{"./b", "FuzzB"}
	l := readLedger(file, "sources")
	if l.left(a, time.Minute) != time.Minute {
		t.Fatal("a new ledger has something in it")
	}
	if err := errors.Join(l.add(a, time.Minute), l.add(b, 20*time.Second), l.add(b, 10*time.Second)); err != nil {
		t.Fatal(err)
	}
	l = readLedger(file, "sources")
	if l.left(a, time.Minute) != 0 || l.left(b, time.Minute) != 30*time.Second {
		t.Errorf("%v", l.Done)
	}
	if other := readLedger(file, "other sources"); len(other.Done) > 0 {
		t.Errorf("%v, of other sources", other.Done)
	}
	r := ladder.NewRun(1)
	if err := fuzzAll(t.Context(), r, t.TempDir(), []Target{a}, func(Target) time.Duration { return time.Minute }, 1, l); err != nil {
		t.Error(err)
	}
	if left := readLedger(file, "sources"); left.left(b, time.Minute) != 30*time.Second {
		t.Errorf("%v after one shard has ended", left.Done)
	}
	if err := l.finish([]Target{a, b}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the ledger of a run that has ended is still there: %v", err)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if broken := readLedger(file, "sources"); len(broken.Done) > 0 {
		t.Errorf("%v, of a broken file", broken.Done)
	}
}

func TestDigest(t *testing.T) {
	dir := module(t, "")
	first, err := digest(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if same, err := digest(dir); same != first || err != nil {
		t.Errorf("a text changes the digest, or %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "y.go"), []byte("package example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if other, err := digest(dir); other == first || err != nil {
		t.Errorf("another source does not change the digest, or %v", err)
	}
}

// A target that had little of the machine goes on until it has had its time.
func TestTimeIsOfCPU(t *testing.T) {
	dir := module(t, " net.Pipe(); <-time.After(2 * time.Millisecond) ")
	r, l := ladder.NewRun(1), &ledger{Done: map[string]time.Duration{}}
	if err := fuzzAll(t.Context(), r, dir, []Target{{"./.", "FuzzX"}}, func(Target) time.Duration { return time.Second }, 1, l); err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, c := range r.Counts() {
		counts[c.What] = c.N
	}
	if counts["CPU seconds"] < 1 || counts["targets"] != 1 || counts["executions"] == 0 {
		t.Errorf("%v", counts)
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
