package interop

import (
	"bytes"
	"context"
	"errors"
	"net"
	"slices"
	"sync/atomic"

	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// Sesame is impl/tls. Its session cache and ticket keys last from one
// connection to the next.
type Sesame struct {
	sessions tls.ServerSessionCache
}

// NewSesame returns impl/tls with an empty session cache.
func NewSesame() *Sesame { return &Sesame{sessions: tls.NewLRUServerSessionCache(0)} }

// Name returns "sesame".
func (e *Sesame) Name() string { return "sesame" }

var errCallback = errors.New("interop: the callback fails")

// Connect implements [End].
func (e *Sesame) Connect(ctx context.Context, conn net.Conn, s Setup) Outcome {
	config, calls, cache := e.config(s)
	c := tls.Server(held{conn}, config)
	if s.Role == spec.Client {
		c = tls.Client(held{conn}, config)
	}
	defer hangUp(conn)
	o := Outcome{Sent: spec.AlertNone, Received: spec.AlertNone}
	err := c.HandshakeContext(ctx)
	if err == nil {
		state := c.ConnectionState()
		o.Established, o.Version, o.Suite = true, spec.Version(state.Version), spec.SuiteID(state.CipherSuite)
		o.Resumed, o.EMS = state.ResumedBy, state.ExtendedMasterSecret
		o.ALPN, o.PeerCertificate = state.NegotiatedProtocol, len(state.PeerCertificates) > 0
		o.DataOK, o.Closed, err = talk(c, s)
		if cache != nil {
			o.Session = cache
		}
		c.Close()
	}
	o.Calls = int(calls.Load())
	if err != nil {
		o.Err = err.Error()
		var alert *tls.AlertError
		switch {
		case errors.As(err, &alert) && alert.Sent:
			o.Sent = alert.Alert
		case alert != nil && alert.Received:
			o.Received = alert.Alert
		}
	}
	return o
}

func (e *Sesame) config(s Setup) (*tls.Config, *atomic.Int32, tls.ClientSessionCache) {
	config := &tls.Config{
		MinVersion: uint16(s.Min), MaxVersion: uint16(s.Max), SessionTicketsDisabled: !s.Tickets, ResumeWithoutEMS: true,
		ExtendedMasterSecret: policy(s.EMS, s.NeedsEMS), EncryptThenMAC: policy(s.EtM, false), Tracer: s.Tracer,
	}
	for _, id := range s.Suites {
		config.CipherSuites = append(config.CipherSuites, uint16(id))
	}
	config.AllowAnonymous = slices.ContainsFunc(s.Suites, func(id spec.SuiteID) bool {
		suite, _ := spec.SuiteByID(id)
		return suite.KeyExchange.Anonymous()
	})
	if s.ALPN != "" {
		config.NextProtos = []string{s.ALPN}
	}
	if s.Identity.Key != nil {
		config.Certificates = []tls.Certificate{{Certificate: [][]byte{s.Identity.DER}, PrivateKey: s.Identity.Key}}
	}
	calls := new(atomic.Int32)
	if s.Role == spec.Server {
		e.server(config, s, calls)
		return config, calls, nil
	}
	return config, calls, client(config, s, calls)
}

func (e *Sesame) server(config *tls.Config, s Setup, calls *atomic.Int32) {
	config.SetSessionTicketKeys([][32]byte{{1}})
	config.ServerSessionCache, config.ClientCAs, config.TicketIsClientAuth = e.sessions, s.PKI.Pool, s.StandsIn
	switch s.Ask {
	case spec.ClientAuthRequest:
		config.ClientAuth = tls.VerifyClientCertIfGiven
	case spec.ClientAuthRequire:
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	if s.Callback == spec.CallbackUnset || s.Callback == spec.CallbackOpen {
		return
	}
	config.AcceptTicket = func(_ context.Context, h *tls.TicketHello) (*tls.SessionSecret, error) {
		calls.Add(1)
		if s.PACOpaque != nil && !bytes.Equal(h.Ticket, s.PACOpaque) {
			return nil, nil
		}
		return answer(s, h.ServerRandom, h.ClientRandom)
	}
}

func client(config *tls.Config, s Setup, calls *atomic.Int32) tls.ClientSessionCache {
	config.ServerName, config.RootCAs, config.OfferSessionID = ServerName, s.PKI.Pool, s.SessionID == spec.IDFresh
	cache, _ := s.Session.(tls.ClientSessionCache)
	if cache == nil {
		cache = tls.NewLRUClientSessionCache(0)
	}
	config.ClientSessionCache = cache
	if s.PACOpaque != nil || s.Callback > spec.CallbackUnset {
		config.OfferTicket = func(context.Context, *tls.TicketRequest) (*tls.TicketOffer, error) {
			if s.PACOpaque == nil {
				return nil, nil
			}
			return &tls.TicketOffer{Ticket: s.PACOpaque, Secret: func(_ context.Context, h *tls.ServerHelloInfo) (*tls.SessionSecret, error) {
				calls.Add(1)
				return answer(s, h.ServerRandom, h.ClientRandom)
			}}, nil
		}
	}
	return cache
}

// answer is what either side's callback returns.
func answer(s Setup, serverRandom, clientRandom []byte) (*tls.SessionSecret, error) {
	secret := &tls.SessionSecret{Secret: make([]byte, prf.MasterSecretSize), CipherSuite: uint16(s.Named)}
	new(prf.PRF).SessionSecret(secret.Secret, s.PACKey, serverRandom, clientRandom)
	switch s.Callback {
	case spec.CallbackDecline:
		return nil, nil
	case spec.CallbackFail:
		return nil, errCallback
	case spec.CallbackWrongLength:
		secret.Secret = append(secret.Secret, make([]byte, max(0, s.Length-len(secret.Secret)))...)[:s.Length]
	}
	return secret, nil
}

func policy(willing, required bool) tls.Policy {
	switch {
	case required:
		return tls.Require
	case willing:
		return tls.Offer
	}
	return tls.Never
}
