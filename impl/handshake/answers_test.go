package handshake_test

import (
	"bytes"
	"crypto"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/internal/kx"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// strange is a private key that does nothing, beside a public one.
type strange struct{ public crypto.PublicKey }

var errStrange = errors.New("the key is not to be reached")

func (k strange) Public() crypto.PublicKey { return k.public }

func (strange) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, errStrange }

func (strange) Decrypt(io.Reader, []byte, crypto.DecrypterOpts) ([]byte, error) {
	return nil, errStrange
}

// TestKeyThatFails: RFC 5246, Section 7.2.2: a private key that does not do its
// work is this side's own fault, and ends the handshake by internal_error.
func TestKeyThatFails(t *testing.T) {
	for _, c := range []struct {
		name   string
		suite  spec.SuiteID
		on     handshake.Event
		answer func(*side) error
	}{
		{"no signature", ecdhe, handshake.SignWanted,
			func(s *side) error { return s.SignWith(strange{testcert.Server(testcert.RSA).Leaf.PublicKey}) }},
		{"no RSA key to decrypt with", staticRSA, handshake.DecryptWanted,
			func(s *side) error { return s.DecryptWith(strange{testcert.Server(testcert.ECDSA).Leaf.PublicKey}) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := &handshake.Config{Suites: []spec.SuiteID{c.suite}}
			client, server := pair(t, config, &handshake.Config{}, &handshake.ClientParams{})
			var said error
			server.override = func(ev handshake.Event) bool {
				if ev != c.on {
					return false
				}
				said = c.answer(server)
				return true
			}
			play(client, server)
			if a, sent := alertOf(server); a != spec.InternalError || !sent || said == nil || !errors.Is(server.err, said) {
				t.Errorf("%v, told %v", server.err, said)
			}
		})
	}
}

// TestAnswerAfterTheEnd: a machine that has failed with a question open takes no
// secret any more.
func TestAnswerAfterTheEnd(t *testing.T) {
	for name, end := range map[string]func(*side){
		"the transport ends": func(s *side) { s.EndOfStream() },
		"the caller aborts":  func(s *side) { s.Abort(spec.InternalError, nil); s.Step(nil, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			client, server := pair(t, &handshake.Config{}, &handshake.Config{SessionSecrets: true}, &handshake.ClientParams{Ticket: opaque, HasSecret: true})
			hello, _ := client.step(nil)
			if _, _, ev, err := server.Step(nil, hello); ev != handshake.SecretWanted {
				t.Fatalf("%v, %v", ev, err)
			}
			end(server)
			server.AcceptSecret(make([]byte, 48), 0)
			if o := observed(server); o.State != spec.Failed || o.Secret != spec.NoSecret {
				t.Errorf("in %v with the secret %v", o.State, o.Secret)
			}
		})
	}
}

// TestCertificateRequest: a client is told what the server asks for (RFC 5246,
// Section 7.4.4), and of nothing where it does not.
func TestCertificateRequest(t *testing.T) {
	authority := []byte("an authority's name in DER")
	schemes := []spec.SignatureScheme{spec.RSAPSSRSAESHA256, spec.RSAPKCS1SHA256}
	for _, asks := range []bool{true, false} {
		config := &handshake.Config{Schemes: schemes, Authorities: wire.MakeNames(authority)}
		if asks {
			config.ClientAuth = handshake.RequestClientAuth
		}
		client, server := pair(t, &handshake.Config{Suites: []spec.SuiteID{ecdhe}}, config, &handshake.ClientParams{})
		play(client, server)
		established(t, client, server)
		if told := slices.Contains(client.events, handshake.CertificateWanted); told != asks {
			t.Errorf("the client is asked: %v, want %v", told, asks)
		}
		r := client.CertificateRequest()
		if r == nil || !asks {
			if (r != nil) != asks {
				t.Errorf("asked for: %v, told %+v", asks, r)
			}
			continue
		}
		if !bytes.Equal(r.Schemes, wire.MakeList(schemes...)) || !bytes.Equal(r.Authorities, wire.MakeNames(authority)) ||
			!bytes.Equal(r.Types, []byte{wire.CertificateTypeRSASign, wire.CertificateTypeECDSASign}) {
			t.Errorf("told %+v", r)
		}
	}
}

// TestIssuedTickets: RFC 5077, Section 3.3: a ticket of any length reaches the
// client, an empty one says that there is none after all, and one that the
// message cannot hold is this side's own fault.
func TestIssuedTickets(t *testing.T) {
	for _, n := range []int{0, 1, 1000, wire.MaxTicket, wire.MaxTicket + 1} {
		config := func() *handshake.Config { return &handshake.Config{Tickets: true} }
		client, server := pair(t, config(), config(), &handshake.ClientParams{})
		ticket := bytes.Repeat([]byte{7}, n)
		var issued *handshake.Session
		server.override = func(ev handshake.Event) bool {
			if ev == handshake.TicketWanted {
				issued = server.Session()
				server.IssueTicket(60, ticket)
			}
			return ev == handshake.TicketWanted
		}
		play(client, server)
		if n > wire.MaxTicket {
			if a, sent := alertOf(server); a != spec.InternalError || !sent {
				t.Errorf("%d octets: %v", n, server.err)
			}
			continue
		}
		established(t, client, server)
		mine := client.Session()
		if n == 0 {
			if mine != nil || slices.Contains(client.events, handshake.SessionIssued) {
				t.Errorf("without a ticket: %+v", mine)
			}
			continue
		}
		if mine == nil || !bytes.Equal(mine.Ticket, ticket) || mine.LifetimeHint != 60 || !slices.Contains(client.events, handshake.SessionIssued) {
			t.Fatalf("%d octets: %+v", n, mine)
		}
		if n > 1000 {
			continue // too long to offer
		}
		for _, id := range []handshake.IDChoice{handshake.DefaultID, handshake.EmptyID} {
			client, server := pair(t, config(), config(), &handshake.ClientParams{Session: mine, SessionID: id})
			server.sessions[string(ticket)] = issued
			play(client, server)
			established(t, client, server)
			if c, s := client.Info().Resumed, server.Info().Resumed; c != spec.ByTicket || s != spec.ByTicket {
				t.Errorf("a ticket of %d octets, Session ID %v: resumed by %v and %v", n, id, c, s)
			}
		}
	}
}

// TestAnswersMadeElsewhere: what a machine says is to be signed and decrypted is
// enough for who has the key.
func TestAnswersMadeElsewhere(t *testing.T) {
	for _, suite := range []spec.SuiteID{ecdhe, staticRSA} {
		client, server := pair(t, &handshake.Config{Suites: []spec.SuiteID{suite}}, &handshake.Config{ClientAuth: handshake.RequireClientAuth}, &handshake.ClientParams{})
		client.certs = []testcert.Chain{testcert.Client(testcert.Ed25519)}
		for _, s := range []*side{client, server} {
			s.override = func(ev handshake.Event) bool {
				switch ev {
				case handshake.SignWanted:
					scheme, input := s.ToSign()
					sig, err := kx.Sign(s.chosen().Key, scheme, input)
					if err != nil {
						t.Fatal(err)
					}
					s.Signature(sig)
				case handshake.DecryptWanted:
					ciphertext, offered := s.ToDecrypt()
					premaster, err := kx.DecryptPremaster(nil, s.chosen().Key.(crypto.Decrypter), ciphertext, offered)
					if err != nil || offered != spec.TLS12 {
						t.Fatalf("%v, %v", offered, err)
					}
					s.Premaster(premaster)
				default:
					return false
				}
				return true
			}
		}
		play(client, server)
		established(t, client, server)
	}
}

// TestPremasterLength: RFC 5246, Section 7.4.7.1: a decrypted premaster secret
// has 48 octets, whatever came.
func TestPremasterLength(t *testing.T) {
	for _, n := range []int{0, 47, 49} {
		client, server := pair(t, &handshake.Config{Suites: []spec.SuiteID{staticRSA}}, &handshake.Config{}, &handshake.ClientParams{})
		server.override = func(ev handshake.Event) bool {
			if ev == handshake.DecryptWanted {
				server.Premaster(make([]byte, n))
			}
			return ev == handshake.DecryptWanted
		}
		play(client, server)
		if a, sent := alertOf(server); a != spec.InternalError || !sent {
			t.Errorf("%d octets: %v", n, server.err)
		}
	}
}

// TestCertificateSchemes: RFC 5246, Sections 7.4.3 and 7.4.8: a certificate that
// signs in some schemes only is used with the first of them that the peer takes,
// and not where the peer takes none.
func TestCertificateSchemes(t *testing.T) {
	for _, c := range []struct {
		name string
		own  []spec.SignatureScheme
		want spec.SignatureScheme
	}{
		{"the second in common", []spec.SignatureScheme{spec.RSAPKCS1SHA384, spec.RSAPSSRSAESHA512, spec.RSAPKCS1SHA512}, spec.RSAPSSRSAESHA512},
		{"none in common", []spec.SignatureScheme{spec.RSAPKCS1SHA384}, 0},
	} {
		for _, by := range []spec.Role{spec.Client, spec.Server} {
			listed := []spec.SignatureScheme{spec.RSAPKCS1SHA512, spec.RSAPSSRSAESHA512}
			config := func() *handshake.Config {
				return &handshake.Config{Suites: []spec.SuiteID{ecdhe}, Schemes: listed, ClientAuth: handshake.RequestClientAuth}
			}
			client, server := pair(t, config(), config(), &handshake.ClientParams{})
			signer := []*side{spec.Client: client, spec.Server: server}[by]
			own := certificate(testcert.Server(testcert.RSA))
			own.Schemes = c.own
			signer.certs = []testcert.Chain{testcert.Server(testcert.RSA)}
			signed := spec.SignatureScheme(0)
			signer.override = func(ev handshake.Event) bool {
				switch ev {
				case handshake.CertificateWanted:
					if supports := signer.Supports(own); supports != (c.want != 0) {
						t.Errorf("%s, %v: could serve: %v", c.name, by, supports)
					}
					if c.want != 0 {
						signer.UseCertificate(own)
					} else {
						signer.NoCertificate()
					}
				case handshake.SignWanted:
					signed, _ = signer.ToSign()
					return false
				default:
					return false
				}
				return true
			}
			play(client, server)
			if signed != c.want {
				t.Errorf("%s, %v: signed in %v, want %v", c.name, by, signed, c.want)
			}
			if c.want != 0 || by == spec.Client {
				established(t, client, server)
			} else if a, sent := alertOf(server); a != spec.HandshakeFailure || !sent {
				t.Errorf("%s: %v", c.name, server.err)
			}
		}
	}
}
