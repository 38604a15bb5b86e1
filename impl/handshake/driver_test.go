package handshake_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// opaque and pacKey are the ticket and the key of the tests' PAC.
var (
	opaque = []byte("opaque to the client")
	pacKey = bytes.Repeat([]byte{0x5a}, 32)
)

// side is a machine with all that answers it.
type side struct {
	*handshake.Machine

	// override answers instead of what follows, if it returns true.
	override func(handshake.Event) bool

	key      []byte                        // PAC key; nil declines
	suite    spec.SuiteID                  // named beside the secret
	certs    []testcert.Chain              // the first that will do
	sessions map[string]*handshake.Session // of a server, by Session ID or ticket

	inbox  [][]byte // records on their way to it, where walk has left it
	events []handshake.Event
	data   []byte
	err    error
}

func newSide(m *handshake.Machine, certs ...testcert.Chain) *side {
	return &side{Machine: m, certs: certs, sessions: map[string]*handshake.Session{}}
}

// step runs the machine on in, and returns what it sends and what it leaves.
func (s *side) step(in []byte) (out, rest []byte) {
	for range 1 << 16 {
		var n int
		var ev handshake.Event
		out, n, ev, s.err = s.Step(out, in)
		in = in[n:]
		if s.err != nil {
			return out, nil
		}
		if ev != handshake.Progress && ev != handshake.NeedInput {
			s.events = append(s.events, ev)
		}
		switch {
		case ev == handshake.NeedInput || ev == handshake.CloseNotify:
			return out, in
		case ev == handshake.Progress:
			s.done()
		case s.override != nil && s.override(ev):
		default:
			s.answer(ev)
		}
	}
	panic("the machine has no end of events")
}

// done: after Progress, without another record, there is nothing left to do.
func (s *side) done() {
	if out, n, ev, err := s.Step(nil, nil); len(out) > 0 || n > 0 || ev != handshake.NeedInput || err != nil {
		panic(fmt.Sprintf("after Progress in %v there come %v, %v and %d octets", s.State(), ev, err, len(out)))
	}
}

func (s *side) answer(ev handshake.Event) {
	switch ev {
	case handshake.SecretWanted:
		s.answerSecret()
	case handshake.SessionWanted:
		id, ticket := s.Offered()
		if found := s.sessions[string(id)+string(ticket)]; found != nil {
			s.ResumeSession(found)
		} else {
			s.NoSession()
		}
	case handshake.CertificateWanted:
		s.answerCertificate()
	case handshake.VerifyWanted:
		for der := range s.PeerChain().All() {
			leaf, err := x509.ParseCertificate(der)
			if err != nil {
				s.Abort(spec.BadCertificate, err)
				return
			}
			s.PeerVerified(leaf.PublicKey)
			return
		}
	case handshake.SignWanted:
		s.SignWith(s.chosen().Key)
	case handshake.DecryptWanted:
		s.DecryptWith(s.chosen().Key.(crypto.Decrypter))
	case handshake.ConfirmWanted:
		s.Confirm()
	case handshake.TicketWanted:
		s.sessions["a ticket"] = s.Session()
		s.IssueTicket(3600, []byte("a ticket"))
	case handshake.SessionIssued:
		s.sessions[string(s.Session().ID)] = s.Session()
	case handshake.Data:
		s.data = append(s.data, s.Data()...)
	}
}

func (s *side) answerSecret() {
	if s.key == nil {
		s.DeclineSecret()
		return
	}
	var secret [48]byte
	new(prf.PRF).SessionSecret(secret[:], s.key, s.ServerRandom(), s.ClientRandom())
	s.AcceptSecret(secret[:], s.suite)
}

func certificate(c testcert.Chain) handshake.Certificate {
	_, decrypts := c.Key.(crypto.Decrypter)
	return handshake.Certificate{Chain: wire.MakeChain(c.DER...), PublicKey: c.Leaf.PublicKey, Decrypts: decrypts}
}

func (s *side) answerCertificate() {
	for _, c := range s.certs {
		if s.CertificateRequest() != nil || s.Supports(certificate(c)) {
			s.UseCertificate(certificate(c))
			return
		}
	}
	s.NoCertificate()
}

// chosen is the certificate that answerCertificate has taken: of the kind that
// the signature needs, or the one RSA key.
func (s *side) chosen() testcert.Chain {
	for _, c := range s.certs {
		if s.CertificateRequest() != nil || s.Supports(certificate(c)) {
			return c
		}
	}
	return s.certs[0]
}

// play lets both sides talk until nobody says anything more.
func play(client, server *side) {
	toServer, _ := client.step(nil)
	for i := 0; i < 20 && (len(toServer) > 0); i++ {
		toClient, _ := server.step(toServer)
		toServer = nil
		if len(toClient) > 0 {
			toServer, _ = client.step(toClient)
		}
	}
}

// pair makes both sides. A nil config is a zero one; randomness is fixed.
func pair(t testing.TB, cc, sc *handshake.Config, p *handshake.ClientParams) (client, server *side) {
	t.Helper()
	if cc.Rand == nil {
		cc.Rand = newRandom(1)
	}
	if sc.Rand == nil {
		sc.Rand = newRandom(2)
	}
	c, err := handshake.NewClient(cc, p)
	if err != nil {
		t.Fatal(err)
	}
	client, server = newSide(c), newSide(handshake.NewServer(sc), testcert.Server(testcert.RSA), testcert.Server(testcert.ECDSA))
	client.key, server.key = pacKey, pacKey
	t.Cleanup(func() { client.Release(); server.Release() })
	return client, server
}

// newRandom returns a source that is the same in every run.
func newRandom(seed byte) *rand.ChaCha8 {
	var s [32]byte
	s[0] = seed
	return rand.NewChaCha8(s)
}

// established fails the test unless both sides are, and data flows both ways.
func established(t testing.TB, client, server *side) {
	t.Helper()
	if client.err != nil || server.err != nil {
		t.Fatalf("client: %v\nserver: %v", client.err, server.err)
	}
	if client.State() != spec.Established || server.State() != spec.Established {
		t.Fatalf("client in %v, server in %v", client.State(), server.State())
	}
	for _, d := range []struct {
		from, to *side
		text     string
	}{{client, server, "ping"}, {server, client, "a longer pong"}} {
		sealed, err := d.from.Seal(nil, []byte(d.text))
		if err != nil {
			t.Fatal(err)
		}
		d.to.data = nil
		d.to.step(sealed)
		if string(d.to.data) != d.text || d.to.err != nil {
			t.Fatalf("%q arrived as %q: %v", d.text, d.to.data, d.to.err)
		}
	}
}

// alertOf returns the alert of a side's failure, and whether it sent it.
func alertOf(s *side) (spec.AlertDescription, bool) {
	var e *handshake.Error
	if !errors.As(s.err, &e) {
		return spec.AlertNone, false
	}
	return e.Alert, e.Sent
}

// records cuts what was sent in the clear into records.
func records(b []byte) (all [][]byte) {
	for len(b) >= 5 {
		n := 5 + int(binary.BigEndian.Uint16(b[3:]))
		all = append(all, b[:n])
		b = b[n:]
	}
	return all
}
