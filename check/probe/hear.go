package probe

import (
	"bytes"
	"fmt"

	"github.com/sesame-tls/sesame/check/cases"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// seen says in the words of a case what the system has sent.
func (p *player) seen(sent spec.Sent) cases.Seen {
	s := cases.Seen{Message: sent.Message.String()}
	switch sent.Message {
	case spec.Alert:
		s.Level, s.Alert = sent.Level.String(), sent.Alert.String()
	case spec.Certificate:
		s.Empty = p.mapper.Leaf() == nil
	case spec.ServerKeyExchange:
		if v := p.mapper.Answer(); v != nil && v.Version >= spec.TLS12 {
			s.Scheme = fmt.Sprintf("0x%04x", uint16(p.mapper.Scheme()))
		}
	case spec.ClientHello:
		if h := p.mapper.Hello(); h != nil {
			p.seenClientHello(&s, h)
		}
	case spec.ServerHello:
		if h := p.mapper.Answer(); h != nil {
			p.seenServerHello(&s, h)
		}
	}
	return s
}

func (p *player) seenClientHello(s *cases.Seen, h *wire.ClientHello) {
	s.Version, s.Extensions = versionName(h.Version), extensionNames(h.Extensions)
	switch {
	case len(h.SessionID) == 0:
		s.SessionID = "empty"
	case bytes.Equal(h.SessionID, p.session.ID):
		s.SessionID = "cached"
	default:
		s.SessionID = "fresh"
	}
	switch {
	case !h.HasTicket:
		s.Ticket = "none"
	case len(h.Ticket) == 0:
		s.Ticket = "empty"
	case bytes.Equal(h.Ticket, p.opaque):
		s.Ticket = "pac"
	default:
		s.Ticket = "other"
	}
	signal := false
	for id := range h.Suites.All() {
		signal = signal || id == spec.EmptyRenegotiationInfoSCSV
		if known, ok := spec.SuiteByID(id); ok {
			s.Suites = append(s.Suites, known.Name)
		} else {
			s.Suites = append(s.Suites, fmt.Sprintf("0x%04x", uint16(id)))
		}
	}
	switch {
	case signal && h.HasRenegotiationInfo:
		s.Renegotiation = "both"
	case signal:
		s.Renegotiation = "scsv"
	case h.HasRenegotiationInfo:
		s.Renegotiation = "info"
	default:
		s.Renegotiation = "none"
	}
}

func (p *player) seenServerHello(s *cases.Seen, h *wire.ServerHello) {
	s.Version, s.Extensions = versionName(h.Version), extensionNames(h.Extensions)
	s.Suite = h.Suite.String()
	s.Downgrade = bytes.Equal(h.Random[24:], downgradeMark)
	client := p.mapper.Hello()
	switch {
	case len(h.SessionID) == 0:
		s.SessionID = "empty"
	case client != nil && bytes.Equal(h.SessionID, client.SessionID):
		s.SessionID = "echo"
	default:
		s.SessionID = "fresh"
	}
}

func extensionNames(block wire.Extensions) (names []string) {
	for x := range block.All() {
		names = append(names, x.String())
	}
	return names
}

// versionName is version's inverse.
func versionName(v spec.Version) string {
	for _, s := range []string{"3.0", "1.0", "1.1", "1.2"} {
		if known, err := version(s); err == nil && known == v {
			return s
		}
	}
	return fmt.Sprintf("0x%04x", uint16(v))
}
