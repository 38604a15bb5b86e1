package handshake

import (
	"encoding"
	"errors"

	"golang.org/x/crypto/cryptobyte"

	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// Session is what a full handshake leaves for a shortened one. It must not be
// changed once it is shared.
type Session struct {
	Version              spec.Version
	Suite                spec.SuiteID
	ExtendedMasterSecret bool
	Secret               [prf.MasterSecretSize]byte

	ID           []byte // Session ID; empty: none
	Ticket       []byte // at a client: the server's RFC 5077 ticket; empty: none
	LifetimeHint uint32 // of Ticket, in seconds; 0: unspecified

	ServerName string     // what the client sent in server_name
	PeerChain  wire.Chain // what the peer has authenticated with; may be nil

	// Created and Context are the caller's, who has the clock and knows which
	// configurations share sessions. The machine leaves them alone.
	Created int64 // Unix seconds
	Context []byte
}

var (
	_ encoding.BinaryMarshaler   = (*Session)(nil)
	_ encoding.BinaryUnmarshaler = (*Session)(nil)
)

// sessionFormat is the first octet of the binary form.
const sessionFormat = 1

const sessionHasEMS = 1

var errSession = errors.New("handshake: not a session of a known format")

// MarshalBinary returns the session for sealing: it holds the master secret.
func (s *Session) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// AppendBinary appends what MarshalBinary returns. It fails where a field is
// longer than the format can say: 255 octets for ID, 65535 for Ticket,
// ServerName and Context, and 2^24-1 for PeerChain.
func (s *Session) AppendBinary(dst []byte) ([]byte, error) {
	b := cryptobyte.NewBuilder(dst)
	flags := uint8(0)
	if s.ExtendedMasterSecret {
		flags |= sessionHasEMS
	}
	b.AddUint8(sessionFormat)
	b.AddUint8(flags)
	b.AddUint16(uint16(s.Version))
	b.AddUint16(uint16(s.Suite))
	b.AddUint64(uint64(s.Created))
	b.AddUint32(s.LifetimeHint)
	b.AddBytes(s.Secret[:])
	vector := func(v []byte) func(*cryptobyte.Builder) { return func(b *cryptobyte.Builder) { b.AddBytes(v) } }
	b.AddUint8LengthPrefixed(vector(s.ID))
	b.AddUint16LengthPrefixed(vector(s.Ticket))
	b.AddUint16LengthPrefixed(vector([]byte(s.ServerName)))
	b.AddUint16LengthPrefixed(vector(s.Context))
	b.AddUint24LengthPrefixed(vector(s.PeerChain))
	return b.Bytes()
}

// UnmarshalBinary reads what MarshalBinary wrote. The session shares nothing
// with data.
func (s *Session) UnmarshalBinary(data []byte) error {
	*s = Session{}
	in := cryptobyte.String(append([]byte(nil), data...))
	var format, flags uint8
	var created uint64
	var id, ticket, name, context, chain cryptobyte.String
	if !in.ReadUint8(&format) || format != sessionFormat || !in.ReadUint8(&flags) || flags > sessionHasEMS ||
		!in.ReadUint16((*uint16)(&s.Version)) || !in.ReadUint16((*uint16)(&s.Suite)) ||
		!in.ReadUint64(&created) || !in.ReadUint32(&s.LifetimeHint) || !in.CopyBytes(s.Secret[:]) ||
		!in.ReadUint8LengthPrefixed(&id) || !in.ReadUint16LengthPrefixed(&ticket) || !in.ReadUint16LengthPrefixed(&name) ||
		!in.ReadUint16LengthPrefixed(&context) || !in.ReadUint24LengthPrefixed(&chain) || !in.Empty() {
		*s = Session{}
		return errSession
	}
	s.ExtendedMasterSecret = flags&sessionHasEMS != 0
	s.Created = int64(created)
	s.ID, s.Ticket, s.ServerName, s.Context = orNil(id), orNil(ticket), string(name), orNil(context)
	s.PeerChain = wire.Chain(orNil(chain))
	return nil
}

// orNil makes an empty vector nil, so that a session survives the round trip
// as it was.
func orNil(v []byte) []byte {
	if len(v) == 0 {
		return nil
	}
	return v
}
