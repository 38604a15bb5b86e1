package mac

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"reflect"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/spec/vectors"
)

var all = []struct {
	name     string
	function Function
	vectors  string
	hash     func() hash.Hash
}{
	{"MD5", MD5, "HMAC-MD5", md5.New},
	{"SHA-1", SHA1, "HMAC-SHA-1", sha1.New},
	{"SHA-256", SHA256, "HMAC-SHA-256", sha256.New},
	{"SHA-384", SHA384, "HMAC-SHA-384", sha512.New384},
}

// ways are the ways to compute one MAC. Each has the same answer.
var ways = map[string]func(m *HMAC, message []byte) []byte{
	"in place": func(m *HMAC, message []byte) []byte {
		buf := make([]byte, len(message)+m.MaxPad())
		return m.Sum(buf[:m.Pad(buf, copy(buf, message))], len(message))
	},
	"in pieces": func(m *HMAC, message []byte) []byte {
		m.Start()
		m.Write(message[:len(message)/3])
		m.Write(message[len(message)/3:])
		return m.Finish()
	},
	"one digest": func(m *HMAC, message []byte) []byte {
		if len(message) != m.Size() {
			return nil
		}
		return m.SumDigest(message)
	},
	"block by block": func(m *HMAC, message []byte) []byte {
		if !m.Layout() {
			return nil
		}
		buf := make([]byte, len(message)+m.MaxPad())
		inner := make([]byte, m.Size())
		m.Start()
		for padded := buf[:m.Pad(buf, copy(buf, message))]; len(padded) > 0; padded = padded[m.BlockSize():] {
			m.Write(padded[:m.BlockSize()])
			copy(inner, m.Chain())
		}
		return m.Outer(inner)
	},
}

// withoutLayout runs f as where the marshalled state has an unknown layout.
func withoutLayout(t *testing.T, f func(t *testing.T)) {
	saved := table
	t.Cleanup(func() { table = saved })
	for i := range table {
		table[i].known = func() bool { return false }
	}
	f(t)
}

func TestVectors(t *testing.T) {
	check := func(t *testing.T) {
		for _, h := range all {
			for _, v := range vectors.For(h.vectors) {
				for way, sum := range ways {
					var m HMAC
					m.SetKey(h.function, v.Octets("key"))
					want := v.Octets("digest")
					if got := sum(&m, v.Octets("data")); got != nil && !bytes.Equal(got[:len(want)], want) {
						t.Errorf("%s %s: %x, want %x", v.Name, way, got, want)
					}
				}
			}
		}
	}
	t.Run("layout", check)
	t.Run("no layout", func(t *testing.T) { withoutLayout(t, check) })
}

// TestAgainstHMAC compares every length of message up to four blocks, and keys
// around the block's length, with crypto/hmac.
func TestAgainstHMAC(t *testing.T) {
	text := make([]byte, 520)
	for i := range text {
		text[i] = byte(i*i + 3*i)
	}
	check := func(t *testing.T) {
		var m HMAC // one for all: keys and functions replace each other
		for _, h := range append(slices.Clone(all), all[2], all[1], all[0]) {
			block := h.function.BlockSize()
			for _, k := range []int{0, 1, h.function.Size(), block - 1, block, block + 1, 512} {
				reference := hmac.New(h.hash, text[:k])
				m.SetKey(h.function, text[:k])
				for n := range 4*block + 2 {
					reference.Reset()
					reference.Write(text[:n])
					want := reference.Sum(nil)
					for way, sum := range ways {
						if got := sum(&m, text[:n]); got != nil && !bytes.Equal(got, want) {
							t.Fatalf("%s, %d octets of key, %d of message, %s: %x, want %x", h.name, k, n, way, got, want)
						}
					}
				}
			}
		}
	}
	t.Run("layout", check)
	t.Run("no layout", func(t *testing.T) { withoutLayout(t, check) })
}

func TestLayoutIsKnown(t *testing.T) {
	for _, h := range all {
		if !table[h.function].known() {
			t.Errorf("%s: the standard library marshals its state in another way: slow paths are in use", h.name)
		}
	}
}

func TestWrongLayoutIsFound(t *testing.T) {
	for _, h := range all {
		f := table[h.function]
		for name, change := range map[string]func(*function){
			"digest one word further": func(f *function) { f.new = shifted(f.new) },
			"other length":            func(f *function) { f.marshaled++ },
			"other octet order":       func(f *function) { f.little = !f.little },
		} {
			broken := f
			change(&broken)
			if knownLayout(broken) {
				t.Errorf("%s: %s: not found", h.name, name)
			}
		}
	}
}

// shifted makes hashes that marshal their words in another order.
func shifted(hash func() digest) func() digest {
	return func() digest { return &shiftedHash{hash()} }
}

type shiftedHash struct{ digest }

func (s *shiftedHash) AppendBinary(b []byte) ([]byte, error) {
	b, err := s.digest.AppendBinary(b)
	copy(b[4:12], append(bytes.Clone(b[8:12]), b[4:8]...))
	return b, err
}

// residue counts the octets and words that are not zero in v and behind it,
// chaining values of hash objects left out.
func residue(v reflect.Value) (n int) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return residue(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			n += residue(v.Field(i))
		}
	case reflect.Array:
		if v.Type().Elem().Kind() != reflect.Uint8 && v.Type().Elem().Kind() != reflect.Interface {
			return 0 // the words of a chaining value, which Reset has set
		}
		for i := range v.Len() {
			n += residue(v.Index(i))
		}
	case reflect.Uint8:
		if v.Uint() != 0 {
			n++
		}
	}
	return n
}

func TestWipe(t *testing.T) {
	secret := bytes.Repeat([]byte{0xee}, 300)
	check := func(t *testing.T) {
		for _, h := range all {
			var m HMAC
			m.SetKey(h.function, secret)
			m.Start()
			m.Finish()
			m.Start()
			m.Write(secret[:100])
			if residue(reflect.ValueOf(&m).Elem()) == 0 {
				t.Fatal("nothing to wipe: the test looks at the wrong place")
			}
			m.Wipe()
			fresh := HMAC{hashes: m.hashes}
			if n := residue(reflect.ValueOf(&m).Elem()); n != 0 || m != fresh {
				t.Errorf("%s: %d octets are left", h.name, n)
			}
			sum := h.hash()
			if got, want := m.hashes[h.function].Sum(nil), sum.Sum(nil); !bytes.Equal(got, want) {
				t.Errorf("%s: the hash is not reset", h.name)
			}
		}
	}
	t.Run("layout", check)
	t.Run("no layout", func(t *testing.T) { withoutLayout(t, check) })
}

func TestFunctions(t *testing.T) {
	for _, h := range all {
		reference := h.hash()
		if h.function.Size() != reference.Size() || h.function.BlockSize() != reference.BlockSize() {
			t.Errorf("%s: %d and %d octets, want %d and %d", h.name, h.function.Size(), h.function.BlockSize(),
				reference.Size(), reference.BlockSize())
		}
	}
}

func Example() {
	var m HMAC
	defer m.Wipe()
	m.SetKey(SHA256, []byte("Jefe"))
	m.Start()
	m.Write([]byte("what do ya want for nothing?"))
	fmt.Printf("%x…\n", m.Finish()[:8])
	// Output: 5bdcc146bf60754e…
}
