package harness

import (
	"bytes"

	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Change is what differs in a hello from what its sender made, field by field in
// the words of the model. Empty: the same. "*": the octets do not tell.
type Change struct {
	Version, Ticket, ID, Suites, Suite, TicketExt, EMS, EtM, Renegotiation, Random string
}

// changed returns how a hello, in a record in the clear, differs from the one
// that its sender made.
func (p *Pair) changed(made, now []byte) Change {
	if spec.HandshakeMessage(now[record.HeaderSize]) == spec.ClientHello {
		return clientChange(parseClientHello(made), parseClientHello(now))
	}
	return p.serverChange(parseServerHello(made), parseServerHello(now))
}

// forgedChange returns what a hello of the attacker's own is to its reader.
func (p *Pair) forgedChange(now []byte) Change {
	if spec.HandshakeMessage(now[record.HeaderSize]) == spec.ServerHello {
		c := Change{Random: model.RandomForeign.String()}
		switch h := parseServerHello(now); {
		case h.Suite != model.NamedSuite(p.scenario, spec.NamedAnonymous):
		case h.Suite == normalSuite(p.scenario):
			c.Suite = "*"
		default:
			c.Suite = model.SuiteAnonymous.String()
		}
		return c
	}
	h := parseClientHello(now)
	if h.Random != [32]byte(forgedRandom) {
		return clientChange(parseClientHello(p.hello), h)
	}
	return Change{
		Version: versionWord(h.Version), Ticket: ticketWord(h), ID: idWord(h.SessionID), EMS: onOff(h.ExtendedMasterSecret),
		EtM: onOff(h.EncryptThenMAC), Random: model.RandomForeign.String(),
	}
}

func clientChange(made, now *wire.ClientHello) Change {
	c := Change{Renegotiation: renegotiationWord(
		made.HasRenegotiationInfo || made.Suites.Contains(spec.EmptyRenegotiationInfoSCSV),
		now.HasRenegotiationInfo || now.Suites.Contains(spec.EmptyRenegotiationInfoSCSV), now.RenegotiationInfo),
		Random: randomWord(made.Random, now.Random)}
	if now.Version != made.Version {
		c.Version = versionWord(now.Version)
	}
	if now.HasTicket != made.HasTicket || !bytes.Equal(now.Ticket, made.Ticket) {
		c.Ticket = ticketWord(now)
	}
	if !bytes.Equal(now.SessionID, made.SessionID) {
		c.ID = idWord(now.SessionID)
	}
	c.Suites = suitesWord(made.Suites, now.Suites)
	if now.ExtendedMasterSecret != made.ExtendedMasterSecret {
		c.EMS = onOff(now.ExtendedMasterSecret)
	}
	if now.EncryptThenMAC != made.EncryptThenMAC {
		c.EtM = onOff(now.EncryptThenMAC)
	}
	return c
}

func (p *Pair) serverChange(made, now *wire.ServerHello) Change {
	c := Change{Renegotiation: renegotiationWord(made.HasRenegotiationInfo, now.HasRenegotiationInfo, now.RenegotiationInfo),
		Random: randomWord(made.Random, now.Random)}
	if now.Version != made.Version {
		c.Version = versionWord(now.Version)
	}
	offered := p.client.hello.id
	switch {
	case bytes.Equal(now.SessionID, made.SessionID):
	case len(now.SessionID) == 0:
		c.ID = spec.IDEmpty.String()
	case bytes.Equal(now.SessionID, offered):
		c.ID = spec.IDEcho.String()
	// A recorded session has an ID of its own where this one has, which is no change.
	case c.Random != model.RandomRecorded.String() || bytes.Equal(made.SessionID, offered):
		c.ID = spec.IDOther.String()
	}
	if now.Suite != made.Suite {
		c.Suite = p.suiteWord(made, now)
	}
	if now.Ticket != made.Ticket {
		c.TicketExt = onOff(now.Ticket)
	}
	if now.ExtendedMasterSecret != made.ExtendedMasterSecret {
		c.EMS = onOff(now.ExtendedMasterSecret)
	}
	if now.EncryptThenMAC != made.EncryptThenMAC {
		c.EtM = onOff(now.EncryptThenMAC)
	}
	return c
}

// suiteWord classifies the suite that the attacker has put into a hello. Which
// one is wrong for the version, and which is another, hangs on the hello as it
// was then.
func (p *Pair) suiteWord(made, now *wire.ServerHello) string {
	version, suite := *made, *made
	version.Version = now.Version
	suite.Suite = now.Suite
	for _, s := range []model.Suite{model.SuiteOther, model.SuiteNotOffered, model.SuiteAnonymous, model.SuiteWrongVersion} {
		if now.Suite == p.suite(s, made) || now.Suite == p.suite(s, &version) || now.Suite == p.suite(s, &suite) {
			return s.String()
		}
	}
	return "*"
}

func onOff(b bool) string {
	if b {
		return spec.On.String()
	}
	return spec.Off.String()
}

// versionWord names a version as scenarios do.
func versionWord(v spec.Version) string {
	if v == spec.SSL30 {
		return "ssl3"
	}
	return spec.Offer(v - spec.SSL30).String()
}

func ticketWord(h *wire.ClientHello) string {
	switch {
	case !h.HasTicket:
		return model.TicketStripped.String()
	case len(h.Ticket) == 0:
		return model.TicketEmptied.String()
	case bytes.Equal(h.Ticket, otherPAC):
		return model.TicketOtherPAC.String()
	case bytes.Equal(h.Ticket, pacTicket):
		return model.TicketGood.String()
	case bytes.Equal(h.Ticket, sessionTicket):
		return model.TicketOfSession.String()
	}
	return model.TicketGarbage.String()
}

func idWord(id []byte) string {
	switch {
	case len(id) == 0:
		return spec.IDEmpty.String()
	case bytes.Equal(id, cachedID):
		return spec.IDCached.String()
	}
	return spec.IDOther.String()
}

func suitesWord(made, now wire.List[spec.SuiteID]) string {
	anonymous := true
	for id := range made.All() {
		s, ok := spec.SuiteByID(id)
		anonymous = anonymous && (!ok || s.KeyExchange.Anonymous())
	}
	switch {
	case bytes.Equal(without(now, spec.EmptyRenegotiationInfoSCSV), without(made, spec.EmptyRenegotiationInfoSCSV)) && anonymous:
		return "*" // anonymous ones alone were offered anyhow
	case bytes.Equal(without(now, spec.EmptyRenegotiationInfoSCSV), without(made, spec.EmptyRenegotiationInfoSCSV)):
		return ""
	case now.Contains(unknownSuite):
		return model.SuitesUnknown.String()
	case now.Contains(spec.FallbackSCSV):
		return model.SuitesFallback.String()
	}
	return model.SuitesAnonymous.String()
}

func renegotiationWord(made, now bool, info []byte) string {
	switch {
	case len(info) > 0:
		return model.RenegotiationBad.String()
	case made && !now:
		return model.RenegotiationStripped.String()
	}
	return ""
}

func randomWord(made, now [32]byte) string {
	switch {
	case made == now:
		return ""
	case bytes.Equal(made[:16], now[:16]):
		return model.RandomChanged.String()
	}
	return model.RandomRecorded.String()
}
