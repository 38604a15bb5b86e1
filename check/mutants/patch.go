package mutants

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A Fault is a bug, as a patch of the implementation's source.
type Fault struct {
	Name  string
	What  string // what is wrong, in one sentence
	Seen  string // where; empty: nowhere that we know of
	Check string // what must catch it
	files []filePatch
}

type filePatch struct {
	file  string // below the module's folder, with slashes
	hunks []hunk
}

type hunk struct {
	at       int // the first line, from 1, where the source is as it was
	old, new []string
}

// parseFault reads a patch: lines of a header, and unified differences.
//
//	What: The client's Finished is made with the server's label.
//	Seen: OpenSSL 1.0.1h
//	Caught by: answers
//
//	--- a/impl/prf/derive.go
//	+++ b/impl/prf/derive.go
//	@@ -60,3 +60,3 @@
//	…
func parseFault(name, text string) (*Fault, error) {
	f := &Fault{Name: name}
	fields := map[string]*string{"What": &f.What, "Seen": &f.Seen, "Caught by": &f.Check}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for len(lines) > 0 && !strings.HasPrefix(lines[0], "--- ") {
		key, value, _ := strings.Cut(lines[0], ": ")
		if field := fields[key]; field != nil {
			*field = value
		} else if lines[0] != "" {
			return nil, fmt.Errorf("%s: no field of a patch's header: %q", name, lines[0])
		}
		lines = lines[1:]
	}
	if f.What == "" || f.Check == "" {
		return nil, fmt.Errorf("%s: the header needs What and Caught by", name)
	}
	for len(lines) > 0 {
		p, rest, err := parseFile(lines)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		f.files, lines = append(f.files, p), rest
	}
	return f, nil
}

var errHunk = errors.New("a difference is --- a/FILE, +++ b/FILE and hunks")

func parseFile(lines []string) (p filePatch, rest []string, err error) {
	if len(lines) < 3 || !strings.HasPrefix(lines[0], "--- a/") || lines[1] != "+++ b/"+lines[0][len("--- a/"):] {
		return p, nil, errHunk
	}
	p.file = lines[0][len("--- a/"):]
	if path.Ext(p.file) != ".go" || strings.HasSuffix(p.file, "_test.go") || !strings.HasPrefix(path.Clean(p.file), "impl/") {
		return p, nil, fmt.Errorf("%s is no source of impl", p.file)
	}
	for lines = lines[2:]; len(lines) > 0 && !strings.HasPrefix(lines[0], "--- "); {
		h := hunk{}
		if h.at, err = hunkStart(lines[0]); err != nil {
			return p, nil, err
		}
		n := slices.IndexFunc(lines[1:], func(s string) bool { return strings.HasPrefix(s, "@@ ") || strings.HasPrefix(s, "--- ") })
		if n < 0 {
			n = len(lines) - 1
		}
		for _, line := range lines[1 : 1+n] {
			switch {
			case line == "":
				h.old, h.new = append(h.old, ""), append(h.new, "") // an editor has stripped the blank
			case line[0] == ' ':
				h.old, h.new = append(h.old, line[1:]), append(h.new, line[1:])
			case line[0] == '-':
				h.old = append(h.old, line[1:])
			case line[0] == '+':
				h.new = append(h.new, line[1:])
			default:
				return p, nil, fmt.Errorf("%s: %q is no line of a hunk", p.file, line)
			}
		}
		p.hunks, lines = append(p.hunks, h), lines[1+n:]
	}
	return p, lines, nil
}

func hunkStart(line string) (int, error) {
	_, after, ok := strings.Cut(line, "@@ -")
	number, _, _ := strings.Cut(after, " ")
	number, _, _ = strings.Cut(number, ",")
	n, err := strconv.Atoi(number)
	if !ok || err != nil {
		return 0, errHunk
	}
	return n, nil
}

// apply patches the text of a file. Lines may have moved; what a hunk is about
// must stand there exactly once, or exactly where the hunk says.
func (p filePatch) apply(text string) (string, error) {
	lines := strings.Split(text, "\n")
	shift := 0
	for _, h := range p.hunks {
		at := h.at - 1 + shift
		if !matches(lines, at, h.old) {
			var found []int
			for i := range lines {
				if matches(lines, i, h.old) {
					found = append(found, i)
				}
			}
			if len(found) != 1 {
				return "", fmt.Errorf("%s: the lines of the hunk at %d stand in it %d times", p.file, h.at, len(found))
			}
			at = found[0]
		}
		lines = slices.Replace(lines, at, at+len(h.old), h.new...)
		shift = at - (h.at - 1) + len(h.new) - len(h.old)
	}
	return strings.Join(lines, "\n"), nil
}

func matches(lines []string, at int, want []string) bool {
	return at >= 0 && at+len(want) <= len(lines) && slices.Equal(lines[at:at+len(want)], want)
}
