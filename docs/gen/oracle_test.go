package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/results"
)

func TestPropertyCell(t *testing.T) {
	for want, p := range map[string]results.Property{
		"–":            {},
		"7":            {Words: 7},
		"**2** of 7":   {Words: 7, Broken: 2},
		"holds":        {Both: "holds"},
		"**violated**": {Both: "violated"},
		"vacuous":      {Both: "vacuous"},
	} {
		if got := propertyCell(p); got != want {
			t.Errorf("%+v is shown as %q, want %q", p, got, want)
		}
	}
}

// TestAtlasSection: what a machine does of its own is drawn in red, what it does
// as the model is not; what is no machine is not drawn.
func TestAtlasSection(t *testing.T) {
	k, b := &book{files: map[string][]byte{}}, new(bytes.Buffer)
	err := k.atlasSection(b, []results.Machine{
		{Role: "Server", Callback: "accept", States: 2, Releases: []string{"a-1", "a-2"}, Differences: []string{"a conversation"}, Arcs: []results.Arc{
			{From: "AwaitClientHello", To: "AwaitClientKeyExchange", Label: "ClientHello"},
			{From: "AwaitClientHello", To: "Failed", Label: "Alert warning / Alert(unexpected_message) closed", Own: true},
		}},
		{Role: "Client", Callback: "accept", Releases: []string{"a-1"}, Differences: []string{"nothing can be learned: it crashes"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	svg := string(k.files["diagrams/atlas-a-1-server.svg"])
	if len(k.files) != 1 || strings.Count(svg, `class="edge new"`) != 1 || strings.Count(svg, `class="edge"`) != 1 {
		t.Errorf("%d drawings, %s", len(k.files), svg)
	}
	for _, want := range []string{"1 are distinct", "a-1, a-2.", "![The server's machine as learned from a-1](diagrams/atlas-a-1-server.svg)", "a conversation", "Nothing can be learned: it crashes."} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("there is no %q in:\n%s", want, b)
		}
	}
}
