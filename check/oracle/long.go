package oracle

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/learn/target"
	"github.com/sesame-tls/sesame/check/releases"
	"github.com/sesame-tls/sesame/check/results"
	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/spec"
)

// learnedClasses are the classes whose machines the atlas has.
func learnedClasses() (all []Class) {
	for _, r := range []spec.Role{spec.Server, spec.Client} {
		all = append(all, Class{Role: r, Callback: spec.CallbackAccept, Exchange: spec.ExchangeEphemeral})
	}
	return all
}

// leaf is one machine of the atlas before those that are alike are put together.
type leaf struct {
	class   Class
	release string
	machine *target.Machine
	differs []string
	err     error
}

// atlas learns the machines of the systems, and puts equal ones together.
func atlas(ctx context.Context, r *ladder.Run, all []subject, pki *interop.PKI) ([]results.Machine, error) {
	var leaves []leaf
	for _, c := range learnedClasses() {
		for _, s := range all {
			leaves = append(leaves, leaf{class: c, release: s.name})
		}
	}
	parallel(len(leaves), func(i int) {
		r.Progress(i, len(leaves), "learning "+leaves[i].release)
		leaves[i].learn(ctx, all[i%len(all)], pki)
	})
	machines := []results.Machine{}
	for _, l := range leaves {
		var crash *sut.Fault
		switch {
		case errors.As(l.err, &crash):
			machines = append(machines, results.Machine{Role: l.class.Role.String(), Callback: l.class.Callback.String(),
				Releases: []string{l.release}, Differences: []string{"nothing can be learned: " + crash.Verdict.String()}})
			continue
		case l.err != nil:
			return nil, l.err
		}
		drawn := l.machine.DOT()
		at := slices.IndexFunc(machines, func(m results.Machine) bool { return m.Role == l.class.Role.String() && m.DOT == drawn })
		if at < 0 {
			at = len(machines)
			machines = append(machines, results.Machine{Role: l.class.Role.String(), Callback: l.class.Callback.String(),
				States: l.machine.States(), Differences: l.differs, DOT: drawn})
		}
		machines[at].Releases = append(machines[at].Releases, l.release)
	}
	return machines, nil
}

func (l *leaf) learn(ctx context.Context, s subject, pki *interop.PKI) {
	system, err := sut.Start(ctx, s.program)
	if err != nil {
		l.err = err
		return
	}
	defer system.Close()
	p, err := newPlayer(ctx, system, l.class, pki, target.Pace{})
	if err != nil {
		l.err = err
		return
	}
	defer p.endpoint.Close()
	like, err := target.Expect(p.endpoint, p.scenario, interop.ProfileOf(system.Library()).Only(l.class.Role))
	if err != nil {
		l.err = err
		return
	}
	result, err := target.Learn(ctx, p.endpoint, like, target.Options{Equivalence: "model", Walks: 100})
	if err != nil {
		l.err = fmt.Errorf("oracle: learning %s: %w", s.name, err)
		return
	}
	rfc, err := p.Machine(spec.Profile{Name: "rfc"})
	if err != nil {
		l.err = err
		return
	}
	l.machine = target.Project(result.Machine)
	l.differs = target.Differences(l.machine, rfc, l.class.Role)
}

// tooLong is a secret that is longer than any buffer for it.
const tooLong = 600

// sanitize lets a build with AddressSanitizer, if there is one, handle a secret
// that is too long, in both roles.
func sanitize(ctx context.Context, release *results.Release, pki *interop.PKI) error {
	known, err := releases.ByName(release.Name)
	if err != nil {
		return nil // no release
	}
	lib, err := known.Find(true)
	if errors.Is(err, releases.ErrNotBuilt) {
		return nil
	}
	if err != nil {
		return err
	}
	program, err := sut.Build(ctx, lib)
	if err != nil {
		return err
	}
	system, err := sut.Start(ctx, sut.Program{Name: release.Name, Path: program})
	if err != nil {
		return err
	}
	defer system.Close()
	counts := map[string]int{}
	for _, c := range learnedClasses() {
		c.Callback, c.Length = spec.CallbackWrongLength, tooLong
		what, err := overlong(ctx, system, c, pki)
		if err != nil {
			return err
		}
		if what != "" {
			counts[fmt.Sprintf("%v: %s", c.Role, what)]++
		}
	}
	release.Sanitized = crashes(counts)
	return nil
}

// overlong plays an accepted ticket, and returns what was said of it.
func overlong(ctx context.Context, s *sut.System, c Class, pki *interop.PKI) (string, error) {
	p, err := NewPlayer(ctx, s, c, pki)
	var f *sut.Fault
	if errors.As(err, &f) {
		return f.Verdict.String(), nil
	}
	if err != nil {
		return "", err
	}
	word := []string{"ClientHello ticket=good sid=empty", "ChangeCipherSpec", "Finished"}
	if c.Role == spec.Client {
		word = []string{"ServerHello sid=empty ticket-extension=off", "ChangeCipherSpec", "Finished"}
	}
	played, err := p.Play(ctx, word, nil, 0)
	if err != nil || played.Verdict.Kind == sut.Reported {
		return "", err
	}
	return played.Verdict.String(), nil
}
