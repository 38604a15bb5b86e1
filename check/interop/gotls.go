package interop

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"

	"github.com/sesame-tls/sesame/spec"
)

// GoTLS is crypto/tls. It has no session-secret callback, no stateful
// resumption, no encrypt_then_mac, and always extended_master_secret.
type GoTLS struct {
	once sync.Once
	key  [32]byte // of its tickets; the same for all connections, and no secret
}

// Name returns "crypto/tls".
func (g *GoTLS) Name() string { return "crypto/tls" }

// GoSuites returns the suites that crypto/tls implements.
func GoSuites() []spec.SuiteID {
	var ids []spec.SuiteID
	for _, list := range [][]*tls.CipherSuite{tls.CipherSuites(), tls.InsecureCipherSuites()} {
		for _, s := range list {
			if _, ok := spec.SuiteByID(spec.SuiteID(s.ID)); ok {
				ids = append(ids, spec.SuiteID(s.ID))
			}
		}
	}
	return ids
}

// Connect implements [End].
func (g *GoTLS) Connect(ctx context.Context, conn net.Conn, s Setup) Outcome {
	config, cache := g.config(s)
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
		o.ALPN, o.PeerCertificate = state.NegotiatedProtocol, len(state.PeerCertificates) > 0
		if state.DidResume {
			o.Resumed = spec.ByTicket
		}
		_, exportErr := state.ExportKeyingMaterial("EXPORTER interop", nil, 16)
		o.EMS = exportErr == nil // RFC 7627, Section 5.4
		o.DataOK, o.Closed, err = talk(c, s)
		if cache != nil {
			o.Session = cache
		}
		c.Close()
	}
	if err != nil {
		o.Err = err.Error()
		var alert tls.AlertError
		if errors.As(err, &alert) {
			o.Received = spec.AlertDescription(alert)
		}
	}
	return o
}

func (g *GoTLS) config(s Setup) (*tls.Config, tls.ClientSessionCache) {
	g.once.Do(func() { g.key[0] = 1 })
	config := &tls.Config{MinVersion: uint16(s.Min), MaxVersion: uint16(s.Max), SessionTicketsDisabled: !s.Tickets}
	for _, id := range s.Suites {
		config.CipherSuites = append(config.CipherSuites, uint16(id))
	}
	if s.ALPN != "" {
		config.NextProtos = []string{s.ALPN}
	}
	if s.Identity.Key != nil {
		config.Certificates = []tls.Certificate{{Certificate: [][]byte{s.Identity.DER}, PrivateKey: s.Identity.Key}}
	}
	if s.Role == spec.Server {
		config.SetSessionTicketKeys([][32]byte{g.key})
		config.ClientCAs = s.PKI.Pool
		switch s.Ask {
		case spec.ClientAuthRequest:
			config.ClientAuth = tls.VerifyClientCertIfGiven
		case spec.ClientAuthRequire:
			config.ClientAuth = tls.RequireAndVerifyClientCert
		}
		return config, nil
	}
	config.ServerName, config.RootCAs = ServerName, s.PKI.Pool
	cache, _ := s.Session.(tls.ClientSessionCache)
	if cache == nil {
		cache = tls.NewLRUClientSessionCache(1)
	}
	config.ClientSessionCache = cache
	return config, cache
}
