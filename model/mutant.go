package model

import "fmt"

// mutant is a planted fault.
type mutant uint8

const (
	noMutant mutant = iota
	mutWarningPingPong
	mutEchoEvicts
)

// Mutant is a fault that can be planted into the model with Options.Mutant: a
// bug that a library has had, or one that keeps a property honest.
type Mutant struct {
	Name   string
	Text   string // what is wrong, in one sentence
	Source string // where it was seen; empty where it was made up
}

var mutants = [...]Mutant{
	mutWarningPingPong: {"warning-ping-pong", "A warning alert is answered with the same warning.", ""},
	mutEchoEvicts:      {"echo-evicts", "A failed PAC handshake removes the session under the echoed ID.", "OpenSSL, ssl_update_cache, read"},
}

// Mutants returns every mutant.
func Mutants() []Mutant {
	return append([]Mutant(nil), mutants[1:]...)
}

func mutantByName(name string) (mutant, error) {
	if name == "" {
		return noMutant, nil
	}
	known := make([]string, 0, len(mutants))
	for i, m := range mutants {
		if m.Name == name {
			return mutant(i), nil
		}
		if m.Name != "" {
			known = append(known, m.Name)
		}
	}
	return noMutant, fmt.Errorf("model: no mutant is named %q; known are %q", name, known)
}
