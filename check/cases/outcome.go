package cases

import (
	"fmt"
	"slices"
	"strings"
)

// Outcome is what a system may answer to a step.
type Outcome struct {
	Answers []Answer `json:"answers,omitempty"`
	Closed  bool     `json:"closed,omitempty"`
}

// Answer is one message of the system. A member that is left out is not looked
// at; a list has all that are allowed, but for Has and Lacks.
type Answer struct {
	Message string `json:"message"`

	Level  string   `json:"level,omitempty"` // Alert; "": fatal
	Alerts []string `json:"alerts,omitempty"`

	Empty *bool `json:"empty,omitempty"` // Certificate

	// Of hellos.
	Versions      []string `json:"versions,omitempty"`
	SessionIDs    []string `json:"sessionIDs,omitempty"` // classes: "empty", "fresh", "echo", "cached"
	Tickets       []string `json:"tickets,omitempty"`    // of ClientHello: "none", "empty", "pac", "session", "other"
	Suites        []string `json:"suites,omitempty"`     // of ServerHello: the one chosen
	Has           []string `json:"has,omitempty"`        // extensions
	Lacks         []string `json:"lacks,omitempty"`      // extensions
	Offers        []string `json:"offers,omitempty"`     // of ClientHello: suites, all of them
	Spares        []string `json:"spares,omitempty"`     // of ClientHello: suites that are not offered
	Renegotiation []string `json:"renegotiation,omitempty"`
	Downgrade     *bool    `json:"downgrade,omitempty"` // of ServerHello: the mark in its random

	Schemes []string `json:"schemes,omitempty"` // of ServerKeyExchange
}

// Seen is one message of the system as a player has read it.
type Seen struct {
	Message       string
	Level, Alert  string
	Empty         bool
	Version       string
	SessionID     string
	Ticket        string
	Suite         string
	Extensions    []string
	Suites        []string
	Renegotiation string
	Downgrade     bool
	Scheme        string
}

// matches reports whether an answer allows what was seen.
func (a Answer) matches(s Seen) bool {
	if a.Message != s.Message {
		return false
	}
	if a.Message == "Alert" && (s.Level == "fatal") != (a.Level == "" || a.Level == "fatal") {
		return false
	}
	among := func(allowed []string, is string) bool { return len(allowed) == 0 || slices.Contains(allowed, is) }
	all := func(of, want []string) bool {
		return !slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(of, w) })
	}
	none := func(of, not []string) bool {
		return !slices.ContainsFunc(not, func(w string) bool { return slices.Contains(of, w) })
	}
	flag := func(want *bool, is bool) bool { return want == nil || *want == is }
	return among(a.Alerts, s.Alert) && flag(a.Empty, s.Empty) && among(a.Versions, s.Version) && among(a.SessionIDs, s.SessionID) &&
		among(a.Tickets, s.Ticket) && among(a.Suites, s.Suite) && all(s.Extensions, a.Has) && none(s.Extensions, a.Lacks) &&
		all(s.Suites, a.Offers) && none(s.Suites, a.Spares) && among(a.Renegotiation, s.Renegotiation) && flag(a.Downgrade, s.Downgrade) &&
		among(a.Schemes, s.Scheme)
}

// Standing is where a player is in a step.
type Standing uint8

// The standings: more has to come; an allowed outcome has come whole; what has
// come begins none.
const (
	Waiting Standing = iota
	Met
	Deviates
)

// Judge says where a step stands after what was seen.
func (s Step) Judge(seen []Seen, closed bool) Standing {
	standing := Deviates
	for _, o := range s.Allow {
		switch o.judge(seen, closed) {
		case Met:
			return Met
		case Waiting:
			standing = Waiting
		}
	}
	return standing
}

func (o Outcome) judge(seen []Seen, closed bool) Standing {
	if len(seen) > len(o.Answers) {
		return Deviates
	}
	for i, s := range seen {
		if !o.Answers[i].matches(s) {
			return Deviates
		}
	}
	whole := len(seen) == len(o.Answers)
	switch {
	case whole && closed == o.Closed, whole && o.Closed && o.fatal():
		return Met
	case closed:
		return Deviates
	}
	return Waiting
}

// AwaitsEnd reports whether the step may be answered by the end of the stream
// alone, which a player has to wait for.
func (s Step) AwaitsEnd() bool {
	return slices.ContainsFunc(s.Allow, func(o Outcome) bool { return o.Closed && !o.fatal() })
}

// fatal reports whether the outcome ends with a fatal alert.
func (o Outcome) fatal() bool {
	if len(o.Answers) == 0 {
		return false
	}
	last := o.Answers[len(o.Answers)-1]
	return last.Message == "Alert" && (last.Level == "" || last.Level == "fatal")
}

// AlertAlone reports whether what was seen differs from an allowed outcome in
// nothing but its fatal alert: it is another one, or the connection was closed
// without.
func (s Step) AlertAlone(seen []Seen, closed bool) bool {
	for _, o := range s.Allow {
		if !o.fatal() {
			continue
		}
		before := Outcome{Answers: o.Answers[:len(o.Answers)-1]}
		rest := seen
		if n := len(seen); n > 0 && seen[n-1].Message == "Alert" && seen[n-1].Level == "fatal" {
			rest = seen[:n-1]
		} else if !closed {
			continue
		}
		if before.judge(rest, false) == Met {
			return true
		}
	}
	return false
}

// String tells an outcome in words.
func (o Outcome) String() string {
	var words []string
	for _, a := range o.Answers {
		words = append(words, a.String())
	}
	if o.Closed && !o.fatal() {
		words = append(words, "closed")
	}
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, " ")
}

// String tells an answer in words.
func (a Answer) String() string {
	var words []string
	add := func(name string, list []string) {
		if len(list) > 0 {
			words = append(words, name+strings.Join(list, "|"))
		}
	}
	if a.Level != "" {
		words = append(words, a.Level)
	}
	add("", a.Alerts)
	if a.Empty != nil && *a.Empty {
		words = append(words, "empty")
	}
	add("version=", a.Versions)
	add("sid=", a.SessionIDs)
	add("ticket=", a.Tickets)
	add("suite=", a.Suites)
	for _, x := range a.Has {
		words = append(words, "+"+x)
	}
	for _, x := range a.Lacks {
		words = append(words, "-"+x)
	}
	add("offers=", a.Offers)
	add("spares=", a.Spares)
	add("renegotiation=", a.Renegotiation)
	if a.Downgrade != nil {
		words = append(words, fmt.Sprintf("downgrade=%v", *a.Downgrade))
	}
	add("scheme=", a.Schemes)
	return inWords(a.Message, words)
}

// String tells what was seen in words, in as many as an answer may ask for.
func (s Seen) String() string {
	var words []string
	add := func(name, value string) {
		if value != "" {
			words = append(words, name+value)
		}
	}
	if s.Level == "warning" {
		words = append(words, s.Level)
	}
	add("", s.Alert)
	if s.Empty {
		words = append(words, "empty")
	}
	add("version=", s.Version)
	add("sid=", s.SessionID)
	add("ticket=", s.Ticket)
	add("suite=", s.Suite)
	for _, x := range s.Extensions {
		words = append(words, "+"+x)
	}
	add("scheme=", s.Scheme)
	return inWords(s.Message, words)
}

// inWords is a message with what is said of it.
func inWords(message string, words []string) string {
	if len(words) == 0 {
		return message
	}
	return message + "(" + strings.Join(words, " ") + ")"
}

// Tell tells a whole step's answers in words.
func Tell(seen []Seen, closed bool) string {
	var words []string
	for _, s := range seen {
		words = append(words, s.String())
	}
	if closed {
		words = append(words, "closed")
	}
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, " ")
}
