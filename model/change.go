package model

import "github.com/sesame-tls/sesame/spec"

// change is one field of a hello at one new value.
type change struct {
	event spec.Event
	hello spec.Message
	to    Hello // the one field that is set
	flip  flip  // or the field that is turned over
}

// flip names a field with two values, which a change turns over.
type flip uint8

const (
	noFlip flip = iota
	flipEMS
	flipEtM
	flipTicketExt
)

// changes are the attacker's changes of hellos.
var changes = func() (all []change) {
	add := func(e spec.Event, m spec.Message, to ...Hello) {
		for _, h := range to {
			all = append(all, change{event: e, hello: m, to: h})
		}
	}
	c, s := spec.ClientHello, spec.ServerHello
	add(spec.AttackerStripTicket, c, Hello{Ticket: TicketStripped})
	add(spec.AttackerReplaceTicket, c, Hello{Ticket: TicketGarbage}, Hello{Ticket: TicketOtherPAC})
	for _, m := range []spec.Message{c, s} {
		add(spec.AttackerChangeVersion, m, Hello{Version: VersionSSL30}, Hello{Version: VersionTLS10},
			Hello{Version: VersionTLS11}, Hello{Version: VersionTLS12})
		add(spec.AttackerChangeRenegotiationInfo, m, Hello{Renegotiation: RenegotiationStripped},
			Hello{Renegotiation: RenegotiationBad})
		add(spec.AttackerChangeRandom, m, Hello{Random: RandomChanged})
		all = append(all, change{event: spec.AttackerChangeExtendedMasterSecret, hello: m, flip: flipEMS},
			change{event: spec.AttackerChangeEncryptThenMAC, hello: m, flip: flipEtM})
	}
	add(spec.AttackerChangeSuites, c, Hello{Suites: SuitesAnonymous}, Hello{Suites: SuitesUnknown}, Hello{Suites: SuitesFallback})
	add(spec.AttackerChangeSessionID, c, Hello{ID: spec.IDEmpty}, Hello{ID: spec.IDCached}, Hello{ID: spec.IDOther})
	add(spec.AttackerChangeSuite, s, Hello{Suite: SuiteOther}, Hello{Suite: SuiteNotOffered},
		Hello{Suite: SuiteAnonymous}, Hello{Suite: SuiteWrongVersion})
	add(spec.AttackerChangeSessionID, s, Hello{ID: spec.IDEmpty}, Hello{ID: spec.IDEcho}, Hello{ID: spec.IDOther})
	all = append(all, change{event: spec.AttackerStripTicket, hello: s, flip: flipTicketExt},
		change{event: spec.AttackerReplaceTicket, hello: s, flip: flipTicketExt})
	return all
}()

// change carries out a change on the hello at the head. A field that is changed
// back to what its sender wrote is as good as new.
func (x *exec) change(m move) {
	c := &changes[m.change]
	x.out.event = c.event
	me, _ := x.st.ends(m.to)
	h := &me.Hello
	if c.flip != noFlip {
		x.flip(c, h)
		return
	}
	switch to := c.to; {
	case to.Version != SameVersion:
		x.changeVersion(h, to.Version, m.to)
	case to.Ticket != SameTicket:
		x.changeTicket(h, to.Ticket)
	case to.ID != spec.IDOpen:
		x.changeID(h, to.ID, m.to)
	case to.Suites != SameSuites:
		x.off = h.Suites == to.Suites
		h.Suites = to.Suites
	case to.Suite != NoSuite:
		x.changeSuite(h, to.Suite)
	case to.Renegotiation != SameRenegotiation:
		x.off = h.Renegotiation == to.Renegotiation
		h.Renegotiation = to.Renegotiation
	case to.Random != SameRandom:
		x.off = h.Random != SameRandom
		h.Random = to.Random
	}
}

// flip turns an extension on or off.
func (x *exec) flip(c *change, h *Hello) {
	turn := func(field *spec.Switch, now bool) {
		switch {
		case *field != spec.SwitchOpen:
			*field = spec.SwitchOpen
		case now:
			*field = spec.Off
		default:
			*field = spec.On
		}
	}
	client := c.hello == spec.ClientHello
	switch c.flip {
	case flipEMS:
		if client {
			turn(&h.EMS, x.chEMS())
		} else {
			turn(&h.EMS, x.shEMS())
		}
	case flipEtM:
		if client {
			turn(&h.EtM, x.chEtM())
		} else {
			turn(&h.EtM, h.EtM == spec.On || h.EtM == spec.SwitchOpen && x.sentEtM())
		}
	case flipTicketExt:
		// Stripping and adding are two moves: one of them is possible.
		now := x.shTicketExtension()
		x.off = now != (c.event == spec.AttackerStripTicket)
		turn(&h.TicketExt, now)
	}
}

func (x *exec) changeVersion(h *Hello, to Version, reader spec.Role) {
	now := x.chVersion
	honest := x.clientMax
	if reader == spec.Client {
		now, honest = x.shVersion, x.sentVersion
	}
	if now() == to.Version() {
		x.off = true
		return
	}
	h.Version = to
	if honest() == to.Version() {
		h.Version = SameVersion
	}
}

func (x *exec) changeTicket(h *Hello, to Ticket) {
	switch {
	case h.Ticket == to:
		x.off = true
	case to == TicketStripped:
		x.off = !x.chTicketExtension()
	default:
		x.off = !x.chTicketNonEmpty()
	}
	h.Ticket = to
}

func (x *exec) changeID(h *Hello, to spec.ID, reader spec.Role) {
	if reader == spec.Client {
		x.changeServerID(h, to)
		return
	}
	now := h.ID
	if now == spec.IDOpen {
		x.off = to != spec.IDOther && x.is(dimID, of(to))
		h.ID = to
		return
	}
	x.off = now == to
	h.ID = to
	if to != spec.IDOther && x.is(dimID, of(to)) {
		h.ID = spec.IDOpen
	}
}

// changeServerID changes ServerHello's Session ID. An echo of an empty ID is
// an empty one.
func (x *exec) changeServerID(h *Hello, to spec.ID) {
	canonical := func(id spec.ID) spec.ID {
		if id == spec.IDEcho && x.is(dimID, of(spec.IDEmpty)) {
			return spec.IDEmpty
		}
		return id
	}
	if to == spec.IDEcho && x.is(dimID, of(spec.IDEmpty)) {
		x.off = true // to nothing: the change to IDEmpty says it
		return
	}
	if canonical(x.shID()) == to {
		x.off = true
		return
	}
	h.ID = spec.IDOpen
	if canonical(x.shID()) != to {
		h.ID = to
	}
}

func (x *exec) changeSuite(h *Hello, to Suite) {
	if h.Suite == to || x.st.Server.Suite == to {
		x.off = true
		return
	}
	// With DH_anon suites alone on offer, another anonymous one is SuiteOther.
	if to == SuiteAnonymous && x.is(dimExchange, of(spec.ExchangeAnonymous)) {
		x.off = true
		return
	}
	h.Suite = to
}
