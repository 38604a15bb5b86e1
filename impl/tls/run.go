package tls

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// run is what one handshake knows beside its machine. Only the goroutine that
// runs the handshake uses it, and nobody else the machine meanwhile.
type run struct {
	*Conn
	machine *handshake.Machine
	config  *Config

	offer       *TicketOffer // a client's opaque ticket
	sessionPeer *peerChain   // the peer of the session that is offered
	peer        *peerChain   // the peer of this handshake's Certificate
	key         *Certificate // the own one in use
	ticketState any          // SessionSecret.State
	keyLogged   bool
}

// start makes the machine.
func (c *Conn) start(ctx context.Context) (*run, error) {
	r := &run{Conn: c, config: c.config}
	if err := r.makeMachine(ctx); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.machine = r.machine
	return r, nil
}

func (r *run) makeMachine(ctx context.Context) (err error) {
	if !r.isClient {
		if err := r.config.checkServer(); err != nil {
			return err
		}
		d, err := r.config.derive()
		if err != nil {
			return err
		}
		r.machine = handshake.NewServer(&d.server)
		return nil
	}
	if r.serverName == "" && !r.config.InsecureSkipVerify {
		return errors.New("tls: a client needs Config.ServerName or Config.InsecureSkipVerify")
	}
	d, err := r.config.derive()
	if err != nil {
		return err
	}
	name := hostname(r.serverName)
	if hello := (wire.ClientHello{ServerName: []byte(name)}); name != "" && !hello.ValidServerName() {
		return fmt.Errorf("tls: %q is no DNS host name, and cannot be a ServerName", r.serverName)
	}
	p := handshake.ClientParams{ServerName: name, HasSecret: r.config.OfferTicket != nil, Fallback: r.config.Fallback}
	if err := r.offerTicket(ctx, &p); err != nil {
		return err
	}
	if r.offer == nil {
		r.offerSession(&p)
	}
	r.machine, err = handshake.NewClient(&d.client, &p)
	return err
}

// answer answers one question of the machine.
func (r *run) answer(ctx context.Context, ev handshake.Event) {
	var err error
	switch ev {
	case handshake.SecretWanted:
		err = r.secret(ctx)
	case handshake.SessionWanted:
		r.session()
	case handshake.CertificateWanted:
		err = r.certificate(ctx)
	case handshake.VerifyWanted:
		err = r.verifyPeer()
	case handshake.SignWanted:
		err = r.machine.SignWith(r.key.PrivateKey)
	case handshake.DecryptWanted:
		err = r.machine.DecryptWith(r.key.decrypter())
	case handshake.ConfirmWanted:
		err = r.confirm()
	case handshake.TicketWanted:
		err = r.issueTicket()
	case handshake.SessionIssued:
		r.keepSession()
	}
	if err != nil {
		r.machine.Abort(alertOf(err, spec.InternalError), err)
	}
}

// verifyPeer verifies the peer's Certificate.
func (r *run) verifyPeer() (err error) {
	raw := rawChain(r.machine.PeerChain())
	if r.isClient {
		r.peer, err = r.config.serverChain(raw, r.serverName, keyExchange(r.machine.Info().Suite))
	} else {
		r.peer, err = r.config.clientChain(raw)
	}
	if err != nil {
		return err
	}
	if r.config.VerifyPeerCertificate != nil {
		if err := r.config.VerifyPeerCertificate(raw, r.peer.verified); err != nil {
			return &refusal{alertOf(err, spec.BadCertificate), err}
		}
	}
	r.machine.PeerVerified(r.peer.certificates[0].PublicKey)
	return nil
}

// confirm runs VerifyConnection: the peer's Finished has verified.
func (r *run) confirm() error {
	if err := r.config.VerifyConnection(r.connectionState()); err != nil {
		return &refusal{alertOf(err, spec.BadCertificate), err}
	}
	r.machine.Confirm()
	return nil
}

// finish ends a handshake that is established: a session that it leaves is kept,
// and then the last flight is sent. A client that has read it may resume the
// session at once, on another connection.
func (r *run) finish(ctx context.Context) error {
	for {
		ev, err := r.step(nil, nil)
		if err != nil {
			return r.failed(err)
		}
		if ev == handshake.NeedInput {
			break
		}
		r.answer(ctx, ev)
	}
	if err := r.flush(); err != nil {
		return err
	}
	r.state = r.connectionState()
	r.state.HandshakeComplete = true
	return nil
}

// connectionState is what is agreed on once the peer's Finished has verified.
func (r *run) connectionState() ConnectionState {
	info := r.machine.Info()
	s := ConnectionState{
		Version:              uint16(info.Version),
		CipherSuite:          uint16(info.Suite),
		DidResume:            info.Resumed != spec.Full,
		ResumedBy:            info.Resumed,
		SessionSecretSuite:   uint16(info.PreferredSuite),
		NegotiatedProtocol:   info.Protocol,
		ServerName:           info.ServerName,
		ExtendedMasterSecret: info.ExtendedMasterSecret,
		EncryptThenMAC:       info.EncryptThenMAC,
		SecureRenegotiation:  info.SecureRenegotiation,
		Group:                info.Group,
		SignatureScheme:      info.Scheme,
	}
	all := slices.Concat(r.machine.ClientRandom(), r.machine.ServerRandom(), info.SessionID)
	s.ClientRandom, s.ServerRandom, s.SessionID = all[:randomSize:randomSize], all[randomSize:2*randomSize:2*randomSize], all[2*randomSize:]
	var peer *peerChain
	switch info.Resumed {
	case spec.Full:
		peer = r.peer
	case spec.BySessionID, spec.ByTicket:
		peer = r.sessionPeer
	case spec.BySessionSecret:
		s.TicketState = r.ticketState
	}
	if peer != nil {
		s.PeerCertificates, s.VerifiedChains = peer.certificates, peer.verified
	}
	return s
}

// logKey writes the key log's line once the master secret is in force. If that
// fails, it is the handshake's failure.
func (r *run) logKey() bool {
	if r.keyLogged {
		return true
	}
	random, master := r.machine.KeyLog()
	if r.keyLogged = random != nil; !r.keyLogged || len(master) != masterSecretSize {
		return true
	}
	if err := writeKeyLog(r.config.KeyLogWriter, random, master); err != nil {
		r.machine.Abort(spec.InternalError, fmt.Errorf("tls: key log: %w", err))
		return false
	}
	return true
}

// keyExchange is the suite's.
func keyExchange(id spec.SuiteID) spec.KeyExchange {
	s, _ := spec.SuiteByID(id)
	return s.KeyExchange
}

// rawChain is a chain as its certificates.
func rawChain(chain wire.Chain) [][]byte {
	var raw [][]byte
	for der := range chain.All() {
		raw = append(raw, der)
	}
	return raw
}
