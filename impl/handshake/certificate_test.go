package handshake_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// selfSigned returns a certificate for a key, which nobody vouches for.
func selfSigned(t *testing.T, key crypto.Signer) testcert.Chain {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return testcert.Chain{DER: [][]byte{der}, Key: key, Leaf: leaf}
}

// TestCurveOfTheCertificate: RFC 8422, Section 5.1: a server's ECDSA key is on a
// curve that the client lists, or another suite is taken.
func TestCurveOfTheCertificate(t *testing.T) {
	for group, curve := range map[spec.Group]elliptic.Curve{spec.Secp256r1: elliptic.P256(), spec.Secp384r1: elliptic.P384(), spec.Secp521r1: elliptic.P521()} {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		for _, listed := range []bool{true, false} {
			groups := []spec.Group{spec.X25519}
			if listed {
				groups = append(groups, group)
			}
			config := &handshake.Config{Suites: []spec.SuiteID{ecdhECDSA}, Groups: groups}
			client, server := pair(t, config, &handshake.Config{Groups: []spec.Group{spec.X25519}}, &handshake.ClientParams{})
			server.certs = []testcert.Chain{selfSigned(t, key)}
			play(client, server)
			if listed {
				established(t, client, server)
			} else if a, sent := alertOf(server); a != spec.HandshakeFailure || !sent {
				t.Errorf("%v is not listed: %v", group, server.err)
			}
		}
	}
}

// TestGroupForTheKey: RFC 7919, Section 4: the finite-field group is not weaker
// than the server's RSA key, if there is such a one.
func TestGroupForTheKey(t *testing.T) {
	for bits, want := range map[uint]spec.Group{1024: spec.FFDHE2048, 2048: spec.FFDHE2048, 2049: spec.FFDHE3072, 8192: spec.FFDHE4096} {
		groups := []spec.Group{spec.FFDHE2048, spec.FFDHE3072, spec.FFDHE4096}
		client, server := pair(t, &handshake.Config{Suites: []spec.SuiteID{dhe}, Groups: groups}, &handshake.Config{Groups: groups}, &handshake.ClientParams{})
		got := spec.Group(0)
		server.override = func(ev handshake.Event) bool {
			switch ev {
			case handshake.CertificateWanted:
				server.UseCertificate(handshake.Certificate{PublicKey: &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), bits-1), E: 65537}})
			case handshake.SignWanted:
				got = server.Info().Group
				server.Abort(spec.InternalError, nil) // there is no such key
			default:
				return false
			}
			return true
		}
		play(client, server)
		if got != want {
			t.Errorf("beside a key of %d bits: %v, want %v: %v", bits, got, want, server.err)
		}
	}
}

// TestRequestedTypes: RFC 5246, Section 7.4.6: a client's certificate is of a type
// that the server asks for.
func TestRequestedTypes(t *testing.T) {
	const rsaSign, ecdsaSign = wire.CertificateTypeRSASign, wire.CertificateTypeECDSASign
	for _, types := range [][]byte{{rsaSign}, {ecdsaSign}, {rsaSign, ecdsaSign}, {9, ecdsaSign}, {9}} {
		client, server := pair(t, &handshake.Config{Suites: []spec.SuiteID{ecdhe}}, &handshake.Config{ClientAuth: handshake.RequestClientAuth}, &handshake.ClientParams{})
		asked := false
		client.override = func(ev handshake.Event) bool {
			if ev != handshake.CertificateWanted {
				return false
			}
			asked = true
			for kind, octet := range map[testcert.Kind]byte{testcert.RSA: rsaSign, testcert.ECDSA: ecdsaSign, testcert.Ed25519: ecdsaSign} {
				if got, want := client.Supports(certificate(testcert.Client(kind))), bytes.IndexByte(types, octet) >= 0; got != want {
					t.Errorf("asked for the types %v, %v could serve: %v", types, kind, got)
				}
			}
			return false
		}
		hello, _ := client.step(nil)
		flight, _ := server.step(hello)
		for _, rec := range records(flight) {
			if spec.HandshakeMessage(rec[record.HeaderSize]) == spec.CertificateRequest {
				r := wire.CertificateRequest{Version: spec.TLS12}
				r.Parse(rec[record.HeaderSize+wire.HeaderLen:])
				r.Types = types
				rec = inClear(spec.ContentHandshake, r.Append(nil))
			}
			client.step(rec)
		}
		if !asked {
			t.Errorf("the client is not asked: %v", client.err)
		}
	}
}

// TestKeptForCertificateVerify: RFC 5246, Section 7.4.8: the messages themselves
// are kept as long as a CertificateVerify may have to sign them, and no longer.
func TestKeptForCertificateVerify(t *testing.T) {
	needed := map[spec.State]bool{
		spec.AwaitServerFlight: true, spec.AwaitServerKeyExchange: true, spec.AwaitCertificateRequest: true, spec.AwaitServerHelloDone: true,
		spec.AwaitClientCertificate: true, spec.AwaitClientKeyExchangeVerify: true, spec.AwaitCertificateVerify: true,
	}
	all := ways(t)
	for _, w := range all[:len(all):len(all)] {
		if w.cert {
			without := *w
			without.name, without.cert = w.name+", and no certificate", false
			all = append(all, &without)
		}
	}
	seen := map[bool]int{}
	for _, w := range all {
		for r, states := range allowed {
			for s := range states {
				if s == spec.AwaitServerHello || s == spec.AwaitClientHello {
					continue // the hash is not known yet
				}
				if me, _, ok := w.walk(t, r, s); ok {
					seen[needed[s]]++
					if kept := me.Kept(); (kept > 0) != needed[s] {
						t.Errorf("%s: a %v in %v keeps %d octets", w.name, r, s, kept)
					}
				}
			}
		}
	}
	if seen[true] < 10 || seen[false] < 10 {
		t.Errorf("states reached: %v", seen)
	}
}

// TestRequiredIsNotAnonymous: RFC 5246, Section 7.4.4: who must have a certificate
// of the client takes no suite in which nobody has one.
func TestRequiredIsNotAnonymous(t *testing.T) {
	for auth, want := range map[handshake.ClientAuth]spec.AlertDescription{
		handshake.NoClientAuth: spec.AlertNone, handshake.RequestClientAuth: spec.AlertNone, handshake.RequireClientAuth: spec.HandshakeFailure,
	} {
		config := func() *handshake.Config {
			return &handshake.Config{Suites: []spec.SuiteID{dhAnon}, AllowAnonymous: true, ClientAuth: auth}
		}
		client, server := pair(t, config(), config(), &handshake.ClientParams{})
		if play(client, server); want == spec.AlertNone {
			established(t, client, server)
		} else if a, sent := alertOf(server); a != want || !sent {
			t.Errorf("ClientAuth %v: %v", auth, server.err)
		}
	}
}
