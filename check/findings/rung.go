package findings

import (
	"context"
	"errors"
	"maps"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/sesame-tls/sesame/check/cc"
	"github.com/sesame-tls/sesame/check/checkout"
	"github.com/sesame-tls/sesame/check/internal/atonce"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/releases"
	"github.com/sesame-tls/sesame/check/results"
)

// Rung runs the reproducers: on the machine's libssl, and in the long run on
// every release that is built.
var Rung = ladder.Rung{
	Name:  "findings",
	Shows: "each known bug of OpenSSL and wolfSSL shows on the releases that have it, and on no other",
	Needs: []ladder.Tool{{Name: "libssl-dev", Get: "apt-get install gcc libssl-dev", Find: func() error {
		_, err := cc.FindSystem(context.Background())
		return err
	}}},
	Run: climb,
}

func climb(ctx context.Context, r *ladder.Run) error {
	list, err := All()
	if err != nil {
		return err
	}
	libs, err := libraries(ctx, r)
	if err != nil {
		return err
	}
	var wrong []string
	outcomes := map[string]map[string]string{}
	todo, err := Runs(list, libs)
	if err != nil {
		r.Notef("%v", err)
	}
	todo = ladder.Part(r.Shard, todo)
	var done atomic.Int64
	err = atonce.Do(runtime.GOMAXPROCS(0), len(todo), func(i int) (err error) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		t := &todo[i]
		*t, err = t.Run(ctx)
		r.Progress(int(done.Add(1)), len(todo), t.Program()+" on "+t.Library.Name)
		return err
	})
	if err != nil {
		return err
	}
	for _, t := range todo {
		column := Column(t.Library)
		if outcomes[column] == nil {
			outcomes[column] = map[string]string{}
			r.Count("libraries", 1)
		}
		r.Count("reproducers run", 1)
		if !t.Python { // what is recorded is what the program in C has said
			outcomes[column][t.Finding.ID] = string(t.Outcome)
			if t.Outcome.Affected() {
				r.Count("bugs shown", 1)
			}
		}
		if text := t.Judge(); text != "" {
			wrong = append(wrong, text)
		}
	}
	if len(wrong) > 0 {
		return ladder.Differ("%d of them did not do what check/findings/findings.json says; the first:\n%s%s", len(wrong), wrong[0], others(wrong[1:]))
	}
	if r.Long {
		return record(ctx, r, list, outcomes)
	}
	return nil
}

// others names what is wrong besides the first, a line each.
func others(wrong []string) (text string) {
	for _, w := range wrong {
		line, _, _ := strings.Cut(w, "\n")
		text += "\n" + line
	}
	return text
}

// libraries returns what is to be run against.
func libraries(ctx context.Context, r *ladder.Run) ([]cc.Library, error) {
	system, err := cc.FindSystem(ctx)
	if err != nil {
		return nil, err
	}
	libs := []cc.Library{system}
	if !r.Long {
		return libs, nil
	}
	for _, release := range releases.Releases() {
		lib, err := release.Find(false)
		if err != nil {
			r.Notef("%v", err)
			continue
		}
		libs = append(libs, lib)
	}
	return append(libs, releases.Built(true)...), nil
}

// Runs pairs findings with the libraries that they are about, to be run; a build
// with AddressSanitizer with those alone that it may flag. Each that has a
// program in Python is there twice, unless the error says why not.
func Runs(list []Finding, libs []cc.Library) (todo []Result, err error) {
	if _, missing := exec.LookPath("python3"); missing != nil {
		err = errors.New("the programs in Python are not run: there is no python3; apt-get install python3")
	}
	for _, lib := range libs {
		for _, f := range list {
			if !f.About(lib) || sanitized(lib) && !f.ASan {
				continue
			}
			todo = append(todo, Result{Finding: f, Library: lib})
			if err == nil && f.hasPython() && !sanitized(lib) {
				todo = append(todo, Result{Finding: f, Library: lib, Python: true})
			}
		}
	}
	return todo, err
}

// Run runs the program of a result that [Runs] has returned.
func (r Result) Run(ctx context.Context) (Result, error) {
	if r.Python {
		return RunPython(ctx, r.Finding, r.Library)
	}
	return Run(ctx, r.Finding, r.Library)
}

// Column returns the name that a library has in the recorded results, such as
// "openssl-3.2.1" or "openssl-3.2.1-asan".
func Column(lib cc.Library) string {
	name := lib.Kind + "-" + lib.Version
	if sanitized(lib) {
		name += "-asan"
	}
	return name
}

// record writes what a long run has found over what earlier ones have recorded.
func record(ctx context.Context, r *ladder.Run, list []Finding, outcomes map[string]map[string]string) error {
	root, err := checkout.Root(ctx)
	if err != nil {
		r.Notef("%v: nothing is recorded", err)
		return nil
	}
	all, err := results.LoadFindings()
	if err != nil {
		return err
	}
	merge(all.Outcomes, outcomes, list)
	r.Notef("recorded in check/results/findings.json: %s", strings.Join(slices.Sorted(maps.Keys(outcomes)), ", "))
	return all.Write(root)
}

// merge puts what was found over what is recorded, and drops what is about no
// finding any more.
func merge(recorded, found map[string]map[string]string, list []Finding) {
	for column, outcomes := range found {
		if recorded[column] == nil {
			recorded[column] = map[string]string{}
		}
		maps.Copy(recorded[column], outcomes)
	}
	for _, outcomes := range recorded {
		maps.DeleteFunc(outcomes, func(id, _ string) bool {
			_, err := ByID(list, id)
			return err != nil
		})
	}
}
