package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

func vocabularyPage(b *bytes.Buffer) error {
	fmt.Fprintf(b, "## States\n\nAn endpoint's state names the message that it waits for. Keys are active as the state says.\n\n")
	var states [][]string
	for s := range spec.State(spec.States) {
		var active []string
		if s.ReadProtected() {
			active = append(active, "reading")
		}
		for _, r := range []spec.Role{spec.Client, spec.Server} {
			if s.WriteProtected(r) {
				active = append(active, fmt.Sprintf("writing (%v)", r))
			}
		}
		states = append(states, []string{s.String(), strings.Join(active, ", ")})
	}
	table(b, []string{"State", "Protected"}, states)

	fmt.Fprintf(b, "## Events\n\nOne event is one step of an endpoint or one move of the attacker.\n\n")
	var events [][]string
	for e := spec.ClientStart; int(e) < spec.Events; e++ {
		message := ""
		if m := e.Message(); m != spec.NoMessage {
			message = m.String()
		}
		events = append(events, []string{e.String(), e.Role().String(), message})
	}
	table(b, []string{"Event", "Who", "Takes"}, events)

	fmt.Fprintf(b, "## Cipher suites\n\n")
	var suites [][]string
	for _, s := range spec.Suites() {
		suites = append(suites, []string{fmt.Sprintf("%04X", uint16(s.ID)), "TLS_" + s.Name, s.MinVersion.String()})
	}
	table(b, []string{"Number", "Name", "From"}, suites)

	fmt.Fprintf(b, "## Profiles\n\nA profile is a set of deviations from what the RFCs say. Profile `rfc` has none.\n\n")
	var quirks [][]string
	for _, q := range spec.Quirks() {
		var in []string
		for _, p := range spec.Profiles() {
			if p.Has(q.Quirk) {
				in = append(in, "`"+p.Name+"`")
			}
		}
		quirks = append(quirks, []string{string(q.Quirk), q.Role.String(), q.Text, q.Source, strings.Join(q.Requirements, ", "), strings.Join(in, ", ")})
	}
	table(b, []string{"Quirk", "Who", "What", "Source", "Against", "Profiles"}, quirks)
	return nil
}
