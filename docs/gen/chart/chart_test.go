package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

const conversation = `handshake ticket=pac server=accept
----
C->S ClientHello sid=empty ticket=pac
Server callback ticket=pac: accept
S->C ServerHello sid=empty
S->C attacker: AttackerInject to Client: ChangeCipherSpec forged
C->S AttackerDrop to Server
C->S Finished {pac}
client established secret=pac resumed=session-secret
`

func TestParse(t *testing.T) {
	c, err := Parse(conversation)
	if err != nil {
		t.Fatal(err)
	}
	want := []Line{
		{From: Client, To: Server, Text: "ClientHello sid=empty ticket=pac"},
		{From: Server, Text: "callback ticket=pac: accept"},
		{From: Server, To: Client, Text: "ServerHello sid=empty"},
		{From: Attacker, To: Client, Text: "Inject: ChangeCipherSpec forged"},
		{From: Attacker, To: Server, Text: "Drop"},
		{From: Client, To: Server, Text: "Finished {pac}"},
		{From: Client, Text: "established secret=pac resumed=session-secret"},
	}
	if !slices.Equal(c.Lines, want) {
		t.Errorf("%+v", c.Lines)
	}
	if _, err := Parse("C->S ClientHello\nclients meet\n"); err == nil {
		t.Error("a line that is none was read")
	}
}

func TestMermaidComesBack(t *testing.T) {
	c, err := Parse(conversation)
	if err != nil {
		t.Fatal(err)
	}
	c.Lines[3].Bad, c.Lines[6].Bad = true, true
	got, err := ParseMermaid(c.Mermaid())
	if err != nil || !slices.Equal(got.Lines, c.Lines) {
		t.Errorf("%v\n%s", err, got.Mermaid())
	}
	for _, wrong := range []string{"stateDiagram-v2\n", mermaidHead + "\nloop twice\n"} {
		if _, err := ParseMermaid(wrong); err == nil {
			t.Errorf("%q was read", wrong)
		}
	}
}

// TestSVG: what is drawn is XML, says everything, and stays within its frame.
func TestSVG(t *testing.T) {
	c, err := Parse(conversation)
	if err != nil {
		t.Fatal(err)
	}
	c.Lines[3].Bad = true
	text := c.SVG("a chart <of> two", true)
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"a chart &lt;of&gt; two", "Finished {pac}", `class="bad"`, ">Attacker<", "prefers-color-scheme"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(c.SVG("in a page", false), "<style>") {
		t.Error("a chart within a page brings its style along")
	}
	if strings.Contains(text, `="-`) {
		t.Error("something is drawn outside of the frame")
	}
}
