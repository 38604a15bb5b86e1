package handshake_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// refusal is a message that is changed on its way, and the alert that its
// reader sends for it; AlertNone: it is taken.
type refusal struct {
	name   string
	config func(client, server *handshake.Config) // of plain TLS 1.2; nil: as it is
	params handshake.ClientParams
	cert   testcert.Kind // of the client, where config asks for one
	on     spec.Message
	pass   int                         // how many of them pass before it
	change func(message []byte) []byte // the message with its header, in the clear
	alert  spec.AlertDescription
}

// run plays the scenario and returns the first side that fails.
func (r *refusal) run(t *testing.T) *side {
	t.Helper()
	cc, sc := new(handshake.Config), new(handshake.Config)
	if r.config != nil {
		r.config(cc, sc)
	}
	client, server := pair(t, cc, sc, &r.params)
	client.certs = []testcert.Chain{testcert.Client(r.cert)}
	if r.params.Session != nil {
		server.sessions[string(r.params.Session.ID)] = r.params.Session
	}
	octet, _ := r.on.HandshakeType()
	changed := -r.pass
	tamper := func(out []byte) (in []byte) {
		for _, rec := range records(out) {
			if spec.ContentType(rec[0]) == spec.ContentHandshake && rec[record.HeaderSize] == octet {
				changed++
			}
			if changed == 1 {
				changed++
				content := r.change(bytes.Clone(rec[record.HeaderSize:]))
				for len(content) > record.MaxPlaintext {
					in = append(append(in, rec[0], rec[1], rec[2], 0x40, 0), content[:record.MaxPlaintext]...)
					content = content[record.MaxPlaintext:]
				}
				rec = append(bytes.Clone(rec[:3]), inClear(spec.ContentHandshake, content)[3:]...)
			}
			in = append(in, rec...)
		}
		return in
	}
	out, _ := client.step(nil)
	for range 4 {
		out, _ = server.step(tamper(out))
		if server.err != nil {
			break
		}
		out, _ = client.step(tamper(out))
		if client.err != nil {
			break
		}
	}
	if changed < 1 {
		t.Fatalf("no %v was sent", r.on)
	}
	if server.err != nil {
		return server
	}
	return client
}

// problem says how the outcome differs from what it has to be, "" if it does
// not.
func (r *refusal) problem(s *side) string {
	a, sent := alertOf(s)
	if r.alert != spec.AlertNone {
		if a != r.alert || !sent {
			return fmt.Sprintf("%v, want %v", s.err, r.alert)
		}
		return unnamed(s.err)
	}
	// What was changed is noticed at the latest by Finished.
	if a != spec.DecryptError && a != spec.BadRecordMAC {
		return fmt.Sprintf("refused: %v", s.err)
	}
	return ""
}

func refusals() []refusal {
	all := slices.Concat(clientHelloRefusals, serverHelloRefusals, clientExtensionRefusals(), serverExtensionRefusals(), largeHellos())
	for _, v := range versions {
		all = slices.Concat(all, keyExchangeRefusals(v), syntaxRefusals(v))
	}
	return all
}

// TestRefusals: what is changed on its way is refused by the alert that the texts
// name. Each table says more.
//
// Checks FAST-TLS-01 (must fail: ssl3-negotiated).
// Checks FAST-TLS-35 (must fail: compression-taken).
// Checks TLS-BASE-02 (must fail: old-versions-by-default).
// Checks TLS-BASE-03 (must fail: higher-version-echoed).
// Checks TLS-BASE-04 (must fail: any-server-version).
// Checks TLS-BASE-05 (must fail: unknown-extension-refused).
// Checks TLS-BASE-07 (must fail: compression-taken).
// Checks TLS-BASE-09 (must fail: anonymous-request-told-otherwise).
// Checks TLS-BASE-11 (must fail: no-group-told-otherwise).
// Checks TLS-BASE-20 (must fail: any-renegotiation-info).
// Checks TLS-BASE-21 (must fail: any-renegotiation-info-of-a-client).
// Checks TLS-ALERT-06 (must fail: unoffered-suite-told-otherwise).
// Checks TLS-ALERT-07 (must fail: malformed-told-otherwise).
// Checks TLS-ALERT-09 (must fail: any-server-version).
// Checks TLS-ALERT-12 (must fail: any-extension-taken).
func TestRefusals(t *testing.T) {
	for _, r := range refusals() {
		t.Run(r.on.String()+"/"+r.name, func(t *testing.T) {
			if p := r.problem(r.run(t)); p != "" {
				t.Error(p)
			}
		})
	}
}

// Without the fault nothing is refused, and that is noticed.
func TestRefusalsNeedTheirFault(t *testing.T) {
	for _, r := range refusals() {
		if r.change = func(b []byte) []byte { return b }; r.alert == spec.AlertNone {
			continue
		}
		if s := r.run(t); r.problem(s) == "" {
			t.Errorf("%v/%s: %v without the fault", r.on, r.name, s.err)
		}
	}
}

// Changes of messages.

func clientHello(f func(*wire.ClientHello)) func([]byte) []byte {
	return func(b []byte) []byte {
		var h wire.ClientHello
		h.Parse(b[wire.HeaderLen:])
		h.Extensions = nil
		f(&h)
		return h.Append(nil)
	}
}

func serverHello(f func(*wire.ServerHello)) func([]byte) []byte {
	return func(b []byte) []byte {
		var h wire.ServerHello
		h.Parse(b[wire.HeaderLen:])
		h.Extensions = nil
		f(&h)
		return h.Append(nil)
	}
}

func serverKeyExchange(v spec.Version, x spec.KeyExchange, f func(*wire.ServerKeyExchange)) func([]byte) []byte {
	return func(b []byte) []byte {
		k := wire.ServerKeyExchange{KeyExchange: x, Version: v}
		k.Parse(b[wire.HeaderLen:])
		f(&k)
		return k.Append(nil)
	}
}

func clientKeyExchange(x spec.KeyExchange, f func(*wire.ClientKeyExchange)) func([]byte) []byte {
	return func(b []byte) []byte {
		k := wire.ClientKeyExchange{KeyExchange: x}
		k.Parse(b[wire.HeaderLen:])
		f(&k)
		return k.Append(nil)
	}
}

// longer appends an octet to the message, and counts it in its length.
func longer(b []byte) []byte { return lengthened(append(b, 0), 1) }

// shorter takes the last octet of the message away.
func shorter(b []byte) []byte { return lengthened(b[:len(b)-1], -1) }

func lengthened(b []byte, by int) []byte {
	n := int(b[1])<<16 | int(b[2])<<8 | int(b[3])
	n += by
	b[1], b[2], b[3] = byte(n>>16), byte(n>>8), byte(n)
	return b
}

// huge claims 16 MiB.
func huge(b []byte) []byte {
	b[1], b[2], b[3] = 0xff, 0xff, 0xff
	return b
}

// suites makes both sides use these only.
func suites(ids ...spec.SuiteID) func(c, s *handshake.Config) {
	return func(c, s *handshake.Config) {
		c.Suites, s.Suites = ids, ids
		c.AllowAnonymous, s.AllowAnonymous = true, true
	}
}

func asksClient(ids ...spec.SuiteID) func(c, s *handshake.Config) {
	return func(c, s *handshake.Config) {
		suites(ids...)(c, s)
		s.ClientAuth = handshake.RequestClientAuth
	}
}

// of makes a scenario one of another version: with its own suite in place of
// one that only TLS 1.2 has.
func of(v spec.Version, config func(c, s *handshake.Config)) func(c, s *handshake.Config) {
	older := map[spec.SuiteID]spec.SuiteID{0xc02f: 0xc013, 0xc02b: 0xc009, 0x009e: 0x0033, 0x00a6: 0x0034, 0x009c: 0x002f}
	return func(c, s *handshake.Config) {
		config(c, s)
		c.MinVersion, c.MaxVersion, s.MinVersion, s.MaxVersion = v, v, v, v
		if v == spec.TLS12 {
			return
		}
		var suites []spec.SuiteID
		for _, id := range c.Suites {
			suites = append(suites, older[id])
		}
		c.Suites, s.Suites = suites, suites
	}
}

// clientHelloRefusals: TLS-ALERT-04, -06, -07, -09, -10; TLS-BASE-03, -05, -11,
// -21; RFC 7507, RFC 7627, RFC 8422, RFC 6066 and RFC 7301 where they name an
// alert.
var clientHelloRefusals = []refusal{
	{name: "SSL 3.0", on: spec.ClientHello, change: clientHello(func(h *wire.ClientHello) { h.Version = 0x0300 }), alert: spec.ProtocolVersion},
	{name: "TLS 1.1 to a server of TLS 1.2", on: spec.ClientHello, change: clientHello(func(h *wire.ClientHello) { h.Version = 0x0302 }), alert: spec.ProtocolVersion},
	{name: "TLS 1.3", on: spec.ClientHello, change: clientHello(func(h *wire.ClientHello) { h.Version = 0x0304 }), alert: spec.AlertNone},
	{name: "TLS 1.4", on: spec.ClientHello, change: clientHello(func(h *wire.ClientHello) { h.Version = 0x0305 }), alert: spec.AlertNone},
	{name: "TLS 4", on: spec.ClientHello, change: clientHello(func(h *wire.ClientHello) { h.Version = 0x0400 }), alert: spec.AlertNone},
	{name: "unknown suites and extensions", on: spec.ClientHello, alert: spec.AlertNone, change: clientHello(func(h *wire.ClientHello) {
		h.Suites = append(wire.MakeList[spec.SuiteID](0x0a0a, 0x1301), h.Suites...)
		h.Extensions = wire.AppendExtension(nil, 0x1234, []byte("?"))
	})},
	{name: "no extensions at all", on: spec.ClientHello, alert: spec.AlertNone, config: suites(0x002f),
		change: clientHello(func(h *wire.ClientHello) {
			*h = wire.ClientHello{Version: h.Version, Random: h.Random, Suites: h.Suites, Compression: h.Compression}
		})},
	{name: "no common suite", on: spec.ClientHello, change: clientHello(func(h *wire.ClientHello) { h.Suites = wire.MakeList[spec.SuiteID](0x0004, 0x0005) }), alert: spec.HandshakeFailure},
	{name: "signalling suites alone", on: spec.ClientHello, change: clientHello(func(h *wire.ClientHello) { h.Suites = wire.MakeList(spec.EmptyRenegotiationInfoSCSV) }), alert: spec.HandshakeFailure},
	{name: "no null compression", on: spec.ClientHello, change: clientHello(func(h *wire.ClientHello) { h.Compression = []byte{1} }), alert: spec.IllegalParameter},
	{name: "no compression method", on: spec.ClientHello, change: clientHello(func(h *wire.ClientHello) { h.Compression = nil }), alert: spec.DecodeError},
	{name: "long Session ID", on: spec.ClientHello, change: clientHello(func(h *wire.ClientHello) { h.SessionID = make([]byte, 33) }), alert: spec.DecodeError},
	{name: "renegotiation_info", on: spec.ClientHello, change: clientHello(func(h *wire.ClientHello) { h.RenegotiationInfo = make([]byte, 12) }), alert: spec.HandshakeFailure},
	{name: "fallback", on: spec.ClientHello, alert: spec.InappropriateFallback, config: func(c, s *handshake.Config) { s.MinVersion = spec.TLS10 },
		change: clientHello(func(h *wire.ClientHello) {
			h.Version, h.Suites = spec.TLS11, append(h.Suites, wire.MakeList(spec.FallbackSCSV)...)
		})},
	{name: "fallback from the highest version", on: spec.ClientHello, alert: spec.AlertNone,
		change: clientHello(func(h *wire.ClientHello) { h.Suites = append(h.Suites, wire.MakeList(spec.FallbackSCSV)...) })},
	{name: "compressed points alone", on: spec.ClientHello, change: clientHello(func(h *wire.ClientHello) { h.PointFormats = []byte{1, 2} }), alert: spec.IllegalParameter},
	{name: "compressed points alone, and no curve", on: spec.ClientHello, config: suites(0x009c), alert: spec.AlertNone,
		change: clientHello(func(h *wire.ClientHello) {
			h.PointFormats, h.Groups = []byte{1, 2}, wire.MakeList(spec.FFDHE2048)
		})},
	{name: "a curve that the client did not list, for the certificate", on: spec.ClientHello, alert: spec.IllegalParameter,
		config: func(c, s *handshake.Config) { suites(0xc02b)(c, s); c.Groups = []spec.Group{spec.X25519} },
		change: clientHello(func(h *wire.ClientHello) { h.Groups = wire.MakeList(spec.X25519, spec.Secp256r1) })},
	{name: "other curves alone", on: spec.ClientHello, config: suites(0xc02f), change: clientHello(func(h *wire.ClientHello) { h.Groups = wire.MakeList[spec.Group](30, 256) }), alert: spec.HandshakeFailure},
	{name: "other curves and another suite", on: spec.ClientHello, config: suites(0xc02f, 0x009c), change: clientHello(func(h *wire.ClientHello) { h.Groups = wire.MakeList[spec.Group](30) }), alert: spec.AlertNone},
	{name: "other finite groups alone", on: spec.ClientHello, config: suites(0x009e), change: clientHello(func(h *wire.ClientHello) { h.Groups = wire.MakeList[spec.Group](29, 300) }), alert: spec.InsufficientSecurity},
	{name: "other finite groups, anonymous", on: spec.ClientHello, config: suites(0x00a6), change: clientHello(func(h *wire.ClientHello) { h.Groups = wire.MakeList[spec.Group](300) }), alert: spec.InsufficientSecurity},
	{name: "other finite groups and another suite", on: spec.ClientHello, config: suites(0x009e, 0x009c), change: clientHello(func(h *wire.ClientHello) { h.Groups = wire.MakeList[spec.Group](29, 300) }), alert: spec.AlertNone},
	{name: "other signatures alone", on: spec.ClientHello, config: suites(0xc02f), change: clientHello(func(h *wire.ClientHello) { h.Schemes = wire.MakeList[spec.SignatureScheme](0x0202, 0x0807) }), alert: spec.HandshakeFailure},
	{name: "other signatures and another suite", on: spec.ClientHello, config: suites(0xc02f, 0x009c), change: clientHello(func(h *wire.ClientHello) { h.Schemes = wire.MakeList[spec.SignatureScheme](0x0202, 0x0807) }), alert: spec.AlertNone},
	{name: "no signatures, and SHA-1 not enabled", on: spec.ClientHello, alert: spec.HandshakeFailure,
		config: func(c, s *handshake.Config) {
			suites(0xc02f)(c, s)
			s.Schemes = []spec.SignatureScheme{spec.RSAPKCS1SHA256}
		},
		change: clientHello(func(h *wire.ClientHello) { h.Schemes = nil })},
	{name: "no signatures", on: spec.ClientHello, config: suites(0xc02f), change: clientHello(func(h *wire.ClientHello) { h.Schemes = nil }), alert: spec.AlertNone},
	{name: "empty label in server_name", on: spec.ClientHello, change: clientHello(func(h *wire.ClientHello) { h.ServerName = []byte("two..dots") }), alert: spec.IllegalParameter},
	{name: "other protocols alone", on: spec.ClientHello, config: func(c, s *handshake.Config) { s.Protocols = []string{"h2"} },
		change: clientHello(func(h *wire.ClientHello) { h.ALPN = wire.MakeProtocols("h3") }), alert: spec.NoApplicationProtocol},
	{name: "protocols to a server without", on: spec.ClientHello, change: clientHello(func(h *wire.ClientHello) { h.ALPN = wire.MakeProtocols("h3") }), alert: spec.AlertNone},
	{name: "EMS required", on: spec.ClientHello, config: func(c, s *handshake.Config) { s.ExtendedMasterSecret = handshake.Require },
		change: clientHello(func(h *wire.ClientHello) { h.ExtendedMasterSecret = false }), alert: spec.HandshakeFailure},
}

// serverHelloRefusals: TLS-ALERT-04, -06, -09, -12; TLS-BASE-04, -06, -07, -20;
// FAST-TLS-35.
var serverHelloRefusals = []refusal{
	{name: "SSL 3.0", on: spec.ServerHello, change: serverHello(func(h *wire.ServerHello) { h.Version = 0x0300 }), alert: spec.ProtocolVersion},
	{name: "TLS 1.1 to a client of TLS 1.2", on: spec.ServerHello, change: serverHello(func(h *wire.ServerHello) { h.Version = 0x0302 }), alert: spec.ProtocolVersion},
	{name: "TLS 1.3", on: spec.ServerHello, change: serverHello(func(h *wire.ServerHello) { h.Version = 0x0304 }), alert: spec.ProtocolVersion},
	{name: "downgrade mark", on: spec.ServerHello, config: func(c, s *handshake.Config) { suites(0x002f)(c, s); c.MinVersion = spec.TLS10 },
		change: serverHello(func(h *wire.ServerHello) { h.Version = spec.TLS11; copy(h.Random[24:], "DOWNGRD\x00") }), alert: spec.IllegalParameter},
	{name: "suite that was not offered", on: spec.ServerHello, config: suites(0xc02f), change: serverHello(func(h *wire.ServerHello) { h.Suite = 0xc030 }), alert: spec.IllegalParameter},
	{name: "suite that nobody knows", on: spec.ServerHello, change: serverHello(func(h *wire.ServerHello) { h.Suite = 0x0a0a }), alert: spec.IllegalParameter},
	{name: "signalling suite", on: spec.ServerHello, change: serverHello(func(h *wire.ServerHello) { h.Suite = spec.EmptyRenegotiationInfoSCSV }), alert: spec.IllegalParameter},
	{name: "suite of another version", on: spec.ServerHello, config: func(c, s *handshake.Config) { c.MinVersion = spec.TLS10 },
		change: serverHello(func(h *wire.ServerHello) { h.Version, h.Suite = spec.TLS11, 0xc02f }), alert: spec.IllegalParameter},
	{name: "compression", on: spec.ServerHello, change: serverHello(func(h *wire.ServerHello) { h.Compression = 1 }), alert: spec.IllegalParameter},
	{name: "SessionTicket unasked", on: spec.ServerHello, change: serverHello(func(h *wire.ServerHello) { h.Ticket = true }), alert: spec.UnsupportedExtension},
	{name: "server_name unasked", on: spec.ServerHello, change: serverHello(func(h *wire.ServerHello) { h.ServerName = true }), alert: spec.UnsupportedExtension},
	{name: "ALPN unasked", on: spec.ServerHello, change: serverHello(func(h *wire.ServerHello) { h.ALPN = []byte("h2") }), alert: spec.UnsupportedExtension},
	{name: "EtM unasked", on: spec.ServerHello, config: suites(0xc02f), change: serverHello(func(h *wire.ServerHello) { h.EncryptThenMAC = true }), alert: spec.UnsupportedExtension},
	{name: "EMS unasked", on: spec.ServerHello, config: func(c, s *handshake.Config) { c.ExtendedMasterSecret = handshake.Never },
		change: serverHello(func(h *wire.ServerHello) { h.ExtendedMasterSecret = true }), alert: spec.UnsupportedExtension},
	{name: "signature_algorithms", on: spec.ServerHello, alert: spec.UnsupportedExtension,
		change: serverHello(func(h *wire.ServerHello) {
			h.Extensions = wire.AppendExtension(nil, spec.SignatureAlgorithms, []byte{0, 2, 4, 1})
		})},
	{name: "unknown extension", on: spec.ServerHello, alert: spec.UnsupportedExtension,
		change: serverHello(func(h *wire.ServerHello) { h.Extensions = wire.AppendExtension(nil, 0x1234, nil) })},
	{name: "supported_groups", on: spec.ServerHello, alert: spec.AlertNone,
		change: serverHello(func(h *wire.ServerHello) {
			h.Extensions = wire.AppendExtension(nil, spec.SupportedGroups, []byte{0, 2, 0, 29})
		})},
	{name: "no renegotiation_info", on: spec.ServerHello, alert: spec.AlertNone, change: serverHello(func(h *wire.ServerHello) { h.HasRenegotiationInfo = false })},
	{name: "renegotiation_info", on: spec.ServerHello, change: serverHello(func(h *wire.ServerHello) { h.RenegotiationInfo = []byte{1} }), alert: spec.HandshakeFailure},
	{name: "compressed points alone", on: spec.ServerHello, change: serverHello(func(h *wire.ServerHello) { h.PointFormats = []byte{1} }), alert: spec.IllegalParameter},
	{name: "EtM with AEAD", on: spec.ServerHello, config: suites(0xc02f, 0xc027), change: serverHello(func(h *wire.ServerHello) { h.EncryptThenMAC = true }), alert: spec.IllegalParameter},
	{name: "EtM required", on: spec.ServerHello, config: func(c, s *handshake.Config) { suites(0xc027)(c, s); c.EncryptThenMAC = handshake.Require },
		change: serverHello(func(h *wire.ServerHello) { h.EncryptThenMAC = false }), alert: spec.HandshakeFailure},
	{name: "EMS required", on: spec.ServerHello, config: func(c, s *handshake.Config) { c.ExtendedMasterSecret = handshake.Require },
		change: serverHello(func(h *wire.ServerHello) { h.ExtendedMasterSecret = false }), alert: spec.HandshakeFailure},
	{name: "another protocol", on: spec.ServerHello, config: func(c, s *handshake.Config) { c.Protocols, s.Protocols = []string{"h2"}, []string{"h2"} },
		change: serverHello(func(h *wire.ServerHello) { h.ALPN = []byte("h3") }), alert: spec.IllegalParameter},
	// A Session ID is echoed, and then something else than ChangeCipherSpec comes.
	{name: "echo without resumption", on: spec.ServerHello, params: handshake.ClientParams{SessionID: handshake.FreshID, Ticket: opaque, HasSecret: true},
		change: func(b []byte) []byte { return serverHello(func(h *wire.ServerHello) { h.SessionID = freshID })(b) }, alert: spec.UnexpectedMessage},
}

// freshID is what a client draws from newRandom(1) behind its random.
var freshID = func() []byte {
	var b [64]byte
	newRandom(1).Read(b[:])
	return b[32:]
}()
