package explain

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/gtc"
	"github.com/sesame-tls/sesame/impl/mschapv2"
	"github.com/sesame-tls/sesame/impl/radius"
	"github.com/sesame-tls/sesame/spec"
)

// How the captures in testdata were made: wpa_supplicant's eapol_test, or
// Sesame's own peer, against Sesame's server, through a proxy that records.

const secret = "testing123"

// scene is one conversation that is recorded.
type scene struct {
	name   string
	setup  func(*stage)
	before func(*stage) // a conversation that is not recorded
	conf   string       // what eapol_test's configuration has beside the rest; "": Sesame's peer
	args   []string     // of eapol_test
}

// stage is what a scene is played on.
type stage struct {
	t      *testing.T
	dir    string
	server fast.ServerConfig
	peer   fast.PeerConfig
	keys   bytes.Buffer
	ahead  time.Duration // of the server's clock

	// hostapd is the server instead of Sesame's, and its PACs live for so long.
	hostapd time.Duration
}

func newStage(t *testing.T) *stage {
	s := &stage{t: t, dir: t.TempDir()}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "server.test"}, DNSNames: []string{"server.test"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	s.write("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	s.write("server.key", pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	hash, err := mschapv2.HashPassword("open sesame")
	if err != nil {
		t.Fatal(err)
	}
	ring := new(fast.KeyRing)
	if _, err := ring.Rotate(time.Now().Add(-time.Hour), 0, time.Hour); err != nil {
		t.Fatal(err)
	}
	s.server = fast.ServerConfig{
		AuthorityID: []byte("0123456789abcdef"), AuthorityInfo: "the cave", Keys: ring, Users: &ali{fast.User{Name: "ali", Hash: hash}},
		Certificate: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, Provisioning: fast.AuthenticatedProvisioning, KeyLogWriter: &s.keys,
	}
	s.peer = fast.PeerConfig{Identity: "ali", Password: "open sesame", Roots: roots, Store: new(fast.PACs), Provisioning: fast.AuthenticatedProvisioning}
	return s
}

type ali struct{ fast.User }

func (u *ali) Find(name string) *fast.User {
	if name != u.Name {
		return nil
	}
	return &u.User
}

func (s *stage) write(name string, text []byte) {
	if err := os.WriteFile(filepath.Join(s.dir, name), text, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// play runs one conversation, and returns its datagrams.
func (s *stage) play(sc *scene) []Datagram {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	port, stop := s.serve()
	defer stop()
	proxy := newProxy(s.t, port)
	defer proxy.close()
	if sc.conf == "" {
		s.own(ctx, proxy.port)
		return proxy.taken()
	}
	conf := "network={\n\tkey_mgmt=WPA-EAP\n\teap=FAST\n\tidentity=\"ali\"\n\tanonymous_identity=\"anonymous\"\n\tpassword=\"open sesame\"\n" +
		"\tca_cert=\"" + s.dir + "/ca.pem\"\n\tpac_file=\"" + s.dir + "/pacs\"\n\topenssl_ciphers=\"DEFAULT:@SECLEVEL=0\"\n" + sc.conf + "\n}\n"
	s.write("conf", []byte(conf))
	args := append([]string{"-c", filepath.Join(s.dir, "conf"), "-a", "127.0.0.1", "-p", fmt.Sprint(proxy.port), "-t", "5"}, sc.args...)
	if !strings.Contains(strings.Join(sc.args, " "), "-s ") {
		args = append(args, "-s", secret)
	}
	exec.CommandContext(ctx, "eapol_test", args...).Run() // what comes of it is in the capture
	return proxy.taken()
}

// own is a conversation of Sesame's peer.
func (s *stage) own(ctx context.Context, port int) {
	c, err := radius.Dial(ctx, &radius.ClientConfig{Server: fmt.Sprintf("127.0.0.1:%d", port), Secret: []byte(secret)})
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	var methods eap.Registry[eap.PeerMethod]
	methods.Add(eap.TypeFAST, func() eap.PeerMethod { return fast.NewPeer(&s.peer) })
	c.Authenticate(ctx, eap.NewPeer(&eap.PeerConfig{Identity: []byte("anonymous"), Methods: &methods}))
}

// serve runs Sesame's server.
func (s *stage) serve() (port int, stop func()) {
	if s.hostapd > 0 {
		return s.serveHostapd()
	}
	engine, err := fast.NewServer(&s.server)
	if err != nil {
		s.t.Fatal(err)
	}
	var methods eap.Registry[eap.ServerMethod]
	methods.Add(eap.TypeFAST, func() eap.ServerMethod { return engine.NewSession() })
	handler, err := radius.NewServer(&radius.ServerConfig{
		Methods: &methods, Clients: []radius.NAS{{Network: netip.MustParsePrefix("127.0.0.1/32"), Secret: []byte(secret)}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	conn := listen(s.t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFromUDPAddrPort(buf)
			if err != nil {
				return
			}
			if reply := handler.Handle(bytes.Clone(buf[:n]), from, time.Now().Add(s.ahead)); len(reply) > 0 {
				conn.WriteToUDPAddrPort(reply, from)
			}
		}
	}()
	return conn.LocalAddr().(*net.UDPAddr).Port, func() { conn.Close(); <-done }
}

// serveHostapd runs hostapd's server.
func (s *stage) serveHostapd() (port int, stop func()) {
	free := listen(s.t)
	port = free.LocalAddr().(*net.UDPAddr).Port
	free.Close()
	lifetime := int(s.hostapd.Seconds())
	s.write("hostapd.conf", fmt.Appendf(nil, `driver=none
radius_server_clients=clients
radius_server_auth_port=%d
eap_server=1
eap_user_file=users
ca_cert=ca.pem
server_cert=ca.pem
private_key=server.key
pac_opaque_encr_key=000102030405060708090a0b0c0d0e0f
eap_fast_a_id=30313233343536373839616263646566
eap_fast_a_id_info=the cave
eap_fast_prov=2
pac_key_lifetime=%d
pac_key_refresh_time=1
`, port, lifetime))
	s.write("users", []byte("*\tFAST\n\"ali\"\tMSCHAPV2\t\"open sesame\"\t[2]\n"))
	s.write("clients", []byte("127.0.0.1/32\t"+secret+"\n"))
	program, err := exec.LookPath("hostapd")
	if err != nil {
		program = "/usr/sbin/hostapd"
	}
	cmd := exec.Command(program, "hostapd.conf")
	cmd.Dir = s.dir
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	return port, func() { cmd.Process.Kill(); cmd.Wait() }
}

func listen(t *testing.T) *net.UDPConn {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// proxy passes datagrams on between one client and a server, and keeps them.
type proxy struct {
	port    int
	in, out *net.UDPConn
	mu      sync.Mutex
	client  netip.AddrPort
	list    []Datagram
	done    sync.WaitGroup
}

var (
	nasAddr    = netip.MustParseAddrPort("192.0.2.1:40000")
	serverAddr = netip.MustParseAddrPort("192.0.2.2:1812")
)

func newProxy(t *testing.T, server int) *proxy {
	p := &proxy{in: listen(t), out: listen(t)}
	p.port = p.in.LocalAddr().(*net.UDPAddr).Port
	to := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(server))
	pass := func(from *net.UDPConn, request bool) {
		buf := make([]byte, 4096)
		for {
			n, addr, err := from.ReadFromUDPAddrPort(buf)
			if err != nil {
				return
			}
			p.mu.Lock()
			d := Datagram{At: time.Unix(1_700_000_000, int64(len(p.list))*1e6), From: serverAddr, To: nasAddr, Data: bytes.Clone(buf[:n])}
			if request {
				p.client, d.From, d.To = addr, nasAddr, serverAddr
			}
			p.list = append(p.list, d)
			client := p.client
			p.mu.Unlock()
			if request {
				p.out.WriteToUDPAddrPort(buf[:n], to)
			} else {
				p.in.WriteToUDPAddrPort(buf[:n], client)
			}
		}
	}
	p.done.Go(func() { pass(p.in, true) })
	p.done.Go(func() { pass(p.out, false) })
	return p
}

func (p *proxy) taken() []Datagram {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.list
}

func (p *proxy) close() {
	p.in.Close()
	p.out.Close()
	p.done.Wait()
}

// pcapng writes datagrams with their keys.
func pcapng(t *testing.T, list []Datagram, keys []byte) []byte {
	var b bytes.Buffer
	w, err := pcapgo.NewNgWriter(&b, layers.LinkTypeRaw)
	if err != nil {
		t.Fatal(err)
	}
	if len(keys) > 0 {
		if err := w.WriteDecryptionSecretsBlock(pcapgo.DSB_SECRETS_TYPE_TLS, keys); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range list {
		ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolUDP, SrcIP: d.From.Addr().AsSlice(), DstIP: d.To.Addr().AsSlice()}
		udp := &layers.UDP{SrcPort: layers.UDPPort(d.From.Port()), DstPort: layers.UDPPort(d.To.Port())}
		udp.SetNetworkLayerForChecksum(ip)
		buf := gopacket.NewSerializeBuffer()
		if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, ip, udp, gopacket.Payload(d.Data)); err != nil {
			t.Fatal(err)
		}
		info := gopacket.CaptureInfo{Timestamp: d.At, CaptureLength: len(buf.Bytes()), Length: len(buf.Bytes())}
		if err := w.WritePacket(info, buf.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func prov(n int) string { return fmt.Sprintf("\tphase1=\"fast_provisioning=%d\"\n", n) }

const mschap, gtcOnly = "\tphase2=\"auth=MSCHAPV2\"\n", "\tphase2=\"auth=GTC\"\n"

// newRing replaces the server's keys, so that PACs from before do not open.
func newRing(s *stage) {
	s.server.Keys = new(fast.KeyRing)
	if _, err := s.server.Keys.Rotate(time.Now().Add(-time.Hour), 0, time.Hour); err != nil {
		s.t.Fatal(err)
	}
}

// scenes are failures that people meet, and what is no failure.
var scenes = []scene{
	{name: "anonymous-refused", conf: prov(1) + mschap},
	{name: "anonymous-by-design", conf: prov(1) + mschap, setup: func(s *stage) { s.server.Provisioning = fast.AnonymousProvisioning }},
	{name: "gtc-in-anonymous", conf: prov(1) + gtcOnly, setup: func(s *stage) { s.server.Provisioning = fast.AnonymousProvisioning }},
	{name: "untrusted", conf: prov(2) + mschap, setup: func(s *stage) {
		other := newStage(s.t)
		text, err := os.ReadFile(filepath.Join(other.dir, "ca.pem"))
		if err != nil {
			s.t.Fatal(err)
		}
		s.write("ca.pem", text)
	}},
	{name: "wrong-password", conf: prov(2) + mschap + "\tpassword=\"open barley\"\n"},
	{name: "wrong-password-gtc", conf: prov(2) + gtcOnly + "\tpassword=\"open barley\"\n", setup: func(s *stage) { s.server.Methods = []eap.Type{gtc.Type} }},
	{name: "wrong-secret", conf: prov(2) + mschap, args: []string{"-s", "testing124"}},
	{name: "other-method", conf: prov(2) + "\teap=PEAP\n"},
	{name: "tls13-with-pac", conf: "\tphase1=\"fast_provisioning=2 tls_disable_tlsv1_3=0\"\n" + mschap, before: func(s *stage) { s.play(&scene{conf: prov(2) + mschap}) }},
	{name: "pac-of-other-key", conf: prov(2) + mschap, before: func(s *stage) { s.play(&scene{conf: prov(2) + mschap}); newRing(s) }},
	{name: "old-tls", conf: "\tphase1=\"fast_provisioning=2 tls_disable_tlsv1_0=0 tls_disable_tlsv1_1=1 tls_disable_tlsv1_2=1\"\n" + mschap},
	{name: "seed-of-sha384", setup: func(s *stage) {
		s.server.Suites = []spec.SuiteID{0xc030}
		s.peer.Quirks = fast.RFC
	}},
	{name: "differing-pac-keys", before: func(s *stage) { s.play(&scene{}) }, setup: func(s *stage) {
		for _, p := range s.peer.Store.(*fast.PACs).All() {
			p.Key[0] ^= 1
		}
	}},
	// hostapd takes an expired PAC, delivers another, and ends with EAP-Failure.
	{name: "expired-pac", before: func(s *stage) {
		s.hostapd = 2 * time.Second
		s.peer.KeyLogWriter = &s.keys
		s.play(&scene{})
		for _, p := range s.peer.Store.(*fast.PACs).All() {
			if left := time.Until(p.Expires); left > 0 {
				time.Sleep(left + time.Second) // hostapd's clock is the machine's
			}
			p.Expires = time.Time{} // or the peer would not offer it
		}
	}},
	{name: "by-certificate"},
	{name: "by-pac", before: func(s *stage) { s.play(&scene{}) }},
}
