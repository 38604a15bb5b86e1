package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// Report is what a run has measured.
type Report struct {
	Go      string   `json:"go"`
	CPU     string   `json:"cpu"`
	OpenSSL []string `json:"openssl"` // the peers' versions
	Rounds  int      `json:"rounds"`
	Rows    []Result `json:"rows"`
	Costs   []Cost   `json:"pac_handshake,omitempty"` // what a PAC handshake with the first variant cannot do without
	Timing  []Timing `json:"constant_time,omitempty"`
}

// Select returns the rows whose names a pattern fits; nil is all rows.
func Select(rows []Row, only *regexp.Regexp) []Row {
	return slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return only != nil && !only.MatchString(r.Name) })
}

// NewReport returns a report of this machine without rows.
func NewReport(peers []*Peer, o Options) *Report {
	r := &Report{Go: runtime.Version(), CPU: cpuName(), OpenSSL: []string{}, Rounds: o.rounds(Row{})}
	for _, p := range peers {
		r.OpenSSL = append(r.OpenSSL, p.Version)
	}
	return r
}

// cpuName is the processor as the system calls it, or the architecture.
func cpuName() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if m := regexp.MustCompile(`(?m)^model name\s*: (.+)$`).FindSubmatch(info); err == nil && m != nil {
		return string(m[1])
	}
	return runtime.GOARCH
}

// ReadReport reads what [Report.Write] wrote.
func ReadReport(r io.Reader) (*Report, error) {
	report := new(Report)
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(report); err != nil {
		return nil, fmt.Errorf("bench: not a report: %w", err)
	}
	return report, nil
}

// Write writes the report as JSON.
func (r *Report) Write(w io.Writer) error { return writeJSON(w, r) }

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// Changed says which rows only one of two lists of names has, a line each.
func Changed(old, now []string) (lines []string) {
	for _, n := range old {
		if !slices.Contains(now, n) {
			lines = append(lines, "no longer measured: "+n)
		}
	}
	for _, n := range now {
		if !slices.Contains(old, n) {
			lines = append(lines, "not yet in the results: "+n)
		}
	}
	return lines
}

// Keep takes from an earlier report, of the same circumstances, what was not
// measured again.
func (r *Report) Keep(old *Report) {
	measured := r.Rows
	r.Rows = slices.Clone(old.Rows)
	for _, row := range measured {
		if i := slices.Index(old.Names(), row.Name); i >= 0 {
			r.Rows[i] = row
		} else {
			r.Rows = append(r.Rows, row)
		}
	}
	if r.Costs == nil {
		r.Costs = old.Costs
	}
	if r.Timing == nil {
		r.Timing = old.Timing
	}
}

// Names are the names of the report's rows.
func (r *Report) Names() []string {
	names := make([]string, len(r.Rows))
	for i, row := range r.Rows {
		names[i] = row.Name
	}
	return names
}

// Summary counts the targets and names those that are not met.
func (r *Report) Summary() (targets int, missed []string) {
	for _, row := range r.Rows {
		for _, q := range row.Ratios {
			if q.Verdict != "" {
				targets++
			}
			if q.Verdict == NotMet {
				missed = append(missed, fmt.Sprintf("%s: %s, %s%s", row.Name, q.text(), q.Target(), row.reach(q)))
			}
		}
		for _, c := range row.Counts {
			targets++
			if c.Verdict == NotMet {
				missed = append(missed, fmt.Sprintf("%s: %g %s, at most %g", row.Name, c.Count, c.What, c.AtMost))
			}
		}
	}
	for _, t := range r.Timing {
		targets++
		if t.Verdict == NotMet {
			missed = append(missed, fmt.Sprintf("constant time, %s, %s: |t| = %.1f", t.Protection, t.Pair, t.T))
		}
	}
	return targets, missed
}

// reach says what the row's primitives, or its raw cipher, piped where records
// are, would be against the side of q if nothing had to be done beside them, ""
// where there are none.
func (r Result) reach(q Ratio) string {
	for _, least := range []string{Floor, Piped, Raw} {
		floor, ok := r.Figure(least)
		if other, _ := r.Figure(q.Against); ok && q.AtLeast != 0 && q.Against != least {
			return fmt.Sprintf("; %s alone: %.2fx", least, other.Nanoseconds/floor.Nanoseconds)
		}
	}
	return ""
}

func (q Ratio) text() string {
	if q.AtMost != 0 || q.Against == Floor || q.Against == Calls {
		return fmt.Sprintf("%.2fx the time of %s", q.Ratio, q.Against)
	}
	return fmt.Sprintf("%.2fx %s", q.Ratio, q.Against)
}

// Target is the bound in words, "" for none.
func (q Ratio) Target() string {
	switch {
	case q.AtLeast != 0:
		return fmt.Sprintf("at least %g", q.AtLeast)
	case q.AtMost != 0:
		return fmt.Sprintf("at most %g", q.AtMost)
	}
	return ""
}

// Amount says what a figure of a row is in the row's own terms: a time, and a
// rate where that says more.
func (r Result) Amount(ns float64) string {
	switch {
	case r.States > 0:
		return fmt.Sprintf("%.2f M/s", float64(r.States)/ns*1e3)
	case r.Kind == KindHandshake || r.Kind == KindAuthentication:
		return fmt.Sprintf("%.1f k/s", 1e6/ns)
	case r.Kind == KindRecord || r.Kind == KindConn:
		return fmt.Sprintf("%.2f GB/s", float64(r.Octets)/ns)
	case ns < 1e3:
		return fmt.Sprintf("%.0f ns", ns)
	}
	return fmt.Sprintf("%.2f us", ns/1e3)
}

// Line is one line of a table of ratios.
type Line struct{ Row, Ours, Against, Theirs, Ratio, Interval, Target, Verdict string }

// Lines are the lines of the rows' ratios and counts.
func (r *Report) Lines() []Line { return r.LinesOf("") }

// LinesOf are the lines of one kind of row; "" is every kind. Row and Ours are
// those of the row's first line.
func (r *Report) LinesOf(k Kind) (lines []Line) {
	for _, row := range r.Rows {
		if k != "" && row.Kind != k {
			continue
		}
		name, ours := row.Name, ""
		if len(row.Figures) > 0 {
			ours = row.Amount(row.Figures[0].Nanoseconds)
		}
		next := func(l Line) {
			l.Row, l.Ours = name, ours
			lines = append(lines, l)
			name, ours = "", ""
		}
		for _, q := range row.Ratios {
			other, _ := row.Figure(q.Against)
			next(Line{Against: q.Against, Theirs: row.Amount(other.Nanoseconds), Ratio: fmt.Sprintf("%.2f", q.Ratio),
				Interval: fmt.Sprintf("%.2f to %.2f", q.Low, q.High), Target: q.Target(), Verdict: string(q.Verdict)})
		}
		for _, c := range row.Counts {
			next(Line{Against: c.What, Ratio: fmt.Sprintf("%g", c.Count), Target: fmt.Sprintf("at most %g", c.AtMost), Verdict: string(c.Verdict)})
		}
		if len(row.Ratios)+len(row.Counts) == 0 {
			next(Line{})
		}
	}
	return lines
}

// Circumstances says how and where the report was measured.
func (r *Report) Circumstances() string {
	return strings.Join(append([]string{fmt.Sprintf("one core, medians of %d rounds", r.Rounds), r.CPU, r.Go}, r.OpenSSL...), "; ")
}

// Print writes the report for a terminal.
func (r *Report) Print(w io.Writer) {
	head := Line{"row", "ours", "against", "theirs", "ratio", "95 %", "target", "verdict"}
	width := 0
	for _, l := range r.Lines() {
		width = max(width, len(l.Row))
	}
	for _, l := range append([]Line{head}, r.Lines()...) {
		line := fmt.Sprintf("%-*s  %10s  %-16s %10s  %6s  %-14s  %-13s %s", width, l.Row, l.Ours, l.Against, l.Theirs, l.Ratio, l.Interval, l.Target, l.Verdict)
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
	for _, t := range r.Timing {
		fmt.Fprintln(w, t)
	}
	targets, missed := r.Summary()
	fmt.Fprintf(w, "%d of %d targets met; %s\n", targets-len(missed), targets, r.Circumstances())
	for _, m := range missed {
		fmt.Fprintln(w, "not met:", m)
	}
}
