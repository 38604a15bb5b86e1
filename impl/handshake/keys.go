package handshake

import (
	"crypto/subtle"

	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// maxKeyBlock is the length of the longest key block, in octets: two MAC keys
// of 48, two keys of 32 and two IVs of 16.
const maxKeyBlock = 2 * (48 + 32 + 16)

// deriveKeys makes the keys of both directions from the one secret that the
// handshake has. Without one there are none.
func deriveKeys(m *Machine) (Event, error) {
	if m.secret == spec.NoSecret {
		return 0, refuse(spec.InternalError, "RFC 5246, Section 6.3", "keys without a secret")
	}
	block := m.block[:record.KeyBlockSize(m.version, m.suite)]
	m.prf.SetSecret(m.hash, m.masterSecret())
	m.prf.ExpandKeyBlock(block, m.serverRandom[:], m.hello.Random[:])
	own, peer := record.SplitKeyBlock(block, m.version, m.suite)
	if m.role == spec.Server {
		own, peer = peer, own
	}
	if err := m.write.PrepareWrite(m.version, m.suite, own, m.etm); err != nil {
		return 0, err
	}
	err := m.read.PrepareRead(m.version, m.suite, peer, m.etm)
	clear(block)
	m.keyed = true
	return 0, err
}

// deriveMasterSecret makes the master secret of a full handshake, after
// ClientKeyExchange, and the keys.
func deriveMasterSecret(m *Machine) (Event, error) {
	if len(m.premaster) == 0 {
		return 0, refuse(spec.InternalError, "RFC 5246, Section 8.1", "no premaster secret")
	}
	if m.ems {
		// RFC 7627, Section 4: the session hash ends with ClientKeyExchange.
		m.prf.ExtendedMasterSecret(m.master[:], m.hash, m.premaster, m.transcript.Sum(m.sum[:0]))
	} else {
		m.prf.MasterSecret(m.master[:], m.hash, m.premaster, m.hello.Random[:], m.serverRandom[:])
	}
	m.premaster = recycle(m.premaster)
	m.wipeKey()
	m.secret = spec.KeyExchanged
	return deriveKeys(m)
}

// activateRead opens what follows the peer's ChangeCipherSpec with the new keys.
func activateRead(m *Machine) (Event, error) { return 0, m.read.Activate() }

// makeFinished makes the Finished of role r.
func (m *Machine) makeFinished(r spec.Role) *wire.Finished {
	m.prf.ExpandVerifyData(m.finished.VerifyData[:], r, m.transcript.Sum(m.sum[:0])) // of deriveKeys' secret
	return &m.finished
}

func sendFinished(m *Machine) (Event, error) {
	m.message = m.makeFinished(m.role).Append(m.message[:0])
	return 0, m.sendPlain(spec.Finished)
}

func verifyFinished(m *Machine) (Event, error) {
	var f wire.Finished
	if !f.Parse(m.body()) {
		return 0, m.malformed()
	}
	want := m.makeFinished(m.role.Peer())
	// RFC 5246, Section 7.4.9: the recipient verifies that the contents are correct.
	if subtle.ConstantTimeCompare(f.VerifyData[:], want.VerifyData[:]) != 1 {
		return 0, refuse(spec.DecryptError, "RFC 5246, Section 7.4.9", "wrong Finished")
	}
	m.transcript.Write(m.whole)
	if m.resumed != spec.Full {
		m.peerProved = true // it has the secret
	}
	return 0, nil
}

// askConfirmation asks the caller whether it agrees with what was negotiated.
func askConfirmation(m *Machine) (Event, error) {
	if m.config.Confirm {
		return ConfirmWanted, nil
	}
	return 0, nil
}

// establish ends the handshake.
func (m *Machine) establish() {
	m.told.established = true
	m.transcript.Reset()
}
