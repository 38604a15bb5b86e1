package tls

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"io"
	"slices"
	"sync"
	"time"
)

// A ticket is a key's name, a nonce and the sealed session (RFC 5077,
// Section 4: authenticated, and encrypted).
const (
	ticketNameSize  = 16
	ticketNonceSize = 12

	// ticketKeyUses bounds the random nonces under one key, at which two are
	// alike with a chance below 2^-32.
	ticketKeyUses = 1 << 31

	maxTicketKeys = 16
)

// ticketKey is one key of RFC 5077 tickets.
type ticketKey struct {
	name [ticketNameSize]byte
	aead cipher.AEAD
	made time.Time
	uses int
}

// ticketKeys are a server's keys, the newest first: the first seals, all open.
// Unless they were set, they are made and rotated as they are used.
type ticketKeys struct {
	mu   sync.Mutex
	keys []*ticketKey
	set  bool
}

// SetSessionTicketKeys sets the keys of RFC 5077 tickets: the first seals, all
// open. Servers with the same keys take each other's tickets. It may be called
// while the Config is in use; from then on the caller rotates the keys.
// It panics if there is no key.
func (c *Config) SetSessionTicketKeys(keys [][32]byte) {
	if len(keys) == 0 {
		panic("tls: SetSessionTicketKeys needs a key")
	}
	made := make([]*ticketKey, len(keys))
	for i := range keys {
		made[i] = newTicketKey(&keys[i])
	}
	c.tickets.mu.Lock()
	defer c.tickets.mu.Unlock()
	c.tickets.keys, c.tickets.set = made, true
}

func newTicketKey(secret *[32]byte) *ticketKey {
	name := sha256.Sum256(append([]byte("ticket name"), secret[:]...))
	key := sha256.Sum256(append([]byte("ticket key"), secret[:]...))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // 32 octets are a key
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has the right block
	}
	k := &ticketKey{aead: aead}
	copy(k.name[:], name[:])
	return k
}

// sealing returns the key that seals now. Keys that were not set are used for
// one lifetime of a session, and kept for another, in which their tickets end.
func (t *ticketKeys) sealing(rand io.Reader, now time.Time, lifetime time.Duration) (*ticketKey, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.set {
		return t.keys[0], nil
	}
	if len(t.keys) > 0 {
		newest := t.keys[0]
		if age := now.Sub(newest.made); age >= 0 && age < lifetime && newest.uses < ticketKeyUses {
			newest.uses++
			return newest, nil
		}
	}
	var secret [32]byte
	if _, err := io.ReadFull(rand, secret[:]); err != nil {
		return nil, err
	}
	fresh := newTicketKey(&secret)
	fresh.made = now
	t.keys = slices.DeleteFunc(t.keys, func(k *ticketKey) bool { return now.Sub(k.made) >= 2*lifetime })
	t.keys = slices.Insert(t.keys, 0, fresh)
	t.keys = t.keys[:min(len(t.keys), maxTicketKeys)] // even if the clock jumps about
	return fresh, nil
}

// named returns the key of that name, or nil.
func (t *ticketKeys) named(name []byte) *ticketKey {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, k := range t.keys {
		if bytes.Equal(k.name[:], name) {
			return k
		}
	}
	return nil
}

// seal makes a ticket of an encoded session.
func (t *ticketKeys) seal(rand io.Reader, now time.Time, lifetime time.Duration, session []byte) ([]byte, error) {
	k, err := t.sealing(rand, now, lifetime)
	if err != nil {
		return nil, err
	}
	ticket := make([]byte, ticketNameSize+ticketNonceSize, ticketNameSize+ticketNonceSize+len(session)+k.aead.Overhead())
	copy(ticket, k.name[:])
	nonce := ticket[ticketNameSize:]
	if _, err := io.ReadFull(rand, nonce); err != nil {
		return nil, err
	}
	return k.aead.Seal(ticket, nonce, session, k.name[:]), nil
}

var errTicket = errors.New("tls: the session ticket does not open")

// open returns the encoded session in a ticket. Whatever is wrong with the
// ticket, the answer is the same.
func (t *ticketKeys) open(ticket []byte) ([]byte, error) {
	if len(ticket) < ticketNameSize+ticketNonceSize {
		return nil, errTicket
	}
	name, nonce, sealed := ticket[:ticketNameSize], ticket[ticketNameSize:ticketNameSize+ticketNonceSize], ticket[ticketNameSize+ticketNonceSize:]
	k := t.named(name)
	if k == nil {
		return nil, errTicket
	}
	session, err := k.aead.Open(nil, nonce, sealed, k.name[:])
	if err != nil {
		return nil, errTicket
	}
	return session, nil
}
