package record

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// macThenEncrypt returns the ways whose padding must not show.
func macThenEncrypt() (all []protection) {
	for _, p := range distinct() {
		if p.cbc() && !p.etm {
			all = append(all, p)
		}
	}
	return all
}

// insides makes the inside of CBC records, right and wrong, and names them.
func insides(r *reference, yield func(name string, plain []byte)) {
	size := r.suite.MACKey
	for _, n := range []int{0, 1, 12, 13, 40, 51, 55, 64, 100, 119, 256, 300, 500, 1000} {
		data := text(n)
		mac := r.mac(r.additional(23, n), data)
		short := 15 - (n+size)%16
		for pad := short; pad < 256; pad += 16 {
			plain := slices.Concat(data, mac, bytes.Repeat([]byte{byte(pad)}, pad+1))
			name := fmt.Sprintf("%d octets, padding %d", n, pad)
			yield(name, plain)
			for _, at := range []int{0, 1, pad / 2, pad - 1} {
				if at < 0 || at >= pad {
					continue
				}
				wrong := slices.Clone(plain)
				wrong[n+size+at] ^= 0x40
				yield(fmt.Sprintf("%s, octet %d of it wrong", name, at), wrong)
			}
			for _, at := range []int{0, size / 2, size - 1} {
				wrong := slices.Clone(plain)
				wrong[n+at] ^= 1
				yield(fmt.Sprintf("%s, octet %d of the MAC wrong", name, at), wrong)
			}
			if n > 0 {
				wrong := slices.Clone(plain)
				wrong[n-1] ^= 1
				yield(name+", the last octet of data wrong", wrong)
			}
		}
	}
	// Padding that says more than there is, and that leaves no room for a MAC.
	for blocks := (size + 16) / 16; blocks < 20; blocks++ {
		for _, pad := range []int{0, 16*blocks - size - 1, 16*blocks - size, 16*blocks - 1, 16 * blocks, 255} {
			if pad >= 0 && pad < 256 {
				yield(fmt.Sprintf("%d blocks of %d", blocks, pad), bytes.Repeat([]byte{byte(pad)}, 16*blocks))
			}
		}
	}
}

// TestInsides opens records whose inside is right or wrong in every way, and
// compares with what the formulas say. Whatever is wrong, the answer is one.
//
// Checks TLS-BASE-16 (must fail: padding-unchecked, padding-told-apart).
func TestInsides(t *testing.T) {
	for _, p := range macThenEncrypt() {
		good, bad := 0, 0
		if !newReader(t, p).cbc.layout {
			t.Errorf("%v: the time to open shows the padding", p)
		}
		insides(newReference(p), func(name string, plain []byte) {
			for _, layout := range []bool{true, false} {
				r, h := newReference(p), newReader(t, p)
				h.cbc.layout = layout
				want, ok := r.openPlain(23, plain)
				_, data, n, err := h.Open(r.sealPlain(23, plain, text(16)))
				switch {
				case ok:
					good++
					if err != nil || !bytes.Equal(data, want) {
						t.Errorf("%v: %s: %v", p, name, err)
					}
					if selected := h.cbc.inner != [maxMAC]byte{}; selected != layout {
						t.Errorf("%v: %s: the chaining value was selected: %v, want %v", p, name, selected, layout)
					}
				default:
					bad++
					if err != error(errBadRecordMAC) || data != nil || n != 0 {
						t.Errorf("%v: %s: %v", p, name, err)
					}
				}
			}
		})
		if good < 400 || bad < 2000 {
			t.Errorf("%v: only %d good and %d bad insides", p, good, bad)
		}
	}
}

// TestEncryptThenMACPadding: RFC 7366, Section 3: the MAC is right, and the
// padding under it is not.
func TestEncryptThenMACPadding(t *testing.T) {
	for _, p := range distinct() {
		if !p.etm {
			continue
		}
		for name, plain := range map[string][]byte{
			"wrong octet":           append(bytes.Repeat([]byte{3}, 12), 4, 3, 3, 3),
			"longer than the data":  bytes.Repeat([]byte{16}, 16),
			"much longer than that": bytes.Repeat([]byte{255}, 16),
		} {
			r := newReference(p)
			_, _, _, err := newReader(t, p).Open(r.sealPlain(23, plain, text(16)))
			if got := alertOf(t, err); got != spec.BadRecordMAC {
				t.Errorf("%v: %s: %v", p, name, got)
			}
		}
		// All of a block can be padding.
		r := newReference(p)
		_, data, _, err := newReader(t, p).Open(r.sealPlain(23, bytes.Repeat([]byte{15}, 16), text(16)))
		if err != nil || len(data) != 0 {
			t.Errorf("%v: nothing but padding: %x, %v", p, data, err)
		}
	}
}

// TestLengths: ciphertext that is too short or no whole number of blocks is
// bad_record_mac, as TLS-ALERT-02 says.
func TestLengths(t *testing.T) {
	for _, p := range distinct() {
		for n := range 120 {
			h := newReader(t, p)
			wire := append(newReference(p).header(23, n), text(n)...)
			_, _, _, err := h.Open(wire)
			if got := alertOf(t, err); got != spec.BadRecordMAC {
				t.Fatalf("%v: %d octets of anything: %v", p, n, got)
			}
		}
	}
}

// TestPadding compares padding with its definition.
func TestPadding(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		plain := make([]byte, 16*(1+random.IntN(20)))
		for i := range plain {
			plain[i] = byte(random.IntN(3))
		}
		pad := random.IntN(min(256, len(plain)+20))
		for i := range min(pad+1, len(plain)) {
			plain[len(plain)-1-i] = byte(pad)
		}
		if random.IntN(2) == 0 {
			plain[random.IntN(len(plain))] ^= 1 << random.IntN(8)
		}
		size := random.IntN(49)

		last := int(plain[len(plain)-1])
		want, wantGood := 1, 0
		if last+1+size <= len(plain) && bytes.Count(plain[len(plain)-1-last:], []byte{byte(last)}) == last+1 {
			want, wantGood = last+1, 1
		}
		if n, good := padding(plain, size); n != want || good != wantGood {
			t.Fatalf("%x with %d octets of MAC: %d, %d; want %d, %d", plain, size, n, good, want, wantGood)
		}
	}
}

// TestExtract compares extract with copy, for each place where a MAC can be.
func TestExtract(t *testing.T) {
	for _, size := range []int{20, 32, 48} {
		for n := 64; n <= 512; n += 16 {
			plain := text(n)
			for end := max(0, n-size-256); end <= n-size-1; end++ {
				var got [maxMAC]byte
				extract(&got, plain, end, size)
				if !bytes.Equal(got[:size], plain[end:end+size]) {
					t.Fatalf("%d octets at %d of %d: %x, want %x", size, end, n, got[:size], plain[end:end+size])
				}
			}
		}
	}
}

func TestTerminate(t *testing.T) {
	for end := range 128 {
		tail := text(128)
		want := slices.Concat(text(128)[:end], []byte{0x80}, make([]byte, 127-end))
		if terminate(tail, end); !bytes.Equal(tail, want) {
			t.Errorf("%d: %x, want %x", end, tail, want)
		}
	}
}

func TestConstantTimeHelpers(t *testing.T) {
	for x := -70000; x <= 70000; x += 7 {
		for _, y := range []int{x - 1, x, x + 1, 0, 8, 65535} {
			if got := atLeast(x, y) == 1; got != (x >= y) {
				t.Fatalf("atLeast(%d, %d) is %v", x, y, got)
			}
			if got := equal(x, y) == 1; got != (x == y) {
				t.Fatalf("equal(%d, %d) is %v", x, y, got)
			}
		}
		if got, want := clamp8(x), uint(max(0, min(x, 8))); got != want {
			t.Fatalf("clamp8(%d) is %d", x, got)
		}
	}
	for _, x := range []uint64{1, 1 << 31, 1 << 63, ^uint64(0)} {
		if isZero(x) != 0 {
			t.Errorf("%#x is zero", x)
		}
	}
}
