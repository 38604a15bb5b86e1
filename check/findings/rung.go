package findings

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/cc"
	"github.com/sesame-tls/sesame/check/checkout"
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
	for i, lib := range libs {
		if !r.Shard.Has(i) {
			continue
		}
		r.Progress(i, len(libs), lib.Name)
		found, err := runAll(ctx, list, lib)
		if err != nil {
			return err
		}
		outcomes[Column(lib)] = map[string]string{}
		for _, f := range found {
			r.Count("reproducers run", 1)
			outcomes[Column(lib)][f.Finding.ID] = string(f.Outcome)
			if text := f.Judge(); text != "" {
				wrong = append(wrong, text)
			}
			if f.Outcome.Affected() {
				r.Count("bugs shown", 1)
			}
		}
		r.Count("libraries", 1)
	}
	if len(wrong) > 0 {
		return ladder.Differ("%d of them did not do what check/findings/findings.json says; the first:\n%s%s", len(wrong), wrong[0], others(wrong[1:]))
	}
	if r.Long {
		return record(ctx, r, outcomes)
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

// runAll runs the findings about a library, in a build with AddressSanitizer
// those alone that it may flag.
func runAll(ctx context.Context, list []Finding, lib cc.Library) (found []Result, err error) {
	for _, f := range list {
		if !f.About(lib) || sanitized(lib) && !f.ASan {
			continue
		}
		result, err := Run(ctx, f, lib)
		if err != nil {
			return nil, err
		}
		found = append(found, result)
	}
	return found, nil
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

// record writes what a long run has found over what earlier ones have recorded
// of the same libraries.
func record(ctx context.Context, r *ladder.Run, outcomes map[string]map[string]string) error {
	root, err := checkout.Root(ctx)
	if err != nil {
		r.Notef("%v: nothing is recorded", err)
		return nil
	}
	all, err := results.LoadFindings()
	if err != nil {
		return err
	}
	maps.Copy(all.Outcomes, outcomes)
	r.Notef("recorded in check/results/findings.json: %s", strings.Join(slices.Sorted(maps.Keys(outcomes)), ", "))
	return all.Write(root)
}
