package explain

import (
	"fmt"
	"io"
	"maps"
	"strings"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"layeh.com/radius"
)

// Options are the secrets that a capture may be read with. All may be missing.
type Options struct {
	Secret []byte      // shared by NAS and server
	Keys   KeyLog      // beside what the capture has
	PACs   []*fast.PAC // one without Opaque fits every ticket
}

// Report is what became of one conversation.
type Report struct {
	NAS       string    `json:"nas"`
	Server    string    `json:"server"`
	First     int       `json:"first"`    // the number of its first datagram, from 1
	Identity  string    `json:"identity"` // outside of the tunnel
	Lines     []string  `json:"lines"`
	Diagnosis Diagnosis `json:"diagnosis"`
}

// Diagnosis says who did what, where, and why.
type Diagnosis struct {
	OK    bool   `json:"ok"`    // the peer was let in
	Who   string `json:"who"`   // "peer", "server", "NAS"; "" where nobody is to blame
	Where int    `json:"where"` // the datagram that shows it, from 1; 0: none
	Why   string `json:"why"`   // a sentence
}

// String is the diagnosis as one line.
func (d Diagnosis) String() string {
	if d.Who == "" {
		return d.Why
	}
	if d.Where == 0 {
		return d.Who + ": " + d.Why
	}
	return fmt.Sprintf("%s, datagram %d: %s", d.Who, d.Where, d.Why)
}

// Capture explains every conversation in a pcap or pcapng file.
func Capture(r io.Reader, o Options) ([]Report, error) {
	o.Keys = maps.Clone(o.Keys)
	if o.Keys == nil {
		o.Keys = KeyLog{}
	}
	file, err := readCapture(r, o.Keys)
	if err != nil {
		return nil, err
	}
	list, err := datagrams(file)
	if err != nil {
		return nil, err
	}
	var all []Report
	for _, c := range conversations(list, o.Secret) {
		all = append(all, explain(c, &o))
	}
	return all, nil
}

// story is what is known of a conversation when it is judged.
type story struct {
	*conversation
	tunnel     tunnel
	fast       bool // EAP-FAST was begun
	nak        []byte
	nakAt      int
	broken     error // what could not be read, and where
	brokenAt   int
	brokenPeer bool
	end        *turn
	identity   string
	authority  string
}

func explain(c *conversation, o *Options) Report {
	s := &story{conversation: c, tunnel: tunnel{keys: o.Keys, pacs: o.PACs}}
	r := Report{NAS: c.nas.String(), Server: c.server.String()}
	for i := range c.turns {
		t := &c.turns[i]
		if r.First == 0 {
			r.First = t.number
		}
		r.Lines = append(r.Lines, s.read(t)...)
	}
	r.Identity = s.identity
	r.Diagnosis = s.diagnose()
	return r
}

// read takes one packet, and tells it.
func (s *story) read(t *turn) []string {
	arrow := "S->P "
	if t.fromPeer {
		arrow = "P->S "
	}
	line := func(text string) string { return fmt.Sprintf("%4d %s%s", t.number, arrow, text) }
	p := t.packet
	switch {
	case p.Code == eap.CodeSuccess:
		s.end = t
		return []string{line("EAP-Success, " + t.radius.String())}
	case p.Code == eap.CodeFailure:
		s.end = t
		return []string{line("EAP-Failure, " + t.radius.String())}
	case p.Code == 0 && t.radius != radius.CodeAccessChallenge:
		s.end = t
		return []string{line(t.radius.String() + " without EAP")}
	case p.Type == eap.TypeIdentity:
		if t.fromPeer {
			s.identity = string(p.Data)
			return []string{line(fmt.Sprintf("Identity %q", p.Data))}
		}
		return []string{line("Identity?")}
	case p.Type == eap.TypeNak:
		s.nak, s.nakAt = p.Data, t.number
		return []string{line(fmt.Sprintf("Nak, wants %v", p.Data))}
	case p.Type != eap.TypeFAST:
		return []string{line(p.Type.String())}
	}
	return s.readFAST(t, line)
}

func (s *story) readFAST(t *turn, line func(string) string) (lines []string) {
	data := t.packet.Data
	if len(data) > 0 && eap.Flags(data[0])&eap.FlagStart != 0 {
		s.fast = true
		if len(data) > 5 {
			s.authority = fmt.Sprintf("%x", data[5:])
		}
		return []string{line("EAP-FAST Start, A-ID " + s.authority)}
	}
	before := len(s.tunnel.said)
	if err := s.tunnel.take(t.number, t.fromPeer, data); err != nil && s.broken == nil {
		s.broken, s.brokenAt, s.brokenPeer = err, t.number, t.fromPeer
		lines = append(lines, line("unreadable: "+err.Error()))
	}
	for _, x := range s.tunnel.said[before:] {
		lines = append(lines, line(s.tell(&x)))
	}
	if len(lines) == 0 {
		return []string{line("acknowledgement or fragment")}
	}
	return lines
}

// tell is what was said, as text.
func (s *story) tell(x *said) string {
	switch {
	case x.sealed:
		return x.message.String() + " (sealed)"
	case x.tlvs != nil:
		return "{" + strings.Join(tlvNames(x.tlvs), ", ") + "}"
	case x.alert.Level != 0:
		return fmt.Sprintf("Alert %v %v", x.alert.Level, x.alert.Description)
	}
	return x.message.String()
}

// tlvNames lists the TLVs of a message.
func tlvNames(m *fast.Message) (names []string) {
	if m.Result != fast.None {
		names = append(names, "Result "+m.Result.String())
	}
	if m.Intermediate != fast.None {
		names = append(names, "Intermediate-Result "+m.Intermediate.String())
	}
	if m.Error != fast.NoError {
		names = append(names, fmt.Sprintf("Error %d", m.Error))
	}
	if m.EAP != nil {
		p, _ := eap.Parse(m.EAP)
		names = append(names, fmt.Sprintf("EAP-Payload %v %v", p.Code, p.Type))
	}
	if m.Binding != nil {
		names = append(names, "Crypto-Binding")
	}
	for range m.PACs {
		names = append(names, "PAC")
	}
	if m.Action != 0 {
		names = append(names, "Request-Action")
	}
	if m.Nak != 0 {
		names = append(names, "NAK of "+m.Nak.String())
	}
	return names
}
