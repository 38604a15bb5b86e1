package fast

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/spec"
)

// phase is where a session stands.
type phase uint8

const (
	starting phase = iota // nothing has come
	shaking               // phase 1
	inner                 // phase 2: an inner method runs
	binding               // phase 2: Crypto-Binding has been sent
	closing               // phase 2: Result has been sent, and success is left to answer
	failing               // the end is known: whatever comes next, EAP-Failure follows
	ended
)

// Report is what a conversation has come to: for logs and metrics.
type Report struct {
	Tunnel   Tunnel
	Version  spec.Version
	Suite    spec.SuiteID
	Identity string    // whom an inner method or a PAC has authenticated; "": nobody
	Method   eap.Type  // the inner method; 0: none
	Issued   []PACType // PACs that were issued, at a peer those that were stored
	Declined error     // why a PAC was declined; nil: none was
	Reason   error     // why there is no access; nil: there is
}

// Session is one conversation of a server: an [eap.ServerMethod]. It is not
// safe for concurrent use.
type Session struct {
	server *Server
	tunnel tunnel
	phase  phase
	grant  *Grant // of the PAC that was accepted
	phase2 phase2
	report Report
	keys   eap.Keys
	now    time.Time
	// restarts counts how often phase 1 has begun again. Only where it has broken
	// in phase 1 may it: what phase 2 has come to is not undone.
	restarts    uint8
	restartable bool
}

// maxRestarts bounds how often one conversation may begin phase 1 again after an
// alert of the server's.
const maxRestarts = 1

// NewSession returns a session that begins with Start.
func (s *Server) NewSession() *Session {
	return &Session{server: s, tunnel: tunnel{fragments: eap.Fragments{Version: Version, Limit: maxTunnelMessage}, trace: s.config.Tracer, keyLog: s.config.KeyLogWriter}}
}

// Report returns what the session has come to so far.
func (s *Session) Report() Report { return s.report }

// Keys implements [eap.ServerMethod].
func (s *Session) Keys() eap.Keys { return s.keys }

// Release implements [eap.ServerMethod].
func (s *Session) Release() {
	s.phase2.release()
	s.tunnel.release()
	s.grant, s.keys, s.phase = nil, eap.Keys{}, ended
}

var (
	errVersion   = errors.New("fast: the peer speaks another version of EAP-FAST (RFC 4851, Section 3.1)")
	errEmpty     = errors.New("fast: an empty packet in the middle of the handshake")
	errAnonymous = errors.New("fast: anonymous provisioning gives no access (RFC 5422, Section 3.5)")
)

// Step implements [eap.ServerMethod]. Data may be overwritten.
func (s *Session) Step(out, data []byte, t *eap.Turn) ([]byte, eap.Verdict) {
	s.now = t.Now
	if s.phase == starting {
		s.begin()
		return s.server.startData(out), eap.More
	}
	if len(data) > 0 && eap.Flags(data[0]).Version() != Version {
		return s.reject(out, errVersion)
	}
	arrival, err := s.tunnel.fragments.Receive(data)
	if err != nil {
		return s.reject(out, err)
	}
	if arrival == eap.Whole {
		message, verdict := s.message(s.tunnel.fragments.Message())
		if verdict != eap.More {
			s.phase = ended
			return out, verdict
		}
		s.tunnel.fragments.Send(message)
	}
	return s.tunnel.fragments.Append(out, t.MTU), eap.More
}

func (s *Session) begin() {
	s.tunnel.machine = handshake.NewServer(s.server.tls)
	s.phase = shaking
}

func (s *Session) reject(out []byte, err error) ([]byte, eap.Verdict) {
	s.fail(err)
	s.phase = ended
	return out, eap.Reject
}

// fail notes why there is no access: the first reason counts.
func (s *Session) fail(err error) {
	if s.report.Reason == nil {
		s.report.Reason = err
	}
}

// message takes one message, and returns the next one to send.
func (s *Session) message(in []byte) ([]byte, eap.Verdict) {
	if s.phase == failing && s.restartable && isClientHello(in) {
		s.restart()
	}
	switch {
	case s.phase == failing || s.phase == ended:
		return nil, eap.Reject // RFC 4851, Section 3.6.1 and 3.6.2: whatever the peer has answered
	case len(in) == 0 && s.phase == shaking && s.tunnel.established():
		return s.beginPhase2(nil, nil) // the acknowledgement of the server's Finished
	case len(in) == 0:
		s.fail(errEmpty)
		return nil, eap.Reject
	}
	wasUp := s.tunnel.established()
	out, data, err := s.tunnel.feed(in, s.answer)
	switch {
	case err != nil:
		return s.broken(out, err)
	case !s.tunnel.established():
		return out, eap.More
	case s.phase != shaking:
		return s.phase2Message(out, data)
	case wasUp:
		return s.beginPhase2(out, data)
	}
	return s.up(out, data)
}

// up goes on once the peer's Finished has verified: with a PAC or a session it
// comes last, so that phase 2 begins; else the server's own goes out first.
func (s *Session) up(out []byte, data [][]byte) ([]byte, eap.Verdict) {
	if s.tunnel.machine.Info().Resumed == spec.Full && len(data) == 0 && !s.server.config.Piggyback {
		return out, eap.More
	}
	return s.beginPhase2(out, data)
}

// restart begins phase 1 again, as if nothing had been said since Start (RFC
// 4851, Section 3.6.1).
func (s *Session) restart() {
	s.restarts++
	s.restartable = false
	s.tunnel.restart()
	s.grant, s.report = nil, Report{}
	s.begin()
}

// isClientHello reports whether a message begins with a record that begins a
// ClientHello.
func isClientHello(message []byte) bool {
	return len(message) > record.HeaderSize && spec.ContentType(message[0]) == spec.ContentHandshake &&
		spec.HandshakeMessage(message[record.HeaderSize]) == spec.ClientHello
}

// broken ends phase 1, or the tunnel: the alert goes out in a request, and
// EAP-Failure follows, unless the peer answers with a ClientHello where a restart
// is left to it (RFC 4851, Section 3.6.1).
func (s *Session) broken(out []byte, err error) ([]byte, eap.Verdict) {
	s.fail(err)
	if id, doomed := s.tunnel.machine.Doomed(); doomed {
		s.server.sessions.forget(id)
	}
	if len(out) == 0 {
		return nil, eap.Reject
	}
	s.restartable = s.phase == shaking && s.restarts < maxRestarts
	s.phase = failing
	return out, eap.More
}

// answer answers the machine's questions.
func (s *Session) answer(ev handshake.Event) {
	m, c := s.tunnel.machine, &s.server.config
	switch ev {
	case handshake.SecretWanted:
		s.answerSecret()
	case handshake.SessionWanted:
		id, _ := m.Offered()
		if found := s.server.sessions.find(id, s.now); found != nil {
			m.ResumeSession(found)
		} else {
			m.NoSession()
		}
	case handshake.SessionIssued:
		// A session of an anonymous tunnel would authenticate nobody when it is resumed.
		if suite, ok := spec.SuiteByID(m.Info().Suite); ok && !suite.KeyExchange.Anonymous() {
			session := m.Session()
			session.Created = s.now.Unix()
			s.server.sessions.put(session)
		}
	case handshake.CertificateWanted:
		if own := s.server.own; own != nil && m.Supports(*own) {
			m.UseCertificate(*own)
		} else {
			m.NoCertificate()
		}
	case handshake.SignWanted:
		if err := m.SignWith(c.Certificate.PrivateKey.(crypto.Signer)); err != nil {
			s.fail(err)
		}
	case handshake.DecryptWanted:
		if err := m.DecryptWith(c.Certificate.PrivateKey.(crypto.Decrypter)); err != nil {
			s.fail(err)
		}
	case handshake.VerifyWanted:
		verifyChain(m, x509.VerifyOptions{
			Roots: c.ClientCAs, CurrentTime: s.now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		})
	}
}

// answerSecret opens the PAC-Opaque in the ticket. Whatever is wrong with it
// leads to a full handshake (RFC 5077, Section 3.2).
func (s *Session) answerSecret() {
	m := s.tunnel.machine
	grant, err := s.server.openPAC(m.Hello().Ticket, s.now)
	if err != nil {
		s.report.Declined = err
		m.DeclineSecret()
		return
	}
	secret := s.tunnel.sessionSecret(grant.Key[:])
	m.AcceptSecret(secret[:], 0)
	clear(secret[:])
	s.grant = grant
}

// beginPhase2 begins phase 2, in which nothing was said yet. Out goes before
// it.
func (s *Session) beginPhase2(out []byte, data [][]byte) ([]byte, eap.Verdict) {
	if err := s.tunnel.begin(s.server.config.Quirks); err != nil {
		s.fail(err)
		return nil, eap.Reject
	}
	s.report.Tunnel, s.report.Version, s.report.Suite = s.tunnel.kind, s.tunnel.version, s.tunnel.suite
	if s.tunnel.kind != ByPAC {
		s.grant = nil
	}
	if s.tunnel.kind == AnonymousTunnel && s.server.config.Provisioning != AnonymousProvisioning {
		s.fail(fmt.Errorf("fast: an anonymous tunnel where none is allowed"))
		return nil, eap.Reject
	}
	message, verdict := s.open(data)
	return s.sealed(out, message, verdict)
}

// phase2Message takes one message of the tunnel.
func (s *Session) phase2Message(out []byte, data [][]byte) ([]byte, eap.Verdict) {
	var all []byte
	if len(data) == 1 {
		all = data[0]
	} else {
		all = slices.Concat(data...)
	}
	message, verdict := s.phase2Step(all)
	return s.sealed(out, message, verdict)
}

// sealed sends a message of phase 2.
func (s *Session) sealed(out, message []byte, verdict eap.Verdict) ([]byte, eap.Verdict) {
	if verdict != eap.More {
		return nil, verdict
	}
	out, err := s.tunnel.seal(out, message)
	if err != nil {
		s.fail(err)
		return nil, eap.Reject
	}
	return out, eap.More
}
