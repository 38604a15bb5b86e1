package table

import (
	"fmt"
	"slices"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// play is one step of an endpoint by its rows: what the guards are read from,
// and what the actions have shown.
type play struct {
	role spec.Role
	sc   spec.Scenario
	in   model.Input
	e    model.Endpoint // what the actions change
	o    spec.Observation

	suite, session bool // server: chosen, found
	broken         string
}

func newPlay(role spec.Role, sc spec.Scenario, e model.Endpoint, in model.Input) *play {
	p := &play{role: role, sc: sc, e: e, in: in, suite: e.State != spec.AwaitClientHello}
	if e.State.ReadProtected() {
		p.o.Read = e.Secret
	}
	return p
}

func (p *play) anonymous() bool { return p.sc.Exchange == spec.ExchangeAnonymous }

func (p *play) echoed() bool {
	return p.e.ID == spec.IDEcho && p.sc.SessionID != spec.IDEmpty
}

// guards says which guards hold, from what they mean.
func (p *play) guards() guards {
	var g guards
	set := func(name string, holds bool) {
		if holds {
			g |= bit(name)
		}
	}
	known := p.suite && p.e.State != spec.Start && p.e.State != spec.AwaitServerHello || p.e.Suite != 0
	set("anonymousSuite", known && p.anonymous())
	set("ephemeralSuite", known && p.sc.Exchange != spec.ExchangeRSA)
	set("ticketPromised", p.e.Promised)
	if p.role == spec.Client {
		set("ticketPending", p.e.Pending)
		set("ticketWithSecret", p.sc.Ticket == spec.TicketPAC && p.sc.ClientCallback != spec.CallbackUnset)
		set("ticketAlone", p.sc.Ticket == spec.TicketSession && p.sc.SessionID == spec.IDEmpty)
		offered := p.sc.Ticket == spec.TicketSession || p.sc.SessionID == spec.IDCached
		set("sessionNamed", offered && p.echoed())
		set("idEchoed", p.echoed())
		return g
	}
	set("secretGiven", p.e.Secret == spec.PAC)
	set("sessionFound", p.e.Secret == spec.Session)
	set("suiteChosen", p.suite)
	set("clientAsked", p.sc.ClientAuth != spec.ClientAuthOff)
	set("certificateCame", p.e.Cert == model.CertGood)
	return g
}

func (p *play) fail(a spec.AlertDescription) {
	p.send(spec.Alert)
	p.o.Sent[len(p.o.Sent)-1].Alert = a
	p.e.State = spec.Failed
}

func (p *play) send(m spec.Message) { p.o.Sent = append(p.o.Sent, spec.Sent{Message: m}) }

// differs says what the model's step has and this one has not, or nothing.
func (p *play) differs(next model.Endpoint, shown spec.Observation) string {
	if p.broken != "" {
		return p.broken
	}
	if shown.Cache == spec.CacheRemove {
		shown.Cache = spec.CacheNone // what failing does, which is no row
	}
	type line struct {
		what        string
		model, rows any
	}
	lines := []line{
		{"state", next.State, p.e.State},
		{"sent", sent(shown.Sent), sent(p.o.Sent)},
		{"callback", shown.Call.Result, p.o.Call.Result},
		{"cache", shown.Cache, p.o.Cache},
		{"delivered", shown.Delivered, p.o.Delivered},
	}
	if next.State != spec.Failed {
		lines = append(lines, line{"secret", next.Secret, p.e.Secret}, line{"resumed", next.Resumed, p.e.Resumed},
			line{"pending", next.Pending, p.e.Pending}, line{"authenticated", next.PeerAuth, p.e.PeerAuth},
			line{"promised", next.Promised, p.e.Promised},
			line{"reads protected", next.State.ReadProtected(), p.reads()})
	}
	for _, l := range lines {
		if l.model != l.rows {
			return fmt.Sprintf("%s\nmodel: %v\nrows:  %v", l.what, l.model, l.rows)
		}
	}
	return ""
}

func (p *play) reads() bool { return p.o.Read != spec.NoSecret }

// sent lists messages, an alert with its description.
func sent(all []spec.Sent) string {
	var words []string
	for _, s := range all {
		word := s.Message.String()
		if s.Message == spec.Alert {
			word += " " + s.Alert.String()
		}
		words = append(words, word)
	}
	return fmt.Sprint(slices.Clip(words))
}
