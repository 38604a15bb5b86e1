package handshake_test

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

func TestSessionBinary(t *testing.T) {
	for _, s := range []handshake.Session{
		{},
		{Version: spec.TLS12, Suite: 0xc02f, ExtendedMasterSecret: true, Secret: [48]byte{1, 47: 2}, ID: []byte("id"), Ticket: []byte("ticket"),
			LifetimeHint: 7, ServerName: "server.example", PeerChain: wire.MakeChain([]byte("der")), Created: -1, Context: []byte("context")},
	} {
		data, err := s.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var got handshake.Session
		if err := got.UnmarshalBinary(data); err != nil || !reflect.DeepEqual(got, s) {
			t.Errorf("%+v became %+v: %v", s, got, err)
		}
		for i := range data {
			if err := got.UnmarshalBinary(data[:i]); err == nil || !reflect.DeepEqual(got, handshake.Session{}) {
				t.Errorf("%d of %d octets are a session: %+v", i, len(data), got)
			}
		}
		if err := new(handshake.Session).UnmarshalBinary(append(bytes.Clone(data), 0)); err == nil {
			t.Error("an octet too many")
		}
		data[0]++
		if err := new(handshake.Session).UnmarshalBinary(data); err == nil {
			t.Error("another format")
		}
		data[0]--
		data[1] |= 0x80
		if err := new(handshake.Session).UnmarshalBinary(data); err == nil {
			t.Error("an unknown flag")
		}
	}
	if _, err := (&handshake.Session{ID: make([]byte, 256)}).MarshalBinary(); err == nil {
		t.Error("a Session ID of 256 octets")
	}
}

// resumption is a session that is offered under other conditions than those it
// was made in.
type resumption struct {
	name     string
	first    func(c, s *handshake.Config) // what the session is made under; nil: plain
	second   func(c, s *handshake.Config)
	change   func(s *handshake.Session, p *handshake.ClientParams) // at the client
	server   func(s *handshake.Session)                            // at the server
	cert     bool
	tickets  bool
	want     spec.Shortening
	alert    spec.AlertDescription // instead, at whom the alert is sent by
	byServer bool
	offered  bool // the client does not even offer it
}

func noEMS(c, s *handshake.Config) { c.ExtendedMasterSecret = handshake.Never }

func noEMSResumed(c, s *handshake.Config) {
	noEMS(c, s)
	c.ResumeWithoutEMS, s.ResumeWithoutEMS = true, true
}

func lateEMS(c, s *handshake.Config) { c.ResumeWithoutEMS, s.ResumeWithoutEMS = true, true }

// resumptions: TLS-BASE-07, TLS-BASE-26, FAST-TLS-30; RFC 5246, Section
// 7.4.1.3; RFC 6066, Section 3; RFC 7627, Section 5.3.
var resumptions = []resumption{
	{name: "as it was", want: spec.BySessionID},
	{name: "the server has lost it", server: func(s *handshake.Session) { s.ID = nil }, want: spec.Full},
	{name: "another version at the server", server: func(s *handshake.Session) { s.Version = spec.TLS11 }, want: spec.Full},
	{name: "lower version now", first: func(c, s *handshake.Config) { c.Suites = []spec.SuiteID{0xc013}; s.Suites = c.Suites },
		second: func(c, s *handshake.Config) {
			c.Suites = []spec.SuiteID{0xc013}
			s.Suites, c.MinVersion, s.MinVersion, s.MaxVersion = c.Suites, spec.TLS11, spec.TLS11, spec.TLS11
		}, want: spec.Full},
	{name: "suite disabled at the server", second: func(c, s *handshake.Config) { s.Suites = []spec.SuiteID{0xc030} }, want: spec.Full},
	{name: "suite disabled at the client", second: func(c, s *handshake.Config) { c.Suites = []spec.SuiteID{0xc030} }, want: spec.Full, offered: true},
	{name: "another server name", change: func(s *handshake.Session, p *handshake.ClientParams) { p.ServerName = "other.example" }, want: spec.Full, offered: true},
	{name: "another server name at the server", server: func(s *handshake.Session) { s.ServerName = "other.example" }, want: spec.Full},
	{name: "client certificate required, none in the session", second: func(c, s *handshake.Config) { s.ClientAuth = handshake.RequireClientAuth },
		cert: true, want: spec.Full},
	{name: "client certificate in the session", first: func(c, s *handshake.Config) { s.ClientAuth = handshake.RequireClientAuth },
		second: func(c, s *handshake.Config) { s.ClientAuth = handshake.RequireClientAuth }, cert: true, want: spec.BySessionID},
	{name: "EMS then, not now", second: noEMSResumed, alert: spec.HandshakeFailure, byServer: true},
	{name: "EMS now, not then", first: noEMS, second: lateEMS, want: spec.Full},
	{name: "no EMS, which is not allowed", first: noEMS, second: noEMS, want: spec.Full},
	{name: "no EMS, which is allowed", first: noEMS, second: noEMSResumed, want: spec.BySessionID},
	{name: "no EMS, which the client does not allow", first: noEMS, second: func(c, s *handshake.Config) { noEMS(c, s); s.ResumeWithoutEMS = true },
		alert: spec.HandshakeFailure},
	{name: "EMS, of which the server says nothing", first: noEMS, alert: spec.HandshakeFailure,
		second: func(c, s *handshake.Config) { noEMSResumed(c, s) },
		change: func(s *handshake.Session, p *handshake.ClientParams) { s.ExtendedMasterSecret = true }},
	{name: "another suite than the client remembers", change: func(s *handshake.Session, p *handshake.ClientParams) { s.Suite = 0xc030 }, alert: spec.IllegalParameter},
	{name: "another version than the client remembers", alert: spec.IllegalParameter,
		first: func(c, s *handshake.Config) { suites(0xc013)(c, s) },
		second: func(c, s *handshake.Config) {
			suites(0xc013)(c, s)
			c.MinVersion = spec.TLS11
		},
		change: func(s *handshake.Session, p *handshake.ClientParams) { s.Version = spec.TLS11 }},
	{name: "another secret", change: func(s *handshake.Session, p *handshake.ClientParams) { s.Secret[0] ^= 1 }, alert: spec.BadRecordMAC},
	{name: "ticket", tickets: true, want: spec.ByTicket},
	{name: "ticket with an empty Session ID", tickets: true, change: func(s *handshake.Session, p *handshake.ClientParams) { p.SessionID = handshake.EmptyID }, want: spec.ByTicket},
	{name: "ticket that does not open", tickets: true, change: func(s *handshake.Session, p *handshake.ClientParams) { s.Ticket = []byte("?") }, want: spec.Full},
	{name: "ticket that does not open, empty Session ID", tickets: true, want: spec.Full,
		change: func(s *handshake.Session, p *handshake.ClientParams) {
			s.Ticket, p.SessionID = []byte("?"), handshake.EmptyID
		}},
	{name: "ticket, another suite than the client remembers", tickets: true, alert: spec.IllegalParameter,
		change: func(s *handshake.Session, p *handshake.ClientParams) {
			s.Suite, p.SessionID = 0xc030, handshake.EmptyID
		}},
	{name: "ticket that is too long to offer", tickets: true, change: func(s *handshake.Session, p *handshake.ClientParams) { s.Ticket = make([]byte, 65535) }, want: spec.Full, offered: true},
}

func TestResumption(t *testing.T) {
	for _, r := range resumptions {
		t.Run(r.name, func(t *testing.T) { r.run(t) })
	}
}

func (r *resumption) run(t *testing.T) {
	configs := func(f func(c, s *handshake.Config)) (c, s *handshake.Config) {
		c, s = new(handshake.Config), new(handshake.Config)
		if s.SessionIDs = !r.tickets; r.tickets {
			c.Tickets, s.Tickets = true, true
		}
		if f != nil {
			f(c, s)
		}
		return c, s
	}
	params := handshake.ClientParams{ServerName: "server.example"}
	connect := func(f func(c, s *handshake.Config)) (client, server *side) {
		cc, sc := configs(f)
		client, server = pair(t, cc, sc, &params)
		if r.cert {
			client.certs = []testcert.Chain{testcert.Client(testcert.RSA)}
		}
		return client, server
	}
	client, server := connect(r.first)
	play(client, server)
	established(t, client, server)
	mine := *client.Session()
	theirs := server.sessions
	if r.server != nil {
		for id, s := range theirs {
			r.server(s)
			if s.ID == nil && !r.tickets {
				delete(theirs, id)
			}
		}
	}
	if r.change != nil {
		r.change(&mine, &params)
	}
	params.Session = &mine

	client, server = connect(r.second)
	server.sessions = theirs
	play(client, server)
	if r.alert != 0 {
		failed := client
		if r.byServer {
			failed = server
		}
		if a, sent := alertOf(failed); a != r.alert || !sent {
			t.Fatalf("client: %v\nserver: %v", client.err, server.err)
		}
		_, doomed := client.Doomed()
		if wanted := r.alert == spec.BadRecordMAC; doomed != wanted {
			t.Errorf("doomed: %v", doomed)
		}
		return
	}
	established(t, client, server)
	if got := client.Info().Resumed; got != r.want || server.Info().Resumed != r.want {
		t.Errorf("resumed %v and %v, want %v", got, server.Info().Resumed, r.want)
	}
	if asked := slices.Contains(server.events, handshake.SessionWanted); r.offered && asked {
		t.Error("the session was offered")
	}
	if r.want != spec.Full && (client.PeerChain() == nil || r.cert && server.PeerChain() == nil) {
		t.Error("the session's chain is not there")
	}
}

// naming makes a server give its session this Session ID, in a handshake in which
// SignWanted comes before ServerHello.
func naming(server *side, id []byte) func(handshake.Event) bool {
	return func(ev handshake.Event) bool {
		if ev == handshake.SignWanted {
			server.NameSession(id)
		}
		return false
	}
}

// TestSessionIDLengths: RFC 5246, Section 7.4.1.3: a server may name a session in
// 1 to 32 octets.
func TestSessionIDLengths(t *testing.T) {
	for _, n := range []int{1, 31, 32} {
		id := bytes.Repeat([]byte{0x1d}, n)
		params := handshake.ClientParams{}
		config := handshake.Config{SessionIDs: true, Suites: []spec.SuiteID{ecdhe}}
		client, server := pair(t, &handshake.Config{}, &config, &params)
		server.override = naming(server, id)
		play(client, server)
		established(t, client, server)
		for _, s := range []*side{client, server} {
			if !slices.Contains(s.events, handshake.SessionIssued) || !bytes.Equal(s.Session().ID, id) {
				t.Fatalf("%d octets: told %v of %+v", n, s.events, s.Session())
			}
		}
		sessions := server.sessions
		params.Session = client.Session()
		client, server = pair(t, &handshake.Config{}, &config, &params)
		server.sessions = sessions
		play(client, server)
		established(t, client, server)
		if c, s := client.Info().Resumed, server.Info().Resumed; c != spec.BySessionID || s != spec.BySessionID {
			t.Errorf("%d octets: resumed by %v and %v", n, c, s)
		}
	}
}

// TestIssuedSessionBinary: a session that was issued is the same after it has
// been stored, whatever it lacks.
func TestIssuedSessionBinary(t *testing.T) {
	for name, config := range map[string]func() *handshake.Config{
		"by Session ID": func() *handshake.Config { return &handshake.Config{SessionIDs: true} },
		"by ticket":     func() *handshake.Config { return &handshake.Config{Tickets: true} },
	} {
		client, server := pair(t, config(), config(), &handshake.ClientParams{})
		play(client, server)
		established(t, client, server)
		for _, s := range []*side{client, server} {
			data, err := s.Session().MarshalBinary()
			var got handshake.Session
			if err := errors.Join(err, got.UnmarshalBinary(data)); err != nil || !reflect.DeepEqual(&got, s.Session()) {
				t.Errorf("%s: %+v became %+v: %v", name, s.Session(), got, err)
			}
		}
	}
}

// TestSessionIDBesideTicket: FAST-TLS-08: beside a ticket the Session ID of a
// cached session is not looked up, even with tickets off.
func TestSessionIDBesideTicket(t *testing.T) {
	session := anySession(t)
	for _, config := range []*handshake.Config{
		{SessionIDs: true}, {SessionIDs: true, SessionSecrets: true}, {SessionIDs: true, Tickets: true},
		{SessionIDs: true, SessionSecrets: true, ClientAuth: handshake.RequireClientAuth},
	} {
		client, server := pair(t, &handshake.Config{}, config, &handshake.ClientParams{Ticket: opaque})
		client.certs = []testcert.Chain{testcert.Client(testcert.RSA)}
		server.key = nil
		server.sessions[string(session.ID)] = session
		server.override = func(ev handshake.Event) bool {
			if id, _ := server.Offered(); ev == handshake.SessionWanted && id != nil {
				t.Errorf("%x was looked up", id)
			}
			return false
		}
		hello, _ := client.step(nil)
		out, _ := server.step(inClear(spec.ContentHandshake, clientHello(func(h *wire.ClientHello) { h.SessionID = session.ID })(hello[5:])))
		var h wire.ServerHello
		if server.err != nil || !h.Parse(records(out)[0][9:]) || bytes.Equal(h.SessionID, session.ID) {
			t.Errorf("%v, answered %x", server.err, h.SessionID)
		}
	}
}

// TestDoomed: TLS-ALERT-13: a fatal alert makes the connection's session
// unusable.
func TestDoomed(t *testing.T) {
	for _, n := range []int{0, 1, 32} {
		var last spec.Observation
		id := bytes.Repeat([]byte{0x1d}, n)
		client, server := pair(t, &handshake.Config{}, &handshake.Config{SessionIDs: n > 0, Tracer: func(o *spec.Observation) { last = *o }}, &handshake.ClientParams{})
		server.override = naming(server, id)
		play(client, server)
		established(t, client, server)
		server.step(client.SealAs(spec.ContentAlert, []byte{2, 80}))
		if got, doomed := server.Doomed(); !doomed || !bytes.Equal(got, id) {
			t.Errorf("%x, %v, want %x", got, doomed, id)
		}
		if removed := last.Cache == spec.CacheRemove; removed != (n > 0) {
			t.Errorf("under an ID of %d octets, removed: %v", n, removed)
		}
	}
}

// TestFullHandshakeNeverEchoes: RFC 5246, Section 7.4.1.3: an echo would say that
// a session is resumed, so that a full handshake has another Session ID, also if
// the source of randomness repeats what the client has sent.
func TestFullHandshakeNeverEchoes(t *testing.T) {
	var drawn [64]byte
	newRandom(2).Read(drawn[:]) // server_random, then the Session ID
	for name, id := range map[string][]byte{"the server's next": drawn[32:], "another": drawn[:32]} {
		client, server := pair(t, &handshake.Config{}, &handshake.Config{SessionIDs: true}, &handshake.ClientParams{})
		hello, _ := client.step(nil)
		out, _ := server.step(inClear(spec.ContentHandshake, clientHello(func(h *wire.ClientHello) { h.SessionID = id })(hello[5:])))
		var h wire.ServerHello
		if server.err != nil || !h.Parse(records(out)[0][9:]) || len(h.SessionID) != 32 || bytes.Equal(h.SessionID, id) {
			t.Errorf("%s: %v, answered %x", name, server.err, h.SessionID)
		}
	}
}
