package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"hash"

	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/spec"
	"github.com/sesame-tls/sesame/spec/vectors"
)

// answers holds the computations that both sides share, so that a handshake of
// the two cannot find their faults, against what others have printed, and
// against the RFCs' formulas.
func answers(context.Context) error {
	for _, f := range []func() error{published, derivations, transcripts, records} {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

func same(what string, got, want []byte) error {
	if bytes.Equal(got, want) {
		return nil
	}
	return fmt.Errorf("%s: %x, want %x", what, got, want)
}

var hashes = []struct {
	of   prf.Hash
	name string
}{{prf.MD5SHA1, "PRF-MD5-SHA1"}, {prf.SHA256, "PRF-SHA256"}, {prf.SHA384, "PRF-SHA384"}}

// published are the vectors of RFCs and others.
func published() error {
	var p prf.PRF
	for _, h := range hashes {
		for _, v := range vectors.For(h.name) {
			off, want, seed := v.Number("offset"), v.Octets("output"), v.Octets("seed")
			got := make([]byte, off+len(want))
			p.Fill(got, h.of, v.Octets("secret"), v.Text("label"), seed[:32], seed[32:])
			if err := same(v.Name, got[off:], want); err != nil {
				return err
			}
		}
	}
	for _, v := range vectors.For("T-PRF") {
		got := make([]byte, len(v.Octets("output")))
		p.TPRF(got, v.Octets("secret"), v.Text("label"), v.Octets("seed"), nil)
		if err := same(v.Name, got, v.Octets("output")); err != nil {
			return err
		}
	}
	for _, v := range vectors.For("EAP-FAST keys") {
		master, block := make([]byte, 48), make([]byte, 112)
		p.SessionSecret(master, v.Octets("pac_key"), v.Octets("server_random"), v.Octets("client_random"))
		p.KeyBlock(block, prf.MD5SHA1, master, v.Octets("server_random"), v.Octets("client_random"))
		if err := same(v.Name+": master secret", master, v.Octets("master_secret")); err != nil {
			return err
		}
		if err := same(v.Name+": key block", block, v.Octets("key_block")); err != nil {
			return err
		}
	}
	return nil
}

// expand is P_hash (RFC 5246, Section 5).
func expand(h func() hash.Hash, secret, seed []byte, n int) (out []byte) {
	for a := seed; len(out) < n; {
		a = mac(h, secret, a)
		out = append(out, mac(h, secret, a, seed)...)
	}
	return out[:n]
}

func mac(h func() hash.Hash, key []byte, parts ...[]byte) []byte {
	m := hmac.New(h, key)
	for _, p := range parts {
		m.Write(p)
	}
	return m.Sum(nil)
}

// plainPRF is PRF(secret, label, seeds).
func plainPRF(of prf.Hash, n int, secret []byte, label string, seeds ...[]byte) []byte {
	seed := append([]byte(label), bytes.Join(seeds, nil)...)
	switch of {
	case prf.SHA256:
		return expand(sha256.New, secret, seed, n)
	case prf.SHA384:
		return expand(sha512.New384, secret, seed, n)
	}
	half := (len(secret) + 1) / 2 // RFC 4346, Section 5
	out := expand(md5.New, secret[:half], seed, n)
	for i, octet := range expand(sha1.New, secret[len(secret)-half:], seed, n) {
		out[i] ^= octet
	}
	return out
}

// numbered returns n octets that differ from those of another start.
func numbered(start byte, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = start + byte(3*i)
	}
	return b
}

// derivations are the uses of the PRF: labels, order of seeds, and lengths.
func derivations() error {
	var p prf.PRF
	secret, client, server, sum := numbered(1, 48), numbered(2, 32), numbered(5, 32), numbered(7, 48)
	for _, h := range hashes {
		sum := sum[:h.of.Size()]
		for _, d := range []struct {
			what string
			fill func(out []byte)
			want []byte
		}{
			{"master secret", func(out []byte) { p.MasterSecret(out, h.of, secret, client, server) },
				plainPRF(h.of, 48, secret, "master secret", client, server)},
			{"extended master secret", func(out []byte) { p.ExtendedMasterSecret(out, h.of, secret, sum) },
				plainPRF(h.of, 48, secret, "extended master secret", sum)},
			{"key block", func(out []byte) { p.KeyBlock(out, h.of, secret, server, client) },
				plainPRF(h.of, 200, secret, "key expansion", server, client)},
			{"client's verify_data", func(out []byte) { p.VerifyData(out, h.of, secret, spec.Client, sum) },
				plainPRF(h.of, 12, secret, "client finished", sum)},
			{"server's verify_data", func(out []byte) { p.VerifyData(out, h.of, secret, spec.Server, sum) },
				plainPRF(h.of, 12, secret, "server finished", sum)},
			{"export without context", func(out []byte) { p.Export(out, h.of, secret, "EXPORTER x", client, server, nil) },
				plainPRF(h.of, 33, secret, "EXPORTER x", client, server)},
			{"export with context", func(out []byte) { p.Export(out, h.of, secret, "EXPORTER x", client, server, []byte("xyz")) },
				plainPRF(h.of, 33, secret, "EXPORTER x", client, server, []byte{0, 3}, []byte("xyz"))},
		} {
			got := make([]byte, len(d.want))
			d.fill(got)
			if err := same(h.name+": "+d.what, got, d.want); err != nil {
				return err
			}
		}
	}
	return suiteHashes()
}

// suiteHashes: RFC 5246, Section 5; RFC 5289: which suites have SHA-384.
func suiteHashes() error {
	for id, want := range map[spec.SuiteID]prf.Hash{
		0x002f: prf.SHA256, 0x009d: prf.SHA384, 0x009f: prf.SHA384, 0x00a7: prf.SHA384, 0xc024: prf.SHA384, 0xc028: prf.SHA384,
		0xc02c: prf.SHA384, 0xc02f: prf.SHA256, 0xc030: prf.SHA384, 0xccaa: prf.SHA256,
	} {
		s, _ := spec.SuiteByID(id)
		if got := prf.Of(spec.TLS12, s); got != want {
			return fmt.Errorf("%v has the PRF of %v, not %v", id, got, want)
		}
		if got := prf.Of(spec.TLS11, s); got != prf.MD5SHA1 {
			return fmt.Errorf("TLS 1.1 has the PRF of %v", got)
		}
	}
	return nil
}

// transcripts: what was written before the hash is known counts, in its order.
func transcripts() error {
	for _, h := range hashes {
		var t prf.Transcript
		t.Write([]byte("before"))
		t.Choose(h.of)
		t.Write([]byte(" and after"))
		all, want := []byte("before and after"), []byte(nil)
		switch h.of {
		case prf.MD5SHA1:
			a, b := md5.Sum(all), sha1.Sum(all)
			want = append(a[:], b[:]...)
		case prf.SHA256:
			a := sha256.Sum256(all)
			want = a[:]
		case prf.SHA384:
			a := sha512.Sum384(all)
			want = a[:]
		}
		if err := same(h.name+": transcript", t.Sum(nil), want); err != nil {
			return err
		}
	}
	return nil
}

// associated is what authenticates a record beside its data (RFC 5246, Sections
// 6.2.3.1 and 6.2.3.3).
func associated(seq uint64, t spec.ContentType, v spec.Version, n int) []byte {
	b := binary.BigEndian.AppendUint64(nil, seq)
	b = append(b, byte(t))
	b = binary.BigEndian.AppendUint16(b, uint16(v))
	return binary.BigEndian.AppendUint16(b, uint16(n))
}
