// Package requirements is what EAP-FAST, its modified TLS handshake and the
// TLS underneath require, as data: who has to do what, which RFC says so, and
// how it can be checked.
//
// Use [All] to list the requirements and [ByID] to look one up; code and tests
// cite them by id ("FAST-TLS-07"). [Decisions] are the readings chosen where
// the texts are ambiguous (AMB) or where deployed practice departs from them
// (DEP).
package requirements

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Requirement is one statement about peers, servers or both.
type Requirement struct {
	ID      string   // "FAST-TLS-07"
	Sources []string // "RFC 5077, Section 3.4"; the first is the main one
	Levels  []Level  // the strength of the words in the sources
	Actor   Actor
	Mode    string // the provisioning mode that it is limited to; empty: any
	Text    string // in this project's words
	Checks  []Check
	Reason  string // why it is out of scope; empty otherwise

	CheckedBy []Citation `json:"-"` // what runs and cites it; checks.json
}

// Citation is one thing that checks a requirement and says so.
type Citation struct {
	Kind     string   `json:"kind"` // "property" of the model, "test", or "case" of a rung
	Name     string   `json:"name"`
	File     string   `json:"file,omitempty"`     // a test's, from the module's root
	MustFail []string `json:"mustFail,omitempty"` // faults under which it fails; none: it does not count
}

// String is for instance "property session-id-echoed (must fail: no-echo)".
func (c Citation) String() string {
	s := c.Kind + " " + c.Name
	if c.File != "" {
		s += " in " + c.File
	}
	if len(c.MustFail) == 0 {
		return s + " (nothing must fail)"
	}
	return s + " (must fail: " + strings.Join(c.MustFail, ", ") + ")"
}

// Counts reports whether the citation shows that it can fail.
func (c Citation) Counts() bool { return len(c.MustFail) > 0 }

// Level is how strongly a source puts it. Upper case is the RFC's key word.
type Level string

// The levels. Lower case "must" and "should" stand in a source without a key
// word, and the protocol needs them; Definition is a format or a computation,
// which nobody can get wrong and interoperate; Goal is a security property;
// ExpectedViolation is an attack that has to be found; Practice has no source.
const (
	Must              Level = "MUST"
	MustNot           Level = "MUST NOT"
	Should            Level = "SHOULD"
	ShouldNot         Level = "SHOULD NOT"
	ShallNot          Level = "SHALL NOT"
	Recommended       Level = "RECOMMENDED"
	May               Level = "MAY"
	NeededMust        Level = "must"
	NeededShould      Level = "should"
	Definition        Level = "def"
	Goal              Level = "goal"
	ExpectedViolation Level = "expected violation"
	Practice          Level = "practice"
)

// Actor is who has to meet a requirement: the peer is the TLS client.
type Actor string

// The actors.
const (
	Peer   Actor = "peer"
	Server Actor = "server"
	Both   Actor = "both"
)

// Kind is a way of checking.
type Kind string

// The kinds: a property of the model, a scripted test on the wire, a known
// answer, a run with other implementations, a review.
const (
	Invariant      Kind = "INV"
	Wire           Kind = "WIRE"
	KnownAnswer    Kind = "KAT"
	Interoperation Kind = "IOP"
	Review         Kind = "REV"
)

// Check is one way in which a requirement can be checked.
type Check struct {
	Kind Kind
	Note string // what in particular; empty where the kind says it all
}

// Status is how far the checking of a requirement has come.
type Status string

// The statuses. Open has no check yet; Checked is cited by something that
// fails where it is violated; Reviewed can only be read, not run; OutOfScope has
// a Reason.
const (
	Open       Status = "open"
	Checked    Status = "checked"
	Reviewed   Status = "review"
	OutOfScope Status = "out of scope"
)

// Area is a part of the protocol; each requirement belongs to one.
type Area string

// The areas, in the order of the protocol.
const (
	Handshake Area = "The modified TLS handshake"
	PAC       Area = "PAC structure and provisioning"
	Method    Area = "EAP-FAST packets, TLVs, inner methods, keys and termination"
	TLS       Area = "TLS 1.0 to 1.2"
	Security  Area = "Security properties"
)

// Areas returns every area in order.
func Areas() []Area { return []Area{Handshake, PAC, Method, TLS, Security} }

var areas = map[string]Area{
	"FAST-TLS": Handshake, "FAST-PAC": PAC, "FAST-PKT": Method, "FAST-TLV": Method, "FAST-INN": Method,
	"FAST-CB": Method, "FAST-KEY": Method, "FAST-END": Method, "TLS-BASE": TLS, "TLS-ALERT": TLS, "FAST-SEC": Security,
}

// Area returns the area that the requirement's id names.
func (r Requirement) Area() Area { return areas[r.ID[:strings.LastIndexByte(r.ID, '-')]] }

// Checkable reports whether something that runs can check the requirement.
func (r Requirement) Checkable() bool {
	return r.Reason == "" && slices.ContainsFunc(r.Checks, func(c Check) bool { return c.Kind != Review })
}

// Status follows from what checks the requirement.
func (r Requirement) Status() Status {
	switch {
	case r.Reason != "":
		return OutOfScope
	case !r.Checkable():
		return Reviewed
	case slices.ContainsFunc(r.CheckedBy, Citation.Counts):
		return Checked
	}
	return Open
}

// Decision is a reading that this project chose.
type Decision struct {
	ID       string // "AMB-05", "DEP-03"
	Where    string // the text that is ambiguous, or who does it
	Text     string // what is unclear, or what is done
	Decision string // what this project does
}

// All returns every requirement, by area and number. The slice is the
// caller's; what it points to is shared and stays as it is.
func All() []Requirement { return slices.Clone(load().requirements) }

// ByID returns one requirement, and false if there is none of that id.
func ByID(id string) (Requirement, bool) {
	for _, r := range load().requirements {
		if r.ID == id {
			return r, true
		}
	}
	return Requirement{}, false
}

// Decisions returns every decision, ambiguities first.
func Decisions() []Decision { return slices.Clone(load().decisions) }

//go:embed requirements.json
var requirementsJSON []byte

//go:embed decisions.json
var decisionsJSON []byte

// checksJSON is written by docs/gen from the citations in model and tests; a
// test fails where it is stale.
//
//go:embed checks.json
var checksJSON []byte

type data struct {
	requirements []Requirement
	decisions    []Decision
}

// load parses the embedded files once. They are part of the program, so a
// malformed one is a defect of the program: it panics.
var load = sync.OnceValue(func() data {
	var d data
	if err := parse(requirementsJSON, &d.requirements); err != nil {
		panic(fmt.Sprintf("requirements: requirements.json: %v", err))
	}
	if err := parse(decisionsJSON, &d.decisions); err != nil {
		panic(fmt.Sprintf("requirements: decisions.json: %v", err))
	}
	var checks map[string][]Citation
	if err := parse(checksJSON, &checks); err != nil {
		panic(fmt.Sprintf("requirements: checks.json: %v", err))
	}
	for i := range d.requirements {
		d.requirements[i].CheckedBy = checks[d.requirements[i].ID]
	}
	return d
})

func parse(text []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}
