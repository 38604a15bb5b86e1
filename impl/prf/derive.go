package prf

import (
	"encoding/binary"
	"slices"

	"github.com/sesame-tls/sesame/spec"
)

// Lengths in octets.
const (
	MasterSecretSize = 48 // RFC 5246, Section 8.1
	VerifyDataSize   = 12 // RFC 5246, Section 7.4.9
	RandomSize       = 32 // of client_random and server_random
)

// MasterSecret fills out, usually [MasterSecretSize] octets, with the master
// secret of a full handshake without extended_master_secret.
func (p *PRF) MasterSecret(out []byte, h Hash, premaster, clientRandom, serverRandom []byte) {
	// RFC 5246, Section 8.1: PRF(pre_master_secret, "master secret", ClientHello.random + ServerHello.random).
	p.Fill(out, h, premaster, "master secret", clientRandom, serverRandom)
}

// ExtendedMasterSecret fills out with the master secret of a full handshake
// with extended_master_secret. The session hash is the [Transcript]'s sum up to
// and including ClientKeyExchange.
func (p *PRF) ExtendedMasterSecret(out []byte, h Hash, premaster, sessionHash []byte) {
	// RFC 7627, Section 4: PRF(pre_master_secret, "extended master secret", session_hash).
	p.Fill(out, h, premaster, "extended master secret", sessionHash, nil)
}

// SessionSecret fills out with the master secret that EAP-FAST makes of a
// PAC-Key, which is what the session-secret callback returns.
func (p *PRF) SessionSecret(out, pacKey, serverRandom, clientRandom []byte) {
	// RFC 4851, Section 5.1: T-PRF(PAC-Key, "PAC to master secret label hash", server_random + client_random, 48).
	p.TPRF(out, pacKey, "PAC to master secret label hash", serverRandom, clientRandom)
}

// KeyBlock fills out with the first octets of the key expansion, as many as
// are wanted.
func (p *PRF) KeyBlock(out []byte, h Hash, master, serverRandom, clientRandom []byte) {
	p.SetSecret(h, master)
	p.ExpandKeyBlock(out, serverRandom, clientRandom)
	p.keyed = 0
}

// ExpandKeyBlock is [PRF.KeyBlock] of the master secret that [PRF.SetSecret] has
// set.
func (p *PRF) ExpandKeyBlock(out, serverRandom, clientRandom []byte) {
	// RFC 5246, Section 6.3: PRF(master_secret, "key expansion", server_random + client_random).
	p.Expand(out, "key expansion", serverRandom, clientRandom)
}

// VerifyData fills out, [VerifyDataSize] octets, with the content of the
// Finished that role r sends. The hash is the [Transcript]'s sum before that
// Finished.
func (p *PRF) VerifyData(out []byte, h Hash, master []byte, r spec.Role, hash []byte) {
	p.SetSecret(h, master)
	p.ExpandVerifyData(out, r, hash)
	p.keyed = 0
}

// ExpandVerifyData is [PRF.VerifyData] of the master secret that
// [PRF.SetSecret] has set.
func (p *PRF) ExpandVerifyData(out []byte, r spec.Role, hash []byte) {
	// RFC 5246, Section 7.4.9: PRF(master_secret, finished_label, Hash(handshake_messages)).
	label := "client finished"
	if r == spec.Server {
		label = "server finished"
	}
	p.Expand(out, label, hash, nil)
}

// Export fills out with exported keying material. A nil context is no context,
// which differs from an empty one. A context of 2^16 octets or more has no
// length field: Export panics.
func (p *PRF) Export(out []byte, h Hash, master []byte, label string, clientRandom, serverRandom, context []byte) {
	// RFC 5705, Section 4: PRF(master_secret, label, client_random + server_random + context_value_length + context_value).
	seed := append(p.seed[:0], clientRandom...)
	seed = append(seed, serverRandom...)
	if context != nil {
		if len(context) > 0xffff {
			panic("prf: the exporter's context is longer than 65535 octets")
		}
		seed = binary.BigEndian.AppendUint16(seed, uint16(len(context)))
	}
	p.Fill(out, h, master, label, seed, context)
}

// Reserved reports whether an exporter label is one that the handshake uses
// itself: exporting under it would give away the handshake's secrets.
func Reserved(label string) bool {
	// RFC 5705, Section 4: labels MUST NOT be ones that the handshake uses; RFC 7627, Section 4 adds the last.
	return slices.Contains([]string{
		"client finished", "server finished", "master secret", "key expansion", "extended master secret",
	}, label)
}
