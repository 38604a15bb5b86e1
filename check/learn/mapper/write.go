package mapper

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"encoding/binary"
	"io"

	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

var (
	data = bytes.Repeat([]byte{0xa7}, 40) // application data
	// A protected record that opens nowhere, as long as a Finished is.
	garbage = bytes.Repeat([]byte{0xb1}, 40)
	ticket  = bytes.Repeat([]byte{0xb7}, 64) // what the mapper issues
)

// Write appends the octets of an input.
func (m *Mapper) Write(dst []byte, in model.Input) []byte {
	t := in.Message.Type
	content := m.content(in)
	switch {
	case t == spec.EndOfStream:
		return dst
	case t == spec.Garbage:
		return m.Clear(dst, spec.ContentApplicationData, garbage)
	case in.Message.Origin == model.Forged:
		return m.Clear(dst, t.ContentType(), content)
	}
	m.Take(t, content)
	dst = m.Seal(dst, t.ContentType(), content, 0)
	if t == spec.ChangeCipherSpec {
		m.ChangeKeys()
	}
	return dst
}

// Odd is what a message has in the place of an honest value. Nil: the honest one.
type Odd struct {
	// Public is of an exchange, given the honest value and, of finite fields, the
	// prime.
	Public    func(honest, p []byte) []byte
	Group     spec.Group               // of an elliptic curve that a server chooses, whatever the client likes best
	Premaster func(good []byte) []byte // what is encrypted under RSA key transport
	// Unlisted: CertificateVerify is by a hash that CertificateRequest has not got.
	Unlisted bool
}

// Content makes what the record of an input holds. [Mapper.Take] and
// [Mapper.Seal], which [Mapper.Write] calls, are for whoever changes it.
func (m *Mapper) Content(in model.Input, odd Odd) []byte {
	m.odd = odd
	defer func() { m.odd = Odd{} }()
	return m.content(in)
}

// Take notes a message that is written: what the endpoint knows of the handshake
// from then on.
func (m *Mapper) Take(t spec.Message, content []byte) {
	if t.ContentType() == spec.ContentHandshake && t != spec.EmptyHandshake {
		m.wrote(t, content)
	}
}

// ChangeKeys protects what is sealed from now on, if a suite is settled.
func (m *Mapper) ChangeKeys() { m.startWriting() }

// Seal appends records with a content, protected as is due: the first of them
// with so many octets as are given, the others with as many as fit. Under CBC
// each has so many blocks of padding beyond the least.
func (m *Mapper) Seal(dst []byte, t spec.ContentType, content []byte, padding int, cut ...int) []byte {
	m.write.Padding = padding
	m.write.Split = m.version == spec.TLS10 && len(cut) == 0
	for _, part := range parts(content, cut) {
		if len(part) == 0 && !m.write.Active() {
			dst = m.Clear(dst, t, part) // the record layer refuses to make it
			continue
		}
		var err error
		if dst, err = m.write.Seal(dst, t, part); err != nil {
			panic("mapper: sealing failed: " + err.Error())
		}
	}
	return dst
}

// Clear appends a record in the clear, whatever the keys.
func (m *Mapper) Clear(dst []byte, t spec.ContentType, content []byte) []byte {
	dst = binary.BigEndian.AppendUint16(append(dst, byte(t)), uint16(m.headerVersion()))
	return append(binary.BigEndian.AppendUint16(dst, uint16(len(content))), content...)
}

func parts(content []byte, cut []int) (all [][]byte) {
	for _, n := range cut {
		n = min(n, len(content))
		all, content = append(all, content[:n]), content[n:]
	}
	for len(content) > record.MaxPlaintext {
		all, content = append(all, content[:record.MaxPlaintext]), content[record.MaxPlaintext:]
	}
	if len(content) > 0 || len(all) == 0 {
		all = append(all, content)
	}
	return all
}

func (m *Mapper) headerVersion() spec.Version {
	switch {
	case m.version != 0:
		return min(m.version, spec.TLS12) // whatever a hello says, records have no higher one
	case m.config.Role == spec.Client:
		return m.config.Version // a client of that version alone takes no other
	}
	// RFC 5246, Appendix E.1: of a ClientHello, what the oldest server takes.
	return spec.TLS10
}

// wrote keeps what the endpoint now knows.
func (m *Mapper) wrote(t spec.Message, message []byte) {
	if t != spec.HelloRequest { // RFC 5246, Section 7.4.1.1
		m.remember(message)
	}
	switch t {
	case spec.ClientHello:
		if h := new(wire.ClientHello); m.hello == nil && h.Parse(message[wire.HeaderLen:]) {
			m.hello = h
		}
	case spec.ServerHello:
		if h := new(wire.ServerHello); m.answer == nil && h.Parse(message[wire.HeaderLen:]) {
			m.settle(h)
		}
	case spec.ClientKeyExchange:
		m.exchanged = len(m.transcript)
	case spec.Finished:
		m.finished = true
	}
}

// content makes what the record of an input holds.
func (m *Mapper) content(in model.Input) []byte {
	switch t := in.Message.Type; t {
	case spec.EmptyHandshake, spec.Garbage, spec.EndOfStream:
		return nil
	case spec.ChangeCipherSpec:
		return new(wire.ChangeCipherSpec).Append(nil)
	case spec.ApplicationData:
		return data
	case spec.Alert:
		return (&wire.Alert{Level: in.Message.Level, Description: in.Message.Alert}).Append(nil)
	case spec.ClientHello:
		return m.clientHello(in.Message.Hello).Append(nil)
	case spec.ServerHello:
		return m.serverHello(in.Message.Hello).Append(nil)
	case spec.HelloRequest:
		return new(wire.HelloRequest).Append(nil)
	case spec.Certificate:
		var c wire.Certificate
		if !in.Message.Empty {
			c.Chain = m.config.Chain
		}
		return c.Append(nil)
	case spec.ServerKeyExchange:
		return m.serverKeyExchange(in.Wrong).Append(nil)
	case spec.CertificateRequest:
		r := wire.CertificateRequest{
			Version: m.version, Types: []byte{wire.CertificateTypeRSASign, wire.CertificateTypeECDSASign}, Schemes: schemes,
		}
		return r.Append(nil)
	case spec.ServerHelloDone:
		return new(wire.ServerHelloDone).Append(nil)
	case spec.NewSessionTicket:
		return (&wire.NewSessionTicket{LifetimeHint: 7200, Ticket: ticket}).Append(nil)
	case spec.ClientKeyExchange:
		k := wire.ClientKeyExchange{KeyExchange: spec.ECDHERSA}
		if m.known {
			k.KeyExchange = m.suite.KeyExchange
		}
		k.ExchangeKeys = m.clientShare()
		return k.Append(nil)
	case spec.CertificateVerify:
		c := wire.CertificateVerify{Version: m.version}
		c.Scheme, c.Signature = m.sign(m.transcript, in.Wrong)
		if m.odd.Unlisted {
			c.Scheme, c.Signature = m.signUnlisted(m.transcript)
		}
		return c.Append(nil)
	case spec.Finished:
		f := wire.Finished{VerifyData: m.verifyData()}
		if in.Wrong {
			f.VerifyData[0] ^= 1
		}
		return f.Append(nil)
	default:
		panic("mapper: nobody sends " + in.Name)
	}
}

func (m *Mapper) serverKeyExchange(wrong bool) *wire.ServerKeyExchange {
	m.share = m.serverShare()
	k := &wire.ServerKeyExchange{
		KeyExchange: spec.ECDHERSA, Version: m.version, P: m.share.p, G: m.share.g, Group: m.share.group, Public: m.share.public,
	}
	if m.known && m.suite.KeyExchange.Ephemeral() {
		k.KeyExchange = m.suite.KeyExchange
	}
	var signed []byte
	if m.hello != nil && m.answer != nil {
		signed = append(append(signed, m.hello.Random[:]...), m.answer.Random[:]...)
	}
	k.Scheme, k.Signature = m.sign(k.AppendParams(signed), wrong)
	return k
}

// schemes is what the mapper verifies, which is nothing, and signs with.
var schemes = wire.MakeList(spec.RSAPKCS1SHA256, spec.ECDSASecp256r1SHA256, spec.RSAPKCS1SHA384, spec.ECDSASecp384r1SHA384,
	spec.RSAPKCS1SHA512, spec.RSAPKCS1SHA1, spec.ECDSASHA1)

// sign signs with the mapper's key (RFC 5246, Section 4.7).
func (m *Mapper) sign(input []byte, wrong bool) (spec.SignatureScheme, []byte) {
	if m.config.Key == nil {
		return spec.RSAPKCS1SHA256, bytes.Repeat([]byte{0xa3}, 256)
	}
	scheme, h := spec.RSAPKCS1SHA256, crypto.SHA256
	_, elliptic := m.config.Key.Public().(*ecdsa.PublicKey)
	if elliptic {
		scheme = spec.ECDSASecp256r1SHA256
	}
	switch {
	case m.version >= spec.TLS12 || m.version == 0:
	case elliptic:
		h = crypto.SHA1
	default:
		h = crypto.MD5SHA1
	}
	digest := hashFor(h, input)
	if wrong {
		digest[0] ^= 1
	}
	return scheme, m.signDigest(digest, h)
}

func (m *Mapper) signDigest(digest []byte, h crypto.Hash) []byte {
	signature, err := m.config.Key.Sign(m.config.Rand, digest, h)
	if err != nil {
		panic("mapper: signing failed: " + err.Error())
	}
	return signature
}

// old are hashes that few list by now, with their numbers as an algorithm's
// first octet (RFC 5246, Section 7.4.1.4.1).
var old = []struct {
	number spec.SignatureScheme
	hash   crypto.Hash
}{{2, crypto.SHA1}, {3, crypto.SHA224}, {1, crypto.MD5}}

// signUnlisted signs by the first of the old hashes that CertificateRequest does
// not list, or by the last.
func (m *Mapper) signUnlisted(input []byte) (spec.SignatureScheme, []byte) {
	kind := spec.RSAPKCS1SHA256 & 0xff
	if _, elliptic := m.config.Key.Public().(*ecdsa.PublicKey); elliptic {
		kind = spec.ECDSASecp256r1SHA256 & 0xff
	}
	by := old[len(old)-1]
	for _, o := range old {
		if !m.asked.Contains(o.number<<8 | kind) {
			by = o
			break
		}
	}
	return by.number<<8 | kind, m.signDigest(hashFor(by.hash, input), by.hash)
}

func hashFor(h crypto.Hash, input []byte) []byte {
	if h == crypto.MD5SHA1 {
		return append(hashFor(crypto.MD5, input), hashFor(crypto.SHA1, input)...)
	}
	d := h.New()
	d.Write(input)
	return d.Sum(nil)
}

func (m *Mapper) random() (r [32]byte) {
	if _, err := io.ReadFull(m.config.Rand, r[:]); err != nil {
		panic("mapper: no randomness: " + err.Error())
	}
	return r
}
