package probe

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/sesame-tls/sesame/check/cases"
	"github.com/sesame-tls/sesame/check/internal/atonce"
	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/releases"
	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/spec"
)

// Rung probes the implementation, the machine's OpenSSL, and what has no
// callback.
var Rung = ladder.Rung{
	Name:  "probe",
	Shows: "every requirement on the wire is asked of the implementation, which deviates nowhere, and of OpenSSL and wolfSSL, which deviate as their baselines say",
	Needs: []ladder.Tool{
		{Name: "libssl-dev", Get: "apt-get install gcc libssl-dev", Find: func() error { _, err := sut.BuildSystem(context.Background()); return err }},
	},
	Run: climb,
}

// ownShim is set for a program that is to be one of our shims, if it does not
// know the verb.
const ownShim = "SESAME_PROBE_SHIM"

// OwnShim returns how this program is run as one of our shims: by its verb shim,
// or, in a test, by the environment.
func OwnShim(name string) (sut.Program, error) {
	self, err := os.Executable()
	return sut.Program{Name: name, Path: self, Args: []string{"shim", name}, Env: []string{ownShim + "=" + name}}, err
}

// ServeOwn is a shim, if the environment says so, and reports whether it was.
func ServeOwn() (bool, error) {
	name := os.Getenv(ownShim)
	if name == "" {
		return false, nil
	}
	return true, interop.Serve(context.Background(), name, os.Stdin, os.Stdout)
}

func climb(ctx context.Context, r *ladder.Run) error {
	pki, remove, err := interop.TempPKI()
	if err != nil {
		return err
	}
	defer remove()
	c := &climber{Run: r, pki: pki, list: cases.Chosen()}
	if r.Long {
		c.list = cases.All()
	}
	var all []*probing
	for _, add := range []func(context.Context) ([]*probing, error){
		func(context.Context) ([]*probing, error) { return c.own(asIs) }, c.system,
		func(context.Context) ([]*probing, error) { return c.control(asDeaf) }, c.wolfSSL, c.released,
	} {
		some, err := add(ctx)
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	return c.probe(ctx, all)
}

// climber is the rung's work.
type climber struct {
	*ladder.Run
	pki  *interop.PKI
	list []cases.Case
}

// probing is one program, what it is asked, and how it is judged.
type probing struct {
	program sut.Program
	list    []cases.Case
	wrap    func(System) System
	known   func(library string) (*Baseline, error) // nil: no deviation is
	judge   func(*Report) error

	baseline *Baseline // what known has returned
}

// probe asks several programs at once, and judges one after the other.
func (c *climber) probe(ctx context.Context, all []*probing) error {
	total := 0
	for _, p := range all {
		total += len(p.list)
	}
	reports := make([]*Report, len(all))
	var done atomic.Int64
	err := atonce.Do(runtime.GOMAXPROCS(0), len(all), func(i int) (err error) {
		reports[i], err = all[i].run(ctx, c.pki, func(one *cases.Case) {
			c.Progress(int(done.Add(1)), total, all[i].program.Name+" "+one.ID)
		})
		return err
	})
	if err != nil {
		return err
	}
	for i, report := range reports {
		c.Count("cases", len(report.Results)-report.Count(Skipped))
		c.Notef("%s: %s", report.Library, report.Summary())
		if err := all[i].judge(report); err != nil {
			return err
		}
	}
	return nil
}

// run asks the program.
func (p *probing) run(ctx context.Context, pki *interop.PKI, asked func(*cases.Case)) (*Report, error) {
	s, err := sut.Start(ctx, p.program)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if p.known != nil {
		if p.baseline, err = p.known(s.Library()); err != nil {
			return nil, err
		}
	}
	o := Options{Baseline: p.baseline, Progress: func(_ int, one *cases.Case) { asked(one) }}
	return Run(ctx, p.wrap(NewShim(s, pki)), p.list, o)
}

func asIs(s System) System   { return s }
func asDeaf(s System) System { return deaf{s} }

// failures is the error of a report with failures; nil: it has none.
func failures(r *Report) error {
	var lines []string
	for _, one := range r.Results {
		if one.Status.Fails() {
			lines = append(lines, one.String())
		}
	}
	if len(lines) == 0 {
		return nil
	}
	more := ""
	if len(lines) > 20 {
		lines, more = lines[:20], fmt.Sprintf("\nand %d more", len(lines)-20)
	}
	return ladder.Differ("%s\n%s%s", r.Library, strings.Join(lines, "\n"), more)
}

// reaches holds what a report has reached against what it has to.
func (c *climber) reaches(r *Report) error {
	if c.Shard.Count > 1 {
		return nil // in all shards together
	}
	if missed := cases.Missed(r.Reached()); len(missed) > 0 {
		return ladder.Differ("%s: %s", r.Library, strings.Join(missed, "\n"))
	}
	return nil
}

// own probes the implementation.
func (c *climber) own(wrap func(System) System) ([]*probing, error) {
	p, err := OwnShim("impl")
	judge := func(r *Report) error { return cmp.Or(failures(r), c.reaches(r)) }
	return []*probing{{program: p, list: ladder.Part(c.Shard, c.list), wrap: wrap, judge: judge}}, err
}

// baselineFor returns the baseline of a library by its own words; nil: none comes
// with the program.
func baselineFor(library string) (*Baseline, error) {
	for _, name := range KnownBaselines() {
		b, err := KnownBaseline(name)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(library, b.Library+".") {
			return b, nil
		}
	}
	return nil, nil
}

// system probes the machine's OpenSSL.
func (c *climber) system(ctx context.Context) ([]*probing, error) {
	path, err := sut.BuildSystem(ctx)
	if err != nil {
		return nil, err
	}
	p := c.beside(sut.Program{Name: "openssl", Path: path}, c.list)
	judge := p.judge
	p.judge = func(r *Report) error { return cmp.Or(judge(r), c.reaches(r)) }
	return []*probing{p}, nil
}

// beside probes a library beside the baseline that comes with the program for it,
// if one does.
func (c *climber) beside(program sut.Program, list []cases.Case) *probing {
	p := &probing{program: program, list: ladder.Part(c.Shard, list), wrap: asIs, known: baselineFor}
	p.judge = func(r *Report) error {
		if p.baseline == nil {
			c.Notef("no baseline comes with the program for %s: its deviations are not judged", r.Library)
			return nil
		}
		return failures(r)
	}
	return p
}

// deaf is a system that is taken for one with a callback, and has none.
type deaf struct{ System }

// Library returns the system's own words.
func (d deaf) Library() string { return libraryOf(d.System) + ", which has no callback" }

func (d deaf) Lacks(one *cases.Case) string {
	without := *one
	without.Setup = withoutCallback(one.Setup)
	return d.System.Lacks(&without)
}

func (d deaf) Connect(ctx context.Context, system spec.Role, s cases.Setup, session string) (Conn, error) {
	return d.System.Connect(ctx, system, withoutCallback(s), session)
}

func withoutCallback(s cases.Setup) cases.Setup {
	s.Callback, s.Named, s.Ticket = "", "", ""
	return s
}

// control probes crypto/tls, which has no callback, as if it had one: what
// cannot accept must be found not to.
func (c *climber) control(wrap func(System) System) ([]*probing, error) {
	p, err := OwnShim("crypto-tls")
	judge := func(r *Report) error {
		for _, one := range r.Results {
			accepts := strings.HasPrefix(one.Case.ID, "server/rule/ticket/accepted") || strings.HasPrefix(one.Case.ID, "client/rule/hello/pac") ||
				strings.HasPrefix(one.Case.ID, "server/rule/finished/")
			if accepts && one.Status != Deviated {
				return ladder.Differ("%s: %v", r.Library, one)
			}
		}
		c.Count("deviations of the control", r.Count(Deviated))
		return nil
	}
	return []*probing{{program: p, list: ladder.Part(c.Shard, c.list), wrap: wrap, judge: judge}}, err
}

// wolfSSL asks wolfSSL 5.9.4 the rules, and in a long run each release that is
// built all cases.
func (c *climber) wolfSSL(ctx context.Context) (all []*probing, err error) {
	list, names := c.list, []string{releases.EveryRun}
	if c.Long {
		names = nil
		for _, r := range releases.Releases() {
			if r.Library == "wolfssl" {
				names = append(names, r.Name())
			}
		}
	} else {
		list = slices.DeleteFunc(slices.Clone(list), func(one cases.Case) bool { return !strings.Contains(one.ID, "/rule/") })
	}
	for _, name := range names {
		lib, err := releases.FindOrBuild(ctx, name)
		if err != nil {
			c.Notef("%s is not probed: %v", name, err)
			continue
		}
		path, err := sut.Build(ctx, lib)
		if err != nil {
			return nil, err
		}
		all = append(all, c.beside(sut.Program{Name: name, Path: path}, list))
	}
	return all, nil
}

// released probes OpenSSL 4.0.3, where it is built, in a long run, the first shard
// all of it: beside the baseline of 3.0 it passes what was mended since.
func (c *climber) released(ctx context.Context) ([]*probing, error) {
	if !c.Long || c.Shard.Index > 0 {
		return nil, nil
	}
	lib, err := releases.Find(ctx, "openssl-4.0.3", false)
	if err != nil {
		c.Notef("OpenSSL 4.0.3 is not probed: %v", err)
		return nil, nil
	}
	path, err := sut.Build(ctx, lib)
	if err != nil {
		return nil, err
	}
	old := func(string) (*Baseline, error) { return KnownBaseline("openssl-3.0") }
	judge := func(r *Report) error {
		c.Notef("OpenSSL 4.0.3 is judged beside the baseline of 3.0")
		for _, id := range []string{"server/rule/echo-session-id/fresh", "server/rule/ecdsa-only"} {
			passes := func(one Result) bool { return one.Case.ID == id && one.Status == UnexpectedlyPass }
			if !slices.ContainsFunc(r.Results, passes) {
				return ladder.Differ("OpenSSL 4.0.3 does not pass %s unexpectedly, beside the baseline of 3.0", id)
			}
		}
		return nil
	}
	return []*probing{{program: sut.Program{Name: "openssl-4.0.3", Path: path}, list: c.list, wrap: asIs, known: old, judge: judge}}, nil
}
