package fast

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Store keeps a peer's PACs. Its methods may be called from several goroutines.
type Store interface {
	// Find returns the PAC of a type for an authority, nil if there is none. An
	// identity other than "" also excludes PACs that were issued to another.
	Find(authority []byte, t PACType, identity string, now time.Time) *PAC
	// Put keeps a PAC, in place of one with the same authority, type and
	// identity.
	Put(p *PAC) error
	// Remove forgets a PAC that Find has returned.
	Remove(p *PAC) error
}

// Format is how a file of PACs is written.
type Format uint8

// The formats: Sesame's own, which says when a PAC expires; and the two of
// wpa_supplicant (its pac_file, with phase1 "fast_pac_format=binary" for the
// latter), which do not.
const (
	FormatSesame Format = iota
	FormatWPA
	FormatWPABinary
)

// String returns "sesame", "wpa" or "wpa-binary".
func (f Format) String() string {
	if f > FormatWPABinary {
		return fmt.Sprintf("Format(%d)", uint8(f))
	}
	return [...]string{"sesame", "wpa", "wpa-binary"}[f]
}

// ParseFormat is the inverse of [Format.String].
func ParseFormat(name string) (Format, error) {
	for f := FormatSesame; f <= FormatWPABinary; f++ {
		if f.String() == name {
			return f, nil
		}
	}
	return 0, fmt.Errorf("fast: %q is no format of PAC files: give sesame, wpa or wpa-binary", name)
}

// PACs is a [Store] in memory. The zero value is empty.
type PACs struct {
	mu   sync.RWMutex
	list []*PAC
	save func([]*PAC) error // nil: memory only
}

// OpenStore returns the store in a file, which Put and Remove write anew,
// atomically and with mode 0600. A file that is not there yet is an empty store
// in the format given; one that is there keeps its own format.
func OpenStore(path string, f Format) (*PACs, error) {
	s := new(PACs)
	data, err := readSecret(path)
	if err != nil && !missing(err) {
		return nil, err
	}
	if len(data) > 0 {
		if s.list, f, err = ParsePACs(data); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	s.save = func(list []*PAC) error {
		data, err := MarshalPACs(list, f)
		if err != nil {
			return err
		}
		return writeSecret(path, data)
	}
	return s, nil
}

// All returns the PACs in the store.
func (s *PACs) All() []*PAC {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.list)
}

// Find implements [Store].
func (s *PACs) Find(authority []byte, t PACType, identity string, now time.Time) *PAC {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, p := range slices.Backward(s.list) {
		if p.Type == t && bytes.Equal(p.AuthorityID, authority) && !p.Expired(now) &&
			(identity == "" || p.Identity == "" || p.Identity == identity) {
			return p
		}
	}
	return nil
}

// Put implements [Store].
func (s *PACs) Put(p *PAC) error {
	return s.replace(p, func(o *PAC) bool {
		return o.Type == p.Type && bytes.Equal(o.AuthorityID, p.AuthorityID) && o.Identity == p.Identity
	})
}

// Remove implements [Store].
func (s *PACs) Remove(p *PAC) error {
	return s.replace(nil, func(o *PAC) bool { return o == p })
}

// replace drops PACs and adds one. The store changes only once it is saved.
func (s *PACs) replace(p *PAC, drop func(*PAC) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.DeleteFunc(slices.Clone(s.list), drop)
	if p != nil {
		list = append(list, p)
	}
	if s.save != nil {
		if err := s.save(list); err != nil {
			return err
		}
	}
	s.list = list
	return nil
}
