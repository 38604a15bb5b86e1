// Package fault puts small faults into the module's source, one at a time, and
// runs a test under each: a test that passes under every fault checks nothing.
//
// A [Fault] replaces a few lines within one function, or within the value that a
// variable of a package begins with. [Build] compiles a test binary of a package
// from sources that hold all faults at once, each in a copy of its function that an
// environment variable switches on, so that a hundred faults cost one compilation;
// [Weave] is that for programs of other kinds. The work tree is never touched: the
// sources go through the compiler's overlay.
//
// Package trace has the faults that its citations name, and runs them.
package fault

import (
	"fmt"
	"regexp"
	"strings"
)

// Fault is a replacement of text within one function, or one variable's value, of
// one file.
type Fault struct {
	Name     string // in lower case with hyphens
	File     string // from the module's root
	Old, New string // Old stands once in the file
}

var heading = regexp.MustCompile(`^([a-z0-9]+(?:-[a-z0-9]+)*) ([\w/.-]+\.go)$`)

// Parse reads faults. Each is a line with its name and its file, then the lines
// to replace after "-" and those that replace them after "+". Empty lines and
// those that begin with "#" are left out.
//
//	early-data impl/handshake/output.go
//	-	case m.state != spec.Established:
//	+	case m.state == spec.Failed:
func Parse(text string) (faults []Fault, err error) {
	seen := map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		last := len(faults) - 1
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '-' && last >= 0 && faults[last].New == "":
			faults[last].Old += line[1:] + "\n"
		case line[0] == '+' && last >= 0 && faults[last].Old != "":
			faults[last].New += line[1:] + "\n"
		default:
			m := heading.FindStringSubmatch(line)
			if m == nil || seen[m[1]] {
				return nil, fmt.Errorf("fault: line %d, %q, is no new name with a file, and no line of a replacement", i+1, line)
			}
			seen[m[1]] = true
			faults = append(faults, Fault{Name: m[1], File: m[2]})
		}
	}
	for i := range faults {
		f := &faults[i]
		// What is replaced may begin and end within a line.
		f.Old, f.New = strings.TrimSpace(f.Old), strings.TrimSpace(f.New)
		if f.Old == "" || f.Old == f.New {
			return nil, fmt.Errorf("fault: %s replaces nothing", f.Name)
		}
	}
	return faults, nil
}
