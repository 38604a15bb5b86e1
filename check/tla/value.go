package tla

import (
	"bytes"
	"fmt"
	"slices"
)

// parser reads values as TLC prints them and writes them in one form: fields
// and elements in ascending order, no spaces.
type parser struct {
	in   []byte
	pos  int
	out  []byte
	form *notation
}

// notation is what values are written with.
type notation struct {
	tuple, set, record [2]string // before and after
	field              [2]string // around a field's name
	word               func(dst, word []byte) []byte
}

var inTLA = &notation{
	tuple: [2]string{"<<", ">>"}, set: [2]string{"{", "}"}, record: [2]string{"[", "]"}, field: [2]string{"", "|->"},
	word: func(dst, word []byte) []byte { return append(dst, word...) },
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
		return p.sequence(">>", p.form.tuple, false)
	case p.take("{"):
		return p.sequence("}", p.form.set, true)
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
	p.out = p.form.word(p.out, word)
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

func (p *parser) sequence(end string, around [2]string, sorted bool) error {
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
	p.join(start, spans, around, sorted)
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
		p.out = append(append(p.out, p.form.field[0]...), p.word()...)
		key := len(p.out)
		if !p.take("|->") {
			return p.errorf("no |-> after %s", p.out[from:])
		}
		p.out = append(p.out, p.form.field[1]...)
		if err := p.value(); err != nil {
			return err
		}
		spans = append(spans, span{from: from, key: key, to: len(p.out)})
	}
	p.join(start, spans, p.form.record, true)
	return nil
}

// join replaces the elements, which stand one after the other from start on,
// by the whole.
func (p *parser) join(start int, spans []span, around [2]string, sorted bool) {
	parts := bytes.Clone(p.out[start:])
	text := func(s span) []byte { return parts[s.from-start : s.to-start] }
	if sorted {
		slices.SortFunc(spans, func(a, b span) int {
			return bytes.Compare(parts[a.from-start:a.key-start], parts[b.from-start:b.key-start])
		})
	}
	p.out = append(p.out[:start], around[0]...)
	for i, s := range spans {
		if i > 0 {
			p.out = append(p.out, ',')
		}
		p.out = append(p.out, text(s)...)
	}
	p.out = append(p.out, around[1]...)
}

// Canonical returns a state in one form, whatever the order and the line breaks
// in which TLC prints it: a line "/\ variable = value" for each variable, in
// ascending order.
func Canonical(dst, state []byte) ([]byte, error) {
	var lines [][]byte
	p := &parser{in: state, form: inTLA}
	err := p.variables(func(name, value []byte) {
		lines = append(lines, slices.Concat([]byte(`/\ `), name, []byte(" = "), value, []byte("\n")))
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(lines, bytes.Compare)
	for _, l := range lines {
		dst = append(dst, l...)
	}
	return dst, nil
}

// variables reads a state and calls each with every variable in turn.
func (p *parser) variables(each func(name, value []byte)) error {
	for p.space(); p.pos < len(p.in); p.space() {
		p.out = nil
		if !p.take(`/\`) {
			return p.errorf(`no /\`)
		}
		name := p.word()
		if !p.take("=") {
			return p.errorf("no value of %s", name)
		}
		if err := p.value(); err != nil {
			return err
		}
		each(name, p.out)
	}
	return nil
}
