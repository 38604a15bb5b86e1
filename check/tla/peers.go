package tla

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/spec"
)

// logging is impl/tls with a log of its end of every connection.
type logging struct {
	*interop.Sesame
	log *Log
}

// Connect implements [interop.End].
func (e logging) Connect(ctx context.Context, conn net.Conn, s interop.Setup) interop.Outcome {
	c := e.log.Connection(s.Role, strings.ReplaceAll(s.Name, " ", "-"), known(s))
	s.Tracer = c.Observe
	o := e.Sesame.Connect(ctx, conn, s)
	if err := c.End(); err != nil {
		o.Err = err.Error()
	}
	return o
}

// known says of an end's setup what the specification asks about it.
func known(s interop.Setup) spec.Scenario {
	version := spec.Offer(s.Max - spec.SSL30)
	cert := onOff(s.Identity.Key != nil)
	if s.Role == spec.Client {
		sc := spec.Scenario{ClientCallback: spec.CallbackUnset, ClientVersion: version, ClientEMS: willing(s), ClientEtM: onOff(s.EtM), ClientCert: cert}
		if s.PACOpaque != nil {
			sc.ClientCallback = s.Callback
		}
		return sc
	}
	return spec.Scenario{
		ServerCallback: s.Callback, ServerVersion: version, ServerTickets: onOff(s.Tickets), ServerEMS: willing(s),
		ServerEtM: onOff(s.EtM), ClientAuth: s.Ask, StandsIn: onOff(s.StandsIn),
	}
}

func onOff(b bool) spec.Switch {
	if b {
		return spec.On
	}
	return spec.Off
}

func willing(s interop.Setup) spec.Switch {
	if s.NeedsEMS {
		return spec.Required
	}
	return onOff(s.EMS)
}

// traceable are the deviations of a server that Trace.tla knows.
var traceable = []spec.Quirk{spec.QuirkEmptyIDAnswered, spec.QuirkNoSessionIDEcho}

// RecordPeers returns traces of impl/tls, in both roles, against OpenSSL's
// session-secret callback: of the named cases in which OpenSSL does what the RFCs
// say, or deviates as Trace.tla knows, those that mine chooses by their index.
func RecordPeers(ctx context.Context, mine func(int) bool, progress func(done, total int, at string)) ([]Trace, error) {
	var b bytes.Buffer
	log := NewLog(&b)
	cases := interop.Cases()
	can := func(c interop.Case) bool {
		return !slices.ContainsFunc(c.Quirks, func(q spec.Quirk) bool { return !slices.Contains(traceable, q) })
	}
	report, err := interop.Run(ctx, interop.Options{
		Mine:     func(i int) bool { return i < len(cases) && can(cases[i]) && mine(i) },
		NewEnd:   func() interop.End { return logging{interop.NewSesame(), log} },
		Progress: progress,
	})
	if err != nil {
		return nil, err
	}
	if failures := report.Failures(); len(failures) > 0 {
		return nil, fmt.Errorf("tla: a connection with OpenSSL did not go as it must: %s", failures[0])
	}
	traces, err := ReadTraces("the log", &b)
	if err != nil {
		return nil, err
	}
	quirks, err := quirksOf(report)
	for i := range traces {
		if traces[i].Sides[0] == spec.Client.String() {
			traces[i].Quirks = quirks
		}
	}
	return traces, err
}

// quirksOf returns the deviations of the library that Trace.tla knows.
func quirksOf(report *interop.Report) (quirks []string, err error) {
	for _, l := range report.Lines {
		if l.Profile == "" {
			continue
		}
		profile, err := spec.ProfileByName(l.Profile)
		if err != nil {
			return nil, err
		}
		for _, q := range traceable {
			if profile.Has(q) {
				quirks = append(quirks, string(q))
			}
		}
	}
	return quirks, nil
}

// withoutQuirks returns, of the first trace that takes a deviation, a copy that
// knows of none, and so is no behaviour; nothing where no trace takes one.
func withoutQuirks(traces []Trace) []Corrupted {
	for _, t := range traces {
		for i, s := range t.Steps {
			if len(t.Quirks) > 0 && s.Resumed == spec.BySessionSecret.String() && s.ID == spec.IDFresh.String() {
				t.ID, t.Quirks = t.ID+" without its quirks", nil
				return []Corrupted{{t, i + 1, "event"}}
			}
		}
	}
	return nil
}
