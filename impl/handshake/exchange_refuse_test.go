package handshake_test

import (
	"bytes"
	"crypto/ecdsa"
	"fmt"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/internal/kx"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// exchanges collects refusals of the key exchange under one version.
type exchanges struct {
	version spec.Version
	all     []refusal
}

func (e *exchanges) add(on spec.Message, name string, config func(c, s *handshake.Config), alert spec.AlertDescription, change func([]byte) []byte) {
	e.all = append(e.all, refusal{name: e.version.String() + " " + name, config: of(e.version, config), on: on, change: change, alert: alert})
}

// ske changes ServerKeyExchange under the signature that it had.
func (e *exchanges) ske(name string, id spec.SuiteID, alert spec.AlertDescription, f func(*wire.ServerKeyExchange)) {
	s, _ := spec.SuiteByID(id)
	e.add(spec.ServerKeyExchange, name, suites(id), alert, serverKeyExchange(e.version, s.KeyExchange, f))
}

// signed changes ServerKeyExchange, and signs it again.
func (e *exchanges) signed(name string, id spec.SuiteID, alert spec.AlertDescription, f func(*wire.ServerKeyExchange)) {
	s, _ := spec.SuiteByID(id)
	e.ske(name+", signed", id, alert, func(k *wire.ServerKeyExchange) {
		f(k)
		key := testcert.Server(testcert.RSA).Key
		if s.KeyExchange == spec.ECDHEECDSA {
			key = testcert.Server(testcert.ECDSA).Key
		}
		scheme := k.Scheme
		if e.version < spec.TLS12 {
			scheme, _ = kx.ChooseScheme(e.version, key.Public(), nil, nil)
		}
		// The randoms are what both sides draw first.
		in, err := kx.Input(nil, scheme, drawn(1), drawn(2), k.AppendParams(nil))
		if err != nil {
			panic(err)
		}
		if k.Signature, err = kx.Sign(key, scheme, in); err != nil {
			panic(err)
		}
	})
}

// drawn is what newRandom(seed) yields first.
func drawn(seed byte) []byte {
	b := make([]byte, 32)
	newRandom(seed).Read(b)
	return b
}

func (e *exchanges) cke(name string, id spec.SuiteID, alert spec.AlertDescription, f func(*wire.ClientKeyExchange)) {
	s, _ := spec.SuiteByID(id)
	e.add(spec.ClientKeyExchange, name, suites(id), alert, clientKeyExchange(s.KeyExchange, f))
}

const ecdhe, ecdhECDSA, dhe, dhAnon, staticRSA spec.SuiteID = 0xc02f, 0xc02b, 0x009e, 0x00a6, 0x009c

// keyExchangeRefusals: TLS-ALERT-04, -05, -06, -08; TLS-BASE-09, -11, -19.
func keyExchangeRefusals(v spec.Version) []refusal {
	e := &exchanges{version: v}
	e.signatures()
	e.points()
	e.finiteFields()
	// TLS-BASE-12: nothing tells a wrong ciphertext from a wrong Finished.
	e.cke("wrong ciphertext", staticRSA, spec.BadRecordMAC, func(k *wire.ClientKeyExchange) { k.ExchangeKeys[9] ^= 1 })
	e.cke("short ciphertext", staticRSA, spec.BadRecordMAC, func(k *wire.ClientKeyExchange) { k.ExchangeKeys = k.ExchangeKeys[:9] })

	chain := func(der ...[]byte) func([]byte) []byte {
		return func([]byte) []byte {
			c := wire.Certificate{Chain: wire.MakeChain(der...)}
			return c.Append(nil)
		}
	}
	e.add(spec.Certificate, "empty", suites(ecdhe), spec.DecodeError, chain())
	e.add(spec.Certificate, "not one", suites(ecdhe), spec.BadCertificate, chain([]byte("no certificate")))
	e.add(spec.Certificate, "an empty one", suites(ecdhe), spec.DecodeError, chain(nil))
	e.add(spec.Certificate, "an empty one behind it", suites(ecdhe), spec.DecodeError, chain(testcert.Server(testcert.RSA).DER[0], nil))
	e.add(spec.Certificate, "for another suite", suites(ecdhe), spec.IllegalParameter, chain(testcert.Server(testcert.ECDSA).DER...))
	e.add(spec.Certificate, "RSA for ECDSA", suites(ecdhECDSA), spec.IllegalParameter, chain(testcert.Server(testcert.RSA).DER...))
	if v == spec.TLS12 { // the request has the form of that version
		e.add(spec.ServerHelloDone, "anonymous server asks for a certificate", suites(dhAnon), spec.HandshakeFailure, afterRequest)
	}
	return e.all
}

// afterRequest puts a CertificateRequest in front: RFC 5246, Section 7.4.4: an
// anonymous server must not ask.
func afterRequest(b []byte) []byte {
	_, request := sample(spec.CertificateRequest)
	return append(request, b...)
}

// signatures are those of ServerKeyExchange.
func (e *exchanges) signatures() {
	for _, id := range []spec.SuiteID{ecdhe, ecdhECDSA, dhe} {
		name := func(s string) string { return fmt.Sprintf("%v: %s", id, s) }
		e.ske(name("wrong signature"), id, spec.DecryptError, func(k *wire.ServerKeyExchange) { k.Signature[9] ^= 1 })
		e.ske(name("signature of other parameters"), id, spec.DecryptError, func(k *wire.ServerKeyExchange) { k.Public[9] ^= 1 })
		e.ske(name("no signature"), id, spec.DecryptError, func(k *wire.ServerKeyExchange) { k.Signature = nil })
		e.ske(name("zeros"), id, spec.DecryptError, func(k *wire.ServerKeyExchange) { clear(k.Signature) })
		e.ske(name("shorter"), id, spec.DecryptError, func(k *wire.ServerKeyExchange) { k.Signature = k.Signature[:len(k.Signature)-1] })
		e.ske(name("longer"), id, spec.DecryptError, func(k *wire.ServerKeyExchange) { k.Signature = append(k.Signature, 0) })
	}
	// TLS 1.2's form in other versions, and theirs in it: the lengths do not fit.
	other := spec.TLS12
	if e.version == spec.TLS12 {
		other = spec.TLS11
	}
	e.add(spec.ServerKeyExchange, "form of another version", suites(ecdhe), spec.DecodeError, func(b []byte) []byte {
		k := wire.ServerKeyExchange{KeyExchange: spec.ECDHERSA, Version: e.version}
		k.Parse(b[wire.HeaderLen:])
		if k.Version = other; e.version == spec.TLS12 {
			k.Signature[0], k.Signature[1] = 1, 0xff // read as a length
		}
		return k.Append(nil)
	})
	if e.version < spec.TLS12 {
		return
	}
	for _, scheme := range []spec.SignatureScheme{0, 0x0101, 0x0202, 0x0301, spec.Ed25519, spec.ECDSASecp256r1SHA256, 0x0808, 0x0809, spec.MD5SHA1} {
		e.ske("scheme "+scheme.String(), ecdhe, spec.IllegalParameter, func(k *wire.ServerKeyExchange) { k.Scheme = scheme })
	}
	for _, scheme := range []spec.SignatureScheme{spec.RSAPKCS1SHA1, spec.RSAPKCS1SHA512, spec.RSAPSSRSAESHA384} {
		e.ske("another scheme, "+scheme.String(), ecdhe, spec.DecryptError, func(k *wire.ServerKeyExchange) { k.Scheme = scheme })
	}
}

// points are those of either side: RFC 8422, Sections 5.4 and 5.11.
func (e *exchanges) points() {
	for _, id := range []spec.SuiteID{ecdhe, ecdhECDSA} {
		for _, group := range []spec.Group{0, 1, 26, 30, spec.FFDHE2048, 0xff01, 0xffff} {
			e.signed(fmt.Sprintf("%v: group %v", id, group), id, spec.IllegalParameter, func(k *wire.ServerKeyExchange) { k.Group = group })
		}
	}
	e.add(spec.ServerKeyExchange, "explicit curve", suites(ecdhe), spec.IllegalParameter, func(b []byte) []byte { b[wire.HeaderLen] = 1; return b })
	for name, point := range map[string][]byte{
		"zero": make([]byte, 32), "one": {1, 31: 0}, "31 octets": bytes.Repeat([]byte{9}, 31), "33 octets": bytes.Repeat([]byte{9}, 33), "one octet": {4},
	} {
		e.signed("X25519 "+name, ecdhe, spec.IllegalParameter, func(k *wire.ServerKeyExchange) { k.Public = point })
		e.cke("X25519 "+name, ecdhe, spec.IllegalParameter, func(k *wire.ClientKeyExchange) { k.ExchangeKeys = point })
	}
	key := testcert.Server(testcert.ECDSA).Leaf.PublicKey.(*ecdsa.PublicKey)
	good, err := key.Bytes()
	if err != nil {
		panic(err)
	}
	off := bytes.Clone(good)
	off[64] ^= 1
	for name, point := range map[string][]byte{
		"off the curve": off, "infinity": {0}, "compressed": append([]byte{2 + good[64]&1}, good[1:33]...),
		"hybrid": append([]byte{6 + good[64]&1}, good[1:]...), "cut off": good[:64], "too long": append(bytes.Clone(good), 0), "of X25519": make([]byte, 32),
	} {
		e.signed("P-256 "+name, ecdhe, spec.IllegalParameter, func(k *wire.ServerKeyExchange) { k.Group, k.Public = spec.Secp256r1, point })
		e.add(spec.ClientKeyExchange, "P-256 "+name, onP256, spec.IllegalParameter,
			clientKeyExchange(spec.ECDHERSA, func(k *wire.ClientKeyExchange) { k.ExchangeKeys = point }))
	}
	e.cke("no point", ecdhe, spec.DecodeError, func(k *wire.ClientKeyExchange) { k.ExchangeKeys = nil })
	e.ske("no point", ecdhe, spec.DecodeError, func(k *wire.ServerKeyExchange) { k.Public = nil })
}

func onP256(c, s *handshake.Config) {
	suites(ecdhe)(c, s)
	c.Groups = []spec.Group{spec.Secp256r1}
}

// finiteFields are groups and values of them: RFC 7919, Sections 3 and 4.
func (e *exchanges) finiteFields() {
	group, _ := kx.FFDHE(spec.FFDHE2048)
	less := bytes.Clone(group.P)
	less[len(less)-1]--
	type change = func(*wire.ServerKeyExchange)
	both := func(name string, alert spec.AlertDescription, f change) {
		e.ske("anonymous, "+name, dhAnon, alert, f)
		e.signed(name, dhe, alert, f)
	}
	both("modulus of 512 bits", spec.InsufficientSecurity, func(k *wire.ServerKeyExchange) { k.P = k.P[:64] })
	both("modulus of 1024 bits", spec.InsufficientSecurity, func(k *wire.ServerKeyExchange) { k.P = k.P[:128] })
	both("modulus of 2040 bits and zeros", spec.InsufficientSecurity, func(k *wire.ServerKeyExchange) { k.P = append(make([]byte, 8), k.P[:255]...) })
	both("modulus of 8200 bits", spec.IllegalParameter, func(k *wire.ServerKeyExchange) { k.P = bytes.Repeat([]byte{0xff}, 1025) })
	both("even modulus", spec.IllegalParameter, func(k *wire.ServerKeyExchange) { k.P = less })
	other := bytes.Clone(group.P)
	other[9] ^= 1
	for name, g := range map[string][]byte{"0": {0}, "1": {1}, "p-1": append(other[:255:255], other[255]-1), "p": other} {
		both("g="+name, spec.IllegalParameter, func(k *wire.ServerKeyExchange) { k.P, k.G = other, g })
	}
	for name, y := range map[string][]byte{"0": {0}, "1": {1}, "p-1": less, "p": group.P, "2p": append([]byte{1}, group.P...)} {
		both("Y="+name, spec.HandshakeFailure, func(k *wire.ServerKeyExchange) { k.Public = y })
		for _, id := range []spec.SuiteID{dhe, dhAnon} {
			e.cke(fmt.Sprintf("%v: Y=%s", id, name), id, spec.HandshakeFailure, func(k *wire.ClientKeyExchange) { k.ExchangeKeys = y })
		}
	}
	e.cke("no Y", dhe, spec.DecodeError, func(k *wire.ClientKeyExchange) { k.ExchangeKeys = nil })
	for name, f := range map[string]change{
		"p": func(k *wire.ServerKeyExchange) { k.P = nil }, "g": func(k *wire.ServerKeyExchange) { k.G = nil }, "Y": func(k *wire.ServerKeyExchange) { k.Public = nil },
	} {
		both("no "+name, spec.DecodeError, f)
	}
	e.add(spec.ServerKeyExchange, "anonymous, with a signature", suites(dhAnon), spec.DecodeError, func(b []byte) []byte {
		return lengthened(append(b, 4, 1, 0, 1, 9), 5)
	})
}
