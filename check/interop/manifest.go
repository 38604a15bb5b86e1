package interop

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

// Manifest holds the cells that have passed, once and for all. Its keys are, from
// the outside in, role and peer; version and suite; kind of handshake. Each
// value is a mask in hexadecimal, in which bit i stands for Choices[i].
type Manifest map[string]map[string]map[string]mask

type mask uint16

// MarshalText writes four hexadecimal digits.
func (m mask) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%04x", uint16(m)), nil }

// UnmarshalText is the inverse of MarshalText.
func (m *mask) UnmarshalText(text []byte) error {
	_, err := fmt.Sscanf(string(text), "%04x", (*uint16)(m))
	return err
}

//go:embed manifest.json
var manifestJSON []byte

// Recorded returns the committed manifest.
func Recorded() (Manifest, error) {
	m := Manifest{}
	if err := json.Unmarshal(manifestJSON, &m); err != nil {
		return nil, fmt.Errorf("interop: manifest.json: %w", err)
	}
	return m, nil
}

// Has reports whether the cell is recorded.
func (m Manifest) Has(c Cell) bool {
	row, suite := c.keys()
	return m[row][suite][c.Kind.String()]>>choiceIndex(c.Choice)&1 == 1
}

// Add records the cell.
func (m Manifest) Add(c Cell) {
	row, suite := c.keys()
	if m[row] == nil {
		m[row] = map[string]map[string]mask{}
	}
	if m[row][suite] == nil {
		m[row][suite] = map[string]mask{}
	}
	m[row][suite][c.Kind.String()] |= 1 << choiceIndex(c.Choice)
}

// Len counts the cells.
func (m Manifest) Len() int {
	n := 0
	for _, suites := range m {
		for _, kinds := range suites {
			for _, cells := range kinds {
				n += bits.OnesCount16(uint16(cells))
			}
		}
	}
	return n
}

// Without counts the cells of m that the other manifest has not.
func (m Manifest) Without(other Manifest) int {
	n := 0
	for row, suites := range m {
		for suite, kinds := range suites {
			for kind, cells := range kinds {
				n += bits.OnesCount16(uint16(cells &^ other[row][suite][kind]))
			}
		}
	}
	return n
}

// Falls lists what is recorded and is no cell any more, or one that is not
// applicable any more: such a cell would be missed by nobody. A recorded cell
// that is played and fails is a failure anyway.
func (m Manifest) Falls() []string {
	var falls []string
	known := 0
	for _, g := range Groups() {
		for _, choice := range Choices {
			c := g.Cell(choice)
			if !m.Has(c) {
				continue
			}
			known++
			if reason := c.NotApplicable(); reason != "" {
				falls = append(falls, fmt.Sprintf("our %v\nhas passed, and now is not applicable: %s", c, reason))
			}
		}
	}
	if n := m.Len(); n > known {
		falls = append(falls, fmt.Sprintf("%d recorded cells\nhave passed, and are no cells any more", n-known))
	}
	return falls
}

// JSON returns the manifest as the file holds it: a line for each suite.
func (m Manifest) JSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("{")
	for i, row := range slices.Sorted(maps.Keys(m)) {
		fmt.Fprintf(&out, "%s\n\t%q: {", comma(i), row)
		for j, suite := range slices.Sorted(maps.Keys(m[row])) {
			kinds, err := json.Marshal(m[row][suite])
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&out, "%s\n\t\t%q: %s", comma(j), suite, kinds)
		}
		out.WriteString("\n\t}")
	}
	out.WriteString("\n}\n")
	return out.Bytes(), nil
}

func comma(i int) string {
	if i > 0 {
		return ","
	}
	return ""
}

func (c Cell) keys() (row, suite string) {
	return strings.ToLower(c.Ours.String()) + " with " + c.Peer.Name, fmt.Sprintf("%v %v", c.Version, spec.SuiteID(c.Suite))
}

func choiceIndex(c Choice) int {
	for i, other := range Choices {
		if other == c {
			return i
		}
	}
	panic(fmt.Sprintf("interop: no choice is %+v", c))
}
