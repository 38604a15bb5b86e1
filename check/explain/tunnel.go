package explain

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// said is one thing that a side has said: a message of TLS, or TLVs.
type said struct {
	number   int // of the datagram
	fromPeer bool
	message  spec.Message
	alert    wire.Alert
	sealed   bool // it could not be read
	tlvs     *fast.Message
	raw      []byte // the TLVs' octets
}

func (s *said) role() spec.Role {
	if s.fromPeer {
		return spec.Client
	}
	return spec.Server
}

// stream is one direction of a tunnel.
type stream struct {
	half      record.Half
	fragments eap.Fragments
	records   []byte // that have not been read yet
	handshake []byte // of a message that is not whole
	protected bool
}

// tunnel follows TLS inside of EAP-FAST.
type tunnel struct {
	keys    KeyLog
	pacs    []*fast.PAC
	stream  [2]stream // by role of the sender
	said    []said
	client  wire.ClientHello
	server  wire.ServerHello
	hello   [2]bool // has been seen, by role of the sender
	ticket  []byte
	offered []spec.SuiteID
	suite   spec.Suite
	master  []byte
	opaque  bool // the handshake was shortened by a ticket
	plain   bool // it is TLS of its own, not in EAP-FAST: its data are not TLVs
}

// take reads the Type-Data of one packet.
func (t *tunnel) take(number int, fromPeer bool, data []byte) error {
	role := spec.Server
	if fromPeer {
		role = spec.Client
	}
	s := &t.stream[role]
	if s.fragments.Version == 0 {
		s.fragments.Version = fast.Version
	}
	// An acknowledgement belongs to the other side's fragments, which are not sent from here.
	arrival, err := s.fragments.Receive(bytes.Clone(data))
	if err != nil || arrival != eap.Whole {
		return err
	}
	return t.octets(number, role, s.fragments.Message())
}

// octets reads what one side has sent on its stream.
func (t *tunnel) octets(number int, role spec.Role, data []byte) error {
	s := &t.stream[role]
	s.records = append(s.records, data...)
	for len(s.records) >= record.HeaderSize {
		n := record.HeaderSize + int(binary.BigEndian.Uint16(s.records[3:]))
		if n > len(s.records) {
			return nil
		}
		rec := s.records[:n]
		s.records = s.records[n:]
		if err := t.record(number, role, rec); err != nil {
			return err
		}
	}
	return nil
}

func (t *tunnel) record(number int, role spec.Role, rec []byte) error {
	s := &t.stream[role]
	kind, content := spec.ContentType(rec[0]), rec[record.HeaderSize:]
	add := func(x said) {
		x.number, x.fromPeer = number, role == spec.Client
		t.said = append(t.said, x)
	}
	if s.protected {
		if !s.half.Active() {
			add(said{message: hidden(kind), sealed: true})
			return nil
		}
		_, opened, _, err := s.half.Open(rec)
		if err != nil {
			add(said{message: hidden(kind), sealed: true})
			return nil
		}
		content = opened
	}
	switch kind {
	case spec.ContentChangeCipherSpec:
		add(said{message: spec.ChangeCipherSpec})
		s.protected = true
		return t.activate(role)
	case spec.ContentAlert:
		var a wire.Alert
		if !a.Parse(content) {
			return fmt.Errorf("an alert of %d octets", len(content))
		}
		add(said{message: spec.Alert, alert: a})
	case spec.ContentApplicationData:
		if len(content) == 0 {
			return nil
		}
		if t.plain {
			add(said{message: spec.ApplicationData})
			return nil
		}
		m, err := fast.ParseMessage(content)
		if err != nil {
			return err
		}
		add(said{message: spec.ApplicationData, tlvs: m, raw: content})
	case spec.ContentHandshake:
		s.handshake = append(s.handshake, content...)
		return t.messages(role, add)
	}
	return nil
}

// hidden is what a record that cannot be opened is, by its type.
func hidden(kind spec.ContentType) spec.Message {
	switch kind {
	case spec.ContentAlert:
		return spec.Alert
	case spec.ContentHandshake:
		return spec.Finished
	}
	return spec.ApplicationData
}

func (t *tunnel) messages(role spec.Role, add func(said)) error {
	s := &t.stream[role]
	for {
		h, ok := wire.ParseHeader(s.handshake)
		if !ok || len(s.handshake) < wire.HeaderLen+h.Length {
			return nil
		}
		body := s.handshake[wire.HeaderLen : wire.HeaderLen+h.Length]
		switch {
		case h.Message == spec.ClientHello && role == spec.Client:
			if !t.client.Parse(bytes.Clone(body)) {
				return fmt.Errorf("ClientHello is malformed")
			}
			t.hello[role], t.ticket = true, t.client.Ticket
			for id := range t.client.Suites.All() {
				t.offered = append(t.offered, id)
			}
		case h.Message == spec.ServerHello && role == spec.Server:
			if !t.server.Parse(bytes.Clone(body)) {
				return fmt.Errorf("ServerHello is malformed")
			}
			t.hello[role] = true
			t.suite, _ = spec.SuiteByID(t.server.Suite)
		}
		add(said{message: h.Message})
		s.handshake = s.handshake[wire.HeaderLen+h.Length:]
	}
}

// activate makes the keys of one direction, if there is a secret to them.
func (t *tunnel) activate(role spec.Role) error {
	if !t.hello[spec.Client] || !t.hello[spec.Server] {
		return fmt.Errorf("ChangeCipherSpec before both hellos")
	}
	if role == spec.Server && t.last(2) == spec.ServerHello && len(t.ticket) > 0 {
		t.opaque = true
	}
	if t.master == nil {
		t.master = t.secret()
	}
	if t.master == nil {
		return nil
	}
	v := t.server.Version
	block := make([]byte, record.KeyBlockSize(v, t.suite))
	new(prf.PRF).KeyBlock(block, prf.Of(v, t.suite), t.master, t.server.Random[:], t.client.Random[:])
	client, server := record.SplitKeyBlock(block, v, t.suite)
	keys := client
	if role == spec.Server {
		keys = server
	}
	half := &t.stream[role].half
	half.SetVersion(v)
	if err := half.PrepareRead(v, t.suite, keys, t.server.EncryptThenMAC); err != nil {
		return err
	}
	return half.Activate()
}

// last returns the n-th message from the end.
func (t *tunnel) last(n int) spec.Message {
	if len(t.said) < n {
		return 0
	}
	return t.said[len(t.said)-n].message
}

// secret returns the master secret, if anybody has told it: a key log, or the
// PAC that was offered.
func (t *tunnel) secret() []byte {
	if master := t.keys[[32]byte(t.client.Random[:])]; master != nil {
		return master
	}
	if !t.opaque {
		return nil
	}
	for _, p := range t.pacs {
		if len(p.Opaque) == 0 || bytes.Contains(t.ticket, p.Opaque) {
			master := make([]byte, prf.MasterSecretSize)
			new(prf.PRF).SessionSecret(master, p.Key, t.server.Random[:], t.client.Random[:])
			return master
		}
	}
	return nil
}

// finished reports whether a side has sent its Finished.
func (t *tunnel) finished(role spec.Role) bool {
	for _, s := range t.said {
		if s.message == spec.Finished && s.role() == role {
			return true
		}
	}
	return false
}
