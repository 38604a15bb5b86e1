package radius

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"layeh.com/radius"
	"layeh.com/radius/rfc2865"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/mschapv2"
)

type users map[string]*fast.User

func (u users) Find(name string) *fast.User { return u[name] }

var secret = []byte("testing123")

// engine is EAP-FAST with two users.
func engine(t testing.TB, p fast.Provisioning) *fast.Server {
	t.Helper()
	hash, err := mschapv2.HashPassword("open sesame")
	if err != nil {
		t.Fatal(err)
	}
	other, err := mschapv2.HashPassword("open barley")
	if err != nil {
		t.Fatal(err)
	}
	ring := new(fast.KeyRing)
	if _, err := ring.Rotate(time.Now().Add(-time.Hour), 0, time.Hour); err != nil {
		t.Fatal(err)
	}
	chain := testcert.Server(testcert.ECDSA)
	server, err := fast.NewServer(&fast.ServerConfig{
		AuthorityID: []byte("0123456789abcdef"), Keys: ring, Users: users{"ali": {Name: "ali", Hash: hash}, "baba": {Name: "baba", Hash: other}}, Provisioning: p,
		Certificate: tls.Certificate{Certificate: chain.DER, PrivateKey: chain.Key},
	})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func methods(t testing.TB, p fast.Provisioning) *eap.Registry[eap.ServerMethod] {
	t.Helper()
	server := engine(t, p)
	var r eap.Registry[eap.ServerMethod]
	r.Add(eap.TypeFAST, func() eap.ServerMethod { return server.NewSession() })
	return &r
}

func newPeer(store fast.Store, password string) *eap.Peer { return newPeerOf("ali", store, password) }

func newPeerOf(user string, store fast.Store, password string) *eap.Peer {
	var r eap.Registry[eap.PeerMethod]
	r.Add(eap.TypeFAST, func() eap.PeerMethod {
		return fast.NewPeer(peerConfig(user, store, password))
	})
	return eap.NewPeer(&eap.PeerConfig{Identity: []byte("anonymous"), Methods: &r, MTU: 1400})
}

func peerConfig(user string, store fast.Store, password string) *fast.PeerConfig {
	return &fast.PeerConfig{Identity: user, Password: password, Roots: testcert.Roots(), Store: store, Provisioning: fast.AuthenticatedProvisioning}
}

var (
	loopback  = netip.MustParsePrefix("127.0.0.0/8")
	loopback6 = netip.MustParsePrefix("::1/128")
)

// serve starts a server and returns its address.
func serve(t *testing.T, c *ServerConfig) (string, *Server) {
	t.Helper()
	server, err := NewServer(c)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	start(t, server, conn)
	return conn.LocalAddr().String(), server
}

func config(t testing.TB) *ServerConfig {
	return &ServerConfig{Methods: methods(t, fast.AuthenticatedProvisioning), Clients: []NAS{{loopback, secret}}}
}

func dial(t *testing.T, c ClientConfig) *Client {
	t.Helper()
	client, err := Dial(t.Context(), &c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

// Keys agree on both ends, after a full handshake and after one with a PAC.
//
// Checks FAST-KEY-06 (must fail: mppe-keys-the-other-way-round).
func TestAuthenticate(t *testing.T) {
	address, server := serve(t, config(t))
	store := new(fast.PACs)
	client := dial(t, ClientConfig{Server: address, Secret: secret})
	for i, name := range []string{"certificate", "PAC"} {
		result, err := client.Authenticate(t.Context(), newPeer(store, "open sesame"))
		if err != nil || !result.Accepted || !result.KeysAgree || len(store.All()) != 1 {
			t.Fatalf("%s: %+v, %v", name, result, err)
		}
		if i == 1 && result.Rounds > 7 {
			t.Errorf("a PAC run takes %d rounds", result.Rounds)
		}
	}
	result, err := client.Authenticate(t.Context(), newPeer(store, "open barley"))
	if err != nil || result.Accepted || result.Keys.MSK != nil {
		t.Errorf("wrong password: %+v, %v", result, err)
	}
	if n := server.Sessions(); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
}

func TestManyAtOnce(t *testing.T) {
	address, server := serve(t, config(t))
	store := new(fast.PACs)
	if _, err := dial(t, ClientConfig{Server: address, Secret: secret}).Authenticate(t.Context(), newPeer(store, "open sesame")); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		client := dial(t, ClientConfig{Server: address, Secret: secret})
		all.Go(func() {
			for range 10 {
				result, err := client.Authenticate(t.Context(), newPeer(store, "open sesame"))
				if err != nil || !result.Accepted || !result.KeysAgree {
					t.Errorf("%+v, %v", result, err)
					return
				}
			}
		})
	}
	all.Wait()
	if n := server.Sessions(); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
}

// A secret that is not the server's: dropped, and said why.
func TestWrongSecret(t *testing.T) {
	var log bytes.Buffer
	c := config(t)
	c.Log = slog.New(slog.NewTextHandler(&log, nil))
	server, err := NewServer(c)
	if err != nil {
		t.Fatal(err)
	}
	packet := identityRequest(t, []byte("another"))
	if reply := server.Handle(packet, from, time.Now()); reply != nil {
		t.Error("it was answered")
	}
	if !strings.Contains(log.String(), "shared secret") || strings.Count(log.String(), "\n") != 1 {
		t.Errorf("log: %s", log.String())
	}
}

var from = netip.MustParseAddrPort("127.0.0.1:1000")

func identityRequest(t testing.TB, secret []byte, extra ...*radius.AVP) []byte {
	t.Helper()
	p := begin(radius.New(radius.CodeAccessRequest, secret))
	addEAP(p, eap.Packet{Code: eap.CodeResponse, ID: 3, Type: eap.TypeIdentity, Data: []byte("anonymous")}.Append(nil))
	p.Attributes = append(p.Attributes, extra...)
	raw, err := encode(p)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func parse(t testing.TB, raw, request []byte) *radius.Packet {
	t.Helper()
	reply, err := parseReply(raw, request, secret)
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

// What is dropped without a word.
func TestDropped(t *testing.T) {
	server, err := NewServer(config(t))
	if err != nil {
		t.Fatal(err)
	}
	good := identityRequest(t, secret)
	for name, packet := range map[string][]byte{
		"empty": nil, "short": good[:19], "cut off": good[:len(good)-1],
		"no authenticator": func() []byte {
			p := radius.New(radius.CodeAccessRequest, secret)
			addEAP(p, []byte{2, 1, 0, 5, 1})
			raw, _ := p.Encode()
			return raw
		}(),
		"another code":       append([]byte{4}, good[1:]...),
		"two authenticators": identityRequest(t, secret, &radius.AVP{Type: attrMessageAuth, Attribute: make([]byte, 16)}),
	} {
		if reply := server.Handle(packet, from, time.Now()); reply != nil {
			t.Errorf("%s: answered by %x", name, reply)
		}
	}
	if server.Handle(good, netip.MustParseAddrPort("192.0.2.1:1000"), time.Now()) != nil {
		t.Error("a stranger was answered")
	}
	for i := range good {
		changed := bytes.Clone(good)
		changed[i] ^= 1
		if i != 1 && server.Handle(changed, from, time.Now()) != nil { // the identifier is authentic by the reply only
			t.Errorf("octet %d flipped: answered", i)
		}
	}
	if server.Handle(good, from, time.Now()) == nil {
		t.Error("the good one was not answered")
	}
}

// The form of replies: Message-Authenticator first, Proxy-State in order, State.
func TestReply(t *testing.T) {
	server, err := NewServer(config(t))
	if err != nil {
		t.Fatal(err)
	}
	request := identityRequest(t, secret, &radius.AVP{Type: attrProxyState, Attribute: []byte("one")}, &radius.AVP{Type: attrProxyState, Attribute: []byte("two")})
	raw := server.Handle(request, from, time.Now())
	if raw[headerSize] != attrMessageAuth {
		t.Error("Message-Authenticator is not first")
	}
	reply := parse(t, raw, request)
	states, _ := rfc2865.ProxyState_Gets(reply)
	if reply.Code != radius.CodeAccessChallenge || len(states) != 2 || string(states[0])+string(states[1]) != "onetwo" {
		t.Errorf("%v with Proxy-State %q", reply.Code, states)
	}
	if len(rfc2865.State_Get(reply)) != 16 {
		t.Error("no State")
	}
	// A duplicate gets the same reply; the same packet from another port is new.
	if again := server.Handle(request, from, time.Now()); !bytes.Equal(again, raw) || server.Sessions() != 1 {
		t.Error("a duplicate was taken for a new request")
	}
	if other := server.Handle(request, netip.MustParseAddrPort("127.0.0.1:1001"), time.Now()); bytes.Equal(other, raw) {
		t.Error("a request from elsewhere was taken for a duplicate")
	}
	for i := range raw {
		changed := bytes.Clone(raw)
		changed[i] ^= 1
		if _, err := parseReply(changed, request, secret); err == nil {
			t.Errorf("octet %d flipped: the client takes the reply", i)
		}
	}
}

// A reply without Message-Authenticator is not taken, however authentic it is.
func TestClientDemandsMessageAuthenticator(t *testing.T) {
	request := identityRequest(t, secret)
	p, _ := radius.Parse(request, secret)
	raw, err := p.Response(radius.CodeAccessAccept).Encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parseReply(raw, request, secret); err == nil {
		t.Error("it was taken")
	}
}

// State belongs to one session and one NAS.
func TestStateIsBound(t *testing.T) {
	server, err := NewServer(config(t))
	if err != nil {
		t.Fatal(err)
	}
	request := identityRequest(t, secret)
	reply := parse(t, server.Handle(request, from, time.Now()), request)
	state := rfc2865.State_Get(reply)
	for name, c := range map[string]struct {
		state []byte
		from  string
	}{
		"another NAS": {state, "127.0.0.2:1000"}, "made up": {make([]byte, 16), "127.0.0.1:1000"}, "short": {state[:8], "127.0.0.1:1000"},
	} {
		request := identityRequest(t, secret, &radius.AVP{Type: rfc2865.State_Type, Attribute: c.state})
		raw := server.Handle(request, netip.MustParseAddrPort(c.from), time.Now())
		reply := parse(t, raw, request)
		message, _ := eapMessage(reply)
		if p, ok := eap.Parse(message); reply.Code != radius.CodeAccessReject || !ok || p.Code != eap.CodeFailure {
			t.Errorf("%s: %v", name, reply.Code)
		}
	}
}

// An EAP packet out of place: the last request again, and why.
func TestInvalidEAP(t *testing.T) {
	server, err := NewServer(config(t))
	if err != nil {
		t.Fatal(err)
	}
	request := identityRequest(t, secret)
	first := parse(t, server.Handle(request, from, time.Now()), request)
	again := identityRequest(t, secret, &radius.AVP{Type: rfc2865.State_Type, Attribute: rfc2865.State_Get(first)})
	reply := parse(t, server.Handle(again, from, time.Now()), again)
	a, _ := eapMessage(first)
	b, _ := eapMessage(reply)
	if cause, ok := reply.Lookup(attrErrorCause); reply.Code != radius.CodeAccessChallenge || !bytes.Equal(a, b) || !ok ||
		binary.BigEndian.Uint32(cause) != invalidEAPPacket {
		t.Errorf("%v: %x after %x", reply.Code, b, a)
	}
}

// Sessions are bounded in number, and expire on time.
func TestAbandonedSessions(t *testing.T) {
	var log bytes.Buffer
	c := config(t)
	c.MaxSessions, c.Log = 100, slog.New(slog.NewTextHandler(&log, nil))
	server, err := NewServer(c)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for i := range 150 {
		server.Handle(identityRequest(t, secret), netip.AddrPortFrom(from.Addr(), uint16(1000+i)), start)
	}
	if n := server.Sessions(); n != 100 {
		t.Errorf("%d sessions", n)
	}
	server.Expire(start.Add(DefaultTimeout - 1))
	if n := server.Sessions(); n != 100 {
		t.Errorf("%d sessions before their time", n)
	}
	server.Expire(start.Add(DefaultTimeout))
	if n := server.Sessions(); n != 0 {
		t.Errorf("%d sessions after their time", n)
	}
	if n := strings.Count(log.String(), "abandoned"); n != 100 {
		t.Errorf("%d sessions are logged as abandoned", n)
	}
}

// Anonymous provisioning ends in Access-Reject without keys, and does not count
// against the NAS.
//
// Checks FAST-PAC-29 (must fail: anonymous-access).
func TestAnonymousProvisioningIsNoAccess(t *testing.T) {
	c := config(t)
	c.Methods, c.Failures = methods(t, fast.AnonymousProvisioning), 1
	address, _ := serve(t, c)
	store := new(fast.PACs)
	anonymous := func() *eap.Peer {
		var r eap.Registry[eap.PeerMethod]
		r.Add(eap.TypeFAST, func() eap.PeerMethod {
			return fast.NewPeer(&fast.PeerConfig{Identity: "ali", Password: "open sesame", Store: store, Provisioning: fast.AnonymousProvisioning})
		})
		return eap.NewPeer(&eap.PeerConfig{Methods: &r, MTU: 1400})
	}
	client := dial(t, ClientConfig{Server: address, Secret: secret})
	result, err := client.Authenticate(t.Context(), anonymous())
	if err != nil || result.Accepted || len(store.All()) != 1 {
		t.Fatalf("%+v, %v, %d PACs", result, err, len(store.All()))
	}
	if result, err = client.Authenticate(t.Context(), anonymous()); err != nil || !result.Accepted || !result.KeysAgree {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestNASThatFailsTooOften(t *testing.T) {
	c := config(t)
	c.Failures = 2
	address, _ := serve(t, c)
	client := dial(t, ClientConfig{Server: address, Secret: secret})
	for range 2 {
		client.Authenticate(t.Context(), newPeer(nil, "open barley"))
	}
	if result, err := client.Authenticate(t.Context(), newPeer(nil, "open sesame")); err != nil || result.Accepted || result.Rounds != 1 {
		t.Errorf("%+v, %v", result, err)
	}
}
