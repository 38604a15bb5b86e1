package cases

import (
	"fmt"
	"slices"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// script writes a case's steps while it walks the model's machine of the system.
type script struct {
	machine  *model.Machine
	scenario spec.Scenario
	setup    Setup
	at       model.Endpoint
	unsaid   []Message // what has been sent and not answered
	steps    []Step
	cached   bool // a session has been offered
	ticketed bool // and a ticket of one
}

// newScript returns the script of a system in a scenario, after its first words.
func newScript(r spec.Role, sc spec.Scenario, setup Setup) *script {
	m, err := model.NewMachine(r, sc, model.Options{})
	if err != nil {
		panic("cases: " + err.Error())
	}
	s := &script{machine: m, scenario: sc.WithDefaults(), setup: setup}
	var shown spec.Observation
	if s.at, shown = m.Initial(); len(shown.Sent) > 0 {
		s.answer(shown, Message{})
	}
	return s
}

func (s *script) role() spec.Role { return s.machine.Role() }

// say sends an input, and returns what the model's system shows.
func (s *script) say(in model.Input) spec.Observation {
	m := s.message(in)
	s.unsaid = append(s.unsaid, m)
	before := s.at
	var shown spec.Observation
	s.at, shown = s.machine.Step(s.at, in)
	established := before.State != spec.Established && s.at.State == spec.Established
	// A client's application speaks as soon as it may.
	if established && s.role() == spec.Client {
		shown.Sent = append(slices.Clone(shown.Sent), spec.Sent{Message: spec.ApplicationData})
	}
	if len(shown.Sent) > 0 || shown.State == spec.Failed {
		s.answer(shown, m)
	}
	return shown
}

// answer ends a step.
func (s *script) answer(shown spec.Observation, last Message) {
	want := Outcome{Closed: shown.State == spec.Failed}
	for _, sent := range shown.Sent {
		want.Answers = append(want.Answers, s.answerOf(sent))
	}
	s.steps = append(s.steps, Step{Send: s.unsaid, Allow: s.allowed(want, last)})
	s.unsaid = nil
}

// echo lets data pass to the system and back: it proves that the handshake is
// over and that both have the same keys.
func (s *script) echo() {
	if s.at.State != spec.Established {
		return
	}
	back := Answer{Message: "ApplicationData"}
	if s.role() == spec.Client {
		back = Answer{Message: "Alert", Level: "warning", Alerts: []string{"close_notify"}}
	}
	s.unsaid = append(s.unsaid, Message{Message: "ApplicationData"})
	s.steps = append(s.steps, Step{Send: s.unsaid, Allow: []Outcome{{Answers: []Answer{back}}}, Echo: true})
	s.unsaid = nil
}

var hellos = []spec.Message{spec.ClientHello, spec.ServerHello}

// message says in the words of a case what an input is.
func (s *script) message(in model.Input) Message {
	m := Message{Message: in.Message.Type.String(), Wrong: in.Wrong, Empty: in.Message.Empty}
	if in.Message.Type == spec.Alert {
		m.Level, m.Alert = in.Message.Level.String(), in.Message.Alert.String()
	}
	if !slices.Contains(hellos, in.Message.Type) {
		return m
	}
	h := &Hello{}
	in0 := in.Message.Hello
	switch in0.ID {
	case spec.IDFresh, spec.IDCached, spec.IDEcho, spec.IDOther:
		h.SessionID = in0.ID.String()
	}
	s.cached = s.cached || in0.ID == spec.IDCached
	if in.Message.Type == spec.ClientHello {
		s.offer(h, in0)
	} else {
		if in0.TicketExt == spec.On {
			h.Ticket = "empty"
		}
		if in0.Suite == model.SuiteWrongVersion {
			h.Suite = "0x1301" // of TLS 1.3
		}
		if in0.Unrequested {
			h.ALPN = "unrequested"
		}
		if s.scenario.ServerEMS == spec.Off {
			h.EMS = "off"
		}
		if s.scenario.ServerEtM == spec.Off {
			h.EtM = "off"
		}
	}
	m.Hello = h
	return m
}

func (s *script) offer(h *Hello, in model.Hello) {
	switch in.Ticket {
	case model.TicketEmptied:
		h.Ticket = "empty"
	case model.TicketGood:
		h.Ticket = "pac"
	case model.TicketGarbage:
		h.Ticket = "foreign"
	case model.TicketOfSession:
		h.Ticket, s.ticketed = "session", true
	}
	if s.scenario.ClientVersion != spec.OfferTLS12 {
		h.Version = versionName(s.scenario.ClientVersion.Version())
	}
	h.Suites = s.setup.Suites
	if s.scenario.ClientEMS == spec.Off {
		h.EMS = "off"
	}
	if s.scenario.ClientEtM == spec.On {
		h.EtM = "on"
	}
}

// looked are the extensions of ServerHello that a handshake's course depends on.
// For renegotiation_info there are rules: a server without it is to be asked the
// rest, too.
var looked = []spec.Extension{spec.EncryptThenMAC, spec.ExtendedMasterSecret, spec.SessionTicket}

func (s *script) answerOf(sent spec.Sent) Answer {
	a := Answer{Message: sent.Message.String()}
	switch sent.Message {
	case spec.Alert:
		a.Alerts = []string{sent.Alert.String()}
		if sent.Level == spec.LevelWarning {
			a.Level = "warning"
		}
	case spec.Certificate:
		if s.role() == spec.Client {
			a.Empty = new(bool)
			*a.Empty = s.scenario.ClientCert != spec.On
		}
	case spec.ClientHello:
		a.SessionIDs = []string{sent.ID.String()}
		a.Tickets = []string{map[spec.Ticket]string{spec.TicketAbsent: "none"}[sent.Ticket]}
		if sent.Ticket != spec.TicketAbsent {
			a.Tickets[0] = sent.Ticket.String()
		}
	case spec.ServerHello:
		a.Versions, a.SessionIDs = []string{versionName(sent.Version)}, []string{sent.ID.String()}
		a.Suites = s.setup.Suites
		for _, x := range looked {
			if slices.Contains(sent.Extensions, x) {
				a.Has = append(a.Has, x.String())
			} else {
				a.Lacks = append(a.Lacks, x.String())
			}
		}
	}
	return a
}

// done returns the case.
func (s *script) done(id, name string, grade Grade, requirements ...string) Case {
	if len(s.unsaid) > 0 {
		panic("cases: nothing shows what became of the last words of " + id)
	}
	setup := s.setup
	switch {
	case setup.Session != "":
	case s.ticketed && s.cached:
		setup.Session = "both"
	case s.ticketed:
		setup.Session = "ticket"
	case s.cached:
		setup.Session = "id"
	}
	return Case{
		ID: id, Name: name, System: roleName(s.role()), Requirements: requirements, Grade: grade, Setup: setup,
		Steps: s.steps, Clear: clear(s.steps) && setup.Session == "",
	}
}

// clear reports whether steps end before the first protected record.
func clear(steps []Step) bool {
	changed := false
	for _, st := range steps {
		for _, m := range st.Send {
			if changed || m.Message == "CertificateVerify" || m.Sealed != nil || m.Premaster != "" || m.Public != "" {
				return false
			}
			changed = m.Message == "ChangeCipherSpec"
		}
		for _, a := range st.Allow[0].Answers {
			if a.Message == "ChangeCipherSpec" || changed && a.Message != "Alert" {
				return false
			}
		}
	}
	return true
}

func roleName(r spec.Role) string {
	if r == spec.Client {
		return "client"
	}
	return "server"
}

// versionName is for instance "1.2".
func versionName(v spec.Version) string {
	switch v {
	case spec.SSL30:
		return "3.0"
	case spec.TLS10:
		return "1.0"
	case spec.TLS11:
		return "1.1"
	case spec.TLS12:
		return "1.2"
	}
	return fmt.Sprintf("0x%04x", uint16(v))
}
