package interop

import (
	"context"
	"net"

	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/spec"
)

// Shim is a system under test as a peer. It may crash, hang or lie: that is an
// outcome.
type Shim struct{ *sut.System }

// StartShim starts a program that drives a library. It ends with ctx, or by
// Close. The name is the peer's in reports.
func StartShim(ctx context.Context, name, program string) (*Shim, error) {
	s, err := sut.Start(ctx, sut.Program{Name: name, Path: program})
	if err != nil {
		return nil, err
	}
	return &Shim{s}, nil
}

// Meet implements [Peer].
func (s *Shim) Meet(ctx context.Context, setup Setup) (net.Conn, func() Outcome, error) {
	conn, err := s.Connect(ctx, shimOptions(setup))
	if err != nil {
		return nil, nil, err
	}
	return conn, func() Outcome { return outcomeOf(conn.Verdict(), len(setup.Payload)) }, nil
}

// outcomeOf returns what a shim saw, which was to get so many octets.
func outcomeOf(v sut.Verdict, octets int) Outcome {
	if v.Kind != sut.Reported {
		return failed("%v", v)
	}
	r := v.Report
	o := Outcome{
		Established: r.Established == 1, Version: spec.Version(r.Version), Suite: spec.SuiteID(r.Suite), EMS: r.EMS == 1,
		ALPN: r.ALPN, Sent: sut.Fatal(r.Sent), Received: sut.Fatal(r.Received), Calls: r.Calls, PeerCertificate: r.PeerCertificate == 1,
		DataOK: r.Octets == octets, Closed: r.Closed == 1, Err: r.Error,
	}
	if r.Session != "" {
		o.Session = r.Session
	}
	switch {
	case r.Reused == 1 && r.Calls > 0:
		o.Resumed = spec.BySessionSecret
	case r.Reused == 1:
		o.Resumed = spec.BySessionID // or by a ticket: libraries do not say which
	}
	return o
}

// shimOptions returns a setup as a shim is told it.
func shimOptions(s Setup) sut.Options {
	o := sut.Options{
		Role: s.Role, Min: s.Min, Max: s.Max, Suites: s.Suites, EMS: s.EMS, EtM: s.EtM, Tickets: s.Tickets,
		Callback: s.Callback, Length: s.Length, Named: s.Named, PACKey: s.PACKey, PACOpaque: s.PACOpaque, Absent: s.Absent,
		CertFile: s.Identity.CertFile, KeyFile: s.Identity.KeyFile, ALPN: s.ALPN, Data: len(s.Payload), Save: true,
	}
	o.Session, _ = s.Session.(string)
	switch {
	case s.Role == spec.Client:
		o.ServerName, o.CAFile, o.Verify = ServerName, s.PKI.CAFile, spec.ClientAuthRequest
	case s.Ask == spec.ClientAuthRequest, s.Ask == spec.ClientAuthRequire:
		o.CAFile, o.Verify = s.PKI.CAFile, s.Ask
	}
	return o
}
