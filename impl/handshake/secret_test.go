package handshake_test

import (
	"bytes"
	"crypto"
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

// TestSecretWanted: when the callbacks are called, and how often: at most once,
// and only for a ticket that is not empty.
func TestSecretWanted(t *testing.T) {
	id := handshake.ClientParams{Ticket: opaque, HasSecret: true}
	for name, c := range map[string]struct {
		cc, sc         *handshake.Config
		params         handshake.ClientParams
		client, server int
	}{
		"ticket":                     {&handshake.Config{}, &handshake.Config{SessionSecrets: true}, id, 1, 1},
		"no ticket":                  {&handshake.Config{}, &handshake.Config{SessionSecrets: true}, handshake.ClientParams{HasSecret: true}, 0, 0},
		"empty ticket":               {&handshake.Config{Tickets: true}, &handshake.Config{SessionSecrets: true}, handshake.ClientParams{}, 0, 0},
		"the client has no callback": {&handshake.Config{}, &handshake.Config{SessionSecrets: true}, handshake.ClientParams{Ticket: opaque}, 0, 1},
		"the server has no callback": {&handshake.Config{}, &handshake.Config{}, id, 1, 0},
		"a certificate is required":  {&handshake.Config{}, &handshake.Config{SessionSecrets: true, ClientAuth: handshake.RequireClientAuth}, id, 1, 0},
		"a certificate is requested": {&handshake.Config{}, &handshake.Config{SessionSecrets: true, ClientAuth: handshake.RequestClientAuth}, id, 1, 1},
		"the ticket stands in": {&handshake.Config{},
			&handshake.Config{SessionSecrets: true, ClientAuth: handshake.RequireClientAuth, TicketIsClientAuth: true}, id, 1, 1},
		"the version is refused": {&handshake.Config{MinVersion: spec.TLS11, MaxVersion: spec.TLS11, Suites: []spec.SuiteID{0x002f}},
			&handshake.Config{SessionSecrets: true}, id, 0, 0},
		"the protocol is refused": {&handshake.Config{Protocols: []string{"h2"}},
			&handshake.Config{SessionSecrets: true, Protocols: []string{"h3"}}, id, 0, 0},
		"EMS is required at the server": {&handshake.Config{ExtendedMasterSecret: handshake.Never},
			&handshake.Config{SessionSecrets: true, ExtendedMasterSecret: handshake.Require}, id, 0, 0},
		"EMS is required at the client": {&handshake.Config{ExtendedMasterSecret: handshake.Require},
			&handshake.Config{SessionSecrets: true, ExtendedMasterSecret: handshake.Never}, id, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := pair(t, c.cc, c.sc, &c.params)
			play(client, server)
			for _, s := range []struct {
				*side
				want int
			}{{client, c.client}, {server, c.server}} {
				n := 0
				for _, ev := range s.events {
					if ev == handshake.SecretWanted {
						n++
					}
				}
				if n != s.want {
					t.Errorf("%d calls, want %d: %v", n, s.want, s.err)
				}
			}
		})
	}
}

// TestTicketServerHello: FAST-TLS-27, FAST-TLS-39 and the rest of what the
// ServerHello of a shortened handshake may carry (RFC 6066, Section 3).
func TestTicketServerHello(t *testing.T) {
	for name, suite := range map[string]spec.SuiteID{"AEAD": 0xc02f, "CBC": 0xc027, "no curve": 0x002f} {
		t.Run(name, func(t *testing.T) {
			config := func() *handshake.Config {
				return &handshake.Config{Suites: []spec.SuiteID{suite}, Protocols: []string{"eap"}, Tickets: true, SessionIDs: true, SessionSecrets: true}
			}
			client, server := pair(t, config(), config(), &handshake.ClientParams{Ticket: opaque, HasSecret: true, ServerName: "server.example"})
			hello, _ := client.step(nil)
			out, _ := server.step(hello)
			var h wire.ServerHello
			if !h.Parse(records(out)[0][9:]) {
				t.Fatal(server.err)
			}
			want := []spec.Extension{spec.ECPointFormats, spec.ALPN, spec.EncryptThenMAC, spec.ExtendedMasterSecret, spec.RenegotiationInfo}
			if name == "AEAD" {
				want = slices.DeleteFunc(want, func(e spec.Extension) bool { return e == spec.EncryptThenMAC })
			}
			if name == "no curve" {
				want = want[1:]
			}
			var got []spec.Extension
			for e := range h.Extensions.All() {
				got = append(got, e)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		})
	}
}

// TestAnyServerSessionID: FAST-TLS-09: beside an empty Session ID the server's
// decides nothing.
func TestAnyServerSessionID(t *testing.T) {
	for _, accept := range []bool{true, false} {
		for _, n := range []int{0, 1, 32} {
			client, server := pair(t, &handshake.Config{}, &handshake.Config{SessionSecrets: true}, &handshake.ClientParams{Ticket: opaque, HasSecret: true})
			if !accept {
				server.key = nil
			}
			hello, _ := client.step(nil)
			out, _ := server.step(hello)
			for _, rec := range records(out)[:2] {
				rec = inServerHello(func(h *wire.ServerHello) { h.SessionID = bytes.Repeat([]byte{1}, n) })(spec.Server, rec)
				client.step(rec)
			}
			want := spec.AwaitFinishedAbbreviated
			if !accept {
				want = spec.AwaitServerKeyExchange
			}
			if client.err != nil || client.State() != want {
				t.Errorf("accepted %v, Session ID of %d octets: %v, %v", accept, n, client.State(), client.err)
			}
		}
	}
}

// TestTicketLengths: FAST-TLS-03, FAST-TLS-04: from one octet to what fits.
func TestTicketLengths(t *testing.T) {
	config := &handshake.Config{Rand: newRandom(1)}
	longest := 0
	for n := 65535; n > 60000; n-- {
		m, err := handshake.NewClient(config, &handshake.ClientParams{Ticket: make([]byte, n), HasSecret: true})
		if err == nil {
			m.Release()
			longest = n
			break
		}
	}
	if longest < 65000 {
		t.Fatalf("the longest ticket has %d octets", longest)
	}
	for _, n := range []int{1, 3, 4, 1000, longest} {
		client, server := pair(t, &handshake.Config{}, &handshake.Config{SessionSecrets: true}, &handshake.ClientParams{Ticket: bytes.Repeat([]byte{7}, n), HasSecret: true})
		server.override = func(ev handshake.Event) bool {
			if ev == handshake.SecretWanted && len(server.Hello().Ticket) != n {
				t.Errorf("a ticket of %d octets arrives with %d", n, len(server.Hello().Ticket))
			}
			return false
		}
		play(client, server)
		established(t, client, server)
		if c, s := client.Info().Resumed, server.Info().Resumed; c != spec.BySessionSecret || s != spec.BySessionSecret {
			t.Errorf("a ticket of %d octets: shortened by %v and %v", n, c, s)
		}
	}
	if _, err := handshake.NewClient(config, &handshake.ClientParams{Ticket: []byte{}}); err == nil {
		t.Error("a ticket of 0 octets")
	}
}

// TestAnySecretLength: other lengths than 48 where the configuration allows
// them, on both sides.
func TestAnySecretLength(t *testing.T) {
	for _, n := range []int{0, 1, 47, 48, 49, 512, 513} {
		for _, any := range []bool{false, true} {
			config := func() *handshake.Config { return &handshake.Config{SessionSecrets: true, AnySecretLength: any} }
			client, server := pair(t, config(), config(), &handshake.ClientParams{Ticket: opaque, HasSecret: true})
			for _, s := range []*side{client, server} {
				s.override = func(ev handshake.Event) bool {
					if ev == handshake.SecretWanted {
						s.AcceptSecret(bytes.Repeat([]byte{1}, n), 0)
					}
					return ev == handshake.SecretWanted
				}
			}
			play(client, server)
			if n == 48 || any && n >= 1 && n <= 512 {
				established(t, client, server)
				if _, master := client.KeyLog(); (master != nil) != (n == 48) {
					t.Errorf("%d octets: key log of %d", n, len(master))
				}
			} else if a, sent := alertOf(server); a != spec.InternalError || !sent {
				t.Errorf("%d octets: %v", n, server.err)
			}
		}
	}
}

// TestKeyBlock: FAST-KEY-01: the octets behind the keys, where RFC 5422,
// Section 3.3 looks for them, by the PRF that was asked for.
func TestKeyBlock(t *testing.T) {
	for id, v := range map[spec.SuiteID]spec.Version{0xc013: spec.TLS10, 0xc014: spec.TLS12, 0xc030: spec.TLS12} {
		config := func() *handshake.Config {
			return &handshake.Config{MinVersion: v, MaxVersion: v, Suites: []spec.SuiteID{id}, SessionSecrets: true}
		}
		client, server := pair(t, config(), config(), &handshake.ClientParams{Ticket: opaque, HasSecret: true})
		if _, err := client.AppendKeyBlock(nil, 0, 1, 0); err == nil {
			t.Error("a key block before the handshake")
		}
		play(client, server)
		established(t, client, server)
		random, master := server.KeyLog()
		suite, _ := spec.SuiteByID(client.Info().Suite)
		for h, own := range map[crypto.Hash]prf.Hash{0: prf.Of(v, suite), crypto.SHA256: prf.SHA256, crypto.SHA384: prf.SHA384} {
			got, err := client.AppendKeyBlock([]byte("behind"), 104, 40, h)
			if v == spec.TLS10 && h != 0 {
				if err == nil {
					t.Errorf("%v with %v", v, h)
				}
				continue
			}
			want := make([]byte, 144)
			new(prf.PRF).KeyBlock(want, own, master, server.ServerRandom(), random)
			if err != nil || string(got) != "behind"+string(want[104:]) {
				t.Errorf("%v, hash %d: %x, %v", v, h, got, err)
			}
		}
		const most = 1 << 16
		for part, ok := range map[[2]int]bool{
			{-1, 1}: false, {0, -1}: false, {0, 0}: true, {most, 1}: true, {0, most}: true, {most + 1, 1}: false, {0, most + 1}: false,
		} {
			got, err := client.AppendKeyBlock(nil, part[0], part[1], 0)
			if (err == nil) != ok || ok && len(got) != part[1] {
				t.Errorf("%d octets from %d: %d, %v", part[1], part[0], len(got), err)
			}
		}
	}
}

// TestExport: RFC 5705, with RFC 7627, Section 5.4.
//
// Checks TLS-BASE-27 (must fail: export-without-ems).
func TestExport(t *testing.T) {
	for name, c := range map[string]struct {
		config func() *handshake.Config
		params handshake.ClientParams
		ok     bool
	}{
		"EMS":    {func() *handshake.Config { return &handshake.Config{} }, handshake.ClientParams{}, true},
		"no EMS": {func() *handshake.Config { return &handshake.Config{ExtendedMasterSecret: handshake.Never} }, handshake.ClientParams{}, false},
		"no EMS, allowed": {func() *handshake.Config {
			return &handshake.Config{ExtendedMasterSecret: handshake.Never, ExportWithoutEMS: true}
		}, handshake.ClientParams{}, true},
		"session secret":          {func() *handshake.Config { return &handshake.Config{SessionSecrets: true} }, handshake.ClientParams{Ticket: opaque, HasSecret: true}, false},
		"session secret, allowed": {func() *handshake.Config { return &handshake.Config{SessionSecrets: true, ExportWithoutEMS: true} }, handshake.ClientParams{Ticket: opaque, HasSecret: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := pair(t, c.config(), c.config(), &c.params)
			var a, b [20]byte
			if err := client.Export(a[:], "label", nil); err == nil {
				t.Error("before the handshake")
			}
			play(client, server)
			established(t, client, server)
			errA, errB := client.Export(a[:], "label", []byte{}), server.Export(b[:], "label", []byte{})
			if (errA == nil) != c.ok || (errB == nil) != c.ok || a != b {
				t.Errorf("%x, %v; %x, %v", a, errA, b, errB)
			}
			if !c.ok {
				return
			}
			if client.Export(a[:], "key expansion", nil) == nil {
				t.Error("a label of the handshake's")
			}
			// RFC 5705, Section 4: the context's length is in two octets; none is another than an empty one.
			for n, ok := range map[int]bool{1: true, 0xffff: true, 0x10000: false} {
				if err := client.Export(a[:], "label", make([]byte, n)); (err == nil) != ok {
					t.Errorf("a context of %d octets: %v", n, err)
				}
			}
			if err := client.Export(a[:], "label", nil); err != nil || a == b {
				t.Errorf("no context and an empty one give %x and %x: %v", a, b, err)
			}
		})
	}
}

// TestFallbackLeavesNothing: FAST-TLS-19: after a fallback the master secret
// comes from the key exchange alone.
func TestFallbackLeavesNothing(t *testing.T) {
	for _, n := range []int{48, 64} {
		client, server := pair(t, &handshake.Config{AnySecretLength: true}, &handshake.Config{SessionSecrets: true}, &handshake.ClientParams{Ticket: opaque, HasSecret: true})
		server.key = nil
		secret := bytes.Repeat([]byte{0x5e}, n)
		client.override = func(ev handshake.Event) bool {
			if ev == handshake.SecretWanted {
				client.AcceptSecret(secret, 0x002f)
			}
			return ev == handshake.SecretWanted
		}
		play(client, server)
		established(t, client, server)
		if _, master := client.KeyLog(); len(master) != 48 || bytes.Equal(master, secret[:48]) {
			t.Errorf("after a session secret of %d octets %x is in force", n, master)
		}
		o := observed(client)
		if o.Secret != spec.KeyExchanged || o.Resumed != spec.Full || o.Pending {
			t.Errorf("%+v", o)
		}
		if info := client.Info(); info.PreferredSuite != 0x002f || info.TicketAccepted || !info.ExtendedMasterSecret {
			t.Errorf("%+v", info)
		}
	}
}

// TestNamedSuiteOfAnotherVersion: FAST-TLS-36: a suite that the client offers and
// the version has not is none that the server's callback may name.
func TestNamedSuiteOfAnotherVersion(t *testing.T) {
	for named, alert := range map[spec.SuiteID]spec.AlertDescription{0x002f: spec.AlertNone, 0x009c: spec.HandshakeFailure} {
		client, server := pair(t, &handshake.Config{}, &handshake.Config{MinVersion: spec.TLS10, SessionSecrets: true}, &handshake.ClientParams{Ticket: opaque, HasSecret: true})
		server.suite = named
		hello, _ := client.step(nil)
		server.step(inClear(spec.ContentHandshake, clientHello(func(h *wire.ClientHello) {
			h.Version, h.Suites = spec.TLS11, wire.MakeList[spec.SuiteID](0x009c, 0x002f)
		})(hello[record.HeaderSize:])))
		if a, _ := alertOf(server); a != alert && (alert != spec.AlertNone || server.err != nil) {
			t.Errorf("TLS 1.1 with %v: %v", named, server.err)
		}
	}
}

// TestConfirm: the question comes once the peer's Finished has verified, and
// before the own last flight: nothing of that is sent when it is refused.
func TestConfirm(t *testing.T) {
	for _, params := range []handshake.ClientParams{{}, {Ticket: opaque, HasSecret: true}} {
		for _, refuse := range []bool{false, true} {
			config := func() *handshake.Config { return &handshake.Config{SessionSecrets: true, Confirm: true} }
			client, server := pair(t, config(), config(), &params)
			who := client
			if params.Ticket == nil {
				who = server
			}
			who.override = func(ev handshake.Event) bool {
				if ev == handshake.ConfirmWanted && refuse {
					who.Abort(spec.AccessDenied, fmt.Errorf("no"))
				}
				return ev == handshake.ConfirmWanted && refuse
			}
			play(client, server)
			if !refuse {
				established(t, client, server)
				continue
			}
			for _, s := range []*side{client, server} {
				if a, sent := alertOf(s); a != spec.AccessDenied || sent != (s == who) {
					t.Errorf("%v", s.err)
				}
				if slices.Contains(s.events, handshake.Established) {
					t.Error("established")
				}
			}
		}
	}
}

// TestSNIAcknowledged: RFC 6066, Section 3.
func TestSNIAcknowledged(t *testing.T) {
	for _, byName := range []bool{false, true} {
		client, server := pair(t, &handshake.Config{}, &handshake.Config{}, &handshake.ClientParams{ServerName: testcert.Name})
		server.override = func(ev handshake.Event) bool {
			if ev != handshake.CertificateWanted {
				return false
			}
			c := certificate(server.certs[0])
			c.ByName = byName
			server.UseCertificate(c)
			return true
		}
		hello, _ := client.step(nil)
		out, _ := server.step(hello)
		var h wire.ServerHello
		h.Parse(records(out)[0][9:])
		if h.ServerName != byName {
			t.Errorf("by name %v: %+v, %v", byName, h, server.err)
		}
		client.step(out)
		if client.err != nil {
			t.Error(client.err)
		}
	}
}
