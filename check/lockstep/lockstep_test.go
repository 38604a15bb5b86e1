package lockstep

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// TestConversations plays the conversations that are kept: some by hand, some
// that a driver has found once.
func TestConversations(t *testing.T) {
	datadriven.Walk(t, "../testdata/lockstep", func(t *testing.T, path string) { datadriven.RunTest(t, path, play) })
}

// play plays one conversation.
func play(t *testing.T, d *datadriven.TestData) string {
	if d.Cmd != "handshake" {
		t.Fatalf("%s: no command is named %q", d.Pos, d.Cmd)
	}
	seed, words := uint64(1), []string{}
	for _, arg := range d.CmdArgs {
		value := strings.Join(arg.Vals, ",")
		if arg.Key != "seed" {
			words = append(words, arg.Key+"="+value)
			continue
		}
		var err error
		if seed, err = strconv.ParseUint(value, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	sc, err := model.ParseScenario(strings.Join(words, " "))
	if err != nil {
		t.Fatal(err)
	}
	run := harness.NewRun()
	if err := run.Play(sc, d.Input, seed); err != nil {
		t.Fatal(err)
	}
	return run.Told()
}

// shrink is enough to see that shrinking works.
const shrink = 100 * time.Millisecond

var drivers = map[string]func(*testing.T, Options) (Tally, error){
	"rapid":  func(t *testing.T, o Options) (Tally, error) { return Rapid(t.Context(), o) },
	"gopter": func(t *testing.T, o Options) (Tally, error) { return Gopter(t.Context(), o) },
}

func TestModelAndImplementationGoInStep(t *testing.T) {
	for name, drive := range drivers {
		t.Run(name, func(t *testing.T) {
			tally, err := drive(t, Options{Seed: 1, Scenarios: 1500, Shrink: shrink})
			if err != nil {
				t.Fatal(err)
			}
			if tally.Scenarios < 1500 || tally.Steps < 5*tally.Scenarios || tally.Attacks == 0 || tally.Edges == 0 {
				t.Errorf("did too little: %+v", tally)
			}
		})
	}
}

// TestSameSeedSameRuns: what a seed found, it finds again.
func TestSameSeedSameRuns(t *testing.T) {
	for name, drive := range drivers {
		t.Run(name, func(t *testing.T) {
			first, err := drive(t, Options{Seed: 7, Scenarios: 100})
			if err != nil {
				t.Fatal(err)
			}
			second, err := drive(t, Options{Seed: 7, Scenarios: 100})
			if err != nil {
				t.Fatal(err)
			}
			other, err := drive(t, Options{Seed: 8, Scenarios: 100})
			if err != nil {
				t.Fatal(err)
			}
			if first != second || first == other {
				t.Errorf("seed 7: %+v, then %+v; seed 8: %+v", first, second, other)
			}
		})
	}
}

// bends are faults as an observer would see them.
var bends = map[string]func(*spec.Observation){
	"early ChangeCipherSpec is taken": func(o *spec.Observation) {
		if o.Event == spec.ClientReject && o.Failure == spec.FailureSentAlert && len(o.Sent) == 1 && o.Sent[0].Keyed == spec.NoSecret &&
			o.Sent[0].Alert == spec.UnexpectedMessage {
			o.Event, o.State = spec.ClientReceiveChangeCipherSpec, spec.AwaitFinishedAbbreviated
		}
	},
	"the secret outlives the fallback": func(o *spec.Observation) {
		if o.Event == spec.ClientReceiveServerHelloDone && o.Secret == spec.KeyExchanged {
			o.Secret = spec.PAC
		}
	},
	"NewSessionTicket in a shortened handshake": func(o *spec.Observation) {
		if o.Event == spec.ServerReceiveClientHello && o.Resumed == spec.BySessionSecret {
			o.Sent = append(o.Sent[:1:1], append([]spec.Sent{{Message: spec.NewSessionTicket}}, o.Sent[1:]...)...)
		}
	},
	"the Session ID is not echoed": func(o *spec.Observation) {
		for i := range o.Sent {
			if o.Sent[i].ID == spec.IDEcho && o.Resumed == spec.BySessionSecret {
				o.Sent[i].ID = spec.IDFresh
			}
		}
	},
	"a suite that was not offered": func(o *spec.Observation) {
		for i := range o.Sent {
			if o.Sent[i].Message == spec.ServerHello {
				o.Sent[i].Suite = 0x003c
			}
		}
	},
	"the client notes another suite": func(o *spec.Observation) {
		if o.Role == spec.Client && o.Suite != 0 {
			o.Suite = 0x003c
		}
	},
	"the client misses a promise": func(o *spec.Observation) { o.Promised = o.Promised && o.Role == spec.Server },
	"the callback is not told":    func(o *spec.Observation) { o.Call = spec.Call{} },
	"the cache keeps a session": func(o *spec.Observation) {
		if o.Cache == spec.CacheRemove {
			o.Cache = spec.CacheNone
		}
	},
	"data is delivered twice": func(o *spec.Observation) { o.Delivered *= 2 },
}

// TestWrongObservationsAreFound is the must-fail twin: each driver finds each
// of them, and shrinks it where it can.
func TestWrongObservationsAreFound(t *testing.T) {
	for fault, bend := range bends {
		for name, drive := range drivers {
			t.Run(fault+"/"+name, func(t *testing.T) { mustFind(t, drive, Options{Seed: 1, Scenarios: 5000, Bend: bend, Shrink: shrink}) })
		}
	}
}

// TestModelMutantsAreFound: with a fault in the model and none in the
// implementation, the two differ.
func TestModelMutantsAreFound(t *testing.T) {
	for _, m := range model.Mutants() {
		t.Run(m.Name, func(t *testing.T) {
			mustFind(t, drivers["rapid"], Options{Seed: 1, Scenarios: 20000, Mutant: m.Name, Shrink: shrink})
		})
	}
}

func mustFind(t *testing.T, drive func(*testing.T, Options) (Tally, error), o Options) {
	t.Helper()
	_, err := drive(t, o)
	var f *Failure
	if !errors.As(err, &f) || !f.Different() {
		t.Fatalf("not found: %v", err)
	}
	t.Log(f)
}

// TestFailuresAreKept: what a driver finds is kept where the conversations are,
// which TestConversations walks.
func TestFailuresAreKept(t *testing.T) {
	_, err := Rapid(t.Context(), Options{Seed: 1, Scenarios: 5000, Bend: bends["the Session ID is not echoed"], Shrink: shrink})
	t.Chdir(t.TempDir())
	r := ladder.NewRun(1)
	if err := harness.Report(r, err); !ladder.IsDifference(err) {
		t.Fatal(err)
	}
	if files, _ := filepath.Glob("*"); len(files) > 0 {
		t.Errorf("outside of a checkout there is %v", files)
	}
	folder := filepath.Join("check", "testdata", "lockstep")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := harness.Report(r, err); !ladder.IsDifference(err) {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "found-*.txt"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(text), "\n"); lines > 40 || !strings.Contains(string(text), "sid=fresh") || !strings.Contains(string(text), "sid=echo") {
		t.Errorf("not what was found, or not made small:\n%s", text)
	}
	// It was seen awry; played again, it is in order.
	datadriven.RunTest(t, files[0], play)
	// And if it is not, that is a failure.
	if err := os.WriteFile(files[0], bytes.Replace(text, []byte("sid=echo"), []byte("sid=fresh"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	told := ""
	datadriven.Walk(t, folder, func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if told = play(t, d); told == d.Expected {
				t.Error("a wrong line is not seen")
			}
			return d.Expected
		})
	})
	if told == "" {
		t.Error("it was not played")
	}
}

func TestRung(t *testing.T) {
	if testing.Short() {
		t.Skip("the rung is long; the drivers are tested by themselves")
	}
	r := ladder.NewRun(3)
	r.Shard = ladder.Shard{Index: 1, Count: 20}
	if err := Rung.Run(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if len(r.Counts()) == 0 {
		t.Error("nothing was counted")
	}
}
