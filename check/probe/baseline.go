package probe

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/cases"
)

// Baseline lists the deviations of a library that are known.
type Baseline struct {
	Format     string      `json:"format"` // "sesame-probe-baseline"
	Version    int         `json:"version"`
	Library    string      `json:"library"` // what it is for, to people
	Deviations []Deviation `json:"deviations"`
}

// Deviation is one thing that a library does otherwise, and the cases that show
// it.
type Deviation struct {
	Reason string `json:"reason"`
	// Some: only some of the library's releases do so, and a pass is no failure.
	Some  bool     `json:"some,omitempty"`
	Cases []string `json:"cases"`
}

const (
	baselineFormat  = "sesame-probe-baseline"
	baselineVersion = 1
	// Unexplained is the reason of a deviation that nobody has looked at.
	Unexplained = "not explained yet"
)

//go:embed baselines/*.json
var baselines embed.FS

// KnownBaselines returns the names of the baselines that come with the program.
func KnownBaselines() (names []string) {
	files, _ := baselines.ReadDir("baselines") // it is embedded
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".json"))
	}
	return names
}

// KnownBaseline returns a baseline that comes with the program, such as
// "openssl-3.0".
func KnownBaseline(name string) (*Baseline, error) {
	text, err := baselines.ReadFile("baselines/" + name + ".json")
	if err != nil {
		return nil, fmt.Errorf("probe: no baseline %q comes with the program", name)
	}
	return ReadBaseline(bytes.NewReader(text))
}

// ReadBaseline reads a baseline, and refuses one that lists a case twice, or one
// without a reason, or what is no case.
func ReadBaseline(r io.Reader) (*Baseline, error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	b := new(Baseline)
	if err := dec.Decode(b); err != nil {
		return nil, fmt.Errorf("probe: no baseline: %w", err)
	}
	if b.Format != baselineFormat || b.Version != baselineVersion {
		return nil, fmt.Errorf("probe: format %q of version %d; this program reads %q of version %d", b.Format, b.Version, baselineFormat, baselineVersion)
	}
	seen := map[string]bool{}
	for _, d := range b.Deviations {
		if strings.TrimSpace(d.Reason) == "" {
			return nil, fmt.Errorf("probe: a deviation of %q has no reason", d.Cases)
		}
		for _, id := range d.Cases {
			if seen[id] || !cases.Known(id) {
				return nil, fmt.Errorf("probe: %q is in the baseline twice, or is no case", id)
			}
			seen[id] = true
		}
	}
	return b, nil
}

// of returns the deviation that lists a case, and false where none does.
func (b *Baseline) of(id string) (Deviation, bool) {
	if b == nil {
		return Deviation{}, false
	}
	for _, d := range b.Deviations {
		if slices.Contains(d.Cases, id) {
			return d, true
		}
	}
	return Deviation{}, false
}

// judge turns a result into what it is beside the baseline.
func (b *Baseline) judge(r *Result) {
	d, listed := b.of(r.Case.ID)
	switch {
	case !listed || r.Status == Skipped:
	case r.Status == Deviated:
		r.Status, r.Reason = Expected, d.Reason
	case r.Status == Passed && !d.Some:
		r.Status, r.Reason = UnexpectedlyPass, d.Reason
	}
}

// NewBaseline returns the baseline of a report: what deviates, with the reasons
// that an older baseline has for it, nil for none. Skipped cases stay as they
// were.
func NewBaseline(r *Report, old *Baseline) *Baseline {
	b := &Baseline{Format: baselineFormat, Version: baselineVersion, Library: r.Library, Deviations: []Deviation{}}
	if old != nil && old.Library != "" {
		b.Library = old.Library
	}
	for _, one := range r.Results {
		d, listed := old.of(one.Case.ID)
		if one.Status != Deviated && one.Status != Expected && !(one.Status == Skipped && listed) {
			continue
		}
		if !listed {
			d.Reason = Unexplained
		}
		i := slices.IndexFunc(b.Deviations, func(have Deviation) bool { return have.Reason == d.Reason })
		if i < 0 {
			i = len(b.Deviations)
			b.Deviations = append(b.Deviations, Deviation{Reason: d.Reason, Some: d.Some})
		}
		b.Deviations[i].Cases = append(b.Deviations[i].Cases, one.Case.ID)
	}
	return b
}

// Write writes the baseline.
func (b *Baseline) Write(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	return enc.Encode(b)
}
