package ladder

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Verdict is what became of a rung.
type Verdict string

// The verdicts.
const (
	Passed  Verdict = "pass"
	Failed  Verdict = "fail"
	Skipped Verdict = "skip"
)

// Report is what became of all rungs that ran.
type Report struct {
	Rungs []Result `json:"rungs"`
}

// Result is what became of one rung.
type Result struct {
	Name    string  `json:"name"`
	Verdict Verdict `json:"verdict"`
	Reason  string  `json:"reason"` // why it was skipped, or the first difference in full; empty after a pass
	Ran     counts  `json:"ran"`    // how many of what
	Seconds float64 `json:"seconds"`

	notes  []string
	varies []string
}

// Notes returns the lines under the verdict.
func (r *Result) Notes() []string { return slices.Clone(r.notes) }

// Steady returns what was counted and follows from the seed, by name.
func (r *Result) Steady() []Count { return r.counted(false) }

// Varying returns the other counts, by name.
func (r *Result) Varying() []Count { return r.counted(true) }

func (r *Result) counted(varies bool) []Count {
	list := slices.DeleteFunc(slices.Clone([]Count(r.Ran)), func(c Count) bool { return slices.Contains(r.varies, c.What) != varies })
	slices.SortFunc(list, func(a, b Count) int { return strings.Compare(a.What, b.What) })
	return list
}

// OK reports whether nothing failed and, if strict, nothing was skipped.
func (r *Report) OK(strict bool) bool {
	for _, res := range r.Rungs {
		if res.Verdict == Failed || strict && res.Verdict == Skipped {
			return false
		}
	}
	return true
}

// WriteJSON writes the report as one JSON object.
func (r *Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}

// text is the verdict line, with the notes and a failure's reason below it.
func (r Result) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-4s  %-10s %7.1f s", r.Verdict, r.Name, r.Seconds)
	if r.Ran.any() {
		fmt.Fprintf(&b, "  %s", r.Ran)
	}
	if r.Verdict == Skipped {
		fmt.Fprintf(&b, "  %s", r.Reason)
	}
	b.WriteByte('\n')
	for _, n := range r.notes {
		fmt.Fprintf(&b, "      %s\n", n)
	}
	if r.Verdict == Failed {
		fmt.Fprintf(&b, "      %s\n", strings.ReplaceAll(strings.TrimRight(r.Reason, "\n"), "\n", "\n      "))
	}
	return b.String()
}

// counts keep their order in JSON and in text.
type counts []Count

func (c counts) any() bool {
	for _, one := range c {
		if one.N > 0 {
			return true
		}
	}
	return false
}

// String is for instance "12,345 states, 7 mutants".
func (c counts) String() string {
	parts := make([]string, len(c))
	for i, one := range c {
		parts[i] = grouped(one.N) + " " + one.What
	}
	return strings.Join(parts, ", ")
}

// MarshalJSON writes an object from what was counted to how many.
func (c counts) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, one := range c {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(one.What)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s:%d", name, one.N)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// grouped writes 1234567 as 1,234,567.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
