package oracle

import (
	"context"
	"errors"
	"fmt"

	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/releases"
	"github.com/sesame-tls/sesame/check/results"
	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/spec"
)

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
