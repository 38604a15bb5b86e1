package tls_test

import (
	"context"
	stdtls "crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// What each ClientAuthType makes of no certificate, of one that does not verify,
// and of one that does.
func TestClientAuth(t *testing.T) {
	const none, unknown, good = "none", "unknown", "good"
	for _, tt := range []struct {
		auth  tls.ClientAuthType
		sends string
		alert spec.AlertDescription // AlertNone: established
		seen  int                   // certificates at the server
	}{
		{tls.NoClientCert, none, spec.AlertNone, 0},
		{tls.NoClientCert, good, spec.AlertNone, 0},
		{tls.RequestClientCert, none, spec.AlertNone, 0},
		{tls.RequestClientCert, unknown, spec.AlertNone, 2},
		{tls.RequestClientCert, good, spec.AlertNone, 2},
		{tls.RequireAnyClientCert, none, spec.HandshakeFailure, 0},
		{tls.RequireAnyClientCert, unknown, spec.AlertNone, 2},
		{tls.VerifyClientCertIfGiven, none, spec.AlertNone, 0},
		{tls.VerifyClientCertIfGiven, unknown, spec.UnknownCA, 0},
		{tls.VerifyClientCertIfGiven, good, spec.AlertNone, 2},
		{tls.RequireAndVerifyClientCert, none, spec.HandshakeFailure, 0},
		{tls.RequireAndVerifyClientCert, unknown, spec.UnknownCA, 0},
		{tls.RequireAndVerifyClientCert, good, spec.AlertNone, 2},
	} {
		t.Run(fmt.Sprintf("%d/%s", tt.auth, tt.sends), func(t *testing.T) {
			client, server := clientConfig(), serverConfig(testcert.RSA)
			server.ClientAuth, server.ClientCAs = tt.auth, testcert.Roots()
			if tt.sends != none {
				own := clientCertificate(testcert.RSA)
				client.GetClientCertificate = func(context.Context, *tls.CertificateRequestInfo) (*tls.Certificate, error) {
					return &own, nil
				}
			}
			if tt.sends == unknown {
				server.ClientCAs = x509.NewCertPool()
				server.ClientCAs.AddCert(testcert.Root(testcert.ECDSA))
			}
			a, b := transports(t)
			c, s := tls.Client(a, client), tls.Server(b, server)
			clientErr, serverErr := handshakes(c, s)
			if tt.alert != spec.AlertNone {
				wantAlert(t, "server", serverErr, true, tt.alert)
				wantAlert(t, "client", clientErr, false, tt.alert)
				return
			}
			if clientErr != nil || serverErr != nil {
				t.Fatalf("client: %v\nserver: %v", clientErr, serverErr)
			}
			if got := len(s.ConnectionState().PeerCertificates); got != tt.seen {
				t.Errorf("%d certificates at the server, want %d", got, tt.seen)
			}
			talk(t, c, s)
		})
	}
}

// Every kind of client certificate, with crypto/tls in both roles.
func TestClientCertificatesWithStandardLibrary(t *testing.T) {
	for _, kind := range []testcert.Kind{testcert.RSA, testcert.ECDSA, testcert.Ed25519} {
		for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12} {
			if kind == testcert.Ed25519 && version < tls.VersionTLS12 {
				continue // RFC 8422, Section 5.10: Ed25519 needs signature_algorithms
			}
			name := fmt.Sprintf("%v/%s", kind, tls.VersionName(version))
			t.Run("client/"+name, func(t *testing.T) {
				client, server := clientConfig(), stdServer(testcert.RSA)
				client.MinVersion, client.MaxVersion = version, version
				client.Certificates = []tls.Certificate{clientCertificate(testcert.Kind((int(kind) + 1) % 3)), clientCertificate(kind)}
				server.ClientAuth, server.ClientCAs = stdtls.RequireAndVerifyClientCert, x509.NewCertPool()
				server.ClientCAs.AddCert(testcert.Root(kind)) // only one of the two fits
				a, b := transports(t)
				c, s := tls.Client(a, client), stdtls.Server(b, server)
				clientErr, serverErr := handshakes(c, s)
				if clientErr != nil || serverErr != nil {
					t.Fatalf("client: %v\nserver: %v", clientErr, serverErr)
				}
				talk(t, c, s)
			})
			t.Run("server/"+name, func(t *testing.T) {
				client, server := stdClient(), serverConfig(testcert.RSA)
				client.Certificates = []stdtls.Certificate{stdClientCertificate(kind)}
				server.MinVersion, server.MaxVersion = version, version
				server.ClientAuth, server.ClientCAs = tls.RequireAndVerifyClientCert, testcert.Roots()
				a, b := transports(t)
				c, s := stdtls.Client(a, client), tls.Server(b, server)
				clientErr, serverErr := handshakes(c, s)
				if clientErr != nil || serverErr != nil {
					t.Fatalf("client: %v\nserver: %v", clientErr, serverErr)
				}
				if got := len(s.ConnectionState().PeerCertificates); got != 2 {
					t.Errorf("%d certificates", got)
				}
				talk(t, c, s)
			})
		}
	}
}

// A PAC stands in for a required certificate only if it was said to.
func TestTicketIsClientAuth(t *testing.T) {
	for _, standsIn := range []bool{false, true} {
		client, server := offering(clientConfig(), testPAC), accepting(serverConfig(testcert.RSA), testPAC)
		client.Certificates = []tls.Certificate{clientCertificate(testcert.RSA)}
		server.ClientAuth, server.ClientCAs = tls.RequireAndVerifyClientCert, testcert.Roots()
		server.TicketIsClientAuth = standsIn
		c, s := connect(t, client, server)
		want, certificates := spec.Full, 2
		if standsIn {
			want, certificates = spec.BySessionSecret, 0
		}
		state := s.ConnectionState()
		if state.ResumedBy != want || len(state.PeerCertificates) != certificates {
			t.Errorf("stands in: %v: %v with %d certificates", standsIn, state.ResumedBy, len(state.PeerCertificates))
		}
		talk(t, c, s)
	}
}

// VerifyConnection runs in every kind of handshake, on both sides, and its error
// ends each.
func TestVerifyConnection(t *testing.T) {
	errOwn := errors.New("not this one")
	for _, by := range []spec.Shortening{spec.Full, spec.BySessionID, spec.ByTicket, spec.BySessionSecret} {
		for _, role := range []string{"client", "server"} {
			t.Run(by.String()+"/"+role, func(t *testing.T) {
				client, server := resuming(by)
				server.SetSessionTicketKeys([][32]byte{{1}})
				if by == spec.BySessionSecret {
					offering(client, testPAC)
					accepting(server, testPAC)
				} else if by != spec.Full {
					resumed(t, client, server)
				}
				client, server = client.Clone(), server.Clone()
				var seen *tls.ConnectionState
				verify := func(s tls.ConnectionState) error {
					seen = &s
					return errOwn
				}
				alert := spec.BadCertificate
				if role == "client" {
					client.VerifyConnection = verify
				} else {
					alert = spec.AccessDenied
					server.VerifyConnection = func(s tls.ConnectionState) error {
						return &tls.AlertError{Alert: alert, Err: verify(s)}
					}
				}
				a, b := transports(t)
				c, s := tls.Client(a, client), tls.Server(b, server)
				clientErr, serverErr := handshakes(c, s)
				own, other := clientErr, serverErr
				if role == "server" {
					own, other = serverErr, clientErr
				}
				wantAlert(t, "own", own, true, alert)
				if !errors.Is(own, errOwn) {
					t.Errorf("%v does not wrap the callback's error", own)
				}
				if other == nil {
					// The other side had finished before; its next Read says it.
					peer := map[string]*tls.Conn{"client": s, "server": c}[role]
					_, other = peer.Read(make([]byte, 1))
				}
				wantAlert(t, "other", other, false, alert)
				switch {
				case seen == nil:
					t.Error("not called")
				case seen.ResumedBy != by:
					t.Errorf("called with %v", seen.ResumedBy)
				case (seen.TicketState != nil) != (by == spec.BySessionSecret):
					t.Errorf("called with ticket state %v", seen.TicketState)
				}
			})
		}
	}
}

// And a VerifyConnection that has no objection sees what the connection is then.
func TestVerifyConnectionAgrees(t *testing.T) {
	for _, by := range []spec.Shortening{spec.Full, spec.BySessionID, spec.ByTicket, spec.BySessionSecret} {
		t.Run(by.String(), func(t *testing.T) {
			client, server := resuming(by)
			seen := make(map[string]tls.ConnectionState)
			client.VerifyConnection = func(s tls.ConnectionState) error { seen["client"] = s; return nil }
			server.VerifyConnection = func(s tls.ConnectionState) error { seen["server"] = s; return nil }
			if by == spec.BySessionSecret {
				offering(client, testPAC)
				accepting(server, testPAC)
			} else if by != spec.Full {
				resumed(t, client, server)
			}
			c, s := connect(t, client, server)
			talk(t, c, s)
			for who, state := range map[string]tls.ConnectionState{"client": c.ConnectionState(), "server": s.ConnectionState()} {
				then := seen[who]
				if then.HandshakeComplete {
					t.Errorf("%s: complete before VerifyConnection", who)
				}
				then.HandshakeComplete = true
				if !reflect.DeepEqual(then, state) {
					t.Errorf("%s: %+v\nthen %+v", who, then, state)
				}
			}
		})
	}
}

// VerifyPeerCertificate runs where a certificate is, after verification or
// instead of it.
func TestVerifyPeerCertificate(t *testing.T) {
	errOwn := errors.New("not this one")
	for _, skip := range []bool{false, true} {
		client := clientConfig()
		client.InsecureSkipVerify = skip
		var chains int
		client.VerifyPeerCertificate = func(raw [][]byte, verified [][]*x509.Certificate) error {
			if len(raw) != 2 {
				t.Errorf("%d certificates", len(raw))
			}
			chains = len(verified)
			return errOwn
		}
		a, b := transports(t)
		clientErr, serverErr := handshakes(tls.Client(a, client), tls.Server(b, serverConfig(testcert.RSA)))
		wantAlert(t, "client", clientErr, true, spec.BadCertificate)
		wantAlert(t, "server", serverErr, false, spec.BadCertificate)
		if (chains == 0) != skip || !errors.Is(clientErr, errOwn) {
			t.Errorf("skip %v: %d chains, %v", skip, chains, clientErr)
		}
	}
}
