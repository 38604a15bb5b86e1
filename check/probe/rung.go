package probe

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/cases"
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
	for _, part := range []func(context.Context) error{
		func(ctx context.Context) error { return c.own(ctx, asIs) }, c.system,
		func(ctx context.Context) error { return c.control(ctx, asDeaf) }, c.wolfSSL, c.released,
	} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// climber is the rung's work.
type climber struct {
	*ladder.Run
	pki  *interop.PKI
	list []cases.Case
}

// probe plays the cases of the shard against a program.
func (c *climber) probe(ctx context.Context, p sut.Program, wrap func(System) System, b *Baseline) (*Report, error) {
	s, err := sut.Start(ctx, p)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	list := ladder.Part(c.Shard, c.list)
	o := Options{Baseline: b, Progress: func(done int, one *cases.Case) { c.Progress(done, len(list), p.Name+" "+one.ID) }}
	report, err := Run(ctx, wrap(NewShim(s, c.pki)), list, o)
	if err != nil {
		return nil, err
	}
	c.Count("cases", len(list)-report.Count(Skipped))
	c.Notef("%s: %s", report.Library, report.Summary())
	return report, nil
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
func (c *climber) own(ctx context.Context, wrap func(System) System) error {
	p, err := OwnShim("impl")
	if err != nil {
		return err
	}
	report, err := c.probe(ctx, p, wrap, nil)
	if err != nil {
		return err
	}
	if err := failures(report); err != nil {
		return err
	}
	return c.reaches(report)
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
func (c *climber) system(ctx context.Context) error {
	path, err := sut.BuildSystem(ctx)
	if err != nil {
		return err
	}
	report, err := c.known(ctx, sut.Program{Name: "openssl", Path: path})
	if err != nil {
		return err
	}
	return c.reaches(report)
}

// known probes a library beside the baseline that comes with the program for it,
// if one does.
func (c *climber) known(ctx context.Context, p sut.Program) (*Report, error) {
	greeting, err := sut.Start(ctx, p)
	if err != nil {
		return nil, err
	}
	library := greeting.Library()
	if err := greeting.Close(); err != nil {
		return nil, err
	}
	known, err := baselineFor(library)
	if err != nil {
		return nil, err
	}
	report, err := c.probe(ctx, p, asIs, known)
	if err != nil {
		return nil, err
	}
	if known == nil {
		c.Notef("no baseline comes with the program for %s: its deviations are not judged", library)
		return report, nil
	}
	return report, failures(report)
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
func (c *climber) control(ctx context.Context, wrap func(System) System) error {
	p, err := OwnShim("crypto-tls")
	if err != nil {
		return err
	}
	report, err := c.probe(ctx, p, wrap, nil)
	if err != nil {
		return err
	}
	for _, one := range report.Results {
		accepts := strings.HasPrefix(one.Case.ID, "server/rule/ticket/accepted") || strings.HasPrefix(one.Case.ID, "client/rule/hello/pac") ||
			strings.HasPrefix(one.Case.ID, "server/rule/finished/")
		if accepts && one.Status != Deviated {
			return ladder.Differ("%s: %v", report.Library, one)
		}
	}
	c.Count("deviations of the control", report.Count(Deviated))
	return nil
}

// wolfSSL asks wolfSSL 5.9.4 the rules, and in a long run each release that is
// built all cases.
func (c *climber) wolfSSL(ctx context.Context) error {
	part, names := *c, []string{releases.EveryRun}
	if c.Long {
		names = nil
		for _, r := range releases.Releases() {
			if r.Library == "wolfssl" {
				names = append(names, r.Name())
			}
		}
	} else {
		part.list = slices.DeleteFunc(slices.Clone(c.list), func(one cases.Case) bool { return !strings.Contains(one.ID, "/rule/") })
	}
	for _, name := range names {
		lib, err := releases.FindOrBuild(ctx, name)
		if err != nil {
			c.Notef("%s is not probed: %v", name, err)
			continue
		}
		path, err := sut.Build(ctx, lib)
		if err != nil {
			return err
		}
		if _, err := part.known(ctx, sut.Program{Name: name, Path: path}); err != nil {
			return err
		}
	}
	return nil
}

// released probes OpenSSL 4.0.3, where it is built, in a long run: beside the
// baseline of 3.0 it passes what was mended since.
func (c *climber) released(ctx context.Context) error {
	if !c.Long || c.Shard.Index > 0 {
		return nil
	}
	lib, err := releases.Find(ctx, "openssl-4.0.3", false)
	if err != nil {
		c.Notef("OpenSSL 4.0.3 is not probed: %v", err)
		return nil
	}
	path, err := sut.Build(ctx, lib)
	if err != nil {
		return err
	}
	old, err := KnownBaseline("openssl-3.0")
	if err != nil {
		return err
	}
	whole := *c
	whole.Run = &ladder.Run{Seed: c.Seed, Long: c.Long, Shard: ladder.Shard{Count: 1}}
	report, err := whole.probe(ctx, sut.Program{Name: "openssl-4.0.3", Path: path}, asIs, old)
	if err != nil {
		return err
	}
	c.Count("cases", len(report.Results))
	c.Notef("%s beside the baseline of 3.0: %s", report.Library, report.Summary())
	for _, id := range []string{"server/rule/echo-session-id/fresh", "server/rule/ecdsa-only"} {
		passes := func(one Result) bool { return one.Case.ID == id && one.Status == UnexpectedlyPass }
		if !slices.ContainsFunc(report.Results, passes) {
			return ladder.Differ("OpenSSL 4.0.3 does not pass %s unexpectedly, beside the baseline of 3.0", id)
		}
	}
	return nil
}
