package probe

import (
	"encoding/xml"
	"io"
	"strings"
)

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitMessage `xml:"failure,omitempty"`
	Skipped *junitMessage `xml:"skipped,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
}

// JUnit writes the report as the XML that continuous integration reads. Expected
// deviations are skipped tests: it has no word for them.
func (r *Report) JUnit(w io.Writer) error {
	s := junitSuite{Name: "sesame probe " + r.System, Tests: len(r.Results)}
	for _, one := range r.Results {
		// An id is a class, and a name within.
		class, name := "sesame", one.Case.ID
		if at := strings.LastIndexByte(name, '/'); at > 0 {
			class, name = "sesame."+strings.ReplaceAll(strings.ReplaceAll(name[:at], ".", "_"), "/", "."), name[at+1:]
		}
		c := junitCase{Class: class, Name: name}
		switch {
		case one.Status.Fails():
			s.Failures++
			c.Failure = &junitMessage{one.String(), string(one.Grade)}
		case one.Status != Passed:
			s.Skipped++
			c.Skipped = &junitMessage{Message: one.String()}
		}
		s.Cases = append(s.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", " ")
	if err := enc.Encode(s); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
