package tls_test

import (
	"context"
	stdtls "crypto/tls"
	"fmt"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

func TestALPN(t *testing.T) {
	for _, tt := range []struct {
		name           string
		client, server []string
		want           string
		alert          spec.AlertDescription
	}{
		{"the server's first", []string{"a", "b"}, []string{"b", "a"}, "b", spec.AlertNone},
		{"one in common", []string{"x", "b"}, []string{"a", "b"}, "b", spec.AlertNone},
		{"the client offers none", nil, []string{"a"}, "", spec.AlertNone},
		{"the server has none", []string{"a"}, nil, "", spec.AlertNone},
		{"none in common", []string{"a"}, []string{"b"}, "", spec.NoApplicationProtocol},
	} {
		run := func(t *testing.T, client, server endpoint, protocols func() [2]string) {
			clientErr, serverErr := handshakes(client, server)
			if tt.alert != spec.AlertNone {
				for who, err := range map[string]error{"client": clientErr, "server": serverErr} {
					if err == nil {
						t.Errorf("%s: established", who)
					} else if _, std := map[string]endpoint{"client": client, "server": server}[who].(*stdtls.Conn); !std {
						wantAlert(t, who, err, who == "server", tt.alert)
					}
				}
				return
			}
			if clientErr != nil || serverErr != nil {
				t.Fatalf("client: %v\nserver: %v", clientErr, serverErr)
			}
			if got := protocols(); got != [2]string{tt.want, tt.want} {
				t.Errorf("%q, want %q", got, tt.want)
			}
		}
		client, server := clientConfig(), serverConfig(testcert.RSA)
		client.NextProtos, server.NextProtos = tt.client, tt.server
		stdC, stdS := stdClient(), stdServer(testcert.RSA)
		stdC.NextProtos, stdS.NextProtos = tt.client, tt.server
		t.Run(tt.name+"/own", func(t *testing.T) {
			a, b := transports(t)
			c, s := tls.Client(a, client), tls.Server(b, server)
			run(t, c, s, func() [2]string {
				return [2]string{c.ConnectionState().NegotiatedProtocol, s.ConnectionState().NegotiatedProtocol}
			})
		})
		t.Run(tt.name+"/client", func(t *testing.T) {
			a, b := transports(t)
			c, s := tls.Client(a, client), stdtls.Server(b, stdS)
			run(t, c, s, func() [2]string {
				return [2]string{c.ConnectionState().NegotiatedProtocol, s.ConnectionState().NegotiatedProtocol}
			})
		})
		t.Run(tt.name+"/server", func(t *testing.T) {
			a, b := transports(t)
			c, s := stdtls.Client(a, stdC), tls.Server(b, server)
			run(t, c, s, func() [2]string {
				return [2]string{c.ConnectionState().NegotiatedProtocol, s.ConnectionState().NegotiatedProtocol}
			})
		})
	}
}

// ALPN is negotiated anew in a handshake with a session secret.
func TestALPNWithSessionSecret(t *testing.T) {
	client, server := offering(clientConfig(), testPAC), accepting(serverConfig(testcert.RSA), testPAC)
	client.NextProtos, server.NextProtos = []string{"a", "b"}, []string{"b"}
	c, s := connect(t, client, server)
	if c.ConnectionState().NegotiatedProtocol != "b" || s.ConnectionState().NegotiatedProtocol != "b" {
		t.Error("no protocol")
	}
}

// Every suite of ours in every version that has it, between our own ends: full,
// and with a session secret.
func TestEverySuite(t *testing.T) {
	for _, suite := range spec.Suites() {
		for version := max(suite.MinVersion, spec.TLS10); version <= spec.TLS12; version++ {
			t.Run(fmt.Sprintf("%v/%s", version, suite.Name), func(t *testing.T) {
				client, server := clientConfig(), serverConfig(testcert.RSA, testcert.ECDSA)
				for _, c := range []*tls.Config{client, server} {
					c.MinVersion, c.MaxVersion = uint16(version), uint16(version)
					c.CipherSuites = []uint16{uint16(suite.ID)}
					c.AllowAnonymous = suite.KeyExchange.Anonymous()
				}
				c, s := connect(t, client, server)
				talk(t, c, s)
				state := c.ConnectionState()
				if state.CipherSuite != uint16(suite.ID) || state.Version != uint16(version) {
					t.Errorf("%s with %s", tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite))
				}
				if state.EncryptThenMAC == suite.Cipher.AEAD() {
					t.Errorf("encrypt-then-MAC: %v", state.EncryptThenMAC)
				}
				if suite.KeyExchange.Anonymous() {
					return // FAST-TLS-36: never with a session secret
				}
				c, s = connect(t, offering(client.Clone(), testPAC), accepting(server.Clone(), testPAC))
				talk(t, c, s)
				if got := s.ConnectionState(); got.ResumedBy != spec.BySessionSecret || got.CipherSuite != uint16(suite.ID) {
					t.Errorf("%v with %s", got.ResumedBy, tls.CipherSuiteName(got.CipherSuite))
				}
			})
		}
	}
}

// Every group, with crypto/tls where it has it.
func TestEveryGroup(t *testing.T) {
	for _, group := range []spec.Group{spec.X25519, spec.Secp256r1, spec.Secp384r1, spec.Secp521r1,
		spec.FFDHE2048, spec.FFDHE3072, spec.FFDHE4096} {
		t.Run(group.String(), func(t *testing.T) {
			client, server := clientConfig(), serverConfig(testcert.RSA)
			client.Groups, server.Groups = []spec.Group{group}, []spec.Group{group}
			if group >= spec.FFDHE2048 {
				client.CipherSuites = []uint16{tls.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256}
			} else {
				client.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}
			}
			c, s := connect(t, client, server)
			if c.ConnectionState().Group != group || s.ConnectionState().Group != group {
				t.Errorf("%v and %v", c.ConnectionState().Group, s.ConnectionState().Group)
			}
			if group >= spec.FFDHE2048 {
				return
			}
			a, b := transports(t)
			peer := stdServer(testcert.RSA)
			peer.CurvePreferences = []stdtls.CurveID{stdtls.CurveID(group)}
			clientErr, serverErr := handshakes(tls.Client(a, client), stdtls.Server(b, peer))
			if clientErr != nil || serverErr != nil {
				t.Errorf("client: %v\nserver: %v", clientErr, serverErr)
			}
		})
	}
}

func TestVersions(t *testing.T) {
	const v10, v11, v12 = tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12
	for _, tt := range []struct {
		name           string
		client, server [2]uint16
		want           uint16
		alert          spec.AlertDescription
		byServer       bool
	}{
		{"default", [2]uint16{}, [2]uint16{}, v12, spec.AlertNone, false},
		{"old client", [2]uint16{v10, v10}, [2]uint16{v10, v12}, v10, spec.AlertNone, false},
		{"old server", [2]uint16{v10, v12}, [2]uint16{v10, v11}, v11, spec.AlertNone, false},
		{"client too old", [2]uint16{v10, v11}, [2]uint16{v12, v12}, 0, spec.ProtocolVersion, true},
		{"server too old", [2]uint16{v12, v12}, [2]uint16{v10, v11}, 0, spec.ProtocolVersion, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, server := clientConfig(), serverConfig(testcert.RSA)
			client.MinVersion, client.MaxVersion = tt.client[0], tt.client[1]
			server.MinVersion, server.MaxVersion = tt.server[0], tt.server[1]
			a, b := transports(t)
			c, s := tls.Client(a, client), tls.Server(b, server)
			clientErr, serverErr := handshakes(c, s)
			if tt.alert != spec.AlertNone {
				wantAlert(t, "server", serverErr, tt.byServer, tt.alert)
				wantAlert(t, "client", clientErr, !tt.byServer, tt.alert)
				return
			}
			if clientErr != nil || serverErr != nil {
				t.Fatalf("client: %v\nserver: %v", clientErr, serverErr)
			}
			if c.ConnectionState().Version != tt.want || s.ConnectionState().Version != tt.want {
				t.Errorf("%s", tls.VersionName(c.ConnectionState().Version))
			}
		})
	}
}

// RFC 7507: a client that falls back needlessly is refused.
func TestFallback(t *testing.T) {
	client, server := clientConfig(), serverConfig(testcert.RSA)
	client.MinVersion, client.MaxVersion, client.Fallback = tls.VersionTLS11, tls.VersionTLS11, true
	server.MinVersion = tls.VersionTLS11
	a, b := transports(t)
	clientErr, serverErr := handshakes(tls.Client(a, client), tls.Server(b, server))
	wantAlert(t, "server", serverErr, true, spec.InappropriateFallback)
	wantAlert(t, "client", clientErr, false, spec.InappropriateFallback)
	server = server.Clone()
	server.MaxVersion = tls.VersionTLS11
	connect(t, client, server)
}

// crypto/tls's server marks its random when it is talked down (RFC 8446, Section
// 4.1.3), and so do we: its client refuses a server that could have done better.
func TestStandardLibraryTLS13ClientGetsTLS12(t *testing.T) {
	client := stdClient()
	client.MaxVersion = stdtls.VersionTLS13
	a, b := transports(t)
	c, s := stdtls.Client(a, client), tls.Server(b, serverConfig(testcert.RSA))
	clientErr, serverErr := handshakes(c, s)
	if clientErr != nil || serverErr != nil {
		t.Fatalf("client: %v\nserver: %v", clientErr, serverErr)
	}
	talk(t, c, s)
}

func TestPolicies(t *testing.T) {
	for _, tt := range []struct {
		name           string
		client, server tls.Policy
		on, fails      bool
	}{
		{"both offer", tls.Offer, tls.Offer, true, false},
		{"both require", tls.Require, tls.Require, true, false},
		{"client never", tls.Never, tls.Offer, false, false},
		{"server never", tls.Offer, tls.Never, false, false},
		{"client never, server requires", tls.Never, tls.Require, false, true},
		{"client requires, server never", tls.Require, tls.Never, false, true},
	} {
		for _, ems := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/ems=%v", tt.name, ems), func(t *testing.T) {
				client, server := clientConfig(), serverConfig(testcert.RSA)
				client.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
				if ems {
					client.ExtendedMasterSecret, server.ExtendedMasterSecret = tt.client, tt.server
				} else {
					client.EncryptThenMAC, server.EncryptThenMAC = tt.client, tt.server
				}
				a, b := transports(t)
				c, s := tls.Client(a, client), tls.Server(b, server)
				clientErr, serverErr := handshakes(c, s)
				if tt.fails {
					sentByServer := tt.server == tls.Require
					wantAlert(t, "server", serverErr, sentByServer, spec.HandshakeFailure)
					wantAlert(t, "client", clientErr, !sentByServer, spec.HandshakeFailure)
					return
				}
				if clientErr != nil || serverErr != nil {
					t.Fatalf("client: %v\nserver: %v", clientErr, serverErr)
				}
				for _, state := range []tls.ConnectionState{c.ConnectionState(), s.ConnectionState()} {
					got := state.EncryptThenMAC
					if ems {
						got = state.ExtendedMasterSecret
					}
					if got != tt.on {
						t.Errorf("%v, want %v", got, tt.on)
					}
				}
				talk(t, c, s)
			})
		}
	}
}

// A server with several chains picks by name, and by what the client can do.
func TestServerPicksCertificate(t *testing.T) {
	server := serverConfig(testcert.RSA, testcert.ECDSA, testcert.Ed25519)
	for _, tt := range []struct {
		suite uint16
		want  testcert.Kind
	}{
		{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, testcert.RSA},
		{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, testcert.ECDSA},
		{tls.TLS_RSA_WITH_AES_128_GCM_SHA256, testcert.RSA},
	} {
		client := clientConfig()
		client.CipherSuites = []uint16{tt.suite}
		c, _ := connect(t, client, server)
		if got := c.ConnectionState().PeerCertificates[0]; !got.Equal(testcert.Server(tt.want).Leaf) {
			t.Errorf("%s: %v", tls.CipherSuiteName(tt.suite), got.PublicKeyAlgorithm)
		}
	}
	only := serverConfig(testcert.Ed25519)
	c, _ := connect(t, clientConfig(), only)
	if got := c.ConnectionState().SignatureScheme; got != spec.Ed25519 {
		t.Errorf("signed in %v", got)
	}
}

func TestGetCertificate(t *testing.T) {
	server := &tls.Config{Time: testTime}
	chain := testcert.Server(testcert.ECDSA)
	var seen *tls.ClientHelloInfo
	server.GetCertificate = func(_ context.Context, h *tls.ClientHelloInfo) (*tls.Certificate, error) {
		seen = h
		return &tls.Certificate{Certificate: chain.DER, PrivateKey: chain.Key}, nil
	}
	client := clientConfig()
	client.NextProtos = []string{"a"}
	connect(t, client, server)
	if seen == nil || seen.ServerName != testcert.Name || !slices.Contains(seen.Groups, spec.X25519) ||
		!slices.Contains(seen.SignatureSchemes, spec.Ed25519) || !slices.Equal(seen.Protocols, []string{"a"}) ||
		seen.Version != tls.VersionTLS12 || len(seen.CipherSuites) == 0 || seen.Conn == nil {
		t.Errorf("%+v", seen)
	}
}
