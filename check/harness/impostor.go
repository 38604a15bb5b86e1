package harness

import (
	"math/big"

	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// impostor is the attacker in the part of an endpoint's peer: it seals with the
// keys that follow from its own share, or from a PAC that it has been issued.
type impostor struct {
	plays    bool
	writer   record.Half // its keys, once it has sealed something
	finished []byte      // its records: where one is lost, it sends the same again
	data     []byte
}

// begin makes it nobody's part.
func (im *impostor) begin() { im.plays, im.finished, im.data = false, nil, nil }

// send returns the attacker's Finished or its application data, as a record
// that the victim can open if the attacker knows the victim's secret.
func (im *impostor) send(m spec.Message, victim *end) []byte {
	if im.finished == nil {
		im.prepare(victim)
		im.finished = im.seal(spec.ContentHandshake, victim.forgedFinished())
	}
	if m == spec.Finished {
		return im.finished
	}
	if im.data == nil {
		im.data = im.seal(spec.ContentApplicationData, forgedData)
	}
	return im.data
}

func (im *impostor) seal(t spec.ContentType, content []byte) []byte {
	rec, err := im.writer.Seal(nil, t, content)
	if err != nil {
		panic("harness: the attacker cannot seal: " + err.Error())
	}
	return rec
}

// prepare derives the attacker's write keys.
func (im *impostor) prepare(victim *end) {
	suite, ok := spec.SuiteByID(victim.view.suite)
	if !ok {
		panic("harness: the attacker plays on with a suite that nobody knows")
	}
	v := victim.view.version
	block := make([]byte, record.KeyBlockSize(v, suite))
	new(prf.PRF).KeyBlock(block, prf.Of(v, suite), victim.forgedMaster(), victim.view.random[:], victim.hello.random[:])
	client, server := record.SplitKeyBlock(block, v, suite)
	keys := client
	if victim.role == spec.Client {
		keys = server
	}
	im.writer.Reset()
	im.writer.Split = v == spec.TLS10
	if err := im.writer.PrepareWrite(v, suite, keys, victim.view.etm); err != nil {
		panic(err)
	}
	if err := im.writer.Activate(); err != nil {
		panic(err)
	}
}

// forgedFinished returns the Finished that the attacker sends to e.
func (e *end) forgedFinished() []byte {
	suite, _ := spec.SuiteByID(e.view.suite)
	h := prf.Of(e.view.version, suite)
	var f wire.Finished
	new(prf.PRF).VerifyData(f.VerifyData[:], h, e.forgedMaster(), e.role.Peer(), hashOf(h, e.transcript))
	return f.Append(nil)
}

func hashOf(h prf.Hash, messages []byte) []byte {
	var t prf.Transcript
	t.Choose(h)
	t.Write(messages)
	return t.Sum(nil)
}

// forgedMaster is the master secret as the attacker makes it out. Where it does
// not know the victim's, it is any.
func (e *end) forgedMaster() []byte {
	premaster := e.forgedPremaster()
	if premaster == nil {
		return attackerSecret
	}
	suite, _ := spec.SuiteByID(e.view.suite)
	h, master := prf.Of(e.view.version, suite), make([]byte, prf.MasterSecretSize)
	if e.view.ems {
		new(prf.PRF).ExtendedMasterSecret(master, h, premaster, hashOf(h, e.transcript[:e.exchanged]))
	} else {
		new(prf.PRF).MasterSecret(master, h, premaster, e.hello.random[:], e.view.random[:])
	}
	return master
}

// forgedPremaster is what the attacker's share and the victim's make, and nil
// where they have not exchanged any.
func (e *end) forgedPremaster() []byte {
	suite, _ := spec.SuiteByID(e.view.suite)
	if e.exchanged == 0 {
		return nil
	}
	switch {
	case suite.KeyExchange == spec.RSA && e.role == spec.Client:
		return nil // only the server can decrypt
	case suite.KeyExchange == spec.RSA:
		return rsaPremaster()
	case finiteField(suite.KeyExchange):
		// The attacker's private key is 2.
		y := new(big.Int).SetBytes(e.share)
		y.Exp(y, big.NewInt(2), new(big.Int).SetBytes(ffdhe2048))
		return y.Bytes() // RFC 5246, Section 8.1.2: without leading zeros
	}
	// The attacker's public key is the base point, so that what comes out is the
	// other's public key.
	return e.share
}

// keepShare keeps the public key that the endpoint has sent.
func (e *end) keepShare(m spec.Message, body []byte) {
	suite, _ := spec.SuiteByID(e.view.suite)
	switch m {
	case spec.ServerKeyExchange:
		k := wire.ServerKeyExchange{KeyExchange: suite.KeyExchange, Version: e.view.version}
		if k.Parse(body) {
			e.share = append([]byte(nil), k.Public...)
		}
	case spec.ClientKeyExchange:
		k := wire.ClientKeyExchange{KeyExchange: suite.KeyExchange}
		if k.Parse(body) {
			e.share = append([]byte(nil), k.ExchangeKeys...)
		}
	}
}

// remember adds a handshake message, header included, to what the endpoint has
// sent and read.
func (e *end) remember(m spec.Message, message []byte) {
	if m == spec.HelloRequest {
		return // RFC 5246, Section 7.4.1.1
	}
	e.transcript = append(e.transcript, message...)
	if m == spec.ClientKeyExchange {
		e.exchanged = len(e.transcript)
	}
}
