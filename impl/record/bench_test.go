package record

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"fmt"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// raceEnabled: the race detector allocates where the program does not.
var raceEnabled bool

func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	for _, p := range distinct() {
		for _, n := range []int{0, 1, 1024, 3 * MaxPlaintext} {
			write, read := newWriter(t, p), newReader(t, p)
			data := text(n)
			buf := make([]byte, 0, write.SealedSize(23, n))
			if allocs := testing.AllocsPerRun(20, func() {
				wire, err := write.Seal(buf, 23, data)
				for err == nil && len(wire) > 0 {
					var used int
					_, _, used, err = read.Open(wire)
					wire = wire[used:]
				}
				if err != nil {
					t.Fatal(err)
				}
			}); allocs != 0 {
				t.Errorf("%v, %d octets: %v allocations", p, n, allocs)
			}
		}
	}
}

// benchmarked are the suites that are measured, all under TLS 1.2.
func benchmarked() (all []protection) {
	for _, id := range []spec.SuiteID{0x009c, 0x009d, 0xcca8, 0x002f, 0x0035, 0x003c, 0xc028} {
		s, _ := spec.SuiteByID(id)
		all = append(all, protection{s, spec.TLS12, false})
	}
	return append(all, protection{all[3].suite, spec.TLS12, true}, protection{all[3].suite, spec.TLS10, false})
}

var sizes = []int{64, 1024, MaxPlaintext}

func bench(b *testing.B, p protection, n int, f func()) {
	b.Run(fmt.Sprintf("%v/%d", p, n), func(b *testing.B) {
		b.SetBytes(int64(n))
		b.ReportAllocs()
		for b.Loop() {
			f()
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	for _, p := range benchmarked() {
		for _, n := range sizes {
			h, data := newWriter(b, p), text(n)
			h.Rand = nil
			buf := make([]byte, 0, h.SealedSize(23, n))
			bench(b, p, n, func() {
				if h.seq == gcmLimit {
					h.seq = 0 // a benchmark's keys protect nothing
				}
				if _, err := h.Seal(buf, 23, data); err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}

// BenchmarkOpen opens one record again and again: each time a copy, as opening
// is in place. BenchmarkRawOpen copies too.
func BenchmarkOpen(b *testing.B) {
	for _, p := range benchmarked() {
		for _, n := range sizes {
			h := newReader(b, p)
			wire := newReference(p).seal(23, text(n), text(16), -1)
			in, iv := slices.Clone(wire), testKeys(p).IV
			bench(b, p, n, func() {
				copy(in, wire)
				h.seq = 0
				if p.chained() {
					h.cbc.block.SetIV(iv)
				}
				if _, _, _, err := h.Open(in); err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}

// BenchmarkRawSeal is the floor: the AEAD alone, or HMAC and CBC alone.
func BenchmarkRawSeal(b *testing.B) {
	for _, p := range benchmarked() {
		for _, n := range sizes {
			r, data := newReference(p), text(n)
			if !p.cbc() {
				a, nonce, head := r.aead(), make([]byte, 12), make([]byte, 13)
				buf := make([]byte, 0, n+a.Overhead())
				bench(b, p, n, func() { a.Seal(buf, nonce, data, head) })
			} else if p.suite.MAC == spec.SHA1 && p.version == spec.TLS12 && !p.etm {
				mode := cipher.NewCBCEncrypter(r.aes(), make([]byte, 16))
				mac, sum, buf := hmac.New(sha1.New, r.keys.MAC), make([]byte, 0, 20), make([]byte, n+32)
				bench(b, p, n, func() {
					mac.Reset()
					mac.Write(buf[:13])
					mac.Write(data)
					mac.Sum(sum)
					mode.CryptBlocks(buf, data)
					mode.CryptBlocks(buf[n:], buf[n:])
				})
			}
		}
	}
}

// BenchmarkRawOpen is the floor of opening.
func BenchmarkRawOpen(b *testing.B) {
	for _, p := range benchmarked() {
		for _, n := range sizes {
			r := newReference(p)
			if !p.cbc() {
				a, nonce, head := r.aead(), make([]byte, 12), make([]byte, 13)
				sealed := a.Seal(nil, nonce, text(n), head)
				in := slices.Clone(sealed)
				bench(b, p, n, func() {
					copy(in, sealed)
					if _, err := a.Open(in[:0], nonce, in, head); err != nil {
						b.Fatal(err)
					}
				})
			} else if p.suite.MAC == spec.SHA1 && p.version == spec.TLS12 && !p.etm {
				mode := cipher.NewCBCDecrypter(r.aes(), make([]byte, 16))
				mac, sum := hmac.New(sha1.New, r.keys.MAC), make([]byte, 0, 20)
				sealed, in := text(n+32), make([]byte, n+32)
				bench(b, p, n, func() {
					copy(in, sealed)
					mode.CryptBlocks(in, in)
					mac.Reset()
					mac.Write(in[:13])
					mac.Write(in[:n])
					mac.Sum(sum)
				})
			}
		}
	}
}

// BenchmarkOpenPadding shows that the time to open does not tell the padding:
// compare the rows of one suite.
func BenchmarkOpenPadding(b *testing.B) {
	for _, p := range macThenEncrypt() {
		if p.version != spec.TLS12 {
			continue
		}
		plain := 512 - p.suite.MACKey
		for name, pad := range map[string]int{"least": 15, "most": 255, "wrong": 200} {
			r := newReference(p)
			n := plain - pad - 1
			inside := slices.Concat(text(n), r.mac(r.additional(23, n), text(n)))
			for range pad + 1 {
				inside = append(inside, byte(pad))
			}
			if name == "wrong" {
				inside[len(inside)-2] ^= 1
			}
			wire := r.sealPlain(23, inside, text(16))
			h, in := newReader(b, p), slices.Clone(wire)
			b.Run(fmt.Sprintf("%v/%s", p, name), func(b *testing.B) {
				for b.Loop() {
					copy(in, wire)
					h.seq = 0
					h.Open(in)
				}
			})
		}
	}
}
