package mapper

import (
	"bytes"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

var (
	foreign = bytes.Repeat([]byte{0xa5}, 48) // a ticket that opens nowhere
	freshID = bytes.Repeat([]byte{0xa2}, 32)
	bad     = []byte{0xba} // a renegotiated_connection that is not empty
	otherID = bytes.Repeat([]byte{0xa6}, 32)
)

// clientHello makes the hello of an input. The first one is what the handshake
// goes by.
func (m *Mapper) clientHello(in model.Hello) *wire.ClientHello {
	h := &wire.ClientHello{
		Version: m.config.Version, Random: m.random(), Suites: wire.MakeList(m.suites...), Compression: []byte{0},
		Groups: wire.MakeList(groups...), PointFormats: []byte{0}, ExtendedMasterSecret: true, HasRenegotiationInfo: true,
		EncryptThenMAC: m.config.EtM,
	}
	if m.config.Version >= spec.TLS12 {
		h.Schemes = schemes
	}
	if m.config.ServerName != "" {
		h.ServerName = []byte(m.config.ServerName)
	}
	switch in.ID {
	case spec.IDFresh:
		h.SessionID = freshID
	case spec.IDCached:
		h.SessionID = m.session().ID
	}
	h.HasTicket = in.Ticket != model.TicketStripped
	switch in.Ticket {
	case model.TicketGarbage:
		h.Ticket = foreign
	case model.TicketGood:
		if m.config.PAC != nil {
			h.Ticket = m.config.PAC.Opaque
		}
	case model.TicketOfSession:
		h.Ticket = m.session().Ticket
	}
	changeClientHello(h, in)
	if m.hello == nil {
		m.hello = h
	}
	return h
}

// changeClientHello makes the attacker's changes.
func changeClientHello(h *wire.ClientHello, in model.Hello) {
	if v := in.Version.Version(); v != 0 {
		h.Version = v
	}
	switch in.Suites {
	case model.SuitesAnonymous:
		h.Suites = wire.MakeList(spec.SuiteID(0x00a6), spec.SuiteID(0x0034))
	case model.SuitesUnknown:
		h.Suites = wire.MakeList(spec.SuiteID(0x7a7a))
	case model.SuitesFallback:
		h.Suites = append(h.Suites[:len(h.Suites):len(h.Suites)], wire.MakeList(spec.FallbackSCSV)...)
	}
	if in.EMS != spec.SwitchOpen {
		h.ExtendedMasterSecret = in.EMS == spec.On
	}
	if in.EtM != spec.SwitchOpen {
		h.EncryptThenMAC = in.EtM == spec.On
	}
	switch in.Renegotiation {
	case model.RenegotiationStripped:
		h.HasRenegotiationInfo = false
	case model.RenegotiationBad:
		h.RenegotiationInfo = bad
	}
}

func (m *Mapper) session() *Session {
	if m.config.Session == nil {
		return new(Session)
	}
	return m.config.Session
}

// serverHello makes the hello of an input. Beside the input's own words it is
// what an honest server would answer.
func (m *Mapper) serverHello(in model.Hello) *wire.ServerHello {
	client := m.hello
	if client == nil {
		client = new(wire.ClientHello)
	}
	h := &wire.ServerHello{
		Version: min(m.config.Version, client.Version), Random: m.random(), Ticket: in.TicketExt == spec.On,
		ExtendedMasterSecret: client.ExtendedMasterSecret,
		HasRenegotiationInfo: client.HasRenegotiationInfo || client.Suites.Contains(spec.EmptyRenegotiationInfoSCSV),
	}
	h.Suite = m.choose(client, h.Version)
	// RFC 7366, Section 3: for CBC suites only.
	suite, known := spec.SuiteByID(h.Suite)
	h.EncryptThenMAC = m.config.EtM && client.EncryptThenMAC && known && !suite.Cipher.AEAD()
	if in.Suite == model.SuiteWrongVersion {
		h.Suite = harness.SuiteOfTLS13
	}
	switch in.ID {
	case spec.IDEcho:
		h.SessionID = client.SessionID
	case spec.IDOther:
		h.SessionID = otherID
	}
	switch {
	case !in.Unrequested:
	case client.ALPN == nil:
		h.ALPN = []byte("unrequested")
	case client.ServerName == nil:
		h.ServerName = true
	default:
		h.EncryptThenMAC = !client.EncryptThenMAC
	}
	m.changeServerHello(h, client, in)
	if m.answer == nil {
		m.settle(h)
	}
	return h
}

// changeServerHello makes the attacker's changes.
func (m *Mapper) changeServerHello(h *wire.ServerHello, client *wire.ClientHello, in model.Hello) {
	if v := in.Version.Version(); v != 0 {
		h.Version = v
	}
	switch in.Suite {
	case model.SuiteOther:
		h.Suite = m.another(client, h.Suite, true)
	case model.SuiteNotOffered:
		h.Suite = m.another(client, h.Suite, false)
	case model.SuiteAnonymous:
		h.Suite = 0x00a6
	}
	if in.EMS != spec.SwitchOpen {
		h.ExtendedMasterSecret = in.EMS == spec.On
	}
	if in.EtM != spec.SwitchOpen {
		h.EncryptThenMAC = in.EtM == spec.On
	}
	switch in.Renegotiation {
	case model.RenegotiationStripped:
		h.HasRenegotiationInfo = false
	case model.RenegotiationBad:
		h.HasRenegotiationInfo, h.RenegotiationInfo = true, bad
	}
}

// another returns a suite of the kind of id that the client has offered, or has
// not; id where there is none.
func (m *Mapper) another(client *wire.ClientHello, id spec.SuiteID, offered bool) spec.SuiteID {
	like, _ := spec.SuiteByID(id)
	best := id
	for _, s := range spec.Suites() {
		if s.ID == id || s.KeyExchange != like.KeyExchange || client.Suites.Contains(s.ID) != offered {
			continue
		}
		if s.Cipher.AEAD() == like.Cipher.AEAD() {
			return s.ID
		}
		if best == id {
			best = s.ID
		}
	}
	return best
}

// choose returns the mapper's best suite that the client offers and that its key
// is for.
func (m *Mapper) choose(client *wire.ClientHello, v spec.Version) spec.SuiteID {
	for _, id := range m.suites {
		s, ok := spec.SuiteByID(id)
		if ok && s.MinVersion <= v && client.Suites.Contains(id) && m.serves(s.KeyExchange) {
			return id
		}
	}
	return m.suites[0]
}
