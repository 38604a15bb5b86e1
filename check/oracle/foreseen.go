package oracle

import (
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Unforeseen are what the model has no word for, by the quirk that leads there:
// words are cut before it, and the notes say so.
var Unforeseen = map[spec.Quirk]string{
	spec.QuirkHelloRequestAnswered: "a second HelloRequest is refused; the model does not remember the first",
	spec.QuirkHelloCCSIgnored:      "a ChangeCipherSpec before ClientHello is ignored, and counts later; the model does not remember it",
	spec.QuirkEmptyChainTaken:      "a server's empty Certificate is taken; the model does not say what comes of it",
	spec.QuirkTicketAnywhere:       "a second NewSessionTicket is refused as one that comes twice; the model does not remember the first",
	spec.QuirkRenegotiates:         "after the handshake any message but data starts a renegotiation, which the model does not speak of",
	spec.QuirkServerRenegotiates:   "after the handshake any message but data is taken for a renegotiation, which the model does not speak of",
}

// foreseen returns a word up to what the model has no word for.
func (k *court) foreseen(word []string) []string {
	requests, tickets := 0, 0
	at, _ := k.machine.Initial()
	for i, name := range word {
		in := k.letters[name]
		switch in.Message.Type {
		case spec.HelloRequest:
			requests++
		case spec.NewSessionTicket:
			tickets++
		}
		again := requests > 1 && k.profile.Has(spec.QuirkHelloRequestAnswered) || tickets > 1 && k.profile.Has(spec.QuirkTicketAnywhere)
		later := at.State == spec.Established && in.Message.Type != spec.ApplicationData &&
			(k.profile.Has(spec.QuirkRenegotiates) || k.profile.Has(spec.QuirkServerRenegotiates))
		early := at.State == spec.AwaitClientHello && in.Message.Type == spec.ChangeCipherSpec && k.profile.Has(spec.QuirkHelloCCSIgnored)
		bare := at.State == spec.AwaitServerFlight && in.Message.Empty && k.profile.Has(spec.QuirkEmptyChainTaken)
		if again || later || early || bare {
			return word[:i]
		}
		at, _ = k.machine.Step(at, in)
	}
	return word
}

// study makes the model's machine of the class, and the index of its letters.
func (k *court) study() (err error) {
	k.machine, err = model.NewOpenMachine(k.player.class.Role, k.player.scenario, model.Options{Profile: k.profile})
	if err != nil {
		return err
	}
	k.letters = map[string]model.Input{}
	for _, in := range k.machine.Inputs() {
		k.letters[in.Name] = in
	}
	return nil
}
