package mapper

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/binary"
	"math/big"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// share is the server's part of a key exchange.
type share struct {
	group  spec.Group
	p, g   []byte
	public []byte
}

// The mapper's own keys protect nothing, and are the same in every connection.
var (
	exponent = bytes.Repeat([]byte{0x5e}, 32)
	ownX     = must(ecdh.X25519().NewPrivateKey(exponent))
	ownP     = must(ecdh.P256().NewPrivateKey(exponent))
	ownP384  = must(ecdh.P384().NewPrivateKey(bytes.Repeat([]byte{0x5e}, 48)))
)

// groups are the mapper's, the best first.
var groups = []spec.Group{spec.X25519, spec.Secp256r1, spec.Secp384r1, spec.FFDHE2048}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func own(g spec.Group) *ecdh.PrivateKey {
	switch g {
	case spec.Secp256r1:
		return ownP
	case spec.Secp384r1:
		return ownP384
	}
	return ownX
}

// power returns base to the mapper's exponent.
func power(base, p []byte) []byte {
	modulus := new(big.Int).SetBytes(p)
	if modulus.Sign() == 0 {
		return []byte{1}
	}
	return new(big.Int).Exp(new(big.Int).SetBytes(base), new(big.Int).SetBytes(exponent), modulus).Bytes()
}

func finiteField(x spec.KeyExchange) bool { return x == spec.DHERSA || x == spec.DHAnon }

// serverShare makes the mapper's share as a server.
func (m *Mapper) serverShare() share {
	if finiteField(m.suite.KeyExchange) && m.known {
		p, g := harness.FFDHE2048(), []byte{2}
		return share{p: p, g: g, public: m.odd.public(power(g, p), p)}
	}
	group := spec.X25519
	if m.hello != nil && m.hello.Groups != nil {
		for _, g := range groups[:3] {
			if m.hello.Groups.Contains(g) {
				group = g
				break
			}
		}
	}
	if m.odd.Group != 0 {
		group = m.odd.Group
	}
	return share{group: group, public: m.odd.public(own(group).PublicKey().Bytes(), nil)}
}

// exchange computes the premaster secret with the other side's public key. It is
// any where there is none, or a bad one.
func (m *Mapper) exchange(public []byte) {
	m.premaster = make([]byte, prf.MasterSecretSize)
	if finiteField(m.suite.KeyExchange) {
		// RFC 5246, Section 8.1.2: without leading zeros.
		m.premaster = power(public, m.share.p)
		return
	}
	key := own(m.share.group)
	if peer, err := key.Curve().NewPublicKey(public); err == nil {
		if secret, err := key.ECDH(peer); err == nil {
			m.premaster = secret
		}
	}
}

// clientShare returns the mapper's exchange_keys as a client, and makes the
// premaster secret.
func (m *Mapper) clientShare() []byte {
	switch {
	case m.known && m.suite.KeyExchange == spec.RSA:
		offered := m.config.Version
		if m.hello != nil { // RFC 5246, Section 7.4.7.1: what ClientHello has offered
			offered = m.hello.Version
		}
		m.premaster = append(binary.BigEndian.AppendUint16(nil, uint16(offered)), bytes.Repeat(exponent, 2)[:46]...)
		key := m.serverKey()
		if key == nil {
			return m.premaster
		}
		if m.odd.Premaster != nil {
			//lint:ignore SA1019 RFC 5246, Section 7.4.7.1 has this encryption and no other.
			return must(rsa.EncryptPKCS1v15(rand.Reader, key, m.odd.Premaster(bytes.Clone(m.premaster))))
		}
		if m.encryptedTo == nil || !key.Equal(m.encryptedTo) || !bytes.Equal(m.encryptedOf, m.premaster) {
			//lint:ignore SA1019 RFC 5246, Section 7.4.7.1 has this encryption and no other.
			m.encrypted, m.encryptedTo = must(rsa.EncryptPKCS1v15(rand.Reader, key, m.premaster)), key
			m.encryptedOf = m.premaster
		}
		return m.encrypted
	case m.known && finiteField(m.suite.KeyExchange):
		m.exchange(m.share.public)
		return m.odd.public(power(m.share.g, m.share.p), m.share.p)
	}
	m.exchange(m.share.public)
	return m.odd.public(own(m.share.group).PublicKey().Bytes(), nil)
}

func (o Odd) public(honest, p []byte) []byte {
	if o.Public == nil {
		return honest
	}
	return o.Public(honest, p)
}

// serverKey returns the RSA key of the server, and nil where it has none.
func (m *Mapper) serverKey() *rsa.PublicKey {
	if m.config.ServerKey != nil {
		return m.config.ServerKey
	}
	leaf, err := x509.ParseCertificate(m.leaf)
	if err != nil {
		return nil
	}
	key, _ := leaf.PublicKey.(*rsa.PublicKey)
	return key
}

// takeClientShare reads a client's exchange_keys.
func (m *Mapper) takeClientShare(body []byte) {
	k := wire.ClientKeyExchange{KeyExchange: m.suite.KeyExchange}
	if !m.known || !k.Parse(body) {
		return
	}
	if k.KeyExchange != spec.RSA {
		m.exchange(k.ExchangeKeys)
		return
	}
	m.premaster = make([]byte, prf.MasterSecretSize)
	if key, ok := m.config.Key.(crypto.Decrypter); ok {
		if plain, err := key.Decrypt(nil, k.ExchangeKeys, nil); err == nil {
			m.premaster = plain
		}
	}
}

// masters returns the master secrets that the endpoint may rightly have, the
// likeliest first.
func (m *Mapper) masters() [][]byte {
	if m.hello == nil || m.answer == nil || !m.known {
		return nil
	}
	if m.premaster != nil {
		return [][]byte{m.exchangedMaster()}
	}
	var all [][]byte
	pac := m.config.PAC
	offered := pac != nil && m.hello.HasTicket && bytes.Equal(m.hello.Ticket, pac.Opaque)
	if offered {
		all = append(all, pac.Secret(m.answer.Random[:], m.hello.Random[:]))
	}
	if s := m.config.Session; s != nil {
		if len(s.Ticket) > 0 && bytes.Equal(m.hello.Ticket, s.Ticket) {
			all = append(all, s.TicketSecret)
		}
		if len(s.ID) > 0 && bytes.Equal(m.hello.SessionID, s.ID) {
			all = append(all, s.IDSecret)
		}
	}
	if pac != nil && !offered {
		// What a callback has that is called without a ticket, too.
		all = append(all, pac.Secret(m.answer.Random[:], m.hello.Random[:]))
	}
	return all
}

func (m *Mapper) exchangedMaster() []byte {
	master := make([]byte, prf.MasterSecretSize)
	if m.answer.ExtendedMasterSecret && m.hello.ExtendedMasterSecret {
		// RFC 7627, Section 4: over the messages up to ClientKeyExchange.
		new(prf.PRF).ExtendedMasterSecret(master, m.hash(), m.premaster, m.digest(m.transcript[:m.exchanged]))
	} else {
		new(prf.PRF).MasterSecret(master, m.hash(), m.premaster, m.hello.Random[:], m.answer.Random[:])
	}
	return master
}

// keys returns the keys of both directions under a master secret.
func (m *Mapper) keys(master []byte) (client, server record.Keys) {
	block := make([]byte, record.KeyBlockSize(m.version, m.suite))
	new(prf.PRF).KeyBlock(block, m.hash(), master, m.answer.Random[:], m.hello.Random[:])
	return record.SplitKeyBlock(block, m.version, m.suite)
}

// startWriting protects what is written from now on, once a suite is settled.
func (m *Mapper) startWriting() {
	if m.write.Active() || m.hello == nil || m.answer == nil || !m.known {
		return
	}
	if m.master == nil {
		m.master = append(m.masters(), make([]byte, prf.MasterSecretSize))[0]
	}
	client, server := m.keys(m.master)
	keys := client
	if m.config.Role == spec.Client {
		keys = server
	}
	if m.write.PrepareWrite(m.version, m.suite, keys, m.etm()) == nil {
		_ = m.write.Activate() // they have just been prepared
	}
}

func (m *Mapper) etm() bool {
	return m.answer.EncryptThenMAC && m.hello.EncryptThenMAC && !m.suite.Cipher.AEAD()
}

// open opens a protected record. The first one tells which master secret it is.
func (m *Mapper) open(rec []byte) ([]byte, bool) {
	if m.opened {
		_, content, _, err := m.read.Open(rec)
		return content, err == nil
	}
	candidates := m.masters()
	if m.master != nil {
		candidates = [][]byte{m.master}
	}
	for _, master := range candidates {
		client, server := m.keys(master)
		keys := server
		if m.config.Role == spec.Client {
			keys = client
		}
		m.read.Reset()
		if m.read.PrepareRead(m.version, m.suite, keys, m.etm()) != nil || m.read.Activate() != nil {
			continue
		}
		if _, content, _, err := m.read.Open(bytes.Clone(rec)); err == nil {
			m.opened, m.master = true, master
			return content, true
		}
	}
	return nil, false
}

// verifyData returns the verify_data of the mapper's Finished.
func (m *Mapper) verifyData() (data [wire.VerifyDataLen]byte) {
	if m.master != nil {
		new(prf.PRF).VerifyData(data[:], m.hash(), m.master, m.config.Role.Peer(), m.digest(m.transcript))
	}
	return data
}

// serves reports whether the mapper's key is the one that a key exchange needs.
func (m *Mapper) serves(x spec.KeyExchange) bool {
	if m.config.Key == nil {
		return true
	}
	_, elliptic := m.config.Key.Public().(*ecdsa.PublicKey)
	return elliptic == (x == spec.ECDHEECDSA)
}
