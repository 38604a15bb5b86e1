package record

import (
	"bytes"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// FuzzRecord feeds any octets to a Half in the clear and to one under each kind
// of protection, and in addition what its peer made of them, with one octet
// changed. Nothing may panic, nothing outside of the record may be touched, and
// what is accepted must be what was sealed.
func FuzzRecord(f *testing.F) {
	ways := distinct()
	for i, p := range ways {
		r := newReference(p)
		wire := r.seal(23, text(20), text(16), -1)
		wire = append(wire, r.seal(22, nil, text(16), -1)...)
		f.Add(wire, uint8(i), uint16(0), byte(0))
		f.Add(text(100), uint8(i), uint16(i*7), byte(1<<(i%8)))
	}
	for _, wire := range [][]byte{
		{22, 3, 1, 0, 4, 0, 0, 0, 0, 20, 3, 3, 0, 1, 1},
		[]byte("GET / HTTP/1.1\r\n\r\n"), {0x80, 0x2e, 1, 3, 1}, {23, 3, 3, 0x48, 1}, {22, 3},
	} {
		f.Add(wire, uint8(len(ways)), uint16(0), byte(0))
	}
	f.Fuzz(func(t *testing.T, in []byte, way uint8, at uint16, change byte) {
		if int(way)%(len(ways)+1) == len(ways) {
			fuzzOpen(t, in, new(Half), func(typ spec.ContentType, data []byte) []byte {
				return append([]byte{byte(typ), 0, 0, byte(len(data) >> 8), byte(len(data))}, data...)
			})
			return
		}
		p := ways[int(way)%(len(ways)+1)]
		fuzzOpen(t, in, newReader(t, p), nil)
		if len(in) <= MaxPlaintext {
			fuzzChanged(t, p, in, int(at), change)
		}
	})
}

// fuzzOpen opens in to its end. What comes out must seal to what went in, if
// seal says how; the version is left out of that.
func fuzzOpen(t *testing.T, in []byte, h *Half, seal func(spec.ContentType, []byte) []byte) {
	buf := slices.Concat(in, []byte("guard"))
	for rest := buf[:len(in)]; ; {
		before := slices.Clone(rest)
		_, data, n, err := h.Open(rest)
		if !bytes.Equal(buf[len(in):], []byte("guard")) || n > len(rest) || !bytes.Equal(rest[n:], before[n:]) && err == nil {
			t.Fatalf("outside of the record: %d of %d octets used", n, len(rest))
		}
		if err != nil {
			if n != 0 || data != nil || alertOf(t, err) == spec.AlertNone {
				t.Fatalf("%d octets and %x beside %v", n, data, err)
			}
			return
		}
		if n == 0 {
			if len(rest) >= MaxRecord {
				t.Fatal("a whole record is waited for")
			}
			return
		}
		typ := spec.ContentType(before[0])
		if seal != nil {
			want := slices.Clone(before[:n])
			want[1], want[2] = 0, 0
			if got := seal(typ, data); !bytes.Equal(got, want) {
				t.Fatalf("%x comes back as %x", want, got)
			}
		}
		rest = rest[n:]
	}
}

// fuzzChanged seals data, changes one octet, and opens it.
func fuzzChanged(t *testing.T, p protection, data []byte, at int, change byte) {
	wire, err := newWriter(t, p).Seal(nil, 23, data)
	if err != nil {
		t.Fatal(err)
	}
	wire[at%len(wire)] ^= change
	typ, got, n, err := newReader(t, p).Open(slices.Clone(wire))
	switch {
	case change == 0:
		if err != nil || typ != 23 || n != len(wire) || !bytes.Equal(got, data) {
			t.Fatalf("%v: %d octets: %v", p, len(data), err)
		}
		again, err := newWriter(t, p).Seal(nil, typ, got)
		if err != nil || !bytes.Equal(again, wire) {
			t.Fatalf("%v: sealed again it is %x, not %x", p, again, wire)
		}
	case n != 0 || got != nil:
		t.Fatalf("%v: octet %d changed by %#x: accepted", p, at%len(wire), change)
	}
}
