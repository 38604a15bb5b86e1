package interop

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/spec"
)

// Shims are the ends that [Serve] makes shims of, by their names, with what they
// can do.
var Shims = map[string]struct {
	New func() End
	Can []string
}{
	"impl": {func() End { return NewSesame() }, []string{"client", "server", "callback", "named", "length", "tls1.0", "session-id", "ticket", "etm",
		"ems-off", "rsa", "anonymous", "client-auth", "alpn"}},
	"crypto-tls": {func() End { return new(GoTLS) }, []string{"client", "server", "ticket", "rsa", "client-auth", "alpn"}},
}

// Serve is a shim around one of [Shims]: it reads lines of options from in, makes
// the connections and writes the verdicts to out, until in ends.
func Serve(ctx context.Context, name string, in io.Reader, out io.Writer) error {
	about, ok := Shims[name]
	if !ok {
		return fmt.Errorf("interop: no shim is named %q", name)
	}
	s := &server{end: about.New(), sessions: map[string]any{}, can: map[string]bool{}}
	for _, c := range about.Can {
		s.can[c] = true
	}
	enc := json.NewEncoder(out)
	if err := enc.Encode(sut.Greeting{Shim: sut.ProtocolVersion, Library: s.end.Name() + " " + runtime.Version(), Can: about.Can}); err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if err := enc.Encode(s.connect(ctx, strings.Fields(lines.Text()))); err != nil {
			return err
		}
	}
	return lines.Err()
}

// server is a shim.
type server struct {
	end      End
	can      map[string]bool
	sessions map[string]any // by the words that they were given
}

// where are the options that are about the connection itself.
type where struct {
	number  int
	at      string
	timeout time.Duration
}

func whereOf(words []string) where {
	w := where{timeout: sut.DefaultLimit}
	for _, word := range words {
		switch name, value, _ := strings.Cut(word, "="); name {
		case "connection":
			w.number, _ = strconv.Atoi(value) // 0 is no connection's number
		case "connect":
			w.at = value
		case "timeout":
			if n, err := strconv.Atoi(value); err == nil {
				w.timeout = time.Duration(n) * time.Second
			}
		}
	}
	return w
}

func (s *server) connect(ctx context.Context, words []string) sut.Report {
	w := whereOf(words)
	refuse := func(why string) sut.Report { return sut.Report{Connection: w.number, Refused: why} }
	o, err := sut.ParseOptions(words)
	if err != nil {
		return refuse(err.Error())
	}
	if why := s.cannot(o); why != "" {
		return refuse(why)
	}
	setup, err := s.setup(o)
	if err != nil {
		return refuse(err.Error())
	}
	ctx, cancel := context.WithTimeout(ctx, 3*w.timeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", w.at)
	if err == nil {
		deadline, _ := ctx.Deadline()
		err = conn.SetDeadline(deadline)
	}
	if err != nil {
		return refuse("connect: " + err.Error())
	}
	r := s.report(s.end.Connect(ctx, conn, setup), o)
	r.Connection = w.number
	return r
}

// cannot names an option that asks for what the end cannot do.
func (s *server) cannot(o sut.Options) string {
	for _, c := range []struct {
		asked         bool
		needs, option string
	}{
		{o.Callback > spec.CallbackUnset || o.PACOpaque != nil, "callback", "callback"},
		{o.Named != 0, "named", "named"},
		{o.Groups != "", "", "groups"},
		{!o.EMS, "ems-off", "ems"},
		{o.Untouched || o.Length < 0, "", "callback"},
		{o.Role == spec.Client && o.CAFile == "", "", "ca"},
		// Its ticket and its callback are one.
		{o.Role == spec.Client && o.PACOpaque != nil && o.Callback <= spec.CallbackUnset, "", "callback"},
	} {
		if c.asked && !s.can[c.needs] {
			return c.option
		}
	}
	return ""
}

// setup turns a shim's options into what an end is told.
func (s *server) setup(o sut.Options) (Setup, error) {
	setup := Setup{
		Role: o.Role, Min: o.Min, Max: o.Max, Suites: o.Suites, Callback: o.Callback, PACKey: o.PACKey, PACOpaque: o.PACOpaque,
		Absent: o.Absent, Named: o.Named, Length: o.Length, Session: s.sessions[o.Session], EMS: o.EMS, EtM: o.EtM, Tickets: o.Tickets,
		Ask: o.Verify, ALPN: o.ALPN, Payload: payload(o.Data), Reply: payload(o.Data),
		PKI: &PKI{Pool: x509.NewCertPool(), CAFile: o.CAFile},
	}
	if o.Session != "" && o.PACOpaque != nil {
		setup.SessionID = spec.IDFresh // a session is not offered beside a PAC, but an ID can be
	}
	if o.CAFile != "" {
		text, err := os.ReadFile(o.CAFile)
		if err != nil || !setup.PKI.Pool.AppendCertsFromPEM(text) {
			return setup, fmt.Errorf("ca: no certificate in %s", o.CAFile)
		}
	}
	if o.CertFile == "" {
		return setup, nil
	}
	c, err := tls.LoadX509KeyPair(o.CertFile, o.KeyFile)
	if err != nil {
		return setup, fmt.Errorf("cert: %w", err)
	}
	setup.Identity, err = identityOf(c)
	return setup, err
}

// report turns what an end saw into a shim's verdict.
func (s *server) report(o Outcome, told sut.Options) sut.Report {
	bit := map[bool]int{true: 1}
	r := sut.Report{
		Established: bit[o.Established], Version: int(o.Version), Suite: int(o.Suite), Reused: bit[o.Resumed != spec.Full],
		EMS: bit[o.EMS], PeerCertificate: bit[o.PeerCertificate], Closed: bit[o.Closed], Sent: alerts(o.Sent), Received: alerts(o.Received),
		Calls: o.Calls, ALPN: o.ALPN, Error: o.Err,
	}
	if o.DataOK {
		r.Octets = told.Data
	}
	if told.Save && o.Session != nil {
		r.Session = fmt.Sprintf("session-%d", len(s.sessions))
		s.sessions[r.Session] = o.Session
	}
	return r
}

func alerts(fatal spec.AlertDescription) [][2]int {
	if fatal == spec.AlertNone {
		return [][2]int{}
	}
	return [][2]int{{int(spec.LevelFatal), int(fatal)}}
}
