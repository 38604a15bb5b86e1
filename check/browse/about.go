package browse

import (
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// About is what the page can be asked for: it does not change.
type About struct {
	Dimensions []Dimension `json:"dimensions"`
	Profiles   []Profile   `json:"profiles"`
	Mutants    []Mutant    `json:"mutants"`
	Properties []Property  `json:"properties"`
	Attacks    []Property  `json:"attacks"`
	Presets    []Preset    `json:"presets"`
	MaxBudget  int         `json:"maxBudget"`
	DrawMost   int         `json:"drawMost"` // nodes that the page lays out itself
}

// Profile is a profile with its quirks in words.
type Profile struct {
	Name   string   `json:"name"`
	Quirks []string `json:"quirks"`
}

// Mutant is a planted fault.
type Mutant struct {
	Name     string   `json:"name"`
	Text     string   `json:"text"`
	Source   string   `json:"source"`
	Budget   int      `json:"budget"` // that it takes to show
	Violates []string `json:"violates"`
}

// Property is a property or an attack.
type Property struct {
	Name         string   `json:"name"`
	Text         string   `json:"text"`
	Requirements []string `json:"requirements"`
	Budget       int      `json:"budget"`
}

// Preset is a scenario with a name.
type Preset struct {
	Name     string `json:"name"`
	Scenario string `json:"scenario"`
}

// presets are where to begin.
var presets = []Preset{
	{"A PAC is accepted", firstScenario},
	{"A PAC is declined", "ticket=pac server=decline client=accept"},
	{"The PAC keys differ", "ticket=pac server=accept client=accept keys=differ"},
	{"A PAC beside a Session ID", "ticket=pac server=accept client=accept sid=fresh"},
	{"The callback names a suite", "ticket=pac server=accept client=accept named=offered"},
	{"The server's callback fails", "ticket=pac server=fail client=accept"},
	{"A full handshake", ""},
	{"A client certificate is required", "client-auth=require client-cert=on"},
	{"A session is resumed by its ID", "sid=cached"},
	{"A session is resumed by its ticket", "ticket=session tickets=on"},
	{"Anonymous Diffie-Hellman", "exchange=anonymous"},
	{"Everything about the callbacks is open", "ticket=? server=? client=? keys=? sid=?"},
}

// about collects it.
func about() *About {
	a := &About{Dimensions: dimensions(), Presets: presets, MaxBudget: model.MaxBudget, DrawMost: drawMost}
	texts := map[spec.Quirk]string{}
	for _, q := range spec.Quirks() {
		texts[q.Quirk] = q.Role.String() + ": " + q.Text
	}
	for _, p := range spec.Profiles() {
		shown := Profile{Name: p.Name, Quirks: []string{}}
		for _, q := range p.Quirks {
			shown.Quirks = append(shown.Quirks, texts[q])
		}
		a.Profiles = append(a.Profiles, shown)
	}
	for _, m := range model.Mutants() {
		a.Mutants = append(a.Mutants, Mutant{m.Name, m.Text, m.Source, m.Budget, m.Violates})
	}
	for _, p := range model.Properties() {
		a.Properties = append(a.Properties, Property{p.Name, p.Text, p.Requirements, p.Budget})
	}
	for _, x := range model.Attacks() {
		a.Attacks = append(a.Attacks, Property{x.Name, x.Text, x.Requirements, x.Budget})
	}
	return a
}
