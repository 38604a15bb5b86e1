package harness

import (
	"encoding/binary"
	"slices"

	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/spec"
)

// item is one message on a stream, as octets: the record that carries it, or
// for application data the records. No octets are the end of the stream.
type item struct {
	data    []byte
	message spec.Message
	sealed  bool
	foreign bool                  // not made by the peer in this session
	alert   spec.AlertDescription // of an alert
	made    []byte                // a hello as its sender made it, where the attacker has changed it
	// taken is the alert in it as the model has it, where the implementation was
	// free to choose another one; AlertNone otherwise.
	taken spec.AlertDescription
}

func (i item) end() bool { return len(i.data) == 0 }

// original returns a hello as its sender made it.
func (i item) original() []byte {
	if i.made != nil {
		return i.made
	}
	return i.data
}

func (i item) clone() item {
	i.data = slices.Clone(i.data)
	return i
}

// withVersion returns the item with another version in its record headers.
func (i item) withVersion(v spec.Version) item {
	i = i.clone()
	for rest := i.data; len(rest) >= record.HeaderSize; {
		binary.BigEndian.PutUint16(rest[1:], uint16(v))
		rest = rest[record.HeaderSize+int(binary.BigEndian.Uint16(rest[3:])):]
	}
	return i
}

// consistent returns the item with the version in its record headers that its
// reader e has to see there: the negotiated one, or that of the ServerHello in it.
func (i item) consistent(e *end) item {
	switch {
	case e.view.known:
		return i.withVersion(e.view.version)
	case e.role == spec.Client && i.message == spec.ServerHello && !i.sealed:
		return i.withVersion(parseServerHello(i.data).Version)
	}
	return i
}

// stream is what one side will read, the head first.
type stream []item

func (s *stream) pop() item {
	head := (*s)[0]
	*s = slices.Delete(*s, 0, 1)
	return head
}

func (s *stream) insert(i item) { *s = slices.Insert(*s, 0, i) }

func recordVersionOf(rec []byte) spec.Version {
	return spec.Version(binary.BigEndian.Uint16(rec[1:]))
}
