package harness

import (
	"bytes"
	"encoding/binary"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// unknownSecret stands for keys that follow from no secret that the endpoint
// says it has. The model has no such term.
const unknownSecret spec.Secret = 0xff

// begin makes e a new endpoint.
func (e *end) begin(p *Pair, r spec.Role, m *handshake.Machine) {
	e.opener.Reset()
	e.pair, e.role, e.machine = p, r, m
	e.failure, e.hello, e.view = spec.NoFailure, helloView{}, view{}
	e.sealing, e.foreign = false, false
	e.beginAside()
	e.transcript, e.exchanged, e.share = e.transcript[:0], 0, nil
	e.impostor.begin()
	e.named = 0
	e.observed = spec.Observation{}
}

// takeSent reads what the endpoint has sent, record by record, into the
// observation, and returns it as items for the peer's stream.
func (e *end) takeSent(out []byte) []item {
	var items []item
	e.observed.Sent = nil
	out = bytes.Clone(out)
	for len(out) >= record.HeaderSize {
		n := record.HeaderSize + int(binary.BigEndian.Uint16(out[3:]))
		if n > len(out) {
			break
		}
		i, sent := e.readSent(out[:n:n])
		if tell := e.pair.Records; tell != nil {
			tell(Record{From: e.role, Octets: bytes.Clone(i.data), Content: bytes.Clone(e.content), Sent: sent})
		}
		out = out[n:]
		// Application data under TLS 1.0 is split into two records (RFC 5246,
		// Section 6.2.1 lets anything be split).
		if last := len(items) - 1; i.message == spec.ApplicationData && last >= 0 && items[last].message == spec.ApplicationData {
			items[last].data = append(items[last].data, i.data...)
			continue
		}
		items = append(items, i)
		e.observed.Sent = append(e.observed.Sent, sent...)
	}
	if len(out) > 0 {
		// No whole record: the model has nothing like it.
		e.observed.Sent = append(e.observed.Sent, spec.Sent{Message: spec.Garbage})
	}
	return items
}

// readSent reads one record that the endpoint has sent.
func (e *end) readSent(rec []byte) (item, []spec.Sent) {
	t := spec.ContentType(rec[0])
	i := item{data: rec, sealed: e.sealing, taken: spec.AlertNone}
	content, keyed := rec[record.HeaderSize:], spec.NoSecret
	if e.sealing {
		keyed = unknownSecret
		e.scratch = append(e.scratch[:0], rec...)
		if _, opened, _, err := e.opener.Open(e.scratch); err == nil {
			content, keyed = opened, e.sealedWith
		}
	}
	e.content = content
	switch t {
	case spec.ContentChangeCipherSpec:
		i.message = spec.ChangeCipherSpec
		sent := []spec.Sent{{Message: i.message, Keyed: keyed}}
		e.sealing = true
		e.keys()
		return i, sent
	case spec.ContentAlert:
		i.message = spec.Alert
		var a wire.Alert
		a.Parse(content)
		i.alert = a.Description
		return i, []spec.Sent{{Message: i.message, Keyed: keyed, Level: a.Level, Alert: a.Description}}
	case spec.ContentApplicationData:
		i.message = spec.ApplicationData
		return i, []spec.Sent{{Message: i.message, Keyed: keyed}}
	}
	var all []spec.Sent
	for len(content) > 0 {
		h, ok := wire.ParseHeader(content)
		if !ok || wire.HeaderLen+h.Length > len(content) {
			// No whole message in the record, or unreadable.
			return i, append(all, spec.Sent{Message: spec.Garbage, Keyed: keyed})
		}
		body := content[wire.HeaderLen : wire.HeaderLen+h.Length]
		e.remember(h.Message, content[:wire.HeaderLen+h.Length])
		e.keepShare(h.Message, body)
		content = content[wire.HeaderLen+h.Length:]
		s := spec.Sent{Message: h.Message, Keyed: keyed}
		switch h.Message {
		case spec.ClientHello:
			e.sentClientHello(&s, body)
		case spec.ServerHello:
			e.sentServerHello(&s, body)
		case spec.Certificate:
			if e.role == spec.Client {
				e.noteCertificate(body)
			}
		}
		if i.message == spec.NoMessage {
			i.message = h.Message
		}
		all = append(all, s)
	}
	return i, all
}

func (e *end) sentClientHello(s *spec.Sent, body []byte) {
	var h wire.ClientHello
	if !h.Parse(body) {
		s.Message = spec.Garbage
		return
	}
	e.noteClientHello(&h)
	s.Version = h.Version
	switch {
	case len(h.SessionID) == 0:
		s.ID = spec.IDEmpty
	case bytes.Equal(h.SessionID, cachedID):
		s.ID = spec.IDCached
	default:
		s.ID = spec.IDFresh
	}
	s.Ticket = spec.TicketAbsent
	if h.HasTicket {
		s.Ticket = ticketClass(h.Ticket)
	}
	s.Extensions = Decisive(h.Extensions)
}

func (e *end) sentServerHello(s *spec.Sent, body []byte) {
	var h wire.ServerHello
	if !h.Parse(body) {
		s.Message = spec.Garbage
		return
	}
	e.noteServerHello(&h)
	s.Version, s.Suite = h.Version, h.Suite
	s.ID = ServerID(h.SessionID, e.hello.id, cachedID)
	s.Extensions = Decisive(h.Extensions)
}

// ServerID returns the class of a ServerHello's Session ID beside the one that
// ClientHello had and that of a session that was made before.
func ServerID(id, offered, cached []byte) spec.ID {
	switch {
	case len(id) == 0:
		return spec.IDEmpty
	case bytes.Equal(id, offered):
		return spec.IDEcho
	case bytes.Equal(id, cached):
		return spec.IDCached
	}
	return spec.IDFresh
}

// Decisive returns the extensions that a handshake's course depends on, in the
// order of the wire.
func Decisive(block wire.Extensions) []spec.Extension {
	var all []spec.Extension
	for x := range block.All() {
		if isDecisive(x) {
			all = append(all, x)
		}
	}
	return all
}

func isDecisive(x spec.Extension) bool {
	switch x {
	case spec.ServerName, spec.EncryptThenMAC, spec.ExtendedMasterSecret, spec.SessionTicket, spec.RenegotiationInfo:
		return true
	}
	return false
}

// resolve replaces the machine's own word for its secret by what the octets
// say, wherever the machine shows them.
func (e *end) resolve(o *spec.Observation) {
	// What a client's callback has named is recorded.
	if e.role == spec.Client && o.Call.Result == spec.CallbackAccept && e.machine.Info().PreferredSuite != e.named {
		o.Call.Named = spec.NamedOpen
	}
	_, master := e.machine.KeyLog()
	if master == nil {
		return
	}
	term := e.term(master)
	o.Secret = term
	if o.Read != spec.NoSecret {
		o.Read = term
	}
	if o.Write != spec.NoSecret {
		o.Write = term
	}
}

// term says where a master secret comes from, by its octets.
func (e *end) term(master []byte) spec.Secret {
	switch {
	case len(master) == 0:
		return spec.NoSecret
	case bytes.Equal(master, pacSecret):
		return spec.PAC
	case bytes.Equal(master, differingSecret), bytes.Equal(master, attackerSecret):
		return spec.OtherPAC
	case bytes.Equal(master, sessionSecret):
		return spec.Session
	case e.foreign:
		return spec.OtherKeyExchanged
	}
	return spec.KeyExchanged
}
