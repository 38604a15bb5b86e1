package harness

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math/big"

	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// What the attacker's own messages are made of.
var (
	forgedRandom    = filled(32, 0xa1)
	forgedID        = filled(32, 0xa2)
	forgedSignature = filled(256, 0xa3)
	forgedVerify    = filled(12, 0xa4)
	forgedTicket    = filled(40, 0xa5) // opens nowhere
	otherPAC        = filled(40, 0xa6) // a PAC that the server has issued to the attacker
	forgedData      = filled(40, 0xa7)
	forgedPremaster = filled(46, 0xa8)

	// The attacker's X25519 key is the base point: its private key is 1.
	forgedPoint = append([]byte{9}, make([]byte, 31)...)
	// Its public value in a finite field is 4, which any group of quadratic
	// residues has: its private key is 2.
	forgedNumber = []byte{4}
	ffdhe2048    = mustHex("ffffffffffffffffadf85458a2bb4a9aafdc5620273d3cf1d8b9c583ce2d3695a9e13641146433fbcc939dce249b3ef9" +
		"7d2fe363630c75d8f681b202aec4617ad3df1ed5d5fd65612433f51f5f066ed0856365553ded1af3b557135e7f57c935" +
		"984f0c70e0e68b77e2a689daf3efe8721df158a136ade73530acca4f483a797abc0ab182b324fb61d108a94bb2c8e3fb" +
		"b96adab760d7f4681d4f42a3de394df4ae56ede76372bb190b07a7c8ee0a6d709e02fce1cdf7e2ecc03404cd28342f61" +
		"9172fe9ce98583ff8e4f1232eef28183c3fe3b1b4c6fad733bb5fcbc2ec22005c58ef1837d1683b2c6f34a26c1b2effa" +
		"886b423861285c97ffffffffffffffff") // RFC 7919, Appendix A.1
)

// FFDHE2048 returns the prime of the group ffdhe2048.
func FFDHE2048() []byte { return bytes.Clone(ffdhe2048) }

func filled(n int, octet byte) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = octet
	}
	return b
}

func mustHex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// inClear appends a record in the clear.
func inClear(dst []byte, t spec.ContentType, v spec.Version, content []byte) []byte {
	dst = append(dst, byte(t))
	dst = binary.BigEndian.AppendUint16(dst, uint16(v))
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(content)))
	return append(dst, content...)
}

// inject makes a message of the attacker's own for reader, such that its
// reader can parse it where it belongs.
func (p *Pair) inject(m model.Message, reader *end) item {
	i := item{message: m.Type, foreign: true, taken: spec.AlertNone, alert: m.Alert}
	switch {
	case m.Keyed != spec.NoSecret:
		i.sealed, i.data = true, reader.impostor.send(m.Type, reader)
	case m.Type == spec.CertificateRequest && p.request != nil:
		i.data = p.request // anybody makes it like the server
	default:
		i.data = inClear(nil, m.Type.ContentType(), reader.recordVersion(), p.forged(m, reader))
	}
	return i
}

// forged returns the content of the attacker's record.
func (p *Pair) forged(m model.Message, reader *end) []byte {
	v := reader.view.version
	switch m.Type {
	case spec.EmptyHandshake:
		return nil
	case spec.ChangeCipherSpec:
		return new(wire.ChangeCipherSpec).Append(nil)
	case spec.Alert:
		return (&wire.Alert{Level: m.Level, Description: m.Alert}).Append(nil)
	case spec.ApplicationData:
		return forgedData
	case spec.HelloRequest:
		return new(wire.HelloRequest).Append(nil)
	case spec.ClientHello:
		return p.forgedClientHello(m.Hello.Ticket == model.TicketOtherPAC)
	case spec.ServerHello:
		return p.forgedServerHello(m.Hello.Suite == model.SuiteAnonymous)
	case spec.Certificate:
		return forgedCertificate(m, reader)
	case spec.ServerKeyExchange:
		return forgedServerKeyExchange(reader)
	case spec.CertificateRequest:
		r := wire.CertificateRequest{Version: v, Types: []byte{wire.CertificateTypeRSASign}, Schemes: wire.MakeList(spec.RSAPKCS1SHA256)}
		return r.Append(nil)
	case spec.ServerHelloDone:
		return new(wire.ServerHelloDone).Append(nil)
	case spec.ClientKeyExchange:
		return forgedClientKeyExchange(reader)
	case spec.CertificateVerify:
		c := wire.CertificateVerify{Version: v, Scheme: spec.RSAPKCS1SHA256, Signature: forgedSignature}
		return c.Append(nil)
	case spec.NewSessionTicket:
		return (&wire.NewSessionTicket{Ticket: forgedTicket}).Append(nil)
	case spec.Finished:
		return (&wire.Finished{VerifyData: [12]byte(forgedVerify)}).Append(nil)
	}
	panic("harness: the attacker cannot make " + m.String())
}

func finiteField(x spec.KeyExchange) bool { return x == spec.DHERSA || x == spec.DHAnon }

// forgedServerKeyExchange has the attacker's share and no good signature.
func forgedServerKeyExchange(reader *end) []byte {
	suite, _ := spec.SuiteByID(reader.view.suite)
	k := wire.ServerKeyExchange{
		KeyExchange: suite.KeyExchange, Version: reader.view.version,
		Group: spec.X25519, Public: forgedPoint, Scheme: spec.RSAPKCS1SHA256, Signature: forgedSignature,
	}
	if finiteField(suite.KeyExchange) {
		k.P, k.G, k.Public = ffdhe2048, []byte{2}, forgedNumber
	}
	return k.Append(nil)
}

// forgedClientKeyExchange has the attacker's share.
func forgedClientKeyExchange(reader *end) []byte {
	suite, _ := spec.SuiteByID(reader.view.suite)
	k := wire.ClientKeyExchange{KeyExchange: suite.KeyExchange, ExchangeKeys: forgedPoint}
	switch {
	case suite.KeyExchange == spec.RSA:
		k.ExchangeKeys = forgedEncryption()
	case finiteField(suite.KeyExchange):
		k.ExchangeKeys = forgedNumber
	}
	return k.Append(nil)
}

// forgedClientHello is the attacker's own hello: what the client offers, as a
// client of TLS 1.2 would.
func (p *Pair) forgedClientHello(withPAC bool) []byte {
	sc := p.scenario
	own, _ := model.Suites(sc)
	sc.ClientVersion = spec.OfferTLS12
	suites, _ := model.Suites(sc)
	suites = append(suites, own...)
	h := wire.ClientHello{
		Version: spec.TLS12, Random: [32]byte(forgedRandom), Suites: wire.MakeList(suites...), Compression: []byte{0},
		Groups: wire.MakeList(spec.X25519, spec.FFDHE2048), PointFormats: []byte{0},
		Schemes: wire.MakeList(spec.RSAPKCS1SHA256, spec.RSAPKCS1SHA384), ExtendedMasterSecret: true,
		HasRenegotiationInfo: true, ServerName: []byte(serverName),
	}
	if withPAC {
		h.HasTicket, h.Ticket = true, otherPAC
	}
	return h.Append(nil)
}

// forgedServerHello answers what the client has offered, as it likes it.
func (p *Pair) forgedServerHello(anonymous bool) []byte {
	sc := p.scenario
	suites, _ := model.Suites(sc)
	if anonymous {
		sc.ServerVersion = sc.ClientVersion
		suites[0] = model.NamedSuite(sc, spec.NamedAnonymous)
	}
	h := wire.ServerHello{
		Version: sc.ClientVersion.Version(), Random: [32]byte(forgedRandom), SessionID: forgedID, Suite: suites[0],
		ExtendedMasterSecret: sc.ClientEMS != spec.Off, HasRenegotiationInfo: true,
	}
	return h.Append(nil)
}

// forgedCertificate is the attacker's own chain, an empty one, or the peer's
// own, which anybody can repeat.
func forgedCertificate(m model.Message, reader *end) []byte {
	var c wire.Certificate
	switch {
	case m.Empty:
	case m.Origin == model.Forged:
		c.Chain = attackerChain()
	case reader.role == spec.Client:
		c.Chain = serverChain()
	default:
		c.Chain = clientChain()
	}
	return c.Append(nil)
}

// rsaPremaster is the attacker's premaster secret, as a client of TLS 1.2 makes
// it (RFC 5246, Section 7.4.7.1).
func rsaPremaster() []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(spec.TLS12)), forgedPremaster...)
}

// forgedEncryption is the attacker's premaster secret for the server's RSA key,
// padded by hand so that it is the same in every run (RFC 8017, Section 7.2.1).
func forgedEncryption() []byte {
	key := serverKey()
	premaster, block := rsaPremaster(), filled(key.Size(), 0xa9)
	block[0], block[1] = 0, 2
	block[len(block)-len(premaster)-1] = 0
	copy(block[len(block)-len(premaster):], premaster)
	c := new(big.Int).Exp(new(big.Int).SetBytes(block), big.NewInt(int64(key.E)), key.N)
	return c.FillBytes(make([]byte, key.Size()))
}

// handshakeBody returns the message in a record in the clear that holds it alone.
func handshakeBody(rec []byte) []byte { return rec[record.HeaderSize+wire.HeaderLen:] }
