package tla

import (
	"fmt"
	"slices"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/spec"
)

// Step is what an endpoint showed in one step: a [spec.Observation], each thing
// under the name that it has there and in the words of package spec. What is
// empty or null was not logged. Of an attacker's step there is the event, and
// Variables.
type Step struct {
	Event     string     `json:"event"`
	State     string     `json:"state,omitempty"`
	Failure   string     `json:"failure,omitempty"`
	Sent      []Sent     `json:"sent"`
	Received  string     `json:"received,omitempty"` // the alert that was read; "none"
	Call      string     `json:"call,omitempty"`     // the callback's answer; "none": it was not called
	Named     string     `json:"named,omitempty"`    // the suite that it named
	Read      string     `json:"read,omitempty"`
	Write     string     `json:"write,omitempty"`
	Secret    string     `json:"secret,omitempty"`
	Resumed   string     `json:"resumed,omitempty"`
	Pending   Flag       `json:"pending,omitempty"`
	Version   string     `json:"version,omitempty"` // "1.0" and so on; "none" before the peer's hello
	Suite     string     `json:"suite,omitempty"`   // its IANA name without TLS_; "none"
	ID        string     `json:"id,omitempty"`
	Promised  Flag       `json:"promised,omitempty"`
	EMS       Flag       `json:"ems,omitempty"`
	EtM       Flag       `json:"etm,omitempty"`
	PeerAuth  Flag       `json:"peerAuth,omitempty"`
	Cache     string     `json:"cache,omitempty"`
	Delivered Flag       `json:"delivered,omitempty"`
	Variables *Variables `json:"variables,omitempty"` // of a trace of both ends: all else
}

// Sent is one message. Version, ID, Ticket and Extensions are a hello's; of the
// extensions those are listed that the handshake's course depends on.
type Sent struct {
	Message    string   `json:"message"`
	Alert      string   `json:"alert,omitempty"`
	Level      string   `json:"level,omitempty"`
	Keyed      string   `json:"keyed,omitempty"` // the secret that seals it; "none": it is in the clear
	Version    string   `json:"version,omitempty"`
	ID         string   `json:"id,omitempty"`
	Ticket     string   `json:"ticket,omitempty"`
	Extensions []string `json:"extensions,omitempty"`
}

// Flag is "true", "false", or empty where nothing was logged.
type Flag string

// FlagOf returns b as a Flag.
func FlagOf(b bool) Flag { return Flag(fmt.Sprint(b)) }

// MarshalJSON writes a boolean.
func (f Flag) MarshalJSON() ([]byte, error) { return []byte(f), nil }

// UnmarshalJSON reads a boolean or null.
func (f *Flag) UnmarshalJSON(text []byte) error {
	switch s := string(text); s {
	case "true", "false":
		*f = Flag(s)
	case "null":
		*f = ""
	default:
		return fmt.Errorf("%s is not true or false", s)
	}
	return nil
}

const none = "none"

// StepOf turns what a Tracer gets into a step.
func StepOf(o *spec.Observation) Step {
	s := Step{
		Event: o.Event.String(), State: o.State.String(), Failure: o.Failure.String(), Sent: []Sent{}, Received: none,
		Call: none, Named: none, Read: o.Read.String(), Write: o.Write.String(), Secret: o.Secret.String(),
		Resumed: o.Resumed.String(), Pending: FlagOf(o.Pending), Version: none, Suite: none, ID: none,
		Promised: FlagOf(o.Promised), EMS: FlagOf(o.EMS), EtM: FlagOf(o.EtM), PeerAuth: FlagOf(o.PeerAuth),
		Cache: o.Cache.String(), Delivered: FlagOf(o.Delivered > 0),
	}
	if o.Received.Level != spec.LevelNone {
		s.Received = o.Received.Description.String()
	}
	if o.Call.Made {
		s.Call = o.Call.Result.String()
		if o.Call.Result == spec.CallbackAccept {
			s.Named = ""
			if o.Call.Named != spec.NamedOpen {
				s.Named = o.Call.Named.String()
			}
		}
	}
	if o.Suite != 0 {
		s.Version, s.Suite, s.ID = versionName(o.Version), o.Suite.String(), o.ID.String()
	}
	for i := range o.Sent {
		s.Sent = append(s.Sent, sentOf(&o.Sent[i]))
	}
	return s
}

func sentOf(m *spec.Sent) Sent {
	s := Sent{Message: m.Message.String(), Keyed: m.Keyed.String()}
	switch m.Message {
	case spec.Alert:
		s.Alert, s.Level = m.Alert.String(), m.Level.String()
	case spec.ClientHello, spec.ServerHello:
		s.Version, s.ID = versionName(m.Version), m.ID.String()
		if m.Message == spec.ClientHello {
			s.Ticket = m.Ticket.String()
		}
		for _, x := range []spec.Extension{spec.EncryptThenMAC, spec.ExtendedMasterSecret, spec.SessionTicket} {
			if slices.Contains(m.Extensions, x) {
				s.Extensions = append(s.Extensions, x.String())
			}
		}
	}
	return s
}

// versionName names a version as scenarios do.
func versionName(v spec.Version) string {
	if v >= spec.TLS10 && v <= spec.TLS12 {
		return spec.Offer(v - spec.SSL30).String()
	}
	return v.String()
}

// Variables are those of tla/Sesame.tla that no endpoint shows, after a step.
type Variables struct {
	Client   *Aside   `json:"client"`
	Server   *Aside   `json:"server"`
	ToClient []Sent   `json:"toClient"`
	ToServer []Sent   `json:"toServer"`
	Budget   *int     `json:"budget"`
	Lost     Flag     `json:"lost,omitempty"`
	Inserted []string `json:"inserted"`
}

// Aside is what of an endpoint it does not show itself.
type Aside struct {
	Cert    string            `json:"cert"`
	Foreign bool              `json:"foreign"`
	Sent    bool              `json:"sent"`
	Got     bool              `json:"got"`
	Cached  bool              `json:"cached"`
	Added   bool              `json:"added"`
	Hello   map[string]string `json:"hello,omitempty"` // what the attacker has changed
}

// variablesOf words what the harness has seen, with the moves that the attacker
// has left.
func variablesOf(v harness.Variables, budget int) *Variables {
	w := &Variables{
		Client: asideOf(v.Client), Server: asideOf(v.Server), ToClient: streamOf(v.ToClient), ToServer: streamOf(v.ToServer),
		Budget: &budget, Lost: FlagOf(v.Lost), Inserted: []string{},
	}
	for _, r := range []spec.Role{spec.Client, spec.Server} {
		if v.Inserted[r] {
			w.Inserted = append(w.Inserted, r.String())
		}
	}
	return w
}

func asideOf(a harness.Aside) *Aside {
	w := &Aside{Cert: a.Cert.String(), Foreign: a.Foreign, Sent: a.Sent, Got: a.Got, Cached: a.Cached, Added: a.Added}
	for field, value := range map[string]string{
		"version": a.Hello.Version, "ticket": a.Hello.Ticket, "id": a.Hello.ID, "suites": a.Hello.Suites, "suite": a.Hello.Suite,
		"ticketExt": a.Hello.TicketExt, "ems": a.Hello.EMS, "etm": a.Hello.EtM, "renegotiation": a.Hello.Renegotiation,
		"random": a.Hello.Random,
	} {
		if value != "" && w.Hello == nil {
			w.Hello = map[string]string{}
		}
		if value != "" {
			w.Hello[field] = value
		}
	}
	return w
}

// streamOf words a stream. A sealed record that is not the peer's is "*".
func streamOf(q []harness.Passing) []Sent {
	all := []Sent{}
	for _, m := range q {
		s := Sent{Message: m.Message.String(), Keyed: none}
		if m.Message == spec.Alert {
			s.Alert = m.Alert.String()
		}
		if m.Foreign {
			s.Message, s.Alert = "*", ""
		}
		if m.Sealed {
			s.Keyed = ""
		}
		all = append(all, s)
	}
	return all
}
