package handshake_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// TestNothingIsKnownBefore: what has not come is nil, and what has come is there.
func TestNothingIsKnownBefore(t *testing.T) {
	client, server := pair(t, &handshake.Config{}, &handshake.Config{}, &handshake.ClientParams{})
	if client.Hello() == nil || len(client.ClientRandom()) != 32 {
		t.Error("a client does not know its own hello")
	}
	if server.Hello() != nil || server.ClientRandom() != nil {
		t.Errorf("a server knows the hello %+v that has not come", server.Hello())
	}
	for _, s := range []*side{client, server} {
		random, master := s.KeyLog()
		v, suite := s.Chosen()
		if s.ServerRandom() != nil || random != nil || master != nil || s.Session() != nil || s.PeerChain() != nil || s.CertificateRequest() != nil ||
			s.Alert() != spec.AlertNone || v != 0 || suite != 0 || s.Info().Resumed != spec.Full {
			t.Errorf("known before: %x, %x, %v, %v, %+v", s.ServerRandom(), master, s.Alert(), suite, s.Info())
		}
		if id, doomed := s.Doomed(); id != nil || doomed {
			t.Errorf("doomed before: %x", id)
		}
	}
	play(client, server)
	established(t, client, server)
	if !bytes.Equal(client.ClientRandom(), server.ClientRandom()) || !bytes.Equal(client.ServerRandom(), server.ServerRandom()) || len(client.ServerRandom()) != 32 {
		t.Error("the sides differ on the randoms")
	}
	for _, s := range []*side{client, server} {
		random, master := s.KeyLog()
		if v, suite := s.Chosen(); v != s.Info().Version || suite != s.Info().Suite || suite == 0 || !bytes.Equal(random, s.ClientRandom()) || len(master) != 48 {
			t.Errorf("%v, %v; key log %x of %d octets", v, suite, random, len(master))
		}
		if id, doomed := s.Doomed(); id != nil || doomed {
			t.Errorf("doomed without a failure: %x", id)
		}
	}
}

// TestInfoOfEMS: extended_master_secret is told of a master secret that was made
// with it, which a session secret is not.
func TestInfoOfEMS(t *testing.T) {
	for _, p := range []handshake.Policy{handshake.Offer, handshake.Never} {
		for _, params := range []handshake.ClientParams{{}, {Ticket: opaque, HasSecret: true}} {
			client, server := pair(t, &handshake.Config{ExtendedMasterSecret: p}, &handshake.Config{SessionSecrets: true}, &params)
			play(client, server)
			established(t, client, server)
			for _, s := range []*side{client, server} {
				if got, want := s.Info().ExtendedMasterSecret, p != handshake.Never && !params.HasSecret; got != want {
					t.Errorf("%v, a session secret %v: %v, want %v", p, params.HasSecret, got, want)
				}
			}
		}
	}
}

// TestKeyThatSignsAlone: a certificate whose key does not decrypt does not do for
// the key exchange RSA.
func TestKeyThatSignsAlone(t *testing.T) {
	for _, decrypts := range []bool{true, false} {
		config := func() *handshake.Config { return &handshake.Config{Suites: []spec.SuiteID{0x009c}} }
		client, server := pair(t, config(), config(), &handshake.ClientParams{})
		asked := false
		server.override = func(ev handshake.Event) bool {
			if ev != handshake.CertificateWanted {
				return false
			}
			asked = true
			c := certificate(server.certs[0])
			c.Decrypts = decrypts
			server.UseCertificate(c)
			return true
		}
		play(client, server)
		if decrypts {
			established(t, client, server)
		} else if e := (*handshake.Error)(nil); !errors.As(server.err, &e) || e.Alert != spec.HandshakeFailure {
			t.Errorf("%v, want handshake_failure", server.err)
		}
		if !asked {
			t.Error("the certificate was not asked for")
		}
	}
}

// TestOfferedGroups: RFC 8422, Section 4, RFC 7919, Section 4: a client lists the
// groups of the kinds that its suites use, and of no other.
func TestOfferedGroups(t *testing.T) {
	curves, finite := []spec.Group{spec.X25519, spec.Secp384r1}, []spec.Group{spec.FFDHE2048, spec.FFDHE3072}
	for _, c := range []struct {
		name  string
		suite []spec.SuiteID
		want  []spec.Group
	}{
		{"ECDHE", []spec.SuiteID{ecdhe}, curves},
		{"DHE", []spec.SuiteID{dhe}, finite},
		{"DH_anon beside RSA", []spec.SuiteID{staticRSA, dhAnon}, finite},
		{"RSA", []spec.SuiteID{staticRSA}, nil},
		{"ECDHE and DHE", []spec.SuiteID{dhe, ecdhe}, append(slices.Clone(curves), finite...)},
	} {
		config := &handshake.Config{Suites: c.suite, AllowAnonymous: true, Groups: append(slices.Clone(curves), finite...)}
		client, _ := pair(t, config, &handshake.Config{}, &handshake.ClientParams{})
		if h := client.Hello(); !bytes.Equal(h.Groups, wire.MakeList(c.want...)) {
			t.Errorf("%s: %v", c.name, slices.Collect(h.Groups.All()))
		}
	}
}

// TestProtocolNames: RFC 7301, Section 3.1: a name has 1 to 255 octets; others
// are not offered, and none is not an empty extension.
func TestProtocolNames(t *testing.T) {
	longest := strings.Repeat("x", 255)
	for _, c := range []struct {
		name             string
		protocols, taken []string
	}{
		{"none", nil, nil}, {"an empty one alone", []string{""}, nil}, {"one octet", []string{"h"}, []string{"h"}},
		{"too long, and the longest", []string{longest + "x", longest}, []string{longest}},
	} {
		config := func() *handshake.Config { return &handshake.Config{Protocols: c.protocols} }
		client, server := pair(t, config(), config(), &handshake.ClientParams{})
		play(client, server)
		established(t, client, server)
		h, want := client.Hello(), ""
		if len(c.taken) > 0 {
			want = c.taken[0]
		}
		if (h.ALPN != nil) != (want != "") || !bytes.Equal(h.ALPN, wire.MakeProtocols(c.taken...)) {
			t.Errorf("%s: offered %q", c.name, h.ALPN)
		}
		if got := client.Info().Protocol; got != want || server.Info().Protocol != want {
			t.Errorf("%s: %q and %q, want %q", c.name, got, server.Info().Protocol, want)
		}
	}
}

// TestDefaultRandomness: without a source of its own a machine draws from
// crypto/rand: neither randoms nor Session IDs repeat themselves.
func TestDefaultRandomness(t *testing.T) {
	seen := map[string]bool{string(make([]byte, 32)): true}
	for range 2 {
		c, err := handshake.NewClient(&handshake.Config{}, &handshake.ClientParams{SessionID: handshake.FreshID})
		if err != nil {
			t.Fatal(err)
		}
		client, server := newSide(c), newSide(handshake.NewServer(&handshake.Config{SessionIDs: true}), testcert.Server(testcert.RSA))
		play(client, server)
		established(t, client, server)
		for _, drawn := range [][]byte{client.ClientRandom(), client.ServerRandom(), client.Hello().SessionID, client.Info().SessionID} {
			if len(drawn) != 32 || seen[string(drawn)] {
				t.Errorf("%x", drawn)
			}
			seen[string(drawn)] = true
		}
		client.Release()
		server.Release()
	}
}
