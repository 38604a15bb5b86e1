package interop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"

	"github.com/sesame-tls/sesame/spec"
)

// Setup is what one end of a connection is told.
type Setup struct {
	Role     spec.Role
	Min, Max spec.Version
	Suites   []spec.SuiteID // the best first

	Callback  spec.Callback // the session-secret callback
	PACKey    []byte
	PACOpaque []byte       // client: the ticket to offer; server: the only ticket to accept, nil: any and none
	Absent    bool         // server: no ticket is as good as PACOpaque
	Named     spec.SuiteID // what the callback names; 0: nothing
	Length    int          // of the secret under CallbackWrongLength

	SessionID spec.ID // client: IDEmpty or IDFresh beside a PAC
	Session   any     // client: an earlier Outcome's, to be resumed

	EMS, EtM, Tickets bool // willing, and with RFC 5077 tickets
	NeedsEMS          bool // refuse a peer without it

	Identity Identity        // certificate and key; zero: none
	Ask      spec.ClientAuth // server: of the client
	StandsIn bool            // server: a PAC stands in for a required client certificate
	PKI      *PKI            // what certificates are verified against
	ALPN     string

	Name   string                  // of the case, for who logs it
	Tracer func(*spec.Observation) // of impl/tls; nil: none

	Payload []byte // what the client sends
	Reply   []byte // what the server answers with
}

// Outcome is what one end saw of a connection.
type Outcome struct {
	Established bool
	Version     spec.Version
	Suite       spec.SuiteID
	Resumed     spec.Shortening
	EMS         bool // of the master secret, where the end tells so
	ALPN        string

	Sent, Received  spec.AlertDescription // the fatal alert; AlertNone: none
	Calls           int                   // of the session-secret callback
	PeerCertificate bool

	DataOK  bool // the payload came whole, or its reply did
	Closed  bool // the other end's close_notify came
	Err     string
	Session any // client: what Setup.Session takes

	// Partial: the end is a program that tells no more than Established, DataOK
	// and Err.
	Partial bool
}

// failed is the outcome of an end that could not even begin.
func failed(format string, args ...any) Outcome {
	return Outcome{Sent: spec.AlertNone, Received: spec.AlertNone, Err: fmt.Sprintf(format, args...)}
}

// An End is a TLS implementation in this process.
type End interface {
	Name() string
	// Connect makes one connection over conn, which it closes.
	Connect(ctx context.Context, conn net.Conn, s Setup) Outcome
}

// A Peer is a TLS implementation that brings its own transport.
type Peer interface {
	Name() string
	// Meet starts one connection and returns our end of its transport. The
	// function waits for what the peer saw; it must be called once, after the
	// transport has been used.
	Meet(ctx context.Context, s Setup) (net.Conn, func() Outcome, error)
	Close() error
}

// inProcess makes a Peer of an End.
type inProcess struct{ End }

// PeerOf returns the peer that is e at the other end of a loopback socket.
func PeerOf(e End) Peer { return inProcess{e} }

func (p inProcess) Close() error { return nil }

func (p inProcess) Meet(ctx context.Context, s Setup) (net.Conn, func() Outcome, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	outcome := make(chan Outcome, 1)
	var d net.Dialer
	far, err := d.DialContext(ctx, "tcp", l.Addr().String())
	if err != nil {
		return nil, nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := far.SetDeadline(deadline); err != nil {
			return nil, nil, err
		}
	}
	near, err := l.Accept()
	if err != nil {
		far.Close()
		return nil, nil, err
	}
	go func() { outcome <- p.Connect(ctx, far, s) }()
	return near, func() Outcome { return <-outcome }, nil
}

// conversation is what talk needs of a *tls.Conn.
type conversation interface {
	net.Conn
	CloseWrite() error
}

// talk plays the application: the client sends its payload, the server its
// reply, and the client closes first. It reports whether what came was right,
// and whether the other end's close_notify came.
func talk(c conversation, s Setup) (dataOK, closed bool, err error) {
	if s.Role == spec.Client {
		if _, err := c.Write(s.Payload); err != nil {
			return false, false, err
		}
	}
	want := s.Payload
	if s.Role == spec.Client {
		want = s.Reply
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil {
		return false, false, err
	}
	dataOK = slices.Equal(got, want)
	if s.Role == spec.Server {
		if _, err := c.Write(s.Reply); err != nil {
			return dataOK, false, err
		}
	} else if err := c.CloseWrite(); err != nil {
		return dataOK, false, err
	}
	n, err := c.Read(make([]byte, 1))
	closed = n == 0 && errors.Is(err, io.EOF)
	if closed {
		err = nil
	}
	return dataOK && n == 0, closed, err
}

// held is a transport that its TLS cannot close under an alert on its way: Close
// only half-closes, and hangUp does the rest.
type held struct{ net.Conn }

func (h held) Close() error {
	if half, ok := h.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// hangUp ends the transport without a reset that could overtake the last alert:
// it half-closes, waits for the other end to close, and closes.
func hangUp(conn net.Conn) {
	defer conn.Close()
	if half, ok := conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		_, _ = io.Copy(io.Discard, conn) // bounded by the connection's deadline
	}
}

// payload returns n octets that are the same as those of a shim.
func payload(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i % 251)
	}
	return p
}
