package bench

import (
	"crypto"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"

	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/spec"
)

// variant is a version and suite that handshakes are measured with. They have
// ECDHE_RSA suites, since crypto/tls resumes no others by default; a PAC
// handshake does not use the key exchange.
type variant struct {
	version     spec.Version
	suite       spec.SuiteID
	name        string // for the rows
	openssl     string // as the peer's commands have it
	vsOpenSSL   float64
	vsCryptoTLS float64
	vsCalls     float64
}

var variants = []variant{
	{spec.TLS12, 0xc02f, "TLS 1.2 AES-128-GCM", "1.2 ECDHE-RSA-AES128-GCM-SHA256", 5, 2.8, 1.3},
	{spec.TLS12, 0xc013, "TLS 1.2 AES-128-CBC-SHA", "1.2 ECDHE-RSA-AES128-SHA", 5, 2.8, 0},
	{spec.TLS10, 0xc013, "TLS 1.0 AES-128-CBC-SHA", "1.0 ECDHE-RSA-AES128-SHA", 3.5, 2.2, 0},
}

func handshakeRows(peers []*Peer) []Row {
	var rows []Row
	for i, v := range variants {
		machine := Row{Name: "PAC handshake, " + v.name, Kind: KindHandshake, Prepare: v.machines}
		if v.vsCalls > 0 {
			machine.Targets = append(machine.Targets, Target{Against: Calls, AtMost: v.vsCalls})
		}
		machine.with(peers, "pac "+v.openssl, v.vsOpenSSL)
		conn := Row{Name: "PAC handshake, Conn, " + v.name, Kind: KindHandshake, Prepare: v.conns(true),
			Targets: []Target{{Against: CryptoTLS, AtLeast: v.vsCryptoTLS}}}
		if i == 0 {
			machine.Limit = &Limit{Objects: 20, Octets: 12 << 10}
			conn.Limit = &Limit{Objects: 40}
		}
		rows = append(rows, machine, conn)
	}
	rows = append(rows, Row{Name: "full handshake, Conn, TLS 1.2 ECDHE_RSA AES-128-GCM", Kind: KindHandshake,
		Prepare: variants[0].conns(false), Targets: []Target{{Against: CryptoTLS, AtLeast: 1}}})
	for i := range rows {
		rows[i].Slices = handshakeSlices
	}
	return rows
}

// handshakeSlices is the Slices of rows with handshakes: garbage is collected
// once in a usual slice or so.
const handshakeSlices = 5

// machines makes the sides of PAC handshakes without Conn.
func (v variant) machines() ([]Side, error) {
	m, err := newMachines(v.version, v.suite)
	if err != nil {
		return nil, err
	}
	costs, err := m.costs()
	if err != nil {
		return nil, err
	}
	all := []Side{local(Ours, m.run)}
	if v.vsCalls > 0 {
		all = append(all, local(Calls, newCalls(m.pacs, m.hello(0), m.hello(1)).run))
	}
	return append(all, local(Floor, floorOf(costs))), nil
}

// floor is the primitives of a PAC handshake.
func (v variant) floor() (func(n int) error, error) {
	m, err := newMachines(v.version, v.suite)
	if err != nil {
		return nil, err
	}
	costs, err := m.costs()
	return floorOf(costs), err
}

// floorOfFull is the public-key operations of a full ECDHE_RSA handshake: two
// keys and two secrets of X25519, the signature and its verification. The
// certificate is its own root, and needs none.
func floorOfFull() (func(n int) error, error) {
	id, err := identity()
	if err != nil {
		return nil, err
	}
	digest := make([]byte, sha256.Size)
	options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
	return func(n int) error {
		for range n {
			sig, err := id.key.Sign(rand.Reader, digest, options)
			if err != nil {
				return err
			}
			if err := rsa.VerifyPSS(id.key.Public().(*rsa.PublicKey), crypto.SHA256, digest, sig, options); err != nil {
				return err
			}
			if err := agree(); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// agree is X25519 on both sides.
func agree() error {
	var pair [2]*ecdh.PrivateKey
	for i := range pair {
		var err error
		if pair[i], err = ecdh.X25519().GenerateKey(rand.Reader); err != nil {
			return err
		}
	}
	for i := range pair {
		if _, err := pair[i].ECDH(pair[1-i].PublicKey()); err != nil {
			return err
		}
	}
	return nil
}

// costs counts the primitives of the machines' handshake.
func (m *machines) costs() ([]Cost, error) {
	if err := m.handshake(); err != nil {
		return nil, fmt.Errorf("bench: a PAC handshake: %w", err)
	}
	s, _ := spec.SuiteByID(m.cc.Suites[0])
	return PACCosts(m.cc.MaxVersion, s, m.hello(0)+m.hello(1)), nil
}

// hello is the octets of the last handshake's ClientHello (0) or ServerHello (1).
// Each is a record in the clear; behind the server's come ChangeCipherSpec and
// Finished, as much as the client sends in the end.
func (m *machines) hello(i int) int {
	n := m.sent[i] - record.HeaderSize
	if i == 1 {
		n -= m.sent[2]
	}
	return n
}

// conns makes the sides of handshakes over a pipe: with PACs beside tickets, or
// full ones beside full ones.
func (v variant) conns(shortened bool) func() ([]Side, error) {
	return func() ([]Side, error) {
		ours, err := newSesame(v.version, v.suite, shortened)
		if err != nil {
			return nil, err
		}
		theirs, err := newStandard(v.version, v.suite, shortened)
		if err != nil {
			return nil, fmt.Errorf("crypto/tls: %w", err)
		}
		want := [2]spec.Shortening{spec.Full, spec.Full}
		if shortened {
			want = [2]spec.Shortening{spec.BySessionSecret, spec.ByTicket}
		}
		floor := floorOfFull
		if shortened {
			floor = v.floor
		}
		primitives, err := floor()
		return []Side{local(Ours, newConns(ours, want[0]).run), local(CryptoTLS, newConns(theirs, want[1]).run), local(Floor, primitives)}, err
	}
}
