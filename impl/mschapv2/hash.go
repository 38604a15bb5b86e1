package mschapv2

import (
	"crypto/des" // RFC 2759, Section 8.5
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/crypto/md4" //lint:ignore SA1019 RFC 2759, Section 8.3 uses MD4
)

// Hash is the MD4 digest of a password in UTF-16, little-endian: RFC 2759's
// PasswordHash, which others call the NT hash.
type Hash [16]byte

// ErrPassword is returned for a password that RFC 2759 cannot carry.
var ErrPassword = errors.New("mschapv2: a password is valid UTF-8 of at most 256 UTF-16 units")

// HashPassword returns the hash of a password (RFC 2759, Section 8.3; erratum
// 1924: UTF-16LE).
func HashPassword(password string) (Hash, error) {
	if !utf8.ValidString(password) {
		return Hash{}, ErrPassword
	}
	units := utf16.Encode([]rune(password))
	if len(units) > 256 {
		return Hash{}, ErrPassword
	}
	octets := make([]byte, 0, 2*len(units))
	for _, u := range units {
		octets = append(octets, byte(u), byte(u>>8))
	}
	return md4Sum(octets), nil
}

// ParseHash reads a hash from 32 hexadecimal digits.
func ParseHash(text string) (Hash, error) {
	var h Hash
	if b, err := hex.DecodeString(text); err != nil || len(b) != len(h) {
		return Hash{}, fmt.Errorf("mschapv2: a password hash has 32 hexadecimal digits, not %d characters", len(text))
	} else {
		copy(h[:], b)
	}
	return h, nil
}

func md4Sum(b []byte) (h Hash) {
	d := md4.New()
	d.Write(b)
	d.Sum(h[:0])
	return h
}

// Exchange is what one authentication hashes: both challenges, and the user
// name as the peer sent it.
type Exchange struct {
	Authenticator [16]byte
	Peer          [16]byte
	User          string
}

// message is what is hashed. It stays on the stack, where a hash.Hash would not.
type message []byte

func newMessage() message { return make(message, 0, 192) }

// Write appends to the message.
func (m *message) Write(b []byte) { *m = append(*m, b...) }

// challenge is RFC 2759's ChallengeHash (Section 8.2). The user name goes in
// without its domain (RFC 2759, Section 4).
func (x *Exchange) challenge() [8]byte {
	user := x.User[strings.LastIndexByte(x.User, '\\')+1:]
	d := newMessage()
	d.Write(x.Peer[:])
	d.Write(x.Authenticator[:])
	d.Write([]byte(user))
	sum := sha1.Sum(d)
	return [8]byte(sum[:])
}

// Respond returns the NT-Response, 24 octets (RFC 2759, Section 8.1).
func (h Hash) Respond(x *Exchange) (response [24]byte) {
	challenge := x.challenge()
	var padded [21]byte // RFC 2759, Section 8.5: zero-padded to three DES keys
	copy(padded[:], h[:])
	for i := range 3 {
		key := desKey([7]byte(padded[7*i:]))
		block, err := des.NewCipher(key[:])
		if err != nil {
			panic(err) // the key has eight octets
		}
		block.Encrypt(response[8*i:], challenge[:])
	}
	return response
}

// desKey spreads 56 bits over eight octets and sets odd parity (RFC 2759,
// Section 8.6).
func desKey(raw [7]byte) (key [8]byte) {
	var bits uint64
	for _, b := range raw {
		bits = bits<<8 | uint64(b)
	}
	for i := range key {
		b := byte(bits>>(49-7*i)) << 1
		ones := b ^ b>>4
		ones ^= ones >> 2
		ones ^= ones >> 1
		key[i] = b | ^ones&1
	}
	return key
}

// Verify reports whether response is the one that a peer with this password
// makes, in constant time.
func (h Hash) Verify(x *Exchange, response [24]byte) bool {
	want := h.Respond(x)
	return subtle.ConstantTimeCompare(want[:], response[:]) == 1
}

// The constants of RFC 2759, Section 8.7.
const (
	magicServer = "Magic server to client signing constant"
	magicPad    = "Pad to make it do more than one iteration"
)

// AuthenticatorResponse returns the "S=" text by which the authenticator
// proves that it knows the password too (RFC 2759, Section 8.7).
func (h Hash) AuthenticatorResponse(x *Exchange, response [24]byte) string {
	hashed := md4Sum(h[:])
	d := newMessage()
	d.Write(hashed[:])
	d.Write(response[:])
	d.Write([]byte(magicServer))
	inner := sha1.Sum(d)
	challenge := x.challenge()
	d = d[:0]
	d.Write(inner[:])
	d.Write(challenge[:])
	d.Write([]byte(magicPad))
	proof := sha1.Sum(d)
	return "S=" + strings.ToUpper(hex.EncodeToString(proof[:]))
}

// Authenticates reports whether message, a Success's, begins with the right
// authenticator response (RFC 2759, Section 5). A peer that gets false must
// fail the method.
func (h Hash) Authenticates(x *Exchange, response [24]byte, message string) bool {
	want := h.AuthenticatorResponse(x, response)
	if len(message) < len(want) || len(message) > len(want) && message[len(want)] != ' ' {
		return false
	}
	got := strings.ToUpper(message[:len(want)])
	return subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1
}
