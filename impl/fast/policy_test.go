package fast

import (
	"bytes"
	"crypto/tls"
	"strings"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/gtc"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/spec"
)

// provisioned returns a bench whose peer has a PAC already.
func provisioned(t *testing.T) *bench {
	b := newBench(t)
	b.run()
	b.want(fresh)
	return b
}

// A PAC that does not hold leads to a full handshake; the peer then asks for a
// new one, which replaces it.
//
// Checks FAST-TLS-17 (must fail: declined-pac-is-fatal).
func TestDeclinedPACIsReplaced(t *testing.T) {
	for name, change := range map[string]func(*bench){
		"expired":        func(b *bench) { b.at = b.at.Add(8 * 24 * time.Hour); b.store.All()[0].Expires = time.Time{} },
		"of another key": func(b *bench) { b.server.Keys = newBench(b.t).server.Keys },
		"altered":        func(b *bench) { b.store.All()[0].Opaque[20] ^= 1 },
		"cut off":        func(b *bench) { p := b.store.All()[0]; p.Opaque = p.Opaque[:3] },
		"one octet":      func(b *bench) { b.store.All()[0].Opaque = []byte{0} },
		"padded":         func(b *bench) { p := b.store.All()[0]; p.Opaque = append(p.Opaque, 0, 0) },
		"of a user who is gone": func(b *bench) {
			b.store.All()[0].Opaque = seal(b, &Grant{Type: TunnelPAC, Identity: "cassim", Expires: b.at.Add(time.Hour)})
		},
		"of another type": func(b *bench) {
			b.store.All()[0].Opaque = seal(b, &Grant{Type: UserAuthorizationPAC, Identity: "ali", Expires: b.at.Add(time.Hour)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := provisioned(t)
			change(b)
			old := bytes.Clone(b.store.All()[0].Opaque)
			b.run()
			b.want(fresh)
			if b.session.Report().Declined == nil || b.supplicant.Report().Declined == nil {
				t.Error("nobody says that the PAC was declined")
			}
			if all := b.store.All(); len(all) != 1 || bytes.Equal(all[0].Opaque, old) {
				t.Errorf("%d PACs, or the old one", len(all))
			}
			b.run()
			b.want(byPAC)
		})
	}
}

func seal(b *bench, g *Grant) []byte {
	opaque, err := b.server.Keys.Seal(g, b.server.AuthorityID, b.at)
	if err != nil {
		b.t.Fatal(err)
	}
	return opaque
}

// Without a trust root, a declined PAC ends the conversation; there is no sliding
// into anonymous provisioning.
//
// Checks FAST-SEC-06 (must fail: anonymous-beside-a-pac).
func TestFallbackNeedsTrust(t *testing.T) {
	b := provisioned(t)
	b.peer.Roots, b.peer.Provisioning = nil, AnonymousProvisioning
	b.server.Keys = newBench(t).server.Keys
	b.server.Provisioning = AnonymousProvisioning
	b.run()
	b.want("failed failed none none issued=[] stored=[]")
	b.server.Certificate = tls.Certificate{} // nothing else is left
	b.run()
	b.want("failed failed none none issued=[] stored=[]")
	if len(b.store.All()) != 1 {
		t.Error("the PAC is gone")
	}
}

// A peer with a trust root never tries the anonymous mode.
//
// Checks FAST-PAC-32 (must fail: trust-root-and-anonymous).
func TestTrustRootExcludesAnonymous(t *testing.T) {
	b := newBench(t)
	b.server.Provisioning, b.peer.Provisioning = AnonymousProvisioning, AnonymousProvisioning
	b.run()
	b.want(fresh)
}

// A peer that can do nothing says so and stays silent.
func TestNoWay(t *testing.T) {
	b := newBench(t)
	b.peer.Roots = nil
	b.run()
	if r := b.supplicant.Report().Reason; r == nil || !strings.Contains(r.Error(), "no trust root") || b.peerStatus != eap.Discarded {
		t.Errorf("%v, %v", b.peerStatus, r)
	}
}

// A PAC is good for whom it was issued to, whatever the password is.
//
// Checks FAST-PAC-12, FAST-SEC-12 (must fail: pac-of-anyone).
// Checks FAST-INN-11 (must fail: mismatch-told-as-wrong-password).
func TestPACOfAnotherUser(t *testing.T) {
	for name, method := range map[string]eap.Type{"MSCHAPv2": eap.TypeMSCHAPv2, "GTC": gtc.Type} {
		t.Run(name, func(t *testing.T) {
			b := provisioned(t)
			b.store.All()[0].Identity = "" // the thief does not care
			b.peer.Identity = "baba"
			b.server.Methods = []eap.Type{method}
			for _, b.peer.Password = range []string{"open sesame", "open barley"} {
				b.run()
				if reason := b.supplicant.Report().Reason; method == gtc.Type && !strings.Contains(reason.Error(), "error 755") {
					t.Errorf("the peer is told %v", reason)
				}
			}
			if b.serverStatus != eap.Failed || b.session.Report().Tunnel != ByPAC || b.session.Report().Reason != errIdentity {
				t.Errorf("%s: %v", b.outcome(), b.session.Report().Reason)
			}
		})
	}
}

// A PAC is not a login: the key alone gives nothing.
func TestPACAloneIsNoLogin(t *testing.T) {
	b := provisioned(t)
	b.peer.Password = "open barley"
	b.run()
	b.want("failed failed pac none issued=[] stored=[]")
}

// A replayed PAC-Opaque without its key ends at the first protected record, and
// nothing happens before.
//
// Checks FAST-SEC-02 (must fail: pac-counts-at-once).
// Checks FAST-TLS-29 (must fail: pac-dropped-on-failure).
func TestReplayedOpaque(t *testing.T) {
	b := provisioned(t)
	b.store.All()[0].Key = bytes.Repeat([]byte{1}, 32)
	b.run()
	if r := b.session.Report(); b.serverStatus == eap.Succeeded || r.Tunnel != NoTunnel || r.Identity != "" {
		t.Errorf("%s: %+v", b.outcome(), r)
	}
	if len(b.store.All()) != 1 {
		t.Error("the peer has dropped its PAC on an unverified word (AMB-12)")
	}
}

// A User Authorization PAC stands in for the inner method, and is asked for
// beside the Tunnel PAC.
//
// Checks FAST-PAC-21 (must fail: user-authorization-ignored).
// Checks FAST-TLS-25 (must fail: data-behind-finished-ignored).
func TestUserAuthorizationPAC(t *testing.T) {
	b := newBench(t)
	b.peer.Ask = []PACType{TunnelPAC, UserAuthorizationPAC}
	b.run()
	b.want("succeeded succeeded certificate MSCHAPv2 issued=[tunnel user-authorization] stored=[tunnel user-authorization]")
	b.run()
	b.want("succeeded succeeded pac none issued=[] stored=[]")
	if id := b.session.Report().Identity; id != "ali" {
		t.Errorf("accepted as %q", id)
	}
	for name, g := range map[string]*Grant{
		"another's":   {Type: UserAuthorizationPAC, Identity: "baba", Expires: now.Add(time.Hour)},
		"expired":     {Type: UserAuthorizationPAC, Identity: "ali", Expires: now},
		"nobody's":    {Type: UserAuthorizationPAC, Expires: now.Add(time.Hour)},
		"other type":  {Type: TunnelPAC, Identity: "ali", Expires: now.Add(time.Hour)},
		"of the gone": {Type: UserAuthorizationPAC, Identity: "cassim", Expires: now.Add(time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			for _, p := range b.store.All() {
				if p.Type == UserAuthorizationPAC {
					p.Opaque = seal(b, g)
				}
			}
			b.run()
			b.want(byPAC) // the inner method runs after all
			if b.session.Report().Declined == nil {
				t.Error("it is not said why")
			}
		})
	}
}

// A Machine PAC opens the tunnel, and is a login only where the policy says so.
//
// Checks FAST-PAC-22 (must fail: machine-pac-opens-nothing, machine-pac-for-a-user).
// Checks FAST-END-02 (must fail: machine-login-refused).
func TestMachinePAC(t *testing.T) {
	b := newBench(t)
	b.peer.Identity, b.peer.Type = "host/cave", MachinePAC
	b.run()
	b.want("succeeded succeeded certificate MSCHAPv2 issued=[machine] stored=[machine]")
	b.run()
	b.want(byPAC)
	b.server.MachineLogin = true
	b.run()
	b.want("succeeded succeeded pac none issued=[] stored=[]")
	if id := b.session.Report().Identity; id != "host/cave" {
		t.Errorf("accepted as %q", id)
	}
	// A user in the machine's tunnel logs in by itself.
	b.server.MachineLogin, b.peer.Identity = false, "ali"
	b.run()
	b.want(byPAC)
	// A user is no machine.
	b = newBench(t)
	b.peer.Type = MachinePAC
	b.run()
	b.want("succeeded succeeded certificate MSCHAPv2 issued=[] stored=[]")
}

// FAST-SEC-17: attempts are limited, for the right password too.
func TestAttemptsAreLimited(t *testing.T) {
	b := newBench(t)
	b.server.Failures = 2
	server, err := NewServer(&b.server)
	if err != nil {
		t.Fatal(err)
	}
	b.peer.Password = "open barley"
	for range 2 {
		b.runWith(server)
	}
	b.peer.Password = "open sesame"
	b.runWith(server)
	if b.serverStatus != eap.Failed || !strings.Contains(b.session.Report().Reason.Error(), "too often") {
		t.Errorf("%s: %v", b.outcome(), b.session.Report().Reason)
	}
	b.peer.Identity = "baba"
	b.runWith(server)
	b.want(fresh) // another user is not concerned
	b.peer.Identity, b.at = "ali", b.at.Add(DefaultFailureWindow)
	b.runWith(server)
	b.want(fresh)
}

// A TLS session is resumed, and phase 2 follows.
//
// Checks FAST-TLS-30 (must fail: sessions-not-kept).
// Checks FAST-TLS-34 (must fail: session-is-a-login).
func TestSessionResumption(t *testing.T) {
	b := newBench(t)
	b.server.Sessions, b.peer.Provisioning, b.peer.Resume = 10, NoProvisioning, true
	server, err := NewServer(&b.server)
	if err != nil {
		t.Fatal(err)
	}
	const full = "succeeded succeeded certificate MSCHAPv2 issued=[] stored=[]"
	b.runWith(server)
	b.want(full)
	b.peer.Session = b.supplicant.Session()
	b.runWith(server)
	b.want(strings.Replace(full, "certificate", "session", 1))
	b.peer.Password = "open barley"
	b.runWith(server)
	b.want("failed failed session none issued=[] stored=[]") // it is no login either
	b.peer.Password = "open sesame"
	b.run() // another server has no such session
	b.want(full)
	b.at = b.at.Add(maxSessionAge + time.Second)
	b.runWith(server)
	b.want(full)
}

// Client certificates in the tunnel, behind which phase 2 runs all the same.
//
// Checks FAST-TLS-31 (must fail: client-certificate-unasked).
// Checks FAST-TLS-34 (must fail: certificate-is-a-login).
func TestClientCertificate(t *testing.T) {
	b := newBench(t)
	b.server.ClientCAs = testcert.Roots()
	own := testcert.Client(testcert.ECDSA)
	b.peer.Certificate = &tls.Certificate{Certificate: own.DER, PrivateKey: own.Key}
	b.run()
	b.want(fresh)
	if len(b.session.tunnel.machine.PeerChain()) == 0 {
		t.Error("no certificate came")
	}
	b.store = new(PACs)
	b.peer.Store, b.peer.Certificate = b.store, nil
	b.run()
	b.want(fresh)
	wrong := testcert.Server(testcert.ECDSA)
	b.store = new(PACs)
	b.peer.Store, b.peer.Certificate = b.store, &tls.Certificate{Certificate: wrong.DER, PrivateKey: wrong.Key}
	b.run()
	b.want("failed failed none none issued=[] stored=[]")
}

// A bit flipped anywhere in any packet: no panic, and no access unless it made
// no difference.
func TestFlippedBits(t *testing.T) {
	b := provisioned(t)
	server, err := NewServer(&b.server)
	if err != nil {
		t.Fatal(err)
	}
	pacs := *b.store.All()[0]
	total, accepted := 0, 0
	for target := 0; ; target++ { // the target-th packet
		length := 0
		for at := 0; at == 0 || at < length; at += 3 {
			count := 0
			b.store = new(PACs)
			p := pacs
			b.store.Put(&p)
			b.peer.Store = b.store
			b.change = func(_ bool, _ int, packet []byte) []byte {
				if count == target {
					length = len(packet)
					if at < length {
						packet[at] ^= 1 << (at % 8)
					}
				}
				count++
				return packet
			}
			server.limits = nil
			b.runWith(server)
			if count <= target {
				if total < 200 || accepted*2 > total {
					t.Errorf("%d of %d accepted", accepted, total)
				}
				return
			}
			if total++; b.serverStatus == eap.Succeeded {
				accepted++
				if !bytes.Equal(b.serverKeys.MSK, b.peerKeys.MSK) && b.peerStatus == eap.Succeeded {
					t.Fatalf("packet %d, octet %d: keys differ", target, at)
				}
			}
		}
	}
}

// A PAC's suites: the tunnel of a PAC is never an anonymous one.
func TestPACTunnelIsNotAnonymous(t *testing.T) {
	b := provisioned(t)
	b.server.Provisioning = AnonymousProvisioning
	b.run()
	b.want(byPAC)
	if s, _ := spec.SuiteByID(b.session.Report().Suite); s.KeyExchange.Anonymous() {
		t.Errorf("suite %v", s.Name)
	}
}
