package handshake_test

import (
	"bytes"
	"crypto/elliptic"
	"encoding/asn1"
	"math/big"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// verifyForm is a change of a client's CertificateVerify.
type verifyForm struct {
	name   string
	alert  spec.AlertDescription
	change func(v *wire.CertificateVerify)
}

// verifyForms are what a signature of a kind of key must not look like under a
// version. A scheme that was not asked for, or of another kind of key, is
// illegal_parameter; a signature that is wrong in any way is decrypt_error.
func verifyForms(v spec.Version, kind testcert.Kind) (all []verifyForm) {
	add := func(name string, alert spec.AlertDescription, f func(v *wire.CertificateVerify)) {
		all = append(all, verifyForm{name, alert, f})
	}
	wrong := func(name string, f func(sig []byte) []byte) {
		add(name, spec.DecryptError, func(v *wire.CertificateVerify) { v.Signature = f(v.Signature) })
	}
	wrong("none", func([]byte) []byte { return nil })
	wrong("one octet", func([]byte) []byte { return []byte{1} })
	wrong("shorter", func(sig []byte) []byte { return sig[:len(sig)-1] })
	wrong("longer", func(sig []byte) []byte { return append(sig, 0) })
	wrong("a zero in front", func(sig []byte) []byte { return append([]byte{0}, sig...) })
	wrong("zeros", func(sig []byte) []byte { return make([]byte, len(sig)) })
	for _, at := range []int{0, 7, 32, 63} {
		wrong("a bit flipped", func(sig []byte) []byte { sig[at] ^= 0x20; return sig })
	}
	switch kind {
	case testcert.ECDSA:
		for name, rs := range pairsOfNumbers() {
			wrong(name, func([]byte) []byte { return rs })
		}
		wrong("r and s alone", func(sig []byte) []byte {
			var n struct{ R, S *big.Int }
			if _, err := asn1.Unmarshal(sig, &n); err != nil {
				panic(err)
			}
			return n.S.FillBytes(append(n.R.FillBytes(make([]byte, 32)), make([]byte, 32)...)[32:64])
		})
	case testcert.Ed25519:
		wrong("S and the order of the group", func(sig []byte) []byte {
			order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
			s := bytes.Clone(sig[32:])
			for i, j := 0, len(s)-1; i < j; i, j = i+1, j-1 {
				s[i], s[j] = s[j], s[i]
			}
			s = new(big.Int).Add(order, new(big.Int).SetBytes(s)).FillBytes(make([]byte, 32))
			for i := range s {
				sig[63-i] = s[i]
			}
			return sig
		})
	}
	if v < spec.TLS12 {
		add("with a scheme", spec.DecodeError, func(v *wire.CertificateVerify) { v.Version, v.Scheme = spec.TLS12, spec.RSAPKCS1SHA1 })
		return all
	}
	add("without a scheme", spec.DecodeError, func(v *wire.CertificateVerify) { v.Version, v.Signature = spec.TLS11, bytes.Repeat([]byte{0xff}, 70) })
	fitting := map[testcert.Kind][]spec.SignatureScheme{
		testcert.RSA: {spec.RSAPKCS1SHA1, spec.RSAPKCS1SHA256, spec.RSAPKCS1SHA384, spec.RSAPKCS1SHA512,
			spec.RSAPSSRSAESHA256, spec.RSAPSSRSAESHA384, spec.RSAPSSRSAESHA512},
		testcert.ECDSA:   {spec.ECDSASHA1, spec.ECDSASecp256r1SHA256, spec.ECDSASecp384r1SHA384, spec.ECDSASecp521r1SHA512},
		testcert.Ed25519: {spec.Ed25519},
	}
	for k, schemes := range fitting {
		for _, scheme := range schemes {
			alert := spec.IllegalParameter
			if k == kind {
				alert = spec.DecryptError
			}
			add(scheme.String(), alert, func(v *wire.CertificateVerify) {
				if v.Scheme == scheme {
					v.Signature[0] ^= 1
				}
				v.Scheme = scheme
			})
		}
	}
	// None and MD5, DSA, RSA-PSS with a key of its own, Ed448, GREASE.
	for _, scheme := range []spec.SignatureScheme{0, 1, 0x0100, 0x0101, 0x0103, 0x0202, 0x0301, 0x0402, 0x0602, 0x0808, 0x0809, 0x080b, 0x0a0a, 0xffff} {
		add(scheme.String(), spec.IllegalParameter, func(v *wire.CertificateVerify) { v.Scheme = scheme })
	}
	return all
}

// pairsOfNumbers are ECDSA signatures that are out of range or not in DER.
func pairsOfNumbers() map[string][]byte {
	n := elliptic.P256().Params().N
	der := func(r, s *big.Int) []byte {
		b, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
		if err != nil {
			panic(err)
		}
		return b
	}
	one := big.NewInt(1)
	return map[string][]byte{
		"r = 0": der(new(big.Int), one), "s = 0": der(one, new(big.Int)), "both 0": der(new(big.Int), new(big.Int)),
		"r = n": der(n, one), "s = n": der(one, n), "r negative": der(big.NewInt(-1), one), "an empty sequence": {0x30, 0},
		"r alone": {0x30, 3, 2, 1, 1}, "an indefinite length": {0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0}, "no sequence": {2, 1, 1, 2, 1, 1},
		"a long form of a short length": {0x30, 0x81, 6, 2, 1, 1, 2, 1, 1}, "a zero too many": {0x30, 7, 2, 2, 0, 1, 2, 1, 1},
	}
}

// verifyRefusal is the scenario in which a form is tried.
func verifyRefusal(v spec.Version, kind testcert.Kind, change func(v *wire.CertificateVerify)) *refusal {
	return &refusal{on: spec.CertificateVerify, config: of(v, asksClient(ecdhe)), cert: kind, change: func(b []byte) []byte {
		message := wire.CertificateVerify{Version: v}
		message.Parse(b[wire.HeaderLen:])
		change(&message)
		return message.Append(nil)
	}}
}

// everyKind calls f for each version and kind of key that can sign in it.
func everyKind(t *testing.T, f func(t *testing.T, v spec.Version, kind testcert.Kind)) {
	for _, v := range versions {
		for _, kind := range []testcert.Kind{testcert.RSA, testcert.ECDSA, testcert.Ed25519} {
			if v == spec.TLS12 || kind != testcert.Ed25519 {
				t.Run(v.String()+"/"+kind.String(), func(t *testing.T) { f(t, v, kind) })
			}
		}
	}
}

// TestCertificateVerifyForms: RFC 5246, Section 7.4.8, TLS-ALERT-06, TLS-ALERT-07,
// TLS-ALERT-08, TLS-BASE-19, FAST-TLS-31.
func TestCertificateVerifyForms(t *testing.T) {
	everyKind(t, func(t *testing.T, v spec.Version, kind testcert.Kind) {
		for _, form := range verifyForms(v, kind) {
			r := verifyRefusal(v, kind, form.change)
			r.alert = form.alert
			if p := r.problem(r.run(t)); p != "" {
				t.Errorf("%s: %s", form.name, p)
			}
		}
	})
}

// TestCertificateVerify: what the client itself sends is taken.
func TestCertificateVerify(t *testing.T) {
	everyKind(t, func(t *testing.T, v spec.Version, kind testcert.Kind) {
		r := verifyRefusal(v, kind, func(*wire.CertificateVerify) {})
		if s := r.run(t); s.err != nil || s.State() != spec.Established {
			t.Errorf("%v in %v", s.err, s.State())
		}
	})
}

// TestClientCertificateForms: RFC 5246, Section 7.4.6, TLS-ALERT-05.
func TestClientCertificateForms(t *testing.T) {
	chain := func(der ...[]byte) func([]byte) []byte {
		return func([]byte) []byte {
			c := wire.Certificate{Chain: wire.MakeChain(der...)}
			return c.Append(nil)
		}
	}
	own := testcert.Client(testcert.RSA).DER
	for _, v := range versions {
		for _, r := range []refusal{
			{name: "garbage", change: chain([]byte("garbage")), alert: spec.BadCertificate},
			{name: "cut off", change: chain(own[0][:len(own[0])-1]), alert: spec.BadCertificate},
			{name: "an empty one", change: chain(nil), alert: spec.DecodeError},
			{name: "an empty one behind it", change: chain(own[0], nil), alert: spec.DecodeError},
			{name: "somebody else's", change: chain(testcert.Server(testcert.RSA).DER...), alert: spec.DecryptError},
			{name: "of another kind", change: chain(testcert.Client(testcert.ECDSA).DER...), alert: spec.DecryptError},
		} {
			r.on, r.config, r.pass = spec.Certificate, of(v, asksClient(ecdhe)), 1 // after the server's
			if r.name == "of another kind" && v == spec.TLS12 {
				r.alert = spec.IllegalParameter // the scheme does not fit the key
			}
			if p := r.problem(r.run(t)); p != "" {
				t.Errorf("%v, %s: %s", v, r.name, p)
			}
		}
	}
	r := refusal{on: spec.Certificate, pass: 1, change: chain(), alert: spec.HandshakeFailure, config: func(c, s *handshake.Config) {
		s.ClientAuth = handshake.RequireClientAuth
	}}
	if p := r.problem(r.run(t)); p != "" {
		t.Errorf("none, where one is required: %s", p)
	}
}
