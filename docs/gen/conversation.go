package main

import (
	"bytes"
	"fmt"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/docs/gen/chart"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// converse lets a client and a server of impl/handshake talk to the end, and
// returns what they said as the harness tells it. The model is held beside them:
// where the two differ, there is no documentation.
func converse(scenario string) (string, error) {
	sc, err := model.ParseScenario(scenario)
	if err != nil {
		return "", err
	}
	sys, err := model.New(model.Options{Fix: sc.WithDefaults()})
	if err != nil {
		return "", err
	}
	run := harness.NewRun()
	defer run.Pair.End()
	if err := run.Begin(sys, 1); err != nil {
		return "", err
	}
	for a, ok := next(run); ok; a, ok = next(run) {
		if err := run.Step(a); err != nil {
			return "", err
		}
	}
	return run.Conversation(), nil
}

// next returns what happens next in a handshake: not yet application data.
func next(run *harness.Run) (model.Action, bool) {
	for _, a := range run.Enabled() {
		if a.Event != spec.ClientSendApplicationData && a.Event != spec.ServerSendApplicationData {
			return a, true
		}
	}
	return model.Action{}, false
}

// mermaid returns a conversation as a block.
func mermaid(c chart.Chart) string { return fence("mermaid", c.Mermaid()) }

// handshakes are the charts of the page on the handshake.
var handshakes = []struct{ title, text, scenario string }{
	{"Without the callback",
		"A full handshake of TLS 1.2: two round trips, and the server proves itself by its certificate.",
		"exchange=ephemeral"},
	{"Accepted",
		"The client sends its PAC-Opaque in the SessionTicket extension. The server's callback opens it, and supplies the master secret. " +
			"*ChangeCipherSpec directly after ServerHello* tells the client. One round trip less, and no certificate: who knows the secret can make Finished.",
		"ticket=pac server=accept client=accept"},
	{"Declined",
		"The ticket does not open, or is not wanted. The same hellos go on to a full handshake, and *Certificate* tells the client so. " +
			"The secret that its callback has supplied already is dropped.",
		"ticket=pac server=decline client=accept"},
	{"Different keys",
		"Both callbacks accept, and hold different keys. Nothing shows before the first protected record, which does not open: `bad_record_mac`.",
		"ticket=pac server=accept client=accept keys=differ"},
	{"The client's callback fails",
		"A client cannot decline. Where its callback has no secret, the handshake ends at once, whatever the server was about to say.",
		"ticket=pac server=accept client=fail"},
	{"A Session ID beside the ticket",
		"The server repeats the client's Session ID, if there is one. It is no sign of acceptance by itself: the next message decides.",
		"ticket=pac server=accept client=accept sid=fresh"},
	{"The callback unset at the client",
		"A client that has sent a ticket without a callback cannot go on: ChangeCipherSpec comes where nothing was expected to shorten the handshake.",
		"ticket=pac server=accept client=unset"},
}

func (k *book) handshakePage(b *bytes.Buffer) error {
	fmt.Fprintf(b, "A secret in braces is what the record is sealed with: `pac` what the callback has supplied, `kx` what the key exchange has made.\n\n")
	for _, h := range handshakes {
		text, err := converse(h.scenario)
		if err != nil {
			return fmt.Errorf("%s: %w", h.title, err)
		}
		drawn, err := chart.Parse(text)
		if err != nil {
			return err
		}
		fmt.Fprintf(b, "## %s\n\n%s\n\n%s\n", h.title, h.text, mermaid(drawn))
		if h.title == "Accepted" {
			k.files["charts/accepted.svg"] = []byte(drawn.SVG("A handshake that a session secret shortens", true))
		}
	}
	fmt.Fprintf(b, "How an endpoint tells them apart is on the page of the [state machines](machines.md); why it must be so, in the [properties](properties.md).\n")
	return nil
}
