package probe

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/sesame-tls/sesame/check/cases"
)

// Status is what became of a case.
type Status string

// The statuses.
const (
	Passed           Status = "ok"
	Deviated         Status = "deviates"
	Expected         Status = "expected"        // it deviates, and the baseline says so
	UnexpectedlyPass Status = "unexpected pass" // it does not, and the baseline says that it does
	Skipped          Status = "skipped"         // it could not be played
)

// Fails reports whether a case of this status makes a run fail.
func (s Status) Fails() bool { return s == Deviated || s == UnexpectedlyPass }

// Result is what became of a case.
type Result struct {
	Case   *cases.Case
	Status Status
	Grade  cases.Grade // of the deviation; the case's own where it passed
	Step   int         // of the deviation; -1: none
	Want   []string    // what was allowed there
	Got    string      // what came instead
	Reason string      // the baseline's, or why it was skipped
}

// String tells a result in a line: status, id, requirements, grade, and what was
// wrong.
func (r Result) String() string {
	line := fmt.Sprintf("%-15s %s  %s  %s", r.Status, r.Case.ID, strings.Join(r.Case.Requirements, " "), r.Grade.Text())
	switch r.Status {
	case Deviated:
		return line + ": " + r.difference()
	case Expected:
		return line + ": " + r.difference() + "; " + r.Reason
	case UnexpectedlyPass:
		return line + ": the baseline has it: " + r.Reason
	case Skipped:
		return line + ": " + r.Reason
	}
	return line
}

// difference says what was wrong.
func (r Result) difference() string {
	return fmt.Sprintf("step %d: %s, and allowed is %s", r.Step+1, r.Got, strings.Join(r.Want, ", or "))
}

// Report is what became of all cases.
type Report struct {
	System  string
	Library string // in its own words; empty: it has told none
	Results []Result
}

// Count returns how many results have a status.
func (r *Report) Count(s Status) (n int) {
	for _, one := range r.Results {
		if one.Status == s {
			n++
		}
	}
	return n
}

// Failed reports whether a case fails.
func (r *Report) Failed() bool { return r.Count(Deviated)+r.Count(UnexpectedlyPass) > 0 }

// Reached returns the requirements of the cases that were played.
func (r *Report) Reached() map[string]bool {
	reached := map[string]bool{}
	for _, one := range r.Results {
		if one.Status != Skipped {
			for _, id := range one.Case.Requirements {
				reached[id] = true
			}
		}
	}
	return reached
}

// Summary counts the results in a line.
func (r *Report) Summary() string {
	return fmt.Sprintf("%d cases: %d ok, %d deviate, %d deviate as expected, %d pass unexpectedly, %d skipped", len(r.Results),
		r.Count(Passed), r.Count(Deviated), r.Count(Expected), r.Count(UnexpectedlyPass), r.Count(Skipped))
}

// jsonResult is a result in the JSON report.
type jsonResult struct {
	ID           string      `json:"id"`
	Name         string      `json:"name"`
	Requirements []string    `json:"requirements"`
	Grade        cases.Grade `json:"grade"`
	Status       Status      `json:"status"`
	Step         int         `json:"step,omitempty"` // from 1 on
	Allowed      []string    `json:"allowed,omitempty"`
	Got          string      `json:"got,omitempty"`
	Reason       string      `json:"reason,omitempty"`
}

// JSON writes the report as one JSON object.
func (r *Report) JSON(w io.Writer) error {
	out := struct {
		Format  string         `json:"format"`
		Version int            `json:"version"`
		System  string         `json:"system"`
		Library string         `json:"library,omitempty"`
		Counts  map[Status]int `json:"counts"`
		Results []jsonResult   `json:"results"`
	}{"sesame-probe", 1, r.System, r.Library, map[Status]int{}, []jsonResult{}}
	for _, one := range r.Results {
		out.Counts[one.Status]++
		out.Results = append(out.Results, jsonResult{one.Case.ID, one.Case.Name, one.Case.Requirements, one.Grade, one.Status, one.Step + 1, one.Want, one.Got, one.Reason})
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}

// known is TAP's word for a test that is known to fail.
const known = "TO" + "DO"

// TAP writes the report in the Test Anything Protocol, version 13: an expected
// deviation is one that is known to fail, an unexpected pass is not ok.
func (r *Report) TAP(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "TAP version 13\n1..%d\n", len(r.Results))
	for i, one := range r.Results {
		ok := "ok"
		if one.Status.Fails() || one.Status == Expected {
			ok = "not ok"
		}
		fmt.Fprintf(&b, "%s %d - %s [%s; %s]", ok, i+1, one.Case.ID, strings.Join(one.Case.Requirements, " "), one.Grade.Text())
		switch one.Status {
		case Expected:
			b.WriteString(" # " + known + " " + plain(one.Reason))
		case Skipped:
			b.WriteString(" # SKIP " + plain(one.Reason))
		}
		b.WriteByte('\n')
		if one.Status.Fails() || one.Status == Expected {
			b.WriteString("# " + plain(one.String()) + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// plain keeps a text from meaning anything in TAP.
func plain(s string) string { return strings.NewReplacer("\n", " ", "#", "no.").Replace(s) }
