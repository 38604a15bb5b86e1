package fast

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/gtc"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/mschapv2"
	"github.com/sesame-tls/sesame/spec"
)

// users are who may log in, by name.
type users map[string]*User

func (u users) Find(name string) *User { return u[name] }

func someUsers() users {
	hash, err := mschapv2.HashPassword("open sesame")
	if err != nil {
		panic(err)
	}
	return users{
		"ali": {Name: "ali", Hash: hash}, "baba": {Name: "baba", Hash: hash},
		"gtc-only": {Name: "gtc-only", Hash: hash, Methods: []eap.Type{gtc.Type}}, "host/cave": {Name: "host/cave", Hash: hash},
	}
}

// now lies within the lifetime of the tests' certificates.
var now = testcert.Server(testcert.ECDSA).Leaf.NotBefore.Add(24 * time.Hour).Truncate(time.Second)

// bench is a server and a peer that talk to each other.
type bench struct {
	t      testing.TB
	server ServerConfig
	peer   PeerConfig
	store  *PACs
	at     time.Time
	mtu    int
	// change may alter a packet on its way; nil drops nothing.
	change func(fromServer bool, n int, packet []byte) []byte
	// hear gets every message of phase 2 before it is sealed; nil: nobody.
	hear func(fromServer bool, message []byte)

	serverStatus, peerStatus eap.Status
	session                  *Session
	supplicant               *Peer
	serverKeys, peerKeys     eap.Keys
	rounds                   int
}

func newBench(t testing.TB) *bench {
	t.Helper()
	r := new(KeyRing)
	if _, err := r.Rotate(now.Add(-time.Hour), 0, time.Hour); err != nil {
		t.Fatal(err)
	}
	chain := testcert.Server(testcert.ECDSA)
	b := &bench{t: t, store: new(PACs), at: now, mtu: 1400}
	b.server = ServerConfig{
		AuthorityID: []byte("0123456789abcdef"), AuthorityInfo: "the cave", Keys: r, Users: someUsers(),
		Certificate:  tls.Certificate{Certificate: chain.DER, PrivateKey: chain.Key},
		Provisioning: AuthenticatedProvisioning,
	}
	b.peer = PeerConfig{Identity: "ali", Password: "open sesame", Roots: testcert.Roots(), Store: b.store, Provisioning: AuthenticatedProvisioning}
	return b
}

// run lets both talk to the end, or until nobody has anything to say.
func (b *bench) run() {
	b.t.Helper()
	server, err := NewServer(&b.server)
	if err != nil {
		b.t.Fatal(err)
	}
	b.runWith(server)
}

func (b *bench) runWith(server *Server) {
	var servers eap.Registry[eap.ServerMethod]
	servers.Add(eap.TypeFAST, func() eap.ServerMethod {
		b.session = server.NewSession()
		b.session.tunnel.change = b.heard(true)
		return b.session
	})
	var peers eap.Registry[eap.PeerMethod]
	peers.Add(eap.TypeFAST, func() eap.PeerMethod {
		b.supplicant = NewPeer(&b.peer)
		b.supplicant.tunnel.change = b.heard(false)
		return b.supplicant
	})
	s := eap.NewServer(&eap.ServerConfig{Methods: &servers, MTU: b.mtu})
	p := eap.NewPeer(&eap.PeerConfig{Identity: []byte("anonymous"), Methods: &peers, MTU: b.mtu})
	b.serverStatus, b.peerStatus, b.serverKeys, b.peerKeys = eap.Continue, eap.Continue, eap.Keys{}, eap.Keys{}
	var packet []byte
	for b.rounds = 0; b.rounds < 100; b.rounds++ {
		packet, b.serverStatus = s.Step(nil, packet, b.at)
		if b.serverStatus == eap.Discarded {
			break
		}
		if b.change != nil {
			packet = b.change(true, b.rounds, packet)
		}
		if packet, b.peerStatus = p.Step(nil, packet, b.at); b.peerStatus != eap.Continue {
			break
		}
		if b.change != nil {
			packet = b.change(false, b.rounds, packet)
		}
	}
	b.serverKeys, b.peerKeys = s.Keys(), p.Keys()
}

func (b *bench) heard(fromServer bool) func([]byte) []byte {
	return func(message []byte) []byte {
		if b.hear != nil {
			b.hear(fromServer, bytes.Clone(message))
		}
		return message
	}
}

// outcome is one line that says it all.
func (b *bench) outcome() string {
	r, p := b.session.Report(), b.supplicant.Report()
	return fmt.Sprintf("%v %v %v %v issued=%v stored=%v", b.serverStatus, b.peerStatus, r.Tunnel, r.Method, r.Issued, p.Issued)
}

func (b *bench) want(outcome string) {
	b.t.Helper()
	if got := b.outcome(); got != outcome {
		b.t.Fatalf("got  %s\nwant %s\nserver: %v (PAC declined: %v)\npeer: %v", got, outcome,
			b.session.Report().Reason, b.session.Report().Declined, b.supplicant.Report().Reason)
	}
	accepted := b.serverStatus == eap.Succeeded
	if accepted != (len(b.serverKeys.MSK) == 64) || accepted && (!bytes.Equal(b.serverKeys.MSK, b.peerKeys.MSK) ||
		!bytes.Equal(b.serverKeys.EMSK, b.peerKeys.EMSK) || !bytes.Equal(b.serverKeys.SessionID, b.peerKeys.SessionID)) {
		b.t.Fatalf("keys differ, or are where there should be none: %x and %x", b.serverKeys.MSK, b.peerKeys.MSK)
	}
	if accepted == (b.session.Report().Reason != nil) {
		b.t.Fatalf("the server accepts %v and gives as reason %v", accepted, b.session.Report().Reason)
	}
}

const (
	fresh = "succeeded succeeded certificate MSCHAPv2 issued=[tunnel] stored=[tunnel]"
	byPAC = "succeeded succeeded pac MSCHAPv2 issued=[] stored=[]"
)

// A PAC is asked for in a tunnel by certificate, and used in the next
// conversation.
//
// Checks FAST-TLS-24 (must fail: data-behind-finished-lost).
// Checks FAST-PAC-23 (must fail: no-refresh).
// Checks FAST-PAC-29 (must fail: anonymous-access).
// Checks FAST-PAC-31 (must fail: no-gtc).
// Checks FAST-SEC-11 (must fail: anonymous-access).
func TestProvisionAndUse(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*bench)
		first  string
		second string
	}{
		"plain":         {func(*bench) {}, fresh, byPAC},
		"piggyback":     {func(b *bench) { b.server.Piggyback = true }, fresh, byPAC},
		"small packets": {func(b *bench) { b.mtu = 100 }, fresh, byPAC},
		"GTC": {func(b *bench) { b.server.Methods = []eap.Type{gtc.Type} },
			strings.Replace(fresh, "MSCHAPv2", "GTC", 1), strings.Replace(byPAC, "MSCHAPv2", "GTC", 1)},
		"the peer wants GTC": {func(b *bench) { b.peer.Methods = []eap.Type{gtc.Type} },
			strings.Replace(fresh, "MSCHAPv2", "GTC", 1), strings.Replace(byPAC, "MSCHAPv2", "GTC", 1)},
		"no quirks": {func(b *bench) { b.server.Quirks, b.peer.Quirks = RFC, RFC }, fresh, byPAC},
		"TLS 1.0":   {func(b *bench) { b.versions(spec.TLS10) }, fresh, byPAC},
		"TLS 1.1":   {func(b *bench) { b.versions(spec.TLS11) }, fresh, byPAC},
		"CBC":       {func(b *bench) { b.server.Suites = []spec.SuiteID{0xc009} }, fresh, byPAC},
		"SHA-384":   {func(b *bench) { b.server.Suites = []spec.SuiteID{0xc02c} }, fresh, byPAC},
		"refresh": {func(b *bench) { b.server.RefreshWithin = 8 * 24 * time.Hour },
			fresh, "succeeded succeeded pac MSCHAPv2 issued=[tunnel] stored=[tunnel]"},
		"no provisioning": {func(b *bench) { b.server.Provisioning = NoProvisioning },
			"succeeded succeeded certificate MSCHAPv2 issued=[] stored=[]", "succeeded succeeded certificate MSCHAPv2 issued=[] stored=[]"},
		"anonymous": {func(b *bench) { b.anonymous() },
			"failed failed anonymous MSCHAPv2 issued=[tunnel] stored=[tunnel]", byPAC},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			c.change(b)
			b.run()
			b.want(c.first)
			b.run()
			b.want(c.second)
		})
	}
}

func (b *bench) versions(v spec.Version) {
	b.server.MinVersion, b.server.MaxVersion, b.peer.MinVersion, b.peer.MaxVersion = v, v, v, v
}

func (b *bench) anonymous() {
	b.server.Provisioning, b.peer.Provisioning, b.peer.Roots = AnonymousProvisioning, AnonymousProvisioning, nil
}

// What gives no access, and no PAC.
//
// Checks FAST-TLS-37 (must fail: chain-not-verified).
// Checks FAST-PAC-19 (must fail: wrong-password-taken).
func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*bench)
		want   string
	}{
		"wrong password": {func(b *bench) { b.peer.Password = "open barley" }, "failed failed certificate none issued=[] stored=[]"},
		"unknown user":   {func(b *bench) { b.peer.Identity = "cassim" }, "failed failed certificate none issued=[] stored=[]"},
		"wrong password with GTC": {func(b *bench) { b.peer.Password, b.server.Methods = "open barley", []eap.Type{gtc.Type} },
			"failed failed certificate none issued=[] stored=[]"},
		"wrong password, anonymously": {func(b *bench) { b.anonymous(); b.peer.Password = "open barley" },
			"failed failed anonymous none issued=[] stored=[]"},
		"GTC in an anonymous tunnel": {func(b *bench) { b.anonymous(); b.peer.Methods = []eap.Type{gtc.Type} },
			"failed failed anonymous none issued=[] stored=[]"},
		"anonymous where the server has none": {func(b *bench) { b.anonymous(); b.server.Provisioning = AuthenticatedProvisioning },
			"failed failed none none issued=[] stored=[]"},
		"no trust": {func(b *bench) { b.peer.ServerName = "another.example" }, "failed failed none none issued=[] stored=[]"},
		"no common method": {func(b *bench) { b.server.Methods, b.peer.Methods = []eap.Type{gtc.Type}, []eap.Type{mschapv2.Type} },
			"failed failed certificate none issued=[] stored=[]"},
		"a user without the method": {func(b *bench) { b.peer.Identity, b.peer.Methods = "gtc-only", []eap.Type{mschapv2.Type} },
			"failed failed certificate none issued=[] stored=[]"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			c.change(b)
			b.run()
			got := strings.Replace(b.outcome(), "MSCHAPv2", "none", 1)
			if got = strings.Replace(got, "GTC", "none", 1); got != c.want {
				t.Errorf("got  %s\nwant %s\nserver: %v\npeer: %v", got, c.want, b.session.Report().Reason, b.supplicant.Report().Reason)
			}
			if b.serverKeys.MSK != nil || b.peerKeys.MSK != nil || len(b.store.All()) != 0 || b.session.Report().Reason == nil {
				t.Error("keys, a PAC, or no reason")
			}
		})
	}
}
