package fast

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

const keyNameSize = 4

// KeyRing is the named keys under which PAC-Opaques are sealed: AES-256-GCM
// with random nonces, good for 2^32 PACs per key. All replicas of a server share
// one; it is all that they share. It is safe for concurrent use. The zero value
// is an empty ring: [KeyRing.Rotate] gives it its first key.
//
// A key seals from its own time on, which lets a new one reach all replicas
// first, and opens for as long as it is in the ring.
type KeyRing struct {
	mu   sync.RWMutex
	keys []*ringKey // by from, the oldest first
}

type ringKey struct {
	name [keyNameSize]byte
	from time.Time
	key  [32]byte
	aead cipher.AEAD
}

const ringHeader = "sesame PAC key ring - version 1"

func newRingKey(name [keyNameSize]byte, from time.Time, key [32]byte) (*ringKey, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &ringKey{name: name, from: from.UTC().Truncate(time.Second), key: key, aead: aead}, nil
}

// current returns the youngest key that may seal now, or nil.
func (r *KeyRing) current(now time.Time) *ringKey {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, k := range slices.Backward(r.keys) {
		if !k.from.After(now) {
			return k
		}
	}
	return nil
}

func (r *KeyRing) find(name [keyNameSize]byte) *ringKey {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, k := range r.keys {
		if k.name == name {
			return k
		}
	}
	return nil
}

// Rotate adds a new key that seals from now+lead on, and drops keys whose
// successor has sealed for longer than keep: with keep at least the longest PAC
// lifetime, no PAC is lost. It returns the new key's name.
func (r *KeyRing) Rotate(now time.Time, lead, keep time.Duration) (string, error) {
	var name [keyNameSize]byte
	var key [32]byte
	rand.Read(name[:])
	rand.Read(key[:])
	if r.find(name) != nil {
		return "", errors.New("fast: a key's random name is taken: rotate again")
	}
	added, err := newRingKey(name, now.Add(lead), key)
	if err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = append(r.keys, added)
	r.sort()
	for len(r.keys) > 1 && r.keys[1].from.Add(keep).Before(now) {
		r.keys = r.keys[1:]
	}
	return hex.EncodeToString(name[:]), nil
}

func (r *KeyRing) sort() {
	slices.SortStableFunc(r.keys, func(a, b *ringKey) int { return a.from.Compare(b.from) })
}

// KeyInfo is what may be shown of a key.
type KeyInfo struct {
	Name  string    // as in a PAC-Opaque
	From  time.Time // when it begins to seal
	Seals bool      // it is the one that seals now
}

// Keys lists the ring, the oldest key first.
func (r *KeyRing) Keys(now time.Time) []KeyInfo {
	current := r.current(now)
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []KeyInfo
	for _, k := range r.keys {
		list = append(list, KeyInfo{hex.EncodeToString(k.name[:]), k.from, k == current})
	}
	return list
}

// MarshalText returns the ring as text, keys included: a header, then a line
// per key of its name, the time from which it seals, and the key.
func (r *KeyRing) MarshalText() ([]byte, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var b bytes.Buffer
	fmt.Fprintln(&b, ringHeader)
	for _, k := range r.keys {
		fmt.Fprintf(&b, "%x %s %x\n", k.name, k.from.Format(time.RFC3339), k.key)
	}
	return b.Bytes(), nil
}

// UnmarshalText replaces the ring by what MarshalText wrote. Where it fails, the
// ring stays as it was.
func (r *KeyRing) UnmarshalText(text []byte) error {
	lines := bufio.NewScanner(bytes.NewReader(text))
	var keys []*ringKey
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if n == 1 {
			if line != ringHeader {
				return fmt.Errorf("fast: a key ring begins with the line %q", ringHeader)
			}
			continue
		}
		if line == "" || line[0] == '#' {
			continue
		}
		k, err := parseRingKey(line)
		if err != nil {
			return fmt.Errorf("fast: line %d of the key ring: %w", n, err)
		}
		if slices.ContainsFunc(keys, func(o *ringKey) bool { return o.name == k.name }) {
			return fmt.Errorf("fast: line %d of the key ring: a second key %x", n, k.name)
		}
		keys = append(keys, k)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("fast: key ring: %w", err)
	}
	if len(keys) == 0 {
		return errors.New("fast: the key ring is empty")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = keys
	r.sort()
	return nil
}

func parseRingKey(line string) (*ringKey, error) {
	fields := strings.Fields(line)
	if len(fields) != 3 {
		return nil, errors.New("want a name, a time and a key")
	}
	var name [keyNameSize]byte
	var key [32]byte
	if !decodeHex(name[:], fields[0]) || !decodeHex(key[:], fields[2]) {
		return nil, errors.New("want a name of 8 and a key of 64 hexadecimal digits")
	}
	from, err := time.Parse(time.RFC3339, fields[1])
	if err != nil {
		return nil, fmt.Errorf("want a time such as 2006-01-02T15:04:05Z, not %q", fields[1])
	}
	return newRingKey(name, from, key)
}

func decodeHex(dst []byte, digits string) bool {
	if len(digits) != hex.EncodedLen(len(dst)) {
		return false
	}
	_, err := hex.Decode(dst, []byte(digits))
	return err == nil
}

// LoadKeyRing reads a ring from a file that nobody but its owner can read.
func LoadKeyRing(path string) (*KeyRing, error) {
	r := new(KeyRing)
	return r, r.Load(path)
}

// Load replaces the ring by a file's, as [LoadKeyRing] reads it. Where it fails,
// the ring stays as it was.
func (r *KeyRing) Load(path string) error {
	text, err := readSecret(path)
	if err != nil {
		return err
	}
	if err := r.UnmarshalText(text); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// Save writes the ring to a file, atomically, with mode 0600.
func (r *KeyRing) Save(path string) error {
	text, err := r.MarshalText()
	if err != nil {
		return err
	}
	return writeSecret(path, text)
}

// maxSecretFile bounds what is read of a file.
const maxSecretFile = 16 << 20

// readSecret reads a file that holds keys: it must be readable by its owner
// only.
func readSecret(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("fast: %s holds keys and has mode %04o: others can use it; run chmod 600", path, mode)
	}
	return io.ReadAll(io.LimitReader(f, maxSecretFile))
}

// writeSecret replaces a file at once or not at all, with mode 0600.
func writeSecret(path string, data []byte) (err error) {
	dir := "."
	if i := strings.LastIndexByte(path, os.PathSeparator); i >= 0 {
		dir = path[:i+1]
	}
	f, err := os.CreateTemp(dir, ".sesame-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return f.Close()
}

// missing reports whether a file is not there.
func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
