package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// pacRun is one handshake under a PAC between two machines of impl/handshake,
// with everything that its keys are made of.
type pacRun struct {
	key, opaque []byte
	sent        [2][]record // by role, in order
	clientHello wire.ClientHello
	serverHello wire.ServerHello
	master      []byte
	block       []byte // the key expansion, session_key_seed included
	verify      [2][]byte
}

// record is one record as it was sent.
type record struct {
	header, body []byte
}

// The octets of the key expansion: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 has no
// MAC keys (RFC 5288, Section 3), and session_key_seed follows (RFC 5422, Section
// 3.3).
const (
	keySize  = 16
	ivSize   = 4
	seedFrom = 2 * (keySize + ivSize)
	seedSize = 40
)

// suiteOfRun is offered alone.
const suiteOfRun spec.SuiteID = 0xc02f

// newPACRun runs the handshake, derives all keys anew, and opens both Finished
// with the standard library's AES-GCM: what the pages show is what protects the
// records. All randomness is a fixed stream.
func newPACRun() (*pacRun, error) {
	r := &pacRun{key: counting(32, 0), opaque: counting(48, 0x80)}
	client, err := handshake.NewClient(
		&handshake.Config{Rand: fixed('c'), Suites: []spec.SuiteID{suiteOfRun}},
		&handshake.ClientParams{Ticket: r.opaque, HasSecret: true})
	if err != nil {
		return nil, err
	}
	defer client.Release()
	server := handshake.NewServer(&handshake.Config{Rand: fixed('s'), Suites: []spec.SuiteID{suiteOfRun}, SessionSecrets: true})
	defer server.Release()
	var toServer, toClient []byte
	for server.State() != spec.Established {
		if toServer, err = r.turn(client, spec.Client, toClient); err == nil {
			toClient, err = r.turn(server, spec.Server, toServer)
		}
		if err != nil {
			return nil, err
		}
	}
	if r.block, err = client.AppendKeyBlock(nil, 0, seedFrom+seedSize, 0); err != nil {
		return nil, err
	}
	_, master := client.KeyLog()
	r.master = bytes.Clone(master)
	return r, r.derive()
}

// fixed is a source whose octets are always the same.
func fixed(name byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{name}) }

func counting(n int, from byte) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = from + byte(i)
	}
	return b
}

// turn gives octets to a machine until it wants more, and keeps what it sends.
func (r *pacRun) turn(m *handshake.Machine, role spec.Role, in []byte) (out []byte, err error) {
	in = bytes.Clone(in) // it is opened in place
	for {
		var n int
		var ev handshake.Event
		if out, n, ev, err = m.Step(out, in); err != nil {
			return nil, err
		}
		in = in[n:]
		switch ev {
		case handshake.NeedInput:
			return out, r.keep(role, out)
		case handshake.SecretWanted:
			var secret [prf.MasterSecretSize]byte
			new(prf.PRF).SessionSecret(secret[:], r.key, m.ServerRandom(), m.ClientRandom())
			m.AcceptSecret(secret[:], 0)
		}
	}
}

// keep takes a flight apart into its records.
func (r *pacRun) keep(role spec.Role, flight []byte) error {
	for in := bytes.Clone(flight); len(in) > 0; {
		n := recordHeader
		if len(in) >= n {
			n += int(binary.BigEndian.Uint16(in[3:]))
		}
		if len(in) < n {
			return fmt.Errorf("a flight of the %v ends within a record", role)
		}
		r.sent[role] = append(r.sent[role], record{in[:recordHeader], in[recordHeader:n]})
		in = in[n:]
	}
	return nil
}

// recordHeader is the length of a record's header (RFC 5246, Section 6.2.1).
const recordHeader = 5

// derive makes every key anew, and compares with what the machines have used.
func (r *pacRun) derive() error {
	hello, answer := r.sent[spec.Client][0].body, r.sent[spec.Server][0].body
	if !r.clientHello.Parse(hello[wire.HeaderLen:]) || !r.serverHello.Parse(answer[wire.HeaderLen:]) {
		return fmt.Errorf("the hellos cannot be read")
	}
	var p prf.PRF
	client, server := r.clientHello.Random[:], r.serverHello.Random[:]
	var master [prf.MasterSecretSize]byte
	p.SessionSecret(master[:], r.key, server, client)
	block := make([]byte, len(r.block))
	p.KeyBlock(block, prf.SHA256, master[:], server, client)
	if !bytes.Equal(master[:], r.master) || !bytes.Equal(block, r.block) {
		return fmt.Errorf("the machines have other keys")
	}
	// In a shortened handshake the server's Finished comes first.
	transcript := append(bytes.Clone(hello), answer...)
	for _, role := range []spec.Role{spec.Server, spec.Client} {
		sum := sha256.Sum256(transcript)
		verify := make([]byte, prf.VerifyDataSize)
		p.VerifyData(verify, prf.SHA256, master[:], role, sum[:])
		finished, err := r.open(role, r.sent[role][len(r.sent[role])-1])
		if err != nil {
			return err
		}
		if want := append([]byte{20, 0, 0, prf.VerifyDataSize}, verify...); !bytes.Equal(finished, want) {
			return fmt.Errorf("the %v's Finished is %x, not %x", role, finished, want)
		}
		r.verify[role] = verify
		transcript = append(transcript, finished...)
	}
	return nil
}

// writeKeys returns a role's write key and its implicit part of the nonce.
func (r *pacRun) writeKeys(role spec.Role) (key, iv []byte) {
	i := 0
	if role == spec.Server {
		i = 1
	}
	return r.block[keySize*i:][:keySize], r.block[2*keySize+ivSize*i:][:ivSize]
}

// open opens the first protected record of a role (RFC 5288, Section 3).
func (r *pacRun) open(role spec.Role, sealed record) ([]byte, error) {
	key, iv := r.writeKeys(role)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	const explicit = 8
	nonce := append(bytes.Clone(iv), sealed.body[:explicit]...)
	length := len(sealed.body) - explicit - gcm.Overhead()
	// RFC 5246, Section 6.2.3.3: sequence number, type, version, length.
	data := append(make([]byte, 8), sealed.header[:3]...)
	data = binary.BigEndian.AppendUint16(data, uint16(length))
	return gcm.Open(nil, nonce, sealed.body[explicit:], data)
}
