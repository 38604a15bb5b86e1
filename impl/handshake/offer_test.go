package handshake_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
	"github.com/sesame-tls/sesame/spec/vectors"
)

// weak are suites that are not spoken, whatever a configuration says: RC4, 3DES,
// export, and NULL.
var weak = []spec.SuiteID{0x0004, 0x0005, 0xc011, 0xc007, 0x0018, 0x000a, 0x0003, 0x0002, 0x003b}

// TestWeakSuites: neither side speaks what is weak, even if it is told to.
//
// Checks TLS-BASE-01 (must fail: unknown-suite-taken).
// Checks TLS-ALERT-10 (must fail: weak-offer-told-otherwise).
func TestWeakSuites(t *testing.T) {
	config := func() *handshake.Config {
		return &handshake.Config{MinVersion: spec.TLS10, Suites: append(slices.Clone(weak), 0x002f), AllowAnonymous: true}
	}
	client, _ := pair(t, config(), config(), &handshake.ClientParams{})
	out, _ := client.step(nil)
	var h wire.ClientHello
	if !h.Parse(records(out)[0][record.HeaderSize+wire.HeaderLen:]) || h.Suites.Len() != 1 || !h.Suites.Contains(0x002f) {
		t.Errorf("offered are %x", []byte(h.Suites))
	}
	if _, err := handshake.NewClient(&handshake.Config{Suites: weak}, &handshake.ClientParams{}); err == nil {
		t.Error("a client of weak suites alone begins")
	}
	for _, id := range weak {
		r := refusal{on: spec.ClientHello, alert: spec.HandshakeFailure, config: func(c, s *handshake.Config) { *s = *config() },
			change: clientHello(func(h *wire.ClientHello) { h.Suites = wire.MakeList(id) })}
		if p := r.problem(r.run(t)); p != "" {
			t.Errorf("an offer of %v alone: %s", id, p)
		}
	}
}

// TestEMSBesideTicket: whether or not the hellos agree on extended master
// secret, the ticket's secret stays what T-PRF makes of the PAC-Key.
//
// Checks FAST-TLS-40 (must fail: ems-changes-the-pac-secret).
// Checks FAST-TLS-13 (must fail: ems-changes-the-pac-secret).
func TestEMSBesideTicket(t *testing.T) {
	for _, p := range []handshake.Policy{handshake.Offer, handshake.Require, handshake.Never} {
		client, server := pair(t, &handshake.Config{ExtendedMasterSecret: p}, &handshake.Config{ExtendedMasterSecret: p, SessionSecrets: true},
			&handshake.ClientParams{Ticket: opaque, HasSecret: true})
		play(client, server)
		established(t, client, server)
		if got := observed(client).EMS; got != (p != handshake.Never) {
			t.Errorf("%v: agreed on: %v", p, got)
		}
		var want [48]byte
		new(prf.PRF).SessionSecret(want[:], pacKey, client.ServerRandom(), client.ClientRandom())
		for _, s := range []*side{client, server} {
			if _, master := s.KeyLog(); !bytes.Equal(master, want[:]) {
				t.Errorf("%v: the master secret is %x, want %x", p, master, want)
			}
		}
	}
}

// TestSecureRenegotiation: an empty renegotiation_info answers the extension and
// the SCSV, and nothing else, in full and in shortened handshakes.
//
// Checks TLS-BASE-21 (must fail: scsv-unanswered, renegotiation-info-unanswered).
// Checks FAST-TLS-39 (must fail: scsv-unanswered, renegotiation-info-unanswered).
func TestSecureRenegotiation(t *testing.T) {
	for _, params := range []handshake.ClientParams{{}, {Ticket: opaque, HasSecret: true}} {
		for signal, want := range map[string]bool{"extension": true, "SCSV": true, "none": false} {
			params.SignalBySCSV = signal != "extension"
			client, server := pair(t, &handshake.Config{}, &handshake.Config{SessionSecrets: true}, &params)
			out, _ := client.step(nil)
			if signal == "none" {
				hello := clientHello(func(h *wire.ClientHello) {
					h.Suites = wire.MakeList[spec.SuiteID](0xc02f)
				})(bytes.Clone(records(out)[0][record.HeaderSize:]))
				out = append([]byte{22, 3, 1, byte(len(hello) >> 8), byte(len(hello))}, hello...)
			}
			out, _ = server.step(out)
			var h wire.ServerHello
			if !h.Parse(records(out)[0][record.HeaderSize+wire.HeaderLen:]) || h.HasRenegotiationInfo != want || len(h.RenegotiationInfo) > 0 {
				t.Errorf("ticket %t, %s: %+v, %v", params.HasSecret, signal, h, server.err)
			}
		}
	}
}

// TestNotHashed: HelloRequest, ChangeCipherSpec and alerts are no part of what
// Finished covers.
//
// Checks TLS-BASE-17 (must fail: hello-request-hashed).
func TestNotHashed(t *testing.T) {
	for _, params := range []handshake.ClientParams{{}, {Ticket: opaque, HasSecret: true}} {
		client, server := pair(t, &handshake.Config{}, &handshake.Config{SessionSecrets: true}, &params)
		hello, _ := client.step(nil)
		request := append([]byte{22, 3, 1, 0, 4}, new(wire.HelloRequest).Append(nil)...)
		client.step(append(request, 21, 3, 1, 0, 2, 1, 90))
		out, _ := server.step(hello)
		out, _ = client.step(out)
		out, _ = server.step(out)
		client.step(out)
		established(t, client, server)
	}
}

// TestAnonymousGroup: to a client that lists no group a server gives group 14.
//
// Checks FAST-PAC-24 (must fail: anonymous-group-of-another-size).
func TestAnonymousGroup(t *testing.T) {
	config := func() *handshake.Config {
		return &handshake.Config{Suites: []spec.SuiteID{0x0034}, AllowAnonymous: true}
	}
	none := config()
	none.Groups = []spec.Group{}
	client, server := pair(t, none, config(), &handshake.ClientParams{})
	hello, _ := client.step(nil)
	out, _ := server.step(hello)
	k := wire.ServerKeyExchange{KeyExchange: spec.DHAnon, Version: spec.TLS12}
	if !k.Parse(records(out)[1][record.HeaderSize+wire.HeaderLen:]) || !bytes.Equal(k.P, vectors.ByName("group-14").Octets("p")) || !bytes.Equal(k.G, []byte{2}) {
		t.Errorf("the group is %x with generator %x", k.P, k.G)
	}
	out, _ = client.step(out)
	out, _ = server.step(out)
	client.step(out)
	established(t, client, server)
}

// TestSchemeNotOffered: a scheme that the client knows and has not listed is
// refused before the signature is looked at.
//
// Checks TLS-BASE-19 (must fail: any-scheme-taken).
func TestSchemeNotOffered(t *testing.T) {
	r := refusal{on: spec.ServerKeyExchange, alert: spec.IllegalParameter,
		config: func(c, s *handshake.Config) {
			suites(0xc02f)(c, s)
			c.Schemes = []spec.SignatureScheme{spec.RSAPSSRSAESHA256}
		},
		change: serverKeyExchange(spec.TLS12, spec.ECDHERSA, func(k *wire.ServerKeyExchange) { k.Scheme = spec.RSAPKCS1SHA256 }),
	}
	if p := r.problem(r.run(t)); p != "" {
		t.Error(p)
	}
}

// TestSessionOffered: RFC 5246, Section 7.4.1.2, RFC 5077, Section 3.4: how a
// session shows in ClientHello, and that one without a name or of another
// configuration does not.
func TestSessionOffered(t *testing.T) {
	const none, own, fresh = "empty", "the session's", "fresh"
	for _, c := range []struct {
		name   string
		change func(s *handshake.Session, p *handshake.ClientParams)
		id     string
		ticket string
	}{
		{"under its Session ID", func(s *handshake.Session, p *handshake.ClientParams) {}, own, ""},
		{"under an ID of an octet", func(s *handshake.Session, p *handshake.ClientParams) { s.ID = []byte{1} }, own, ""},
		{"under an ID that is too long", func(s *handshake.Session, p *handshake.ClientParams) { s.ID = make([]byte, 33) }, none, ""},
		{"by a ticket of an octet", func(s *handshake.Session, p *handshake.ClientParams) { s.ID, s.Ticket = nil, []byte("t") }, fresh, "t"},
		{"by both", func(s *handshake.Session, p *handshake.ClientParams) { s.Ticket = []byte("ticket") }, own, "ticket"},
		{"by neither", func(s *handshake.Session, p *handshake.ClientParams) { s.ID = nil }, none, ""},
		{"by both, an empty ID", func(s *handshake.Session, p *handshake.ClientParams) {
			s.Ticket, p.SessionID = []byte("ticket"), handshake.EmptyID
		}, none, "ticket"},
		{"under its ID, an empty ID", func(s *handshake.Session, p *handshake.ClientParams) { p.SessionID = handshake.EmptyID }, none, ""},
		{"under its ID, a fresh ID", func(s *handshake.Session, p *handshake.ClientParams) { p.SessionID = handshake.FreshID }, fresh, ""},
		{"beside an opaque ticket", func(s *handshake.Session, p *handshake.ClientParams) { p.Ticket = opaque }, none, string(opaque)},
		{"beside an opaque ticket, a fresh ID", func(s *handshake.Session, p *handshake.ClientParams) {
			p.Ticket, p.SessionID = opaque, handshake.FreshID
		}, fresh, string(opaque)},
		{"of a lower version", func(s *handshake.Session, p *handshake.ClientParams) { s.Version, s.Suite = spec.TLS11, 0x002f }, none, ""},
		{"of a higher version", func(s *handshake.Session, p *handshake.ClientParams) { s.Version = spec.TLS13 }, none, ""},
		{"of a suite that is not offered", func(s *handshake.Session, p *handshake.ClientParams) { s.Suite = 0x00a6 }, none, ""},
		{"of another name", func(s *handshake.Session, p *handshake.ClientParams) { s.ServerName = "other.example" }, none, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			session, params := *anySession(t), handshake.ClientParams{}
			c.change(&session, &params)
			params.Session = &session
			client, _ := pair(t, &handshake.Config{}, &handshake.Config{}, &params)
			client.step(nil)
			h := client.Hello()
			id := none
			switch {
			case len(h.SessionID) > 0 && bytes.Equal(h.SessionID, session.ID):
				id = own
			case len(h.SessionID) > 0:
				id = fresh
			}
			if id != c.id || id == fresh && len(h.SessionID) != wire.MaxSessionID || string(h.Ticket) != c.ticket {
				t.Errorf("the Session ID is %s (%x), the ticket %q; want %s, %q", id, h.SessionID, h.Ticket, c.id, c.ticket)
			}
		})
	}
}
