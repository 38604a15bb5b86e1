package findings

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/cc"
	"github.com/sesame-tls/sesame/spec"
)

// Finding is one root cause.
type Finding struct {
	ID           string       `json:"id"`
	Title        string       `json:"title"`
	Library      string       `json:"library"` // "openssl" or "wolfssl"
	Role         string       `json:"role"`    // "client", "server" or "both"
	Grade        string       `json:"grade"`   // one of Grades
	Requirements []string     `json:"requirements"`
	Quirks       []spec.Quirk `json:"quirks,omitempty"` // what profiles know it by
	References   []string     `json:"references"`       // "owner/repository#number" or @commit, "CVE-…" or a manual page; none: not public
	Seen         string       `json:"seen"`
	Due          string       `json:"due"`
	Crash        bool         `json:"crash,omitempty"`    // an affected release ends by a signal
	ASan         bool         `json:"asan,omitempty"`     // AddressSanitizer flags it in an affected release
	Callback     bool         `json:"callback,omitempty"` // the program in Python asks a server whose callback takes any ticket
	Affected     []string     `json:"affected"`           // versions, or branches such as "3.0"; the others are not
	Model        Model        `json:"model"`

	from fs.FS // has the reproducers
}

// Model says which run of the model shows a finding: that of a mutant or of a
// quirk alone, to the first violation of a property.
type Model struct {
	Mutant   string     `json:"mutant,omitempty"`
	Quirk    spec.Quirk `json:"quirk,omitempty"`
	Property string     `json:"property,omitempty"`
	Budget   int        `json:"budget,omitempty"`
	Scenario string     `json:"scenario,omitempty"` // what of it is fixed, so that the run is a plain one
	Reason   string     `json:"reason,omitempty"`   // why there is none
}

// Grades are how much a finding weighs: what an RFC or the library's own manual
// demands, or neither.
var Grades = []string{"MUST", "alert only", "API", "the RFC does not require the check"}

//go:embed findings.json reproducers
var tracked embed.FS

// All returns the findings that are public, in the order in which they are told.
func All() ([]Finding, error) {
	list, err := read(tracked, "findings.json")
	if err != nil {
		return nil, err
	}
	return list, public(list)
}

// public returns an error that names a finding without a reference.
func public(list []Finding) error {
	for _, f := range list {
		if len(f.References) == 0 {
			return fmt.Errorf("findings: %s has no public reference; it belongs into the folder untriaged", f.ID)
		}
	}
	return nil
}

func read(from fs.FS, name string) ([]Finding, error) {
	text, err := fs.ReadFile(from, name)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var list []Finding
	if err := dec.Decode(&list); err != nil {
		return nil, fmt.Errorf("findings: %s: %w", name, err)
	}
	for i := range list {
		list[i].from = from
	}
	return list, nil
}

// ByID returns the finding with an id, or an error that lists the ids.
func ByID(list []Finding, id string) (Finding, error) {
	i := slices.IndexFunc(list, func(f Finding) bool { return f.ID == id })
	if i < 0 {
		var ids []string
		for _, f := range list {
			ids = append(ids, f.ID)
		}
		return Finding{}, fmt.Errorf("findings: no finding is named %q; known are %s", id, strings.Join(ids, ", "))
	}
	return list[i], nil
}

// About reports whether the finding is about a library's kind.
func (f Finding) About(lib cc.Library) bool { return f.Library == lib.Kind }

// Affects reports whether the table says that a version is affected.
func (f Finding) Affects(version string) bool {
	return slices.ContainsFunc(f.Affected, func(a string) bool {
		return version == a || strings.Count(a, ".") == 1 && strings.HasPrefix(version, a+".")
	})
}

var inRepository = regexp.MustCompile(`^([\w-]+/[\w.-]+)([#@])(\w+)$`)

// Link returns where a reference leads; empty for one that is neither an issue
// nor a commit.
func Link(reference string) string {
	m := inRepository.FindStringSubmatch(reference)
	if m == nil {
		return ""
	}
	return "https://github.com/" + m[1] + map[string]string{"#": "/issues/", "@": "/commit/"}[m[2]] + m[3]
}
