package tla

import (
	"bytes"
	"fmt"
	"slices"
)

// parser reads values as TLC prints them and writes them in one form: fields
// and elements in ascending order, no spaces.
type parser struct {
	in  []byte
	pos int
	out []byte
}

func (p *parser) space() {
	for p.pos < len(p.in) && (p.in[p.pos] == ' ' || p.in[p.pos] == '\n' || p.in[p.pos] == '\r' || p.in[p.pos] == '\t') {
		p.pos++
	}
}

func (p *parser) take(text string) bool {
	p.space()
	if !bytes.HasPrefix(p.in[p.pos:], []byte(text)) {
		return false
	}
	p.pos += len(text)
	return true
}

func (p *parser) errorf(format string, args ...any) error {
	rest := p.in[p.pos:]
	return fmt.Errorf("tla: %s before %q", fmt.Sprintf(format, args...), rest[:min(len(rest), 40)])
}

// value reads one value.
func (p *parser) value() error {
	switch {
	case p.take("<<"):
		return p.sequence("<<", ">>", false)
	case p.take("{"):
		return p.sequence("{", "}", true)
	case p.take("["):
		return p.record()
	case p.take(`"`):
		end := bytes.IndexByte(p.in[p.pos:], '"')
		if end < 0 {
			return p.errorf("a string without an end")
		}
		p.out = append(append(append(p.out, '"'), p.in[p.pos:p.pos+end]...), '"')
		p.pos += end + 1
		return nil
	}
	word := p.word()
	if len(word) == 0 {
		return p.errorf("no value")
	}
	p.out = append(p.out, word...)
	return nil
}

// word reads a name, a number or a boolean.
func (p *parser) word() []byte {
	p.space()
	start := p.pos
	for p.pos < len(p.in) {
		c := p.in[p.pos]
		if c != '_' && c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			break
		}
		p.pos++
	}
	return p.in[start:p.pos]
}

// span is a part of out.
type span struct{ key, from, to int }

func (p *parser) sequence(open, end string, sorted bool) error {
	start := len(p.out)
	var spans []span
	for !p.take(end) {
		if len(spans) > 0 && !p.take(",") {
			return p.errorf("no comma")
		}
		from := len(p.out)
		if err := p.value(); err != nil {
			return err
		}
		spans = append(spans, span{from: from, key: len(p.out), to: len(p.out)})
	}
	p.join(start, spans, open, end, sorted)
	return nil
}

func (p *parser) record() error {
	start := len(p.out)
	var spans []span
	for !p.take("]") {
		if len(spans) > 0 && !p.take(",") {
			return p.errorf("no comma")
		}
		from := len(p.out)
		p.out = append(p.out, p.word()...)
		key := len(p.out)
		if !p.take("|->") {
			return p.errorf("no |-> after %s", p.out[from:])
		}
		p.out = append(p.out, "|->"...)
		if err := p.value(); err != nil {
			return err
		}
		spans = append(spans, span{from: from, key: key, to: len(p.out)})
	}
	p.join(start, spans, "[", "]", true)
	return nil
}

// join replaces the elements, which stand one after the other from start on,
// by the whole.
func (p *parser) join(start int, spans []span, open, end string, sorted bool) {
	parts := bytes.Clone(p.out[start:])
	text := func(s span) []byte { return parts[s.from-start : s.to-start] }
	if sorted {
		slices.SortFunc(spans, func(a, b span) int {
			return bytes.Compare(parts[a.from-start:a.key-start], parts[b.from-start:b.key-start])
		})
	}
	p.out = append(p.out[:start], open...)
	for i, s := range spans {
		if i > 0 {
			p.out = append(p.out, ',')
		}
		p.out = append(p.out, text(s)...)
	}
	p.out = append(p.out, end...)
}

// Canonical returns a state in one form, whatever the order and the line breaks
// in which TLC prints it: a line "/\ variable = value" for each variable, in
// ascending order.
func Canonical(dst, state []byte) ([]byte, error) {
	var lines [][]byte
	p := &parser{in: state}
	for p.space(); p.pos < len(p.in); p.space() {
		p.out = nil
		if !p.take(`/\`) {
			return nil, p.errorf(`no /\`)
		}
		p.out = append(append(append(p.out, `/\ `...), p.word()...), " = "...)
		if !p.take("=") {
			return nil, p.errorf("no value of %s", p.out)
		}
		if err := p.value(); err != nil {
			return nil, err
		}
		lines = append(lines, append(p.out, '\n'))
	}
	slices.SortFunc(lines, bytes.Compare)
	for _, l := range lines {
		dst = append(dst, l...)
	}
	return dst, nil
}
