package phase2

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"time"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/gtc"
	"github.com/sesame-tls/sesame/impl/mschapv2"
	"github.com/sesame-tls/sesame/spec"
)

// Who there is. The machine's PAC is anyone's user's.
const (
	user     = "ali"
	another  = "baba"
	machine  = "host/cave"
	password = "open sesame"
	wrong    = "open barley"
)

var authority = []byte("0123456789abcdef")

// world is what all runs share.
type world struct {
	now   time.Time
	cert  tls.Certificate
	leaf  *x509.Certificate
	roots *x509.CertPool
	ring  *fast.KeyRing
	hash  mschapv2.Hash
}

// Find makes a world a [fast.Users].
func (w *world) Find(name string) *fast.User {
	if name != user && name != another && name != machine {
		return nil
	}
	return &fast.User{Name: name, Hash: w.hash}
}

func newWorld() (*world, error) {
	w := &world{now: time.Now(), roots: x509.NewCertPool(), ring: new(fast.KeyRing)}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "server.test"}, DNSNames: []string{"server.test"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		NotBefore: w.now.Add(-time.Hour), NotAfter: w.now.Add(24 * time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	if w.leaf, err = x509.ParseCertificate(der); err != nil {
		return nil, err
	}
	w.roots.AddCert(w.leaf)
	w.cert = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: w.leaf}
	if w.hash, err = mschapv2.HashPassword(password); err != nil {
		return nil, err
	}
	_, err = w.ring.Rotate(w.now.Add(-time.Hour), 0, time.Hour)
	return w, err
}

// method is the EAP type of an inner method.
func method(m spec.InnerMethod) eap.Type {
	if m == spec.GTC {
		return gtc.Type
	}
	return mschapv2.Type
}

// server is the server of a scenario.
func (w *world) server(sc *spec.Phase2, trace func(bool, []byte)) (*fast.Server, error) {
	c := &fast.ServerConfig{
		AuthorityID: authority, AuthorityInfo: "the cave", Keys: w.ring, Users: w, Certificate: w.cert,
		Methods: []eap.Type{method(sc.Methods[0])}, Provisioning: fast.Provisioning(sc.Server), MachineLogin: sc.MachineLogin,
		RefreshWithin: -1, Sessions: 1, Failures: -1, Tracer: trace,
	}
	if sc.Methods[1] != spec.NoMethod {
		c.Then = []eap.Type{method(sc.Methods[1])}
	}
	if sc.Due {
		c.RefreshWithin = 2 * fast.DefaultLifetime
	}
	return fast.NewServer(c)
}

// identity is the name that the peer gives in the tunnel.
func identity(sc *spec.Phase2) string {
	if sc.Other {
		return another
	}
	return user
}

// peer is the peer of a scenario; its store gets the PACs that the server has
// issued to it.
func (w *world) peer(sc *spec.Phase2, s *fast.Server, store *store, trace func(bool, []byte)) (*fast.PeerConfig, error) {
	c := &fast.PeerConfig{
		Identity: identity(sc), Password: password, Roots: w.roots, Store: store, Tracer: trace,
		Methods: []eap.Type{mschapv2.Type, gtc.Type}, Resume: true,
	}
	if sc.WrongPassword {
		c.Password = wrong
	}
	if sc.OnlyMSCHAPv2 {
		c.Methods = c.Methods[:1]
	}
	if sc.Asks {
		c.Provisioning = fast.AuthenticatedProvisioning
	}
	c.Ask = []fast.PACType{fast.TunnelPAC}
	if sc.Machine {
		c.Type, c.Ask = fast.MachinePAC, []fast.PACType{fast.MachinePAC}
	}
	if sc.Tunnel == spec.AnonymousTunnel {
		c.Roots, c.Provisioning = nil, fast.AnonymousProvisioning
	}
	if sc.Tunnel == spec.PACTunnel {
		t, whose := fast.TunnelPAC, user
		if sc.Machine {
			t, whose = fast.MachinePAC, machine
		}
		pac, err := s.Issue(t, whose, w.now)
		if err != nil {
			return nil, err
		}
		store.pacs = append(store.pacs, pac)
	}
	if sc.User != spec.NoUserPAC {
		pac, err := w.userPAC(sc, s)
		if err != nil {
			return nil, err
		}
		store.pacs, c.Ask = append(store.pacs, pac), append(c.Ask, fast.UserAuthorizationPAC)
	}
	return c, nil
}

func (w *world) userPAC(sc *spec.Phase2, s *fast.Server) (*fast.PAC, error) {
	whose := user
	if sc.User == spec.ForeignUserPAC {
		whose = another
	}
	pac, err := s.Issue(fast.UserAuthorizationPAC, whose, w.now)
	if err == nil && sc.User == spec.InvalidUserPAC {
		pac.Opaque[len(pac.Opaque)-1] ^= 1
	}
	return pac, err
}

// store is a [fast.Store] that gives what it has to anyone, and may fail.
type store struct {
	pacs  []*fast.PAC
	fails bool
}

func (s *store) Find(authority []byte, t fast.PACType, identity string, now time.Time) *fast.PAC {
	for _, p := range s.pacs {
		if p.Type == t && !p.Expired(now) {
			return p
		}
	}
	return nil
}

func (s *store) Put(p *fast.PAC) error {
	if s.fails {
		return errFull
	}
	return nil
}

func (s *store) Remove(*fast.PAC) error { return nil }
