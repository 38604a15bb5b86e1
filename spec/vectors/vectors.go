// Package vectors holds the known answers that Sesame's computations are held
// against: those that RFCs print, and some that were derived from them where
// the RFCs print none.
//
// Use [For] to get all vectors of one algorithm and read their fields by name:
//
//	for _, v := range vectors.For("T-PRF") {
//		got := tprf(v.Octets("secret"), v.Text("label"), v.Octets("seed"))
//		…compare with v.Octets("output")
//	}
//
// The JSON files beside this package are the data; each vector names its
// source and says so when it was computed rather than printed.
package vectors

import (
	"bytes"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"
)

//go:embed *.json
var files embed.FS

// Vector is one known answer: named inputs and outputs of one computation.
type Vector struct {
	Name      string // unique, for instance "t-prf-master-secret"
	Algorithm string // what is computed, for instance "T-PRF"; vectors of one algorithm have the same fields
	Source    string // where it is printed, or what it was computed from
	Derived   bool   // computed by this project: a cross-check, not an authority
	Note      string // what a reader should know, misprints included

	octets  map[string][]byte
	text    map[string]string
	numbers map[string]int
}

// All returns every vector, file by file in the order in which they stand.
// The result is the caller's.
func All() []Vector { return append([]Vector(nil), load()...) }

// For returns the vectors of one algorithm. It panics if there is none, since
// a test that compares with nothing would pass.
func For(algorithm string) []Vector {
	var found []Vector
	for _, v := range load() {
		if v.Algorithm == algorithm {
			found = append(found, v)
		}
	}
	if len(found) == 0 {
		panic(fmt.Sprintf("vectors: no vector of %q", algorithm))
	}
	return found
}

// ByName returns one vector. It panics if there is none of that name.
func ByName(name string) Vector {
	for _, v := range load() {
		if v.Name == name {
			return v
		}
	}
	panic(fmt.Sprintf("vectors: no vector is named %q", name))
}

// Octets returns a copy of a field of octets. It panics if v has none of that
// name.
func (v Vector) Octets(field string) []byte { return bytes.Clone(get(v, v.octets, field)) }

// Text returns a field of text. It panics if v has none of that name.
func (v Vector) Text(field string) string { return get(v, v.text, field) }

// Number returns a numeric field; lengths and offsets are in octets. It panics
// if v has none of that name.
func (v Vector) Number(field string) int { return get(v, v.numbers, field) }

func get[T any](v Vector, fields map[string]T, field string) T {
	value, ok := fields[field]
	if !ok {
		panic(fmt.Sprintf("vectors: %s has no field %q", v.Name, field))
	}
	return value
}

// load parses the embedded files once. They are part of the program, so a
// malformed one is a defect of the program: it panics.
var load = sync.OnceValue(func() []Vector {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err)
	}
	var all []Vector
	for _, e := range entries {
		data, err := files.ReadFile(e.Name())
		if err != nil {
			panic(err)
		}
		list, err := parse(data)
		if err != nil {
			panic(fmt.Sprintf("vectors: %s: %v", e.Name(), err))
		}
		all = append(all, list...)
	}
	return all
})

// hexOctets reads octets as hexadecimal digits.
type hexOctets []byte

func (h *hexOctets) UnmarshalText(text []byte) error {
	*h = make([]byte, hex.DecodedLen(len(text)))
	_, err := hex.Decode(*h, text)
	return err
}

func parse(data []byte) ([]Vector, error) {
	var rows []struct {
		Name, Algorithm, Source, Note string
		Derived                       bool
		Octets                        map[string]hexOctets
		Text                          map[string]string
		Numbers                       map[string]int
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&rows); err != nil {
		return nil, err
	}
	list := make([]Vector, 0, len(rows))
	for _, r := range rows {
		if r.Name == "" || r.Algorithm == "" || r.Source == "" {
			return nil, fmt.Errorf("vector %q needs a name, an algorithm and a source", r.Name)
		}
		octets := make(map[string][]byte, len(r.Octets))
		for k, o := range r.Octets {
			octets[k] = o
		}
		list = append(list, Vector{r.Name, r.Algorithm, r.Source, r.Derived, r.Note, octets, r.Text, r.Numbers})
	}
	return list, nil
}
