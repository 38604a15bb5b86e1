package record

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

var update = flag.Bool("update", false, "write testdata/records.txt anew, from the reference")

// TestSeal compares what Seal makes with the reference, record by record.
func TestSeal(t *testing.T) {
	lengths := []int{0, 1, 11, 12, 15, 16, 17, 31, 32, 63, 64, 255, 1024, MaxPlaintext}
	for _, p := range protections() {
		h, r, iv := newWriter(t, p), newReference(p), new(counting)
		for _, n := range lengths {
			var explicit [16]byte
			if p.cbc() && !p.chained() {
				iv.Read(explicit[:])
			}
			want := r.seal(spec.ContentApplicationData, text(n), explicit[:], -1)
			got, err := h.Seal([]byte("before"), spec.ContentApplicationData, text(n))
			if err != nil || !bytes.Equal(got, append([]byte("before"), want...)) {
				t.Fatalf("%v, %d octets: %v\n%x, want\n%x", p, n, err, got[6:], want)
			}
			if h.Sequence() != r.seq {
				t.Fatalf("%v: sequence number %d, want %d", p, h.Sequence(), r.seq)
			}
		}
	}
}

// TestSealPadding compares padding beyond the least with the reference's; what is
// out of bounds is the nearest within.
func TestSealPadding(t *testing.T) {
	for _, p := range protections() {
		h, r, iv := newWriter(t, p), newReference(p), new(counting)
		for _, more := range []struct{ asked, got int }{{0, 0}, {1, 1}, {15, 15}, {16, 15}, {-1, 0}, {7, 7}} {
			for n := range 17 {
				var explicit [16]byte
				if p.cbc() && !p.chained() {
					iv.Read(explicit[:])
				}
				inside := n
				if !p.etm {
					inside += p.suite.MACKey
				}
				h.Padding = more.asked
				want := r.seal(spec.ContentHandshake, text(n + 1)[:n], explicit[:], 15-inside%16+16*more.got)
				got, err := h.Seal(nil, spec.ContentHandshake, text(n + 1)[:n])
				if err != nil || !bytes.Equal(got, want) || len(got) > h.SealedSize(spec.ContentHandshake, n) {
					t.Fatalf("%v, %d octets, %d blocks: %v\n%x, want\n%x", p, n, more.asked, err, got, want)
				}
			}
		}
	}
}

// TestOpen opens what the reference made, with every length of padding.
func TestOpen(t *testing.T) {
	for _, p := range protections() {
		h, r, iv := newReader(t, p), newReference(p), new(counting)
		lengths := []int{0, 1, 15, 16, 17, 100, 1024, MaxPlaintext}
		for _, n := range lengths {
			for pad := 0; pad < 256; pad++ {
				inside := n + pad + 1
				if !p.etm {
					inside += p.suite.MACKey
				}
				if p.cbc() && inside%16 != 0 || !p.cbc() && pad > 0 || n > 1024 && pad > 31 {
					continue
				}
				var explicit [16]byte
				iv.Read(explicit[:])
				wire := r.seal(spec.ContentHandshake, text(n), explicit[:], pad)
				typ, data, used, err := h.Open(append(wire, "the next record"...))
				if err != nil || typ != spec.ContentHandshake || used != len(wire) || !bytes.Equal(data, text(n)) {
					t.Fatalf("%v, %d octets, padding %d: type %v, %d of %d octets, %v", p, n, pad, typ, used, len(wire), err)
				}
			}
		}
	}
}

// TestRoundTrip lets the two ends of one direction speak to each other.
func TestRoundTrip(t *testing.T) {
	for _, p := range distinct() {
		for _, fragment := range []int{0, 1, 500} {
			for _, split := range []bool{false, true} {
				write, read := newWriter(t, p), newReader(t, p)
				write.Fragment, write.Split = fragment, split
				for _, n := range []int{0, 1, 2, 499, 500, 501, 1001} {
					roundTrip(t, p, write, read, n)
				}
				if fragment == 0 {
					roundTrip(t, p, write, read, 3*MaxPlaintext+1)
				}
			}
		}
	}
}

func roundTrip(t *testing.T, p protection, write, read *Half, n int) {
	t.Helper()
	wire, err := write.Seal(nil, spec.ContentApplicationData, text(n))
	if err != nil || len(wire) > write.SealedSize(spec.ContentApplicationData, n) {
		t.Fatalf("%v: %v; %d octets for %d", p, err, len(wire), n)
	}
	var got []byte
	var sizes []int
	for len(wire) > 0 {
		_, data, used, err := read.Open(wire)
		if err != nil || used == 0 {
			t.Fatalf("%v: %d octets: %v", p, n, err)
		}
		got = append(got, data...)
		sizes = append(sizes, len(data))
		wire = wire[used:]
	}
	if !bytes.Equal(got, text(n)) {
		t.Fatalf("%v: %d octets come back as %d", p, n, len(got))
	}
	if want := fragments(n, write.fragment(), write.Split && p.chained()); !slices.Equal(sizes, want) {
		t.Fatalf("%v: records of %v octets, want %v", p, sizes, want)
	}
}

// fragments is how n octets are to be cut.
func fragments(n, limit int, split bool) (sizes []int) {
	if split && n > 1 {
		sizes, n = append(sizes, 1), n-1
	}
	for ; n > limit; n -= limit {
		sizes = append(sizes, limit)
	}
	return append(sizes, n)
}

// TestGolden compares with octets that are committed, so that a mistake that
// both ends share, and the reference with them, shows.
func TestGolden(t *testing.T) {
	const file = "testdata/records.txt"
	var now strings.Builder
	for _, p := range distinct() {
		r, h, iv := newReference(p), newWriter(t, p), new(counting)
		for _, message := range []string{"open", "sesame"} {
			var explicit [16]byte
			if p.cbc() && !p.chained() {
				iv.Read(explicit[:])
			}
			wire := r.seal(spec.ContentApplicationData, []byte(message), explicit[:], -1)
			fmt.Fprintf(&now, "%v: %s: %x\n", p, message, wire)
			if got, err := h.Seal(nil, spec.ContentApplicationData, []byte(message)); err != nil || !bytes.Equal(got, wire) {
				t.Errorf("%v: %s: %x, want %x", p, message, got, wire)
			}
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(now.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if now.String() != string(committed) {
		t.Errorf("the reference does not make what is in %s", file)
	}
}

// TestOpenSSL opens the records that OpenSSL made, and makes those again that
// follow from their plaintext.
//
// Checks TLS-BASE-15 (must fail: mac-without-sequence-number, padding-of-another-number, iv-not-chained).
func TestOpenSSL(t *testing.T) {
	file, err := os.ReadFile("testdata/openssl.txt")
	if err != nil {
		t.Fatal(err)
	}
	var p protection
	var read, write *Half
	opened, made := 0, 0
	for _, line := range strings.Split(string(file), "\n") {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || fields[0] == "#":
		case fields[0] == "suite":
			p = parseProtection(t, fields)
		case fields[0] == "keys":
			k := Keys{octets(t, fields[1], "mac="), octets(t, fields[2], "key="), octets(t, fields[3], "iv=")}
			read, write = readerWith(t, p, k), writerWith(t, p, k)
		case fields[0] == "record":
			wire, want := octets(t, fields[2], ""), octets(t, strings.Join(fields[4:], ""), "")
			typ, data, n, err := read.Open(slices.Clone(wire))
			if err != nil || fmt.Sprint(uint8(typ)) != fields[1] || n != len(wire) || !bytes.Equal(data, want) {
				t.Errorf("%v: type %d, %x, %v; want %s", p, typ, data, err, line)
			}
			opened++
			write.Rand = bytes.NewReader(wire[HeaderSize:]) // where the IV is
			again, err := write.Seal(nil, typ, data)
			if p.suite.Cipher == spec.AES128GCM || p.suite.Cipher == spec.AES256GCM {
				continue // OpenSSL's explicit nonces begin at random
			}
			if err != nil || !bytes.Equal(again, wire) {
				t.Errorf("%v: %x, %v; want %s", p, again, err, line)
			}
			made++
		default:
			t.Fatalf("what is %q?", line)
		}
	}
	if opened < 60 || made < 54 {
		t.Errorf("only %d records were opened, and %d made again", opened, made)
	}
}

// parseProtection reads, for instance, "suite TLS 1.2 RSA_WITH_AES_128_CBC_SHA encrypt-then-mac=true".
func parseProtection(t *testing.T, fields []string) protection {
	t.Helper()
	for _, p := range protections() {
		if p.suite.Name == fields[3] && p.version.String() == "TLS "+fields[2] && fmt.Sprintf("encrypt-then-mac=%v", p.etm) == fields[4] {
			return p
		}
	}
	t.Fatalf("no such suite: %q", fields)
	return protection{}
}

func octets(t *testing.T, digits, prefix string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.TrimPrefix(digits, prefix))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestTamper changes each octet of a record: the receiver must not take it.
func TestTamper(t *testing.T) {
	for _, p := range protections() {
		wire := newReference(p).seal(spec.ContentApplicationData, text(40), text(16), -1)
		for i := range wire {
			for _, bit := range []byte{1, 0x10, 0x80} {
				bad := slices.Clone(wire)
				bad[i] ^= bit
				bad = append(bad, make([]byte, MaxRecord)...) // what follows, for a length that was made longer
				want := spec.BadRecordMAC
				switch {
				case i == 1 || i == 2:
					want = spec.ProtocolVersion
				case i == 3 && bit == 0x80:
					want = spec.RecordOverflow
				}
				_, data, n, err := newReader(t, p).Open(bad)
				if got := alertOf(t, err); got != want || n != 0 || data != nil {
					t.Fatalf("%v: octet %d changed by %#x: %v, want %v", p, i, bit, got, want)
				}
			}
		}
	}
}

// TestSequence: a record that is repeated, left out or reordered does not authenticate.
func TestSequence(t *testing.T) {
	for _, p := range distinct() {
		seal := func() (wires [][]byte) {
			r := newReference(p)
			for range 3 {
				wires = append(wires, r.seal(spec.ContentApplicationData, text(20), text(16), -1))
			}
			return wires
		}
		for name, order := range map[string][]int{"repeated": {0, 0}, "left out": {0, 2}, "reordered": {1, 0}} {
			h, wires := newReader(t, p), seal()
			var err error
			for _, i := range order {
				if err == nil {
					_, _, _, err = h.Open(slices.Clone(wires[i]))
				}
			}
			if got := alertOf(t, err); got != spec.BadRecordMAC {
				t.Errorf("%v: %s: %v", p, name, got)
			}
		}
	}
}

// TestGCMNonce: a peer may choose its explicit nonces as it likes, and ours is
// the sequence number (RFC 5288, Section 3).
func TestGCMNonce(t *testing.T) {
	for _, p := range distinct() {
		if p.cbc() || p.suite.Cipher == spec.ChaCha20Poly1305 {
			continue
		}
		h, r := newReader(t, p), newReference(p)
		sent := []byte("anything")
		sealed := r.aead().Seal(nil, append(slices.Clone(r.keys.IV), sent...), text(9), r.additional(23, 9))
		if _, data, _, err := h.Open(slices.Concat(r.header(23, 8+len(sealed)), sent, sealed)); err != nil || !bytes.Equal(data, text(9)) {
			t.Errorf("%v: %v", p, err)
		}
	}
}
