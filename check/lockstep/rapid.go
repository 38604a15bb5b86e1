package lockstep

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/model"
)

// Rapid drives with pgregory.net/rapid: each choice is drawn when it is due,
// and a failure is shrunk to a minimal one.
func Rapid(ctx context.Context, o Options) (Tally, error) {
	d := newDriver(ctx, o)
	rapidMu.Lock()
	defer rapidMu.Unlock()
	setRapidFlags(o)
	tb := &quietTB{}
	done := make(chan any)
	go func() { // FailNow ends the goroutine
		defer func() { done <- recover() }()
		rapid.Check(tb, d.property)
	}()
	if p := <-done; p != nil {
		panic(p)
	}
	switch {
	case d.failure != nil:
		return d.tally, d.failure
	case ctx.Err() != nil:
		return d.tally, ctx.Err()
	case tb.failed:
		return d.tally, fmt.Errorf("lockstep: rapid: %s", tb.why)
	}
	return d.tally, nil
}

// property is one handshake under random choices.
func (d *driver) property(t *rapid.T) {
	if d.ctx.Err() != nil {
		return
	}
	pick := func(n int) int { return upTo(n).Draw(t, "choice") }
	budget := pick(model.MaxBudget + 1)
	sys, err := d.system(harness.Draw(pick), budget)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if err := d.begin(sys, pick(variants)); err != nil {
		d.failed("rapid", err)
		t.Fatalf("%v", err)
	}
	for {
		all := d.run.Enabled()
		if len(all) == 0 {
			return
		}
		if err := d.step(choose(d.run.State(), all, pick)); err != nil {
			d.failed("rapid", err)
			t.Fatalf("%v", err)
		}
	}
}

// upTo generates numbers below n.
func upTo(n int) *rapid.Generator[int] {
	if n < len(generators) {
		return generators[n]
	}
	return rapid.IntRange(0, n-1)
}

var generators = func() (g [128]*rapid.Generator[int]) {
	for n := 1; n < len(g); n++ {
		g[n] = rapid.IntRange(0, n-1)
	}
	return g
}()

// rapidMu: rapid's options are flags of the process, and so is the use of them.
var rapidMu sync.Mutex

// setRapidFlags sets rapid's options. Outside of go test, the flags that rapid
// looks at have to be made first.
func setRapidFlags(o Options) {
	if flag.Lookup("test.v") == nil {
		testing.Init()
	}
	if !flag.Parsed() {
		if err := flag.CommandLine.Parse(nil); err != nil {
			panic(err)
		}
	}
	checks := o.Scenarios
	if testing.Short() {
		checks *= 5 // rapid does a fifth of it
	}
	for name, value := range map[string]string{
		"rapid.seed":       strconv.FormatUint(o.Seed|1<<63, 10), // zero is a random one
		"rapid.checks":     strconv.Itoa(checks),
		"rapid.nofailfile": "true",
		"rapid.shrinktime": cmp.Or(o.Shrink, 10*time.Second).String(),
	} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
}

// quietTB is a [rapid.TB] that keeps the last error, so that rapid runs outside
// of go test, and does not fail a test that it was called from.
type quietTB struct {
	failed bool
	why    string
}

func (t *quietTB) Helper()      {}
func (t *quietTB) Name() string { return "lockstep" }

func (t *quietTB) Logf(string, ...any)               {}
func (t *quietTB) Log(...any)                        {}
func (t *quietTB) Skipf(format string, args ...any)  { t.Fatalf(format, args...) }
func (t *quietTB) Skip(args ...any)                  { t.Fatal(args...) }
func (t *quietTB) SkipNow()                          { t.FailNow() }
func (t *quietTB) Errorf(format string, args ...any) { t.why = fmt.Sprintf(format, args...); t.Fail() }
func (t *quietTB) Error(args ...any)                 { t.why = fmt.Sprint(args...); t.Fail() }
func (t *quietTB) Fatalf(format string, args ...any) { t.Errorf(format, args...); t.FailNow() }
func (t *quietTB) Fatal(args ...any)                 { t.Error(args...); t.FailNow() }
func (t *quietTB) Fail()                             { t.failed = true }
func (t *quietTB) Failed() bool                      { return t.failed }

func (t *quietTB) FailNow() {
	t.failed = true
	runtime.Goexit()
}
