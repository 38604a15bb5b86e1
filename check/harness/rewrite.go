package harness

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

const unknownSuite spec.SuiteID = 0xfafa

// SuiteOfTLS13 is right for no version before 1.3.
const SuiteOfTLS13 spec.SuiteID = 0x1301

// parseClientHello reads the hello in a record in the clear, such that Append
// writes it from its fields.
func parseClientHello(rec []byte) *wire.ClientHello {
	h := new(wire.ClientHello)
	if !h.Parse(handshakeBody(rec)) {
		panic("harness: the client's hello does not parse")
	}
	whole := slices.Clone(h.Extensions)
	h.Extensions = nil
	if again := h.Append(nil); !bytes.Equal(again[wire.HeaderLen:], handshakeBody(rec)) {
		panic(fmt.Sprintf("harness: the client's hello has extensions that it cannot be rebuilt with: %x", []byte(whole)))
	}
	return h
}

func parseServerHello(rec []byte) *wire.ServerHello {
	h := new(wire.ServerHello)
	if !h.Parse(handshakeBody(rec)) {
		panic("harness: the server's hello does not parse")
	}
	h.Extensions = nil
	if again := h.Append(nil); !bytes.Equal(again[wire.HeaderLen:], handshakeBody(rec)) {
		panic(fmt.Sprintf("harness: the server's hello cannot be rebuilt: %x", rec))
	}
	return h
}

// changeClientHello returns the record with one field of its hello changed.
func (p *Pair) changeClientHello(rec []byte, to model.Hello) []byte {
	h, made := parseClientHello(rec), parseClientHello(p.hello)
	switch {
	case to.Version != model.SameVersion:
		h.Version = to.Version.Version()
	case to.Ticket != model.SameTicket:
		p.changeTicket(h, to.Ticket)
	case to.ID != spec.IDOpen:
		switch to.ID {
		case spec.IDEmpty:
			h.SessionID = nil
		case spec.IDCached:
			h.SessionID = cachedID
		default:
			h.SessionID = forgedID
		}
	case to.Suites != model.SameSuites:
		h.Suites = p.changeSuites(made.Suites, to.Suites)
	case to.EMS != spec.SwitchOpen:
		h.ExtendedMasterSecret = to.EMS == spec.On
	case to.EtM != spec.SwitchOpen:
		h.EncryptThenMAC = to.EtM == spec.On
	case to.Renegotiation == model.RenegotiationStripped:
		h.HasRenegotiationInfo = false
		h.Suites = without(h.Suites, spec.EmptyRenegotiationInfoSCSV)
	case to.Renegotiation == model.RenegotiationBad:
		h.HasRenegotiationInfo, h.RenegotiationInfo = true, forgedVerify
	case to.Random != model.SameRandom:
		changeRandom(&h.Random, to.Random)
	default:
		panic("harness: no change of ClientHello is " + to.String())
	}
	return inClear(nil, spec.ContentHandshake, recordVersionOf(rec), h.Append(nil))
}

func (p *Pair) changeTicket(h *wire.ClientHello, to model.Ticket) {
	h.HasTicket = to != model.TicketStripped
	switch to {
	case model.TicketStripped, model.TicketEmptied:
		h.Ticket = nil
	case model.TicketGarbage:
		h.Ticket = forgedTicket
	case model.TicketOtherPAC:
		h.Ticket = otherPAC
	case model.TicketGood:
		h.Ticket = pacTicket
	case model.TicketOfSession:
		h.Ticket = sessionTicket
	}
}

func (p *Pair) changeSuites(list wire.List[spec.SuiteID], to model.SuiteList) wire.List[spec.SuiteID] {
	var suites []spec.SuiteID
	switch to {
	case model.SuitesAnonymous:
		sc := p.scenario
		sc.Exchange = spec.ExchangeAnonymous
		all, _ := model.Suites(sc)
		for _, id := range all {
			if s, ok := spec.SuiteByID(id); ok && s.KeyExchange.Anonymous() {
				suites = append(suites, id)
			}
		}
	case model.SuitesUnknown:
		suites = append(suites, unknownSuite)
	case model.SuitesFallback:
		return append(slices.Clone(list), byte(spec.FallbackSCSV>>8), byte(spec.FallbackSCSV&0xff))
	}
	if list.Contains(spec.EmptyRenegotiationInfoSCSV) {
		suites = append(suites, spec.EmptyRenegotiationInfoSCSV)
	}
	return wire.MakeList(suites...)
}

func without(list wire.List[spec.SuiteID], id spec.SuiteID) wire.List[spec.SuiteID] {
	var kept []spec.SuiteID
	for s := range list.All() {
		if s != id {
			kept = append(kept, s)
		}
	}
	return wire.MakeList(kept...)
}

// changeServerHello returns the record with one field of its hello changed.
func (p *Pair) changeServerHello(rec []byte, to model.Hello) []byte {
	h := parseServerHello(rec)
	switch {
	case to.Version != model.SameVersion:
		h.Version = to.Version.Version()
	case to.ID != spec.IDOpen:
		switch to.ID {
		case spec.IDEmpty:
			h.SessionID = nil
		case spec.IDEcho:
			h.SessionID = p.client.hello.id
		default:
			h.SessionID = forgedID
		}
	case to.Suite != model.NoSuite:
		h.Suite = p.suite(to.Suite, h)
	case to.TicketExt != spec.SwitchOpen:
		h.Ticket = to.TicketExt == spec.On
	case to.EMS != spec.SwitchOpen:
		h.ExtendedMasterSecret = to.EMS == spec.On
	case to.EtM != spec.SwitchOpen:
		h.EncryptThenMAC = to.EtM == spec.On
	case to.Renegotiation == model.RenegotiationStripped:
		h.HasRenegotiationInfo, h.RenegotiationInfo = false, nil
	case to.Renegotiation == model.RenegotiationBad:
		h.HasRenegotiationInfo, h.RenegotiationInfo = true, forgedVerify
	case to.Random != model.SameRandom:
		changeRandom(&h.Random, to.Random)
	default:
		panic("harness: no change of ServerHello is " + to.String())
	}
	return inClear(nil, spec.ContentHandshake, recordVersionOf(rec), h.Append(nil))
}

// suite returns the suite that the attacker puts into ServerHello.
func (p *Pair) suite(s model.Suite, h *wire.ServerHello) spec.SuiteID {
	switch s {
	case model.SuiteOther:
		// With another cipher, so that the keys are others too.
		now, _ := spec.SuiteByID(h.Suite)
		id := model.NamedSuite(p.scenario, spec.NamedOffered)
		if other, _ := spec.SuiteByID(id); other.Cipher != now.Cipher {
			return id
		}
		return normalSuite(p.scenario)
	case model.SuiteNotOffered:
		return model.NamedSuite(p.scenario, spec.NamedNotOffered)
	case model.SuiteAnonymous:
		return model.NamedSuite(p.scenario, spec.NamedAnonymous)
	case model.SuiteWrongVersion:
		if h.Version >= spec.TLS12 {
			return SuiteOfTLS13
		}
		return model.NamedSuite(p.scenario, spec.NamedWrongVersion)
	}
	panic("harness: the attacker does not choose " + s.String())
}

// changeRandom changes a random: the tail, and with it the mark of RFC 8446,
// Section 4.1.3, or all but that, as in a session of the same course.
func changeRandom(random *[32]byte, to model.Random) {
	switch to {
	case model.RandomRecorded:
		for i := range 16 {
			random[i] ^= 0x5a
		}
	default:
		random[31] ^= 1
	}
}
