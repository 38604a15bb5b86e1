package handshake_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// way leads a client and a server to states: a scenario, and what is changed
// on the way.
type way struct {
	name    string
	configs func() (client, server *handshake.Config)
	params  handshake.ClientParams
	cert    bool                                       // the client has a certificate
	tamper  func(from spec.Role, record []byte) []byte // nil: nothing is changed
	flight  []spec.Message                             // what the client takes in AwaitServerFlight, HelloRequest apart
}

// ways lead to every state of both roles.
func ways(t *testing.T) []*way {
	same := func(c func() *handshake.Config) func() (client, server *handshake.Config) {
		return func() (client, server *handshake.Config) { return c(), c() }
	}
	session := anySession(t)
	return []*way{
		{name: "RSA", flight: []spec.Message{spec.Certificate},
			configs: same(func() *handshake.Config { return &handshake.Config{Suites: []spec.SuiteID{0x003c}} })},
		{name: "everything asked for", cert: true, flight: []spec.Message{spec.Certificate},
			configs: same(func() *handshake.Config {
				return &handshake.Config{Suites: []spec.SuiteID{0xc02f}, Tickets: true, ClientAuth: handshake.RequestClientAuth}
			})},
		{name: "DH_anon", flight: []spec.Message{spec.ServerKeyExchange},
			configs: same(func() *handshake.Config {
				return &handshake.Config{Suites: []spec.SuiteID{0x00a6}, AllowAnonymous: true}
			})},
		{name: "opaque ticket", flight: []spec.Message{spec.Certificate, spec.ChangeCipherSpec},
			params:  handshake.ClientParams{Ticket: opaque, HasSecret: true},
			configs: same(func() *handshake.Config { return &handshake.Config{SessionSecrets: true} })},
		{name: "session", params: handshake.ClientParams{Session: session},
			configs: same(func() *handshake.Config { return &handshake.Config{SessionIDs: true} })},
		{name: "session and a new ticket", params: handshake.ClientParams{Session: session}, tamper: promiseTicket,
			configs: same(func() *handshake.Config { return &handshake.Config{SessionIDs: true, Tickets: true} })},
		{name: "opaque ticket with an anonymous suite", params: handshake.ClientParams{Ticket: opaque, HasSecret: true},
			flight: []spec.Message{spec.ServerKeyExchange, spec.ChangeCipherSpec}, // the second is illegal_parameter
			tamper: inServerHello(func(h *wire.ServerHello) { h.Suite = 0x00a6 }),
			configs: same(func() *handshake.Config {
				return &handshake.Config{SessionSecrets: true, Suites: []spec.SuiteID{0xc02f, 0x00a6}, AllowAnonymous: true}
			})},
		{name: "opaque ticket, and a Session ID that is echoed", params: handshake.ClientParams{Ticket: opaque, HasSecret: true, SessionID: handshake.FreshID},
			flight:  []spec.Message{spec.ChangeCipherSpec},
			configs: same(func() *handshake.Config { return &handshake.Config{SessionSecrets: true} })},
		{name: "anonymous, and a Session ID that is echoed", params: handshake.ClientParams{SessionID: handshake.FreshID},
			tamper: inServerHello(func(h *wire.ServerHello) { h.SessionID = freshID }),
			configs: same(func() *handshake.Config {
				return &handshake.Config{Suites: []spec.SuiteID{0x00a6}, AllowAnonymous: true}
			})},
		{name: "session's ticket alone", params: handshake.ClientParams{Session: withTicket(session), SessionID: handshake.EmptyID},
			flight:  []spec.Message{spec.Certificate, spec.ChangeCipherSpec},
			configs: same(func() *handshake.Config { return &handshake.Config{Tickets: true} })},
		{name: "session's ticket alone, and a new one", params: handshake.ClientParams{Session: withTicket(session), SessionID: handshake.EmptyID},
			flight: []spec.Message{spec.Certificate, spec.NewSessionTicket}, tamper: promiseTicket,
			configs: same(func() *handshake.Config { return &handshake.Config{Tickets: true} })},
	}
}

// withTicket returns the session under the ticket "a ticket".
func withTicket(s *handshake.Session) *handshake.Session {
	t := *s
	t.Ticket = []byte("a ticket")
	return &t
}

// anySession returns a session that a server has issued under a Session ID.
func anySession(t *testing.T) *handshake.Session {
	client, server := pair(t, &handshake.Config{}, &handshake.Config{SessionIDs: true}, &handshake.ClientParams{})
	play(client, server)
	established(t, client, server)
	return client.Session()
}

// inServerHello changes ServerHello.
func inServerHello(f func(*wire.ServerHello)) func(spec.Role, []byte) []byte {
	return func(from spec.Role, rec []byte) []byte {
		var h wire.ServerHello
		if from != spec.Server || rec[0] != byte(spec.ContentHandshake) || rec[record.HeaderSize] != 2 {
			return rec
		}
		h.Parse(rec[record.HeaderSize+wire.HeaderLen:])
		h.Extensions = nil
		f(&h)
		return inClear(spec.ContentHandshake, h.Append(nil))
	}
}

var promiseTicket = inServerHello(func(h *wire.ServerHello) { h.Ticket = true })

// inClear makes a record without protection.
func inClear(t spec.ContentType, content []byte) []byte {
	return append([]byte{byte(t), 3, 3, byte(len(content) >> 8), byte(len(content))}, content...)
}

// walk plays the scenario, a record at a time, until role r is in state s. It
// reports whether that happens, and returns r's side first.
func (w *way) walk(t *testing.T, r spec.Role, s spec.State) (me, peer *side, ok bool) {
	t.Helper()
	cc, sc := w.configs()
	client, server := pair(t, cc, sc, &w.params)
	if w.cert {
		client.certs = []testcert.Chain{testcert.Client(testcert.RSA)}
	}
	if w.params.Session != nil {
		server.sessions[string(w.params.Session.ID)] = w.params.Session
		server.sessions["a ticket"] = w.params.Session
	}
	me, peer = client, server
	if r == spec.Server {
		me, peer = server, client
	}
	var toServer, toClient [][]byte
	out, _ := client.step(nil)
	defer func() { client.inbox, server.inbox = toClient, toServer }()
	for toServer = records(out); me.State() != s; {
		switch {
		case len(toClient) > 0:
			rec := toClient[0]
			if toClient = toClient[1:]; w.tamper != nil {
				rec = w.tamper(spec.Server, rec)
			}
			out, _ = client.step(rec)
			toServer = append(toServer, records(out)...)
		case len(toServer) > 0:
			out, _ = server.step(toServer[0])
			toServer, toClient = toServer[1:], append(toClient, records(out)...)
		default:
			return me, peer, false
		}
	}
	return me, peer, true
}

// forge makes a record that me will open, whatever the peer has sent before.
func forge(t *testing.T, me, peer *side, r spec.Role, typ spec.ContentType, content []byte) []byte {
	t.Helper()
	switch {
	case !me.State().ReadProtected():
		return inClear(typ, content)
	case me.State() == spec.Established:
		return peer.SealAs(typ, content)
	}
	suite, keys := peerKeys(me, r)
	var half record.Half
	if err := half.PrepareWrite(me.Info().Version, suite, keys, me.Info().EncryptThenMAC); err != nil {
		t.Fatal(err)
	}
	half.Activate()
	rec, err := half.Seal(nil, typ, content)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// peerKeys returns what the peer of me, who has role r, writes with.
func peerKeys(me *side, r spec.Role) (spec.Suite, record.Keys) {
	info := me.Info()
	suite, _ := spec.SuiteByID(info.Suite)
	random, master := me.KeyLog()
	block := make([]byte, record.KeyBlockSize(info.Version, suite))
	new(prf.PRF).KeyBlock(block, prf.Of(info.Version, suite), master, me.ServerRandom(), random)
	client, server := record.SplitKeyBlock(block, info.Version, suite)
	if r == spec.Server {
		return suite, client
	}
	return suite, server
}

// sample returns the content of a record with a message that parses.
func sample(m spec.Message) (spec.ContentType, []byte) {
	random := [32]byte{1}
	switch m {
	case spec.HelloRequest:
		return spec.ContentHandshake, new(wire.HelloRequest).Append(nil)
	case spec.ClientHello:
		h := wire.ClientHello{Version: spec.TLS12, Random: random, Suites: wire.MakeList[spec.SuiteID](0xc02f), Compression: []byte{0}}
		return spec.ContentHandshake, h.Append(nil)
	case spec.ServerHello:
		h := wire.ServerHello{Version: spec.TLS12, Random: random, Suite: 0xc02f}
		return spec.ContentHandshake, h.Append(nil)
	case spec.Certificate:
		c := wire.Certificate{Chain: wire.MakeChain(testcert.Server(testcert.RSA).DER...)}
		return spec.ContentHandshake, c.Append(nil)
	case spec.ServerKeyExchange:
		k := wire.ServerKeyExchange{KeyExchange: spec.ECDHERSA, Version: spec.TLS12, Group: spec.X25519, Public: make([]byte, 32), Scheme: spec.RSAPKCS1SHA256, Signature: []byte{1}}
		return spec.ContentHandshake, k.Append(nil)
	case spec.CertificateRequest:
		r := wire.CertificateRequest{Version: spec.TLS12, Types: []byte{1}, Schemes: wire.MakeList(spec.RSAPKCS1SHA256)}
		return spec.ContentHandshake, r.Append(nil)
	case spec.ServerHelloDone:
		return spec.ContentHandshake, new(wire.ServerHelloDone).Append(nil)
	case spec.ClientKeyExchange:
		k := wire.ClientKeyExchange{KeyExchange: spec.ECDHERSA, ExchangeKeys: []byte{9, 31: 0}}
		return spec.ContentHandshake, k.Append(nil)
	case spec.CertificateVerify:
		v := wire.CertificateVerify{Version: spec.TLS12, Scheme: spec.RSAPKCS1SHA256, Signature: []byte{1}}
		return spec.ContentHandshake, v.Append(nil)
	case spec.NewSessionTicket:
		n := wire.NewSessionTicket{Ticket: []byte{1}}
		return spec.ContentHandshake, n.Append(nil)
	case spec.Finished:
		return spec.ContentHandshake, new(wire.Finished).Append(nil)
	case spec.ChangeCipherSpec:
		return spec.ContentChangeCipherSpec, []byte{1}
	case spec.ApplicationData:
		return spec.ContentApplicationData, []byte("data")
	case spec.EmptyHandshake:
		return spec.ContentHandshake, nil
	}
	return spec.ContentHandshake, []byte{3, 0, 0, 0} // of no TLS before 1.3 but DTLS
}

// allowed is what each state takes, stated once more: RFC 5246, Section 7.3,
// RFC 5077, Section 3.1. What AwaitServerFlight takes depends on the way.
var allowed = map[spec.Role]map[spec.State][]spec.Message{
	spec.Client: {
		spec.AwaitServerHello:                 {spec.HelloRequest, spec.ServerHello},
		spec.AwaitServerFlight:                {spec.HelloRequest},
		spec.AwaitServerKeyExchange:           {spec.HelloRequest, spec.ServerKeyExchange},
		spec.AwaitCertificateRequest:          {spec.HelloRequest, spec.CertificateRequest, spec.ServerHelloDone},
		spec.AwaitServerHelloDone:             {spec.HelloRequest, spec.ServerHelloDone},
		spec.AwaitNewSessionTicket:            {spec.HelloRequest, spec.NewSessionTicket},
		spec.AwaitNewSessionTicketAbbreviated: {spec.HelloRequest, spec.NewSessionTicket},
		spec.AwaitChangeCipherSpec:            {spec.HelloRequest, spec.ChangeCipherSpec},
		spec.AwaitChangeCipherSpecAbbreviated: {spec.HelloRequest, spec.ChangeCipherSpec},
		spec.AwaitFinished:                    {spec.Finished},
		spec.AwaitFinishedAbbreviated:         {spec.Finished},
		spec.Established:                      {spec.HelloRequest, spec.ApplicationData},
	},
	spec.Server: {
		spec.AwaitClientHello:                 {spec.ClientHello},
		spec.AwaitClientCertificate:           {spec.Certificate},
		spec.AwaitClientKeyExchange:           {spec.ClientKeyExchange},
		spec.AwaitClientKeyExchangeVerify:     {spec.ClientKeyExchange},
		spec.AwaitCertificateVerify:           {spec.CertificateVerify},
		spec.AwaitChangeCipherSpec:            {spec.ChangeCipherSpec},
		spec.AwaitChangeCipherSpecAbbreviated: {spec.ChangeCipherSpec},
		spec.AwaitFinished:                    {spec.Finished},
		spec.AwaitFinishedAbbreviated:         {spec.Finished},
		spec.Established:                      {spec.ClientHello, spec.ApplicationData},
	},
}

// TestOutOfPlace: FAST-TLS-10, -11, -12, -22, -23, -28 and TLS-ALERT-01. Every
// message in every state in which it has no place is unexpected_message, sent
// once, after which the machine stays failed.
func TestOutOfPlace(t *testing.T) {
	all := append([]spec.Message{spec.NoMessage, spec.EmptyHandshake}, messages()...)
	for r, states := range allowed {
		for s, legal := range states {
			reached := false
			for _, w := range ways(t) {
				for _, m := range all {
					if slices.Contains(legal, m) || s == spec.AwaitServerFlight && slices.Contains(w.flight, m) {
						continue
					}
					me, peer, ok := w.walk(t, r, s)
					if !ok {
						break
					}
					reached = true
					typ, content := sample(m)
					rec := forge(t, me, peer, r, typ, content)
					out, _ := me.step(rec)
					where := fmt.Sprintf("%v, %s: %v in %v", r, w.name, m, s)
					if a, sent := alertOf(me); a != spec.UnexpectedMessage || !sent || me.State() != spec.Failed {
						t.Fatalf("%s: %v", where, me.err)
					}
					if p := unnamed(me.err); p != "" {
						t.Fatalf("%s: %s", where, p)
					}
					if n := len(records(out)); n != 1 || spec.ContentType(out[0]) != spec.ContentAlert {
						t.Fatalf("%s: %d records were sent", where, n)
					}
					first := me.err
					if again, _ := me.step(inClear(spec.ContentHandshake, content)); len(again) > 0 || me.err != first {
						t.Fatalf("%s: then %x, %v", where, again, me.err)
					}
				}
			}
			if !reached {
				t.Errorf("no way leads a %v to %v", r, s)
			}
		}
	}
}

func messages() (all []spec.Message) {
	for m := spec.HelloRequest; m <= spec.ApplicationData; m++ {
		if m != spec.Alert {
			all = append(all, m)
		}
	}
	return all
}
