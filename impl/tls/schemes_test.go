package tls_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// TLS-BASE-19: a server signs in its first scheme that the client has offered.
func TestSignatureSchemes(t *testing.T) {
	pss, pkcs1 := spec.RSAPSSRSAESHA384, spec.RSAPKCS1SHA512
	for _, tt := range []struct {
		name                 string
		client, server, cert []spec.SignatureScheme
		want                 spec.SignatureScheme
	}{
		{"default", nil, nil, nil, spec.RSAPSSRSAESHA256},
		{"the client's one", []spec.SignatureScheme{pkcs1}, nil, nil, pkcs1},
		{"the server's order", []spec.SignatureScheme{pkcs1, pss}, []spec.SignatureScheme{pss, pkcs1}, nil, pss},
		{"the certificate's", nil, nil, []spec.SignatureScheme{pkcs1}, pkcs1},
		{"the certificate's, in the server's order", nil, []spec.SignatureScheme{pss, pkcs1}, []spec.SignatureScheme{pkcs1, pss}, pss},
		{"unknown ones are left out", []spec.SignatureScheme{0x0202, pkcs1}, nil, nil, pkcs1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, server := clientConfig(), serverConfig(testcert.RSA)
			client.SignatureSchemes, server.SignatureSchemes = tt.client, tt.server
			server.Certificates[0].SupportedSignatureAlgorithms = tt.cert
			c, s := connect(t, client, server)
			if got := [2]spec.SignatureScheme{c.ConnectionState().SignatureScheme, s.ConnectionState().SignatureScheme}; got != [2]spec.SignatureScheme{tt.want, tt.want} {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func TestNoSchemeInCommon(t *testing.T) {
	only := []spec.SignatureScheme{spec.RSAPKCS1SHA512}
	for name, change := range map[string]func(client, server *tls.Config){
		"configurations": func(client, server *tls.Config) {
			client.SignatureSchemes, server.SignatureSchemes = []spec.SignatureScheme{spec.RSAPKCS1SHA256}, only
		},
		"the certificate": func(client, server *tls.Config) {
			client.SignatureSchemes, server.Certificates[0].SupportedSignatureAlgorithms = []spec.SignatureScheme{spec.RSAPKCS1SHA256}, only
		},
		"the certificate and its own server": func(_, server *tls.Config) {
			server.SignatureSchemes, server.Certificates[0].SupportedSignatureAlgorithms = []spec.SignatureScheme{spec.RSAPKCS1SHA256}, only
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := clientConfig(), serverConfig(testcert.RSA)
			client.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}
			change(client, server)
			a, b := transports(t)
			clientErr, serverErr := handshakes(tls.Client(a, client), tls.Server(b, server))
			wantAlert(t, "server", serverErr, true, spec.HandshakeFailure)
			wantAlert(t, "client", clientErr, false, spec.HandshakeFailure)
		})
	}
}

// A client presents what the server's CertificateRequest has a scheme for.
func TestClientSignatureSchemes(t *testing.T) {
	for _, tt := range []struct {
		name         string
		server, cert []spec.SignatureScheme
		want         testcert.Kind
	}{
		{"the first", nil, nil, testcert.RSA},
		{"the server takes ECDSA only", []spec.SignatureScheme{spec.ECDSASecp256r1SHA256, spec.RSAPSSRSAESHA256}, []spec.SignatureScheme{spec.RSAPKCS1SHA256}, testcert.ECDSA},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, server := clientConfig(), serverConfig(testcert.ECDSA)
			client.Certificates = []tls.Certificate{clientCertificate(testcert.RSA), clientCertificate(testcert.ECDSA)}
			client.Certificates[0].SupportedSignatureAlgorithms = tt.cert
			server.ClientAuth, server.SignatureSchemes = tls.RequireAnyClientCert, tt.server
			_, s := connect(t, client, server)
			if got := s.ConnectionState().PeerCertificates[0]; !got.Equal(testcert.Client(tt.want).Leaf) {
				t.Errorf("a certificate with %v", got.PublicKeyAlgorithm)
			}
		})
	}
}

func TestNoSchemeOfOwn(t *testing.T) {
	for _, schemes := range [][]spec.SignatureScheme{{}, {0x0202}, {spec.MD5SHA1}} {
		client := clientConfig()
		client.SignatureSchemes = schemes
		a, _ := transports(t)
		if err := tls.Client(a, client).Handshake(); err == nil || !strings.Contains(err.Error(), "Config.SignatureSchemes") {
			t.Errorf("%v: %v", schemes, err)
		}
	}
}

func TestListsOfAll(t *testing.T) {
	if !slices.Contains(tls.Groups(), spec.FFDHE8192) || !slices.Contains(tls.SignatureSchemes(), spec.Ed25519) {
		t.Error("Groups or SignatureSchemes lacks one")
	}
}
