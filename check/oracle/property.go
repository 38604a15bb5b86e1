package oracle

import (
	"fmt"

	"github.com/sesame-tls/sesame/check/results"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Kept is what became of a property that is local to one endpoint.
type Kept struct {
	Words  int // that put it to the test
	Broken int // of these
	// Example is a shortest conversation that breaks it.
	Example string
	length  int
}

// properties holds a word that was answered as predicted against the properties:
// what does not show from outside is what the own profile says.
func (k *court) properties(word, answers []string) {
	put, broken := map[string]bool{}, map[string]bool{}
	at, _ := k.machine.Initial()
	for i, name := range word {
		next, said := k.machine.Judge(at, k.letters[name])
		for _, p := range said.Checked {
			put[p] = true
		}
		for _, p := range said.Violated {
			if !broken[p] {
				broken[p] = true
				k.breaks(p, word[:i+1], answers)
			}
		}
		at = next
	}
	for p := range put {
		k.kept(p).Words++
	}
}

func (k *court) kept(property string) *Kept {
	if k.Properties[property] == nil {
		k.Properties[property] = &Kept{length: 1 << 30}
	}
	return k.Properties[property]
}

func (k *court) breaks(property string, word, answers []string) {
	p := k.kept(property)
	p.Broken++
	if len(word) < p.length {
		p.length = len(word)
		p.Example = fmt.Sprintf("%v\n%sanswered: %s", k.player.class, k.conversation(word, answers), answers[len(word)-1])
	}
}

// propertyResults are the verdicts on every property: those that are not local
// have them of the model alone, where together has any.
func (j *Judged) propertyResults(together map[string]model.Verdict) []results.Property {
	all := []results.Property{}
	for _, p := range model.Properties() {
		r := results.Property{Name: p.Name}
		if kept := j.Properties[p.Name]; kept != nil {
			r.Words, r.Broken, r.Example = kept.Words, kept.Broken, kept.Example
		}
		if !p.Local {
			r.Both = string(together[p.Name])
		}
		all = append(all, r)
	}
	return all
}

// together explores the model with a profile on both sides and an attacker who
// has one move, and returns what becomes of its properties.
func together(profile string) (map[string]model.Verdict, error) {
	p, err := spec.ProfileByName(profile)
	if err != nil {
		return nil, err
	}
	report, err := model.Run(model.Options{Profile: p, Budget: 1}, model.RunOptions{NoPaths: true})
	if err != nil {
		return nil, err
	}
	verdicts := map[string]model.Verdict{}
	for _, row := range report.Properties {
		verdicts[row.Name] = row.Verdict
	}
	return verdicts, nil
}
