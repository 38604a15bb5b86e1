package harness

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/spec"
)

// Failure is a difference between model and implementation, so that it can be
// played again.
type Failure struct {
	Driver   string // who has found it
	Seed     uint64 // of the endpoints
	Scenario spec.Scenario
	Script   string // the actions, as [Run.Play] reads them
	Err      error  // a [*Difference], unless the harness itself failed
}

// Failed returns what has just failed in r.
func (r *Run) Failed(driver string, err error) *Failure {
	return &Failure{Driver: driver, Seed: r.Seed(), Scenario: r.Scenario(), Script: r.Script(), Err: err}
}

// Error tells the conversation and the difference.
func (f *Failure) Error() string {
	return fmt.Sprintf("%s: model and implementation differ\n%v", f.Driver, f.Err)
}

// Unwrap returns Err.
func (f *Failure) Unwrap() error { return f.Err }

// Different reports whether f is what is looked for, and not a defect of the
// harness.
func (f *Failure) Different() bool {
	var d *Difference
	return errors.As(f.Err, &d)
}

// Save writes the failure into a folder as a conversation for package
// datadriven, with what the model says of it as the expected result. It returns
// the file's name.
func (f *Failure) Save(dir string) (string, error) {
	told, err := Tell(f.Scenario, f.Script)
	if err != nil {
		return "", err
	}
	command := fmt.Sprintf("handshake seed=%d", f.Seed)
	if words := Distinctive(f.Scenario); words != "" {
		command += " " + words
	}
	text := command + "\n" + f.Script + "----\n" + told
	sum := fnv.New32a()
	sum.Write([]byte(text))
	name := filepath.Join(dir, fmt.Sprintf("found-%08x.txt", sum.Sum32()))
	return name, os.WriteFile(name, []byte(text), 0o644)
}

// saved is where failures are kept, seen from the root of the source.
const saved = "check/testdata/lockstep"

// Report returns err as the ladder wants it. A difference is kept where there is
// a place to keep it, as a test that runs for ever.
func Report(r *ladder.Run, err error) error {
	var f *Failure
	if !errors.As(err, &f) || !f.Different() {
		return err
	}
	switch name, saveErr := f.Save(saved); {
	case saveErr == nil:
		r.Notef("kept as %s", name)
	case errors.Is(saveErr, fs.ErrNotExist):
		r.Notef("to keep the conversation as a test, run this in a checkout's folder: %s is not here", saved)
	default:
		r.Notef("not kept: %v", saveErr)
	}
	return ladder.Differ("%v", err)
}
