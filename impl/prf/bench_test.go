package prf

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// raceEnabled: the race detector allocates where the program does not.
var raceEnabled bool

func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	var p PRF
	var tr Transcript
	out, secret, random := make([]byte, 104), make([]byte, 48), make([]byte, 32)
	long := make([]byte, 512)
	message := make([]byte, 300)
	for h := range names {
		for name, f := range map[string]func(){
			"Fill":                    func() { p.Fill(out, h, secret, "key expansion", random, random) },
			"Fill with a long secret": func() { p.Fill(out, h, long, "key expansion", random, random) },
			"TPRF":                    func() { p.SessionSecret(out[:48], random, random, random) },
			"VerifyData":              func() { p.VerifyData(out[:12], h, secret, spec.Client, out[:h.Size()]) },
			"Export":                  func() { p.Export(out, h, secret, "EXPORTER-label", random, random, random) },
			"Wipe":                    func() { p.Wipe() },
			"Transcript": func() {
				tr.Reset()
				tr.Write(message)
				tr.Choose(h)
				tr.Write(message)
				tr.Sum(out[:0])
			},
		} {
			f() // makes the hash objects
			if n := testing.AllocsPerRun(100, f); n != 0 {
				t.Errorf("%s, %v: %v allocations", name, h, n)
			}
		}
	}
}

func BenchmarkFill(b *testing.B) {
	for _, h := range []Hash{SHA256, SHA384, MD5SHA1} {
		for _, n := range []int{12, 48, 104} {
			b.Run(fmt.Sprintf("%v/%d", h, n), func(b *testing.B) {
				var p PRF
				out, secret, random := make([]byte, n), make([]byte, 48), make([]byte, 32)
				b.ReportAllocs()
				for b.Loop() {
					p.KeyBlock(out, h, secret, random, random)
				}
			})
		}
	}
}

func BenchmarkTPRF(b *testing.B) {
	var p PRF
	out, key, random := make([]byte, 48), make([]byte, 32), make([]byte, 32)
	b.ReportAllocs()
	for b.Loop() {
		p.SessionSecret(out, key, random, random)
	}
}

// BenchmarkFloor is what the block function alone takes for as many blocks as
// Fill under SHA-256 cannot do without: the two key blocks, and for each MAC
// its message and its outer block.
func BenchmarkFloor(b *testing.B) {
	for _, c := range []struct{ n, blocks int }{{48, 13}, {104, 23}} {
		b.Run(fmt.Sprintf("SHA256/%d", c.n), func(b *testing.B) {
			h := sha256.New()
			message := make([]byte, 64*c.blocks)
			b.ReportAllocs()
			for b.Loop() {
				h.Write(message)
			}
		})
	}
}
