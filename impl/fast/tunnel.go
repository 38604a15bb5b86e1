package fast

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/mschapv2"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/spec"
)

// Tunnel is how phase 1 has authenticated.
type Tunnel uint8

// The tunnels.
const (
	NoTunnel        Tunnel = iota
	ByPAC                  // a PAC that the server has accepted
	BySession              // a session that was resumed
	ByCertificate          // the server's certificate
	AnonymousTunnel        // nobody
)

// String returns "none", "pac", "session", "certificate" or "anonymous".
func (t Tunnel) String() string {
	return [...]string{"none", "pac", "session", "certificate", "anonymous"}[t]
}

// maxTunnelMessage bounds a message of phase 1 or 2: a flight with a long chain
// of certificates fits.
const maxTunnelMessage = 1 << 16

// tunnel is one side's TLS and what EAP-FAST derives from it.
type tunnel struct {
	machine   *handshake.Machine
	fragments eap.Fragments
	rest      []byte // of a record that has yet to come in whole
	prf       prf.PRF
	keys      chain
	kind      Tunnel
	version   spec.Version
	suite     spec.SuiteID
	sessionID []byte
	// challenges are for MSCHAPv2 in an anonymous tunnel.
	challenges *mschapv2.Challenges
	// change is nil but in tests, which play a faulty side: it alters a message
	// before it is sealed.
	change func([]byte) []byte
	trace  func(sent bool, tlvs []byte) // nil: nobody looks
	keyLog io.Writer                    // nil: none
}

// feed runs the machine on a message. It returns what must be sent, and the
// application data that came, a message a record. Answer answers questions.
func (t *tunnel) feed(message []byte, answer func(handshake.Event)) (out []byte, data [][]byte, err error) {
	in := message
	if len(t.rest) > 0 {
		in, t.rest = append(t.rest, message...), nil
	}
	for {
		var n int
		var ev handshake.Event
		out, n, ev, err = t.machine.Step(out, in)
		in = in[n:]
		if err != nil {
			return out, nil, err
		}
		switch ev {
		case handshake.NeedInput, handshake.CloseNotify:
			// EAP's and TLS's borders are independent of each other: a record may go on in the next message.
			t.rest = append(t.rest, in...)
			return out, data, nil
		case handshake.Data:
			d := append([]byte(nil), t.machine.Data()...)
			if t.trace != nil {
				t.trace(false, d)
			}
			data = append(data, d)
		default:
			answer(ev)
		}
	}
}

// established reports whether both Finished have verified.
func (t *tunnel) established() bool { return t.machine != nil && t.machine.State() == spec.Established }

// begin derives what phase 2 starts from, once the tunnel stands.
func (t *tunnel) begin(q Quirks) error {
	info := t.machine.Info()
	suite, ok := spec.SuiteByID(info.Suite)
	if !ok {
		return fmt.Errorf("fast: the tunnel has no suite")
	}
	t.version, t.suite = info.Version, info.Suite
	if err := t.logKey(); err != nil {
		return err
	}
	switch {
	case info.Resumed == spec.BySessionSecret:
		t.kind = ByPAC
	case info.Resumed != spec.Full:
		t.kind = BySession
	case suite.KeyExchange.Anonymous():
		t.kind = AnonymousTunnel
	default:
		t.kind = ByCertificate
	}
	offset, h := q.seedPlace(info.Version, suite)
	var block [seedSize + 32]byte
	// RFC 5422, Section 3.3: session_key_seed, then ServerChallenge and ClientChallenge.
	seed, err := t.machine.AppendKeyBlock(block[:0], offset, len(block), h)
	if err != nil {
		return err
	}
	t.keys.begin(seed[:seedSize])
	if t.kind == AnonymousTunnel {
		t.challenges = &mschapv2.Challenges{Server: [16]byte(seed[seedSize:]), Peer: [16]byte(seed[seedSize+16:])}
	}
	clear(block[:])
	t.sessionID = sessionID(t.machine.ClientRandom(), t.machine.ServerRandom())
	return nil
}

// keyLogMu keeps the lines of conversations apart that share a writer.
var keyLogMu sync.Mutex

func (t *tunnel) logKey() error {
	if t.keyLog == nil {
		return nil
	}
	keyLogMu.Lock()
	defer keyLogMu.Unlock()
	random, master := t.machine.KeyLog()
	if _, err := fmt.Fprintf(t.keyLog, "CLIENT_RANDOM %x %x\n", random, master); err != nil {
		return fmt.Errorf("fast: key log: %w", err)
	}
	return nil
}

// sessionSecret is the master secret of a PAC.
func (t *tunnel) sessionSecret(pacKey []byte) (secret [prf.MasterSecretSize]byte) {
	t.prf.SessionSecret(secret[:], pacKey, t.machine.ServerRandom(), t.machine.ClientRandom())
	return secret
}

// seal appends one TLV message as one record of application data.
func (t *tunnel) seal(out, message []byte) ([]byte, error) {
	if t.change != nil {
		message = t.change(message)
	}
	if t.trace != nil {
		t.trace(true, message)
	}
	return t.machine.Seal(out, message)
}

// restart forgets the machine and what it has derived, but not how messages are
// carried.
func (t *tunnel) restart() {
	t.machine.Release()
	t.prf.Wipe()
	*t = tunnel{fragments: t.fragments, change: t.change, trace: t.trace}
}

func (t *tunnel) release() {
	if t.machine != nil {
		t.machine.Release()
	}
	t.prf.Wipe()
	*t = tunnel{fragments: eap.Fragments{Version: Version}}
}

// verifyChain verifies what the other side has sent, or fails the handshake.
func verifyChain(m *handshake.Machine, opts x509.VerifyOptions) {
	var leaf *x509.Certificate
	opts.Intermediates = x509.NewCertPool()
	for der := range m.PeerChain().All() {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			m.Abort(spec.BadCertificate, err)
			return
		}
		if leaf == nil {
			leaf = c
		} else {
			opts.Intermediates.AddCert(c)
		}
	}
	if leaf == nil {
		m.Abort(spec.BadCertificate, errors.New("fast: an empty chain of certificates"))
		return
	}
	if _, err := leaf.Verify(opts); err != nil {
		m.Abort(chainAlert(err), err)
		return
	}
	m.PeerVerified(leaf.PublicKey)
}

// chainAlert names what was wrong with a chain (RFC 5246, Section 7.2.2).
func chainAlert(err error) spec.AlertDescription {
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &unknown):
		return spec.UnknownCA
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return spec.CertificateExpired
	}
	return spec.BadCertificate
}
