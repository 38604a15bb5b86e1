// Package chart draws message sequence charts: from the conversations that the
// model and the harness tell, as Mermaid for a Git host, and as SVG for a page
// without scripts.
//
// Use [Parse] on a conversation, and [Chart.Mermaid] or [Chart.SVG] on what it
// returns. [ParseMermaid] reads back what Mermaid has written, and no more of
// that language.
package chart

import (
	"fmt"
	"strings"
)

// The lifelines, in their order from left to right.
const (
	Client   = "Client"
	Attacker = "Attacker"
	Server   = "Server"
)

// Chart is a conversation. Lines without To are notes over From.
type Chart struct{ Lines []Line }

// Line is one message, or one note.
type Line struct {
	From, To string
	Text     string
	Bad      bool // what must not happen: drawn in red
}

// Parse reads a conversation as the model's charts and the harness tell it,
// without its head: a line for each message, callback and end.
//
//	C->S ClientHello sid=empty ticket=pac
//	server callback ticket=pac: accept
//	S->C attacker: AttackerInject to Client: ChangeCipherSpec forged
//	client established secret=pac resumed=session-secret
func Parse(text string) (Chart, error) {
	if _, rest, ok := strings.Cut(text, "----\n"); ok {
		text = rest
	}
	var c Chart
	for line := range strings.Lines(text) {
		l, err := parseLine(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return Chart{}, err
		}
		c.Lines = append(c.Lines, l)
	}
	return c, nil
}

func parseLine(line string) (Line, error) {
	word, text, _ := strings.Cut(line, " ")
	from, to := Client, Server
	switch strings.ToLower(word) {
	case "client":
		return Line{From: Client, Text: text}, nil
	case "server":
		return Line{From: Server, Text: text}, nil
	case "s->c":
		from, to = Server, Client
	case "c->s":
	default:
		return Line{}, fmt.Errorf("chart: %q is no line of a conversation", line)
	}
	text = strings.TrimPrefix(text, "attacker: ")
	if move, ok := strings.CutPrefix(text, Attacker); ok {
		// "Inject to Client: ChangeCipherSpec": to whom, the arrow says.
		move = strings.Replace(move, " to "+to, "", 1)
		return Line{From: Attacker, To: to, Text: move}, nil
	}
	return Line{From: from, To: to, Text: text}, nil
}

// lifelines returns who takes part.
func (c Chart) lifelines() []string {
	for _, l := range c.Lines {
		if l.From == Attacker || l.To == Attacker {
			return []string{Client, Attacker, Server}
		}
	}
	return []string{Client, Server}
}

const (
	mermaidHead = "sequenceDiagram"
	mermaidBad  = "rect rgba(255, 0, 0, 0.25)"
	mermaidEnd  = "end"
	mermaidNote = "Note over "
	mermaidWho  = "participant "
	mermaidSays = "->>"
)

// Mermaid returns the chart in Mermaid's language, without a fence.
func (c Chart) Mermaid() string {
	var b strings.Builder
	fmt.Fprintln(&b, mermaidHead)
	for _, who := range c.lifelines() {
		fmt.Fprintf(&b, "    %s%s\n", mermaidWho, who)
	}
	for _, l := range c.Lines {
		if l.Bad {
			fmt.Fprintf(&b, "    %s\n", mermaidBad)
		}
		if l.To == "" {
			fmt.Fprintf(&b, "    %s%s: %s\n", mermaidNote, l.From, l.Text)
		} else {
			fmt.Fprintf(&b, "    %s%s%s: %s\n", l.From, mermaidSays, l.To, l.Text)
		}
		if l.Bad {
			fmt.Fprintf(&b, "    %s\n", mermaidEnd)
		}
	}
	return b.String()
}

// ParseMermaid is the inverse of [Chart.Mermaid].
func ParseMermaid(text string) (Chart, error) {
	var c Chart
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if strings.TrimSpace(lines[0]) != mermaidHead {
		return c, fmt.Errorf("chart: a chart begins with %s, and not with %q", mermaidHead, lines[0])
	}
	bad := false
	for _, line := range lines[1:] {
		line = strings.TrimSpace(line)
		head, said, _ := strings.Cut(line, ": ")
		switch {
		case line == mermaidBad:
			bad = true
		case line == mermaidEnd:
			bad = false
		case strings.HasPrefix(line, mermaidWho):
		case strings.HasPrefix(line, mermaidNote):
			c.Lines = append(c.Lines, Line{From: strings.TrimPrefix(head, mermaidNote), Text: said, Bad: bad})
		default:
			from, to, ok := strings.Cut(head, mermaidSays)
			if !ok {
				return Chart{}, fmt.Errorf("chart: %q is nothing that a chart has here", line)
			}
			c.Lines = append(c.Lines, Line{From: from, To: to, Text: said, Bad: bad})
		}
	}
	return c, nil
}
