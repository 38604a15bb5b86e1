package model

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/sesame-tls/sesame/spec"
)

// Entry is what an exploration of one system has to find: the committed numbers.
type Entry struct {
	Profile     string   `json:"profile"`
	Budget      int      `json:"budget"`
	Open        string   `json:"open,omitempty"` // a role: its machine alone
	States      int      `json:"states"`
	Transitions int      `json:"transitions"`
	Depth       int      `json:"depth"`
	Violated    []string `json:"violated,omitempty"` // properties that the profile violates
	Long        bool     `json:"long,omitempty"`     // takes minutes, or more than 1 GiB
}

//go:embed manifest.json
var manifest []byte

// Manifest returns the committed numbers.
func Manifest() ([]Entry, error) {
	var all []Entry
	if err := json.Unmarshal(manifest, &all); err != nil {
		return nil, fmt.Errorf("model: manifest.json: %w", err)
	}
	return all, nil
}

// expected returns how many states a system is known to have, or 0.
func expected(o Options) int {
	all, err := Manifest()
	if err != nil || o.Mutant != "" || o.UpFront || o.Fix != (spec.Scenario{}) {
		return 0
	}
	name := o.Profile.Name
	if name == "" {
		name = "rfc"
	}
	e, _ := Find(all, name, o.Budget, "")
	return e.States
}

// Find returns the entry of a system, and false where there is none.
func Find(all []Entry, profile string, budget int, open string) (Entry, bool) {
	for _, e := range all {
		if e.Profile == profile && e.Budget == budget && e.Open == open {
			return e, true
		}
	}
	return Entry{}, false
}
