package oracle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/sesame-tls/sesame/check/cc"
	"github.com/sesame-tls/sesame/check/checkout"
	"github.com/sesame-tls/sesame/check/internal/atonce"
	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/releases"
	"github.com/sesame-tls/sesame/check/results"
	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/model"
)

// Rung holds other people's libraries against the model.
var Rung = ladder.Rung{
	Name:  "oracle",
	Shows: "the model with a library's profile predicts every answer of OpenSSL and wolfSSL, alert for alert",
	Needs: []ladder.Tool{
		{Name: "libssl-dev", Get: "apt-get install gcc libssl-dev", Find: func() error { _, err := sut.BuildSystem(context.Background()); return err }},
		{Name: releases.EveryRun, Get: "apt-get install cargo cmake gcc make; sesame releases build " + releases.EveryRun, Find: func() error {
			_, err := releases.FindOrBuild(context.Background(), releases.EveryRun)
			return err
		}},
	},
	Varies: []string{"connections"},
	Run:    climb,
}

// subject is a system to judge.
type subject struct {
	name    string
	program sut.Program
}

// subjects are this implementation and the libraries of a run: two, or all that
// have been built.
func subjects(ctx context.Context, long bool) (all []subject, err error) {
	if self, err := os.Executable(); err == nil && filepath.Base(self) == "sesame" {
		all = append(all, subject{"impl", sut.Program{Name: "impl", Path: self, Args: []string{"shim", "impl"}}})
	}
	names := []string{cc.System, releases.EveryRun}
	if long {
		names = names[:1]
		for _, r := range releases.Releases() {
			if _, err := r.Find(false); err == nil {
				names = append(names, r.Name())
			}
		}
	}
	for _, name := range names {
		lib, err := releases.FindOrBuild(ctx, name)
		if err != nil {
			return nil, err
		}
		program, err := sut.Build(ctx, lib)
		if err != nil {
			return nil, err
		}
		all = append(all, subject{name, sut.Program{Name: name, Path: program}})
	}
	return all, nil
}

// walks are how many random walks a class is given.
const walks, longWalks = 40, 60

func climb(ctx context.Context, r *ladder.Run) error {
	all, err := subjects(ctx, r.Long)
	if err != nil {
		return err
	}
	pki, remove, err := interop.TempPKI()
	if err != nil {
		return err
	}
	defer remove()
	o := Options{PKI: pki, Classes: Classes(r.Long), Walks: walks, Seed: r.Seed}
	if r.Long {
		o.Walks = longWalks
	}
	all = ladder.Part(r.Shard, all)
	judged, err := judgeAll(ctx, r, all, o)
	if err != nil {
		return err
	}
	found := &results.Oracle{Atlas: []results.Machine{}}
	both := map[string]map[string]model.Verdict{} // by profile
	for i, j := range judged {
		if both[j.Profile] == nil && r.Long {
			if both[j.Profile], err = together(j.Profile); err != nil {
				return err
			}
		}
		release := j.result(all[i].name, both[j.Profile])
		found.Releases = append(found.Releases, release)
		j.count(r, all[i].name)
	}
	if r.Long {
		if err := longRun(ctx, r, all, pki, found); err != nil {
			return err
		}
	}
	var unexplained []string
	for _, release := range found.Releases {
		for _, u := range release.Unexplained {
			unexplained = append(unexplained, release.Name+": "+u)
		}
	}
	if len(unexplained) > 0 {
		return ladder.Differ("%d outcomes are not as predicted; the first:\n%s", len(unexplained), unexplained[0])
	}
	return nil
}

// longRun learns the machines, asks AddressSanitizer, and writes what was found.
func longRun(ctx context.Context, r *ladder.Run, all []subject, pki *interop.PKI, found *results.Oracle) error {
	for i := range found.Releases {
		if err := sanitize(ctx, &found.Releases[i], pki); err != nil {
			return err
		}
	}
	// What comes last takes longest: what is known is kept before.
	if err := write(ctx, r, found); err != nil {
		return err
	}
	machines, unexplained, err := atlas(ctx, r, all, pki)
	if err != nil {
		return err
	}
	found.Atlas = machines
	for i := range found.Releases {
		release := &found.Releases[i]
		release.Unexplained = append(release.Unexplained, unexplained[release.Name]...)
	}
	r.Count("learned machines", len(machines))
	return write(ctx, r, found)
}

// write keeps what was found, where there is a checkout and nothing is missing.
func write(ctx context.Context, r *ladder.Run, found *results.Oracle) error {
	if r.Shard.Count > 1 {
		return nil
	}
	root, err := checkout.Root(ctx)
	if err != nil {
		r.Notef("there is no checkout to write oracle.json to: %v", err)
		return nil
	}
	return found.Write(root)
}

// judgeAll judges the subjects, as many at once as wait for each other.
func judgeAll(ctx context.Context, r *ladder.Run, all []subject, o Options) ([]*Judged, error) {
	judged, errs := make([]*Judged, len(all)), make([]error, len(all))
	var mu sync.Mutex
	done, total := 0, len(all)*len(o.Classes)
	o.Progress = func(at string) {
		mu.Lock()
		defer mu.Unlock()
		r.Progress(done, total, at)
		done++
	}
	atonce.Each(atOnce, len(all), func(i int) { judged[i], errs[i] = judgeOne(ctx, all[i], o) })
	return judged, errors.Join(errs...)
}

// atOnce is how many systems are judged at once, and learned: most of the time
// they are waited for.
const atOnce, learnedAtOnce = 8, 32

func judgeOne(ctx context.Context, s subject, o Options) (*Judged, error) {
	system, err := sut.Start(ctx, s.program)
	if err != nil {
		return nil, err
	}
	defer system.Close()
	return Judge(ctx, system, o)
}

// count tells what was done.
func (j *Judged) count(r *ladder.Run, name string) {
	r.Count("systems", 1)
	r.Count("words", j.Words)
	r.Count("steps", j.Steps)
	r.Count("connections", j.Connections)
	r.Count("outcomes that deviate from rfc", j.Deviating)
	r.Count("unexplained", len(j.Unexplained))
	var quirks []string
	for _, q := range slices.Sorted(maps.Keys(j.Deviations)) {
		quirks = append(quirks, fmt.Sprintf("%s (%d)", q, j.Deviations[q].Words))
	}
	line := fmt.Sprintf("%s (%s), profile %s: %d words, %d unexplained", name, j.Library, j.Profile, j.Words, len(j.Unexplained))
	if len(quirks) > 0 {
		line += "; deviations: " + strings.Join(quirks, ", ")
	}
	for _, c := range crashes(j.Crashes) {
		line += fmt.Sprintf("; %s (%d)", c.What, c.Words)
	}
	r.Notef("%s", line)
	for _, n := range append(j.Skipped, j.Notes...) {
		r.Logf("%s: %s", name, n)
	}
}

// result returns what is kept of a system. Both are the verdicts on two of its kind.
func (j *Judged) result(name string, both map[string]model.Verdict) results.Release {
	release := results.Release{
		Name: name, Library: j.Library, Profile: j.Profile, Classes: j.Classes, Words: j.Words, Steps: j.Steps, Deviating: j.Deviating,
		Deviations: []results.Deviation{}, Properties: j.propertyResults(both), Crashes: crashes(j.Crashes), Sanitized: []results.Crash{}, Unexplained: []string{},
		Skipped: append([]string{}, j.Skipped...), Notes: append([]string{}, j.Notes...),
	}
	for _, q := range slices.Sorted(maps.Keys(j.Deviations)) {
		d := j.Deviations[q]
		release.Deviations = append(release.Deviations, results.Deviation{Quirk: string(q), Words: d.Words, Example: d.Example})
	}
	for _, u := range j.Unexplained {
		release.Unexplained = append(release.Unexplained, u.String())
	}
	return release
}

func crashes(counts map[string]int) []results.Crash {
	all := []results.Crash{}
	for what, n := range counts {
		all = append(all, results.Crash{What: what, Words: n})
	}
	slices.SortFunc(all, func(a, b results.Crash) int { return cmp.Compare(a.What, b.What) })
	return all
}
