package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/sesame-tls/sesame/check/capture"
	"github.com/sesame-tls/sesame/check/cases"
	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/spec"
)

// Options say how cases are played.
type Options struct {
	Limit    time.Duration // of a wait for an answer; 0: DefaultLimit
	Baseline *Baseline     // nil: none
	// Failed, if set, is given the packets of each case that fails, as pcapng with
	// the keys in it.
	Failed func(r Result, pcapng []byte) error
	// Progress, if set, is called before each case, and Done after it.
	Progress func(done int, c *cases.Case)
	Done     func(r Result)
}

// Select returns the cases whose id, or one of whose requirements, a pattern
// matches.
func Select(list []cases.Case, pattern *regexp.Regexp) (chosen []cases.Case) {
	for _, c := range list {
		if pattern.MatchString(c.ID) || slices.ContainsFunc(c.Requirements, pattern.MatchString) {
			chosen = append(chosen, c)
		}
	}
	return chosen
}

// Run plays cases, one after the other. The error is ctx's, that of a malformed
// case, or Failed's.
func Run(ctx context.Context, s System, list []cases.Case, o Options) (*Report, error) {
	if o.Limit == 0 {
		o.Limit = DefaultLimit
	}
	report := &Report{System: s.Name(), Library: libraryOf(s)}
	ends := map[string]string{} // the alerts for an end of the stream, by the system's role
	for i := range list {
		c := &list[i]
		if o.Progress != nil {
			o.Progress(i, c)
		}
		r, packets, err := one(ctx, s, c, o, ends)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.ID, err)
		}
		o.Baseline.judge(&r)
		report.Results = append(report.Results, r)
		if o.Done != nil {
			o.Done(r)
		}
		if r.Status.Fails() && o.Failed != nil && len(packets) > 0 {
			if err := o.Failed(r, packets); err != nil {
				return nil, err
			}
		}
	}
	return report, nil
}

// libraryOf returns a system's own words for what it is, empty if it has none.
func libraryOf(s System) string {
	if named, ok := s.(interface{ Library() string }); ok {
		return named.Library()
	}
	return ""
}

// one plays a case.
func one(ctx context.Context, s System, c *cases.Case, o Options, ends map[string]string) (r Result, pcapng []byte, err error) {
	r = Result{Case: c, Status: Passed, Grade: c.Grade, Step: -1}
	if why := s.Lacks(c); why != "" {
		return r.skip(why), nil, nil
	}
	system := spec.Server
	if c.System == "client" {
		system = spec.Client
	}
	p, err := newPlayer(system, c.Setup, s.Identities(), s.PAC(), o.Limit)
	if err != nil {
		return r, nil, err
	}
	p.echoes = s.Echoes()
	if _, learnt := ends[c.System]; !learnt {
		p.learnEnd(ctx, s, system, c.Setup)
		ends[c.System] = p.eof
	}
	p.eof = ends[c.System]
	r, pcapng, unsure, err := p.once(ctx, s, system, r)
	if unsure {
		p.quiet = patience
		r, pcapng, _, err = p.once(ctx, s, system, r)
	}
	return r, pcapng, err
}

// once plays a case, with the session that it needs. It may be unsure of what it
// has found.
func (p *player) once(ctx context.Context, s System, system spec.Role, r Result) (_ Result, pcapng []byte, unsure bool, err error) {
	c, word := r.Case, ""
	if c.Setup.Session != "" {
		word, err = p.prime(ctx, s, c)
	}
	var conn Conn
	if err == nil {
		conn, err = s.Connect(ctx, system, c.Setup, word)
	}
	if err != nil {
		r, err = r.withoutConnection(ctx, err)
		return r, nil, false, err
	}
	return p.playCase(ctx, s, conn, r)
}

// playCase plays a case over its connection, and records it.
func (p *player) playCase(ctx context.Context, s System, conn Conn, r Result) (_ Result, pcapng []byte, unsure bool, err error) {
	var packets bytes.Buffer
	recorder, err := capture.NewWriter(&packets)
	if err != nil {
		conn.End()
		return r, nil, false, err
	}
	recorded := recorder.Conn(conn, s.Dialled())
	p.begin(&halfCloser{recorded, conn})
	found, err := p.play(ctx, r.Case.Steps)
	_, _ = recorder.KeyLog().Write([]byte(p.keyLog())) // Flush tells
	recorded.Release()
	end := conn.End()
	if err == nil {
		err = recorder.Flush()
	}
	if err != nil {
		return r, nil, false, err
	}
	return r.found(found, end), packets.Bytes(), found.unsure, nil
}

// halfCloser closes one half of a recorded transport.
type halfCloser struct {
	*capture.Conn
	under Conn
}

func (h *halfCloser) CloseWrite() error {
	if half, ok := h.under.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// withoutConnection is the result of a case that had no connection: what the
// system cannot be is skipped, and what it did instead deviates.
func (r Result) withoutConnection(ctx context.Context, err error) (Result, error) {
	var missing *Missing
	var fault *sut.Fault
	switch {
	case ctx.Err() != nil:
		return r, ctx.Err()
	case errors.As(err, &missing):
		return r.skip(missing.Why), nil
	case errors.As(err, &fault) && fault.Verdict.Kind == sut.Refused:
		return r.skip("the shim refuses: " + fault.Verdict.Report.Refused), nil
	case errors.As(err, &fault):
		return r.found(nothing, Ending{Fault: fault.Verdict.String()}), nil
	}
	return r.found(nothing, Ending{Fault: err.Error()}), nil
}

// found enters what came of a case.
func (r Result) found(f finding, end Ending) Result {
	echoed := false
	for _, s := range r.Case.Steps {
		echoed = echoed || s.Echo
	}
	switch {
	case end.Fault != "":
		// Whatever it is asked, it goes on.
		r.Status, r.Grade, r.Got, r.Step = Deviated, cases.Must, end.Fault, max(f.step, 0)
	case f.left:
		return r.skip("its application has closed before it could answer")
	case f.step >= 0:
		r.Status, r.Got, r.Step = Deviated, f.got, f.step
		if f.alert {
			r.Grade = cases.AlertOnly
		}
	case echoed && end.Told && end.Octets != dataSize:
		r.Status, r.Grade, r.Got, r.Step = Deviated, cases.Must, fmt.Sprintf("it tells of %d octets of data", end.Octets), len(r.Case.Steps)-1
	}
	if r.Status == Deviated {
		for _, o := range r.Case.Steps[r.Step].Allow {
			r.Want = append(r.Want, o.String())
		}
	}
	return r
}

func (r Result) skip(why string) Result {
	r.Status, r.Reason = Skipped, why
	return r
}
