package probe

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math/big"

	"github.com/sesame-tls/sesame/check/cases"
	"github.com/sesame-tls/sesame/check/learn/mapper"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Octets that the player sends where a case leaves them to it.
var (
	otherID       = bytes.Repeat([]byte{0xa6}, 32)
	foreignTicket = bytes.Repeat([]byte{0xa5}, 48)
	verifyData    = bytes.Repeat([]byte{0xa4}, 12)
	downgradeMark = []byte("DOWNGRD\x00") // RFC 8446, Section 4.1.3
)

// dataSize is how many octets of application data pass: as many as records of 1 to
// 16 octets hold.
const dataSize = 136

// pattern is the application data of a shim.
func pattern() []byte {
	b := make([]byte, dataSize)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

// say makes the octets of a step's messages.
func (p *player) say(all []cases.Message) (out []byte, err error) {
	for i := 0; i < len(all); i++ {
		first := all[i]
		content, err := p.content(first)
		if err != nil {
			return nil, err
		}
		for ; i+1 < len(all) && all[i+1].Join; i++ {
			more, err := p.content(all[i+1])
			if err != nil {
				return nil, err
			}
			content = append(content, more...)
		}
		if out, err = p.record(out, first, content); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// record appends a message's records.
func (p *player) record(out []byte, m cases.Message, content []byte) ([]byte, error) {
	start := len(out)
	t := typeOf(m)
	if m.Clear || m.Message == "Record" {
		out = p.mapper.Clear(out, t, content)
	} else {
		out = p.mapper.Seal(out, t, content, m.Padding, m.Records...)
	}
	if m.Message == "ChangeCipherSpec" && !m.Clear {
		p.mapper.ChangeKeys()
	}
	if m.RecordVersion != "" {
		v, err := version(m.RecordVersion)
		if err != nil {
			return nil, err
		}
		out[start+1], out[start+2] = byte(v>>8), byte(v)
	}
	if m.Sealed == nil {
		return out, nil
	}
	changed := m.Sealed.Apply(out[start:], false)
	if m.Sealed.Length {
		n := len(changed) - 5
		changed[3], changed[4] = byte(n>>8), byte(n)
	}
	return append(out[:start], changed...), nil
}

func typeOf(m cases.Message) spec.ContentType {
	if m.Message == "Record" {
		return spec.ContentType(m.Type)
	}
	t, _ := spec.ParseMessage(m.Message) // content has parsed it
	return t.ContentType()
}

// content makes what the records of a message hold, and takes note of it.
func (p *player) content(m cases.Message) ([]byte, error) {
	if m.Message == "Record" {
		return m.Edit.Apply(nil, false), nil
	}
	t, err := spec.ParseMessage(m.Message)
	if err != nil {
		return nil, err
	}
	var content []byte
	switch t {
	case spec.ClientHello:
		content, err = p.clientHello(m.Hello)
	case spec.ServerHello:
		content, err = p.serverHello(m.Hello)
	case spec.ApplicationData:
		content = pattern()
	default:
		in := model.Input{Name: m.Message, Message: model.Message{Type: t, Empty: m.Empty}, Wrong: m.Wrong}
		if t == spec.Alert {
			in.Message.Level, in.Message.Alert, err = alert(m)
		}
		if err == nil {
			content, err = p.odd(in, m)
		}
	}
	if err != nil {
		return nil, err
	}
	if m.Premaster == "padding" {
		content = (&cases.Edit{At: -1, Xor: 1}).Apply(content, false)
	}
	content = m.Edit.Apply(content, t.ContentType() == spec.ContentHandshake)
	p.mapper.Take(t, content)
	return content, nil
}

func alert(m cases.Message) (spec.AlertLevel, spec.AlertDescription, error) {
	level := spec.LevelFatal
	if m.Level == "warning" {
		level = spec.LevelWarning
	}
	for a := range 256 {
		if d := spec.AlertDescription(a); d.String() == m.Alert {
			return level, d, nil
		}
	}
	return 0, 0, fmt.Errorf("probe: no alert is named %q", m.Alert)
}

// odd makes a message with what it has in the place of honest values.
func (p *player) odd(in model.Input, m cases.Message) ([]byte, error) {
	o := mapper.Odd{Unlisted: m.Scheme == "unlisted"}
	if m.Public != "" {
		value, ok := publics[m.Public]
		if !ok {
			return nil, fmt.Errorf("probe: no public value is %q", m.Public)
		}
		o.Public, o.Group = value.of, value.group
	}
	switch m.Premaster {
	case "version":
		o.Premaster = func(good []byte) []byte { good[1] ^= 1; return good }
	case "short":
		o.Premaster = func(good []byte) []byte { return good[:47] }
	}
	return p.mapper.Content(in, o), nil
}

// publics are what may stand in the place of an honest public value.
var publics = map[string]struct {
	group spec.Group // that it is of; 0: a finite field
	of    func(honest, p []byte) []byte
}{
	"0":         {0, func(_, _ []byte) []byte { return []byte{0} }},
	"1":         {0, func(_, _ []byte) []byte { return []byte{1} }},
	"p-1":       {0, func(_, p []byte) []byte { return new(big.Int).Sub(new(big.Int).SetBytes(p), big.NewInt(1)).Bytes() }},
	"p":         {0, func(_, p []byte) []byte { return p }},
	"off-curve": {spec.Secp256r1, func(honest, _ []byte) []byte { return (&cases.Edit{At: -1, Xor: 1}).Apply(honest, false) }},
	"infinity":  {spec.Secp256r1, func(_, _ []byte) []byte { return []byte{0} }}, // SEC 1, Section 2.3.3
	"empty":     {spec.Secp256r1, func(_, _ []byte) []byte { return nil }},
	"zero":      {spec.X25519, func(honest, _ []byte) []byte { return make([]byte, len(honest)) }},
}

func random() (r [32]byte) {
	rand.Read(r[:])
	return r
}

func (p *player) clientHello(in *cases.Hello) ([]byte, error) {
	if in == nil {
		in = &cases.Hello{}
	}
	h := &wire.ClientHello{Random: random(), Compression: []byte{0}}
	var err error
	if h.Version, err = version(in.Version); err != nil {
		return nil, err
	}
	if in.Compression != nil {
		h.Compression = octets(in.Compression)
	}
	if h.SessionID, err = p.offeredID(in.SessionID); err != nil {
		return nil, err
	}
	list, err := suites(in.Suites)
	if err != nil {
		return nil, err
	}
	if in.Renegotiation == "scsv" {
		list = append(list, spec.EmptyRenegotiationInfoSCSV)
	}
	h.Suites = wire.MakeList(list...)
	if in.Bare {
		return h.Append(nil), nil
	}
	h.PointFormats, h.ExtendedMasterSecret, h.EncryptThenMAC = []byte{0}, in.EMS != "off", in.EtM == "on"
	if in.PointFormats != nil {
		h.PointFormats = octets(in.PointFormats)
	}
	if in.Name != "" {
		h.ServerName = []byte(in.Name)
	}
	h.HasRenegotiationInfo, h.RenegotiationInfo = renegotiationInfo(in.Renegotiation, true)
	schemes, err := numbers[spec.SignatureScheme](in.Schemes)
	if err != nil {
		return nil, err
	}
	if schemes == nil {
		schemes = usualSchemes
	}
	if h.Version >= spec.TLS12 {
		h.Schemes = wire.MakeList(schemes...)
	}
	groups, err := numbers[spec.Group](in.Groups)
	if err != nil {
		return nil, err
	}
	if groups == nil {
		groups = usualGroups
	}
	h.Groups = wire.MakeList(groups...)
	if h.Ticket, err = p.ticket(in.Ticket); err != nil {
		return nil, err
	}
	h.HasTicket, h.Ticket = in.Ticket != "", in.TicketEdit.Apply(h.Ticket, false)
	if len(in.Extra) == 0 {
		return h.Append(nil), nil
	}
	var block wire.ClientHello
	if !block.Parse(h.Append(nil)[wire.HeaderLen:]) {
		return nil, fmt.Errorf("probe: a hello that cannot be extended")
	}
	h.Extensions, err = extended(block.Extensions, in.Extra)
	return h.Append(nil), err
}

func octets(numbers []int) (all []byte) {
	for _, n := range numbers {
		all = append(all, byte(n))
	}
	return all
}

func (p *player) offeredID(word string) ([]byte, error) {
	switch word {
	case "":
		return nil, nil
	// Not one that was sent before: a system may have kept it.
	case "fresh":
		id := random()
		return id[:], nil
	case "short":
		return []byte{0xa2}, nil
	case "long":
		return bytes.Repeat([]byte{0xa2}, 33), nil
	case "cached":
		return p.session.ID, nil
	}
	return nil, fmt.Errorf("probe: no Session ID is %q", word)
}

func (p *player) ticket(word string) ([]byte, error) {
	switch word {
	case "", "empty":
		return nil, nil
	case "pac":
		return p.opaque, nil
	case "foreign":
		return foreignTicket, nil
	case "session":
		return p.session.Ticket, nil
	case "prefixed":
		n := len(p.opaque)
		return append([]byte{byte(n >> 8), byte(n)}, p.opaque...), nil
	}
	return nil, fmt.Errorf("probe: no ticket is %q", word)
}

func renegotiationInfo(word string, asked bool) (has bool, info []byte) {
	switch word {
	case "scsv", "none":
		return false, nil
	case "filled":
		return true, verifyData
	}
	return asked, nil
}

func extended(block wire.Extensions, more []cases.Extra) (wire.Extensions, error) {
	for _, x := range more {
		data, err := hex.DecodeString(x.Data)
		if err != nil {
			return nil, fmt.Errorf("probe: extension %d: %w", x.Type, err)
		}
		block = wire.AppendExtension(block, spec.Extension(x.Type), data)
	}
	return block, nil
}

func (p *player) serverHello(in *cases.Hello) ([]byte, error) {
	if in == nil {
		in = &cases.Hello{}
	}
	client := p.mapper.Hello()
	if client == nil {
		client = &wire.ClientHello{}
	}
	h := &wire.ServerHello{Random: random(), Version: min(spec.TLS12, client.Version), Ticket: in.Ticket == "empty"}
	var err error
	if in.Version != "" {
		if h.Version, err = version(in.Version); err != nil {
			return nil, err
		}
	}
	if in.Downgraded {
		copy(h.Random[24:], downgradeMark)
	}
	switch in.SessionID {
	case "echo":
		h.SessionID = client.SessionID
	case "other":
		h.SessionID = otherID
	case "fresh":
		id := random()
		h.SessionID = id[:]
	}
	h.Suite = p.mapper.Chosen().ID
	if in.Suite != "" {
		if h.Suite, err = suite(in.Suite); err != nil {
			return nil, err
		}
	}
	if in.Compression != nil {
		h.Compression = byte(in.Compression[0])
	}
	block, known := spec.SuiteByID(h.Suite)
	h.ExtendedMasterSecret = in.EMS == "on" || in.EMS == "" && client.ExtendedMasterSecret
	h.EncryptThenMAC = in.EtM == "on" || in.EtM == "" && client.EncryptThenMAC && known && !block.Cipher.AEAD()
	h.HasRenegotiationInfo, h.RenegotiationInfo = renegotiationInfo(in.Renegotiation,
		client.HasRenegotiationInfo || client.Suites.Contains(spec.EmptyRenegotiationInfoSCSV))
	if in.ALPN != "" {
		h.ALPN = []byte(in.ALPN)
	}
	if len(in.Extra) == 0 {
		return h.Append(nil), nil
	}
	var parsed wire.ServerHello
	if !parsed.Parse(h.Append(nil)[wire.HeaderLen:]) {
		return nil, fmt.Errorf("probe: a hello that cannot be extended")
	}
	h.Extensions, err = extended(parsed.Extensions, in.Extra)
	return h.Append(nil), err
}
