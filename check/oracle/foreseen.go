package oracle

import (
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Unforeseen are what the model has no word for, by the quirk that leads there:
// words are cut before it, and the notes say so.
var Unforeseen = map[spec.Quirk]string{
	spec.QuirkNamedSuiteUnchecked: "a suite is named under a version that does not have it; the model does not say what protects the records then",
	spec.QuirkRenegotiates:        "after the handshake any message but data starts a renegotiation, which the model does not speak of",
	spec.QuirkServerRenegotiates:  "after the handshake any message but data is taken for a renegotiation, which the model does not speak of",
}

// foreseen returns a word up to what the model has no word for.
func (k *court) foreseen(word []string) []string {
	word, because := foreseen(k.player.class, k.profile, k.machine, k.letters, word)
	if because != "" {
		k.cut[because] = true
	}
	return word
}

// foreseen returns a word up to what the model has no word for, and because of which
// of the profile's quirks that is; empty: it has words for all.
func foreseen(c Class, p spec.Profile, m *model.Machine, letters map[string]model.Input, word []string) (part []string, because spec.Quirk) {
	at, _ := m.Initial()
	for i, name := range word {
		in := letters[name]
		if q := c.beyond(at, in.Message); q != "" && p.Has(q) {
			return word[:i], q
		}
		at, _ = m.Step(at, in)
	}
	return word, ""
}

// beyond returns the quirk because of which a message may lead beyond the model;
// empty: none.
func (c Class) beyond(at model.Endpoint, m model.Message) spec.Quirk {
	server := c.Role == spec.Server
	switch {
	case at.State == spec.Established && m.Type != spec.ApplicationData && server:
		return spec.QuirkServerRenegotiates
	case at.State == spec.Established && m.Type != spec.ApplicationData:
		return spec.QuirkRenegotiates
	case at.State == spec.AwaitClientHello && c.Named != spec.NamedOpen &&
		(m.Hello.Version == model.VersionTLS10 || m.Hello.Version == model.VersionTLS11):
		return spec.QuirkNamedSuiteUnchecked
	}
	return ""
}

// study makes the model's machine of the class, and the index of its letters.
func (k *court) study() (err error) {
	k.machine, err = model.NewOpenMachine(k.player.class.Role, k.player.scenario, model.Options{Profile: k.profile})
	if err != nil {
		return err
	}
	k.letters = lettersOf(k.machine)
	return nil
}

// lettersOf returns the inputs of a machine by their names.
func lettersOf(m *model.Machine) map[string]model.Input {
	letters := map[string]model.Input{}
	for _, in := range m.Inputs() {
		letters[in.Name] = in
	}
	return letters
}
