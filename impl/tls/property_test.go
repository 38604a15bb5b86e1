package tls_test

import (
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// kinds are the handshakes that the properties are about, each with fresh
// configurations. Signatures all have one length, so that bits can be counted.
var kinds = map[string]func() (client, server *tls.Config){
	"full": func() (*tls.Config, *tls.Config) { return clientConfig(), serverConfig(testcert.Ed25519) },
	"client certificate": func() (*tls.Config, *tls.Config) {
		client, server := clientConfig(), serverConfig(testcert.Ed25519)
		client.Certificates = []tls.Certificate{clientCertificate(testcert.Ed25519)}
		server.ClientAuth, server.ClientCAs = tls.RequireAndVerifyClientCert, testcert.Roots()
		return client, server
	},
	"CBC": func() (*tls.Config, *tls.Config) {
		client, server := clientConfig(), serverConfig(testcert.RSA)
		client.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA256}
		return client, server
	},
	"TLS 1.0": func() (*tls.Config, *tls.Config) {
		client, server := clientConfig(), serverConfig(testcert.RSA)
		client.MinVersion, client.MaxVersion, server.MinVersion = tls.VersionTLS10, tls.VersionTLS10, tls.VersionTLS10
		return client, server
	},
	"session secret": func() (*tls.Config, *tls.Config) {
		return offering(clientConfig(), testPAC), accepting(serverConfig(testcert.Ed25519), testPAC)
	},
	"declined": func() (*tls.Config, *tls.Config) {
		return offering(clientConfig(), testPAC), declining(serverConfig(testcert.Ed25519))
	},
	"new ticket": func() (*tls.Config, *tls.Config) {
		client, server := clientConfig(), serverConfig(testcert.Ed25519)
		client.ClientSessionCache = tls.NewLRUClientSessionCache(0)
		return client, server
	},
}

// What the network does to the stream never changes the outcome: records in the
// clear are split and joined at will, and octets arrive in any portions.
func TestPropertyFragmentation(t *testing.T) {
	for name, configs := range kinds {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				size := rapid.OneOf(rapid.IntRange(1, 5), rapid.IntRange(1, 300), rapid.Just(1<<14))
				sizes := rapid.SliceOfN(size, 1, 30)
				toServer := &reframer{sizes: sizes.Draw(rt, "to the server"), portions: sizes.Draw(rt, "portions")}
				toClient := &reframer{sizes: sizes.Draw(rt, "to the client"), portions: sizes.Draw(rt, "portions")}
				var failure error
				synctest.Test(t, func(*testing.T) { failure = through(configs, toServer.rewrite, toClient.rewrite) })
				if failure != nil {
					rt.Fatal(failure)
				}
			})
		})
	}
}

// through runs a handshake with data both ways, over a wire that is rewritten
// in both directions.
func through(configs func() (client, server *tls.Config), toServer, toClient rewriter) error {
	client, server := configs()
	w := newWire(toServer, toClient)
	defer w.Close()
	c, s := tls.Client(w.client, client), tls.Server(w.server, server)
	defer c.Close()
	defer s.Close()
	if clientErr, serverErr := handshakes(c, s); clientErr != nil || serverErr != nil {
		return errors.Join(clientErr, serverErr)
	}
	for _, ends := range [][2]*tls.Conn{{c, s}, {s, c}} {
		go ends[0].Write([]byte("application data"))
		got := make([]byte, len("application data"))
		if _, err := io.ReadFull(ends[1], got); err != nil {
			return err
		}
		if string(got) != "application data" {
			return errors.New("application data arrived changed")
		}
	}
	if c.ConnectionState().ResumedBy != s.ConnectionState().ResumedBy {
		return errors.New("the two ends disagree")
	}
	return nil
}

// Any one flipped bit from ServerHello to the last Finished makes the side that
// receives it fail: by an alert, or by its deadline where a length has grown. It
// never reaches established.
func TestPropertyFlippedBit(t *testing.T) {
	for name, configs := range kinds {
		t.Run(name, func(t *testing.T) {
			var toServer, toClient, hello int
			synctest.Test(t, func(t *testing.T) {
				counts := [2]*flipper{{bit: -1}, {bit: -1}}
				if err := through(configs, counts[0].rewrite, counts[1].rewrite); err != nil {
					t.Fatal(err)
				}
				toServer, toClient, hello = counts[0].handshake, counts[1].handshake, counts[0].first
			})
			rapid.Check(t, func(rt *rapid.T) {
				role := rapid.SampledFrom([]spec.Role{spec.Client, spec.Server}).Draw(rt, "the receiver")
				flip, pass := &flipper{}, &flipper{bit: -1}
				if role == spec.Client {
					flip.bit = rapid.IntRange(0, 8*toClient-1).Draw(rt, "bit")
				} else {
					flip.bit = rapid.IntRange(8*hello, 8*toServer-1).Draw(rt, "bit")
				}
				var err error
				synctest.Test(t, func(*testing.T) { err = flipped(configs, role, flip, pass) })
				if err == nil {
					rt.Fatalf("%v is established with bit %d of octet %d flipped", role, flip.bit%8, flip.bit/8)
				}
			})
		})
	}
}

// flipped runs a handshake with a bit flipped on the way to role, and returns
// that role's error.
func flipped(configs func() (client, server *tls.Config), role spec.Role, flip, pass *flipper) error {
	client, server := configs()
	toServer, toClient := pass, flip
	if role == spec.Server {
		toServer, toClient = flip, pass
	}
	w := newWire(toServer.rewrite, toClient.rewrite)
	defer w.Close()
	for _, end := range []net.Conn{w.client, w.server} {
		end.SetDeadline(time.Now().Add(time.Minute))
	}
	clientErr, serverErr := handshakes(tls.Client(w.client, client), tls.Server(w.server, server))
	if role == spec.Server {
		return serverErr
	}
	return clientErr
}
