package browse

import (
	"fmt"
	"hash/fnv"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Setting says which system of the model is meant.
type Setting struct {
	Profile  string `json:"profile"`
	Mutant   string `json:"mutant"`
	Budget   int    `json:"budget"`   // the attacker's moves
	WireOnly bool   `json:"wireOnly"` // the attacker is no endpoint
	// Scenario has the dimensions that differ from the defaults, as name=value;
	// name=? is open.
	Scenario string `json:"scenario"`
}

// Place is a system, and a path in it.
type Place struct {
	Setting
	// Path has a number for each step: the action's among those that are enabled.
	Path []int
	// Mark, if not empty, is what [Walk.Mark] was when the address was made.
	Mark string
}

// firstScenario is what an address without a scenario shows: a PAC is accepted.
const firstScenario = "ticket=pac server=accept client=accept"

// maxPath bounds the steps of a path. No run of the model is longer.
const maxPath = 200

// The parameters of an address.
const (
	paramProfile  = "profile"
	paramMutant   = "mutant"
	paramBudget   = "budget"
	paramWireOnly = "wire"
	paramScenario = "scenario"
	paramPath     = "path"
	paramMark     = "mark"
)

// ParsePlace reads a place from the query of an address. Parameters that are
// not about a place are left to others.
func ParsePlace(q url.Values) (Place, error) {
	s, err := parseSetting(q)
	if err != nil {
		return Place{}, err
	}
	p := Place{Setting: s, Mark: q.Get(paramMark)}
	text := q.Get(paramPath)
	if text == "" {
		return p, nil
	}
	for i, word := range strings.Split(text, ".") {
		n, err := strconv.Atoi(word)
		if err != nil || n < 0 {
			return p, wrong(paramPath, "give the numbers of actions, separated by dots", "step %d is %q", i+1, short(word))
		}
		if i == maxPath {
			return p, wrong(paramPath, "give fewer", "there are more than %d steps", maxPath)
		}
		p.Path = append(p.Path, n)
	}
	return p, nil
}

func parseSetting(q url.Values) (s Setting, err error) {
	s.Profile, s.Mutant, s.WireOnly = q.Get(paramProfile), q.Get(paramMutant), q.Get(paramWireOnly) == "1"
	if s.Profile == "" {
		s.Profile = spec.Profiles()[0].Name
	}
	if text := q.Get(paramBudget); text != "" {
		if s.Budget, err = strconv.Atoi(text); err != nil || s.Budget < 0 || s.Budget > model.MaxBudget {
			return s, wrong(paramBudget, fmt.Sprintf("give 0 to %d", model.MaxBudget), "%q moves", short(text))
		}
	}
	text := firstScenario
	if q.Has(paramScenario) {
		text = q.Get(paramScenario)
	}
	words, err := scenarioWords(text)
	if err != nil {
		return s, err
	}
	s.Scenario = distinctive(words)
	return s, nil
}

// short cuts off what somebody has given, so that an answer stays short.
func short(text string) string {
	if len(text) > 60 {
		return strings.ToValidUTF8(text[:60], "") + "…"
	}
	return text
}

// Dimension is one dimension of a scenario.
type Dimension struct {
	Name    string   `json:"name"`
	Values  []string `json:"values"`
	Default string   `json:"default"`
}

// open is the value of a dimension that is not fixed.
const open = "?"

// dimensions are those that the model has, in its order.
var dimensions = sync.OnceValue(func() (all []Dimension) {
	values := map[string][]string{}
	for _, word := range harness.Values() {
		name, value, _ := strings.Cut(word, "=")
		values[name] = append(values[name], value)
	}
	for _, word := range strings.Fields(model.ScenarioString(spec.Scenario{}.WithDefaults())) {
		name, value, _ := strings.Cut(word, "=")
		all = append(all, Dimension{name, values[name], value})
	}
	return all
})

// scenarioWords returns the value of each dimension: the default where a text
// says nothing of it.
func scenarioWords(text string) (map[string]string, error) {
	words := map[string]string{}
	for _, d := range dimensions() {
		words[d.Name] = d.Default
	}
	for _, word := range strings.Fields(text) {
		name, value, _ := strings.Cut(word, "=")
		i := slices.IndexFunc(dimensions(), func(d Dimension) bool { return d.Name == name })
		if i < 0 {
			return nil, wrong(paramScenario, "give name=value with one of "+strings.Join(names(dimensions()), ", "), "no dimension is named %q", short(name))
		}
		if d := dimensions()[i]; value != open && !slices.Contains(d.Values, value) {
			return nil, wrong(paramScenario, "give one of "+strings.Join(append(d.Values, open), ", "), "%s=%s", name, short(value))
		}
		words[name] = value
	}
	return words, nil
}

func names(all []Dimension) (names []string) {
	for _, d := range all {
		names = append(names, d.Name)
	}
	return names
}

// distinctive lists what differs from the defaults.
func distinctive(words map[string]string) string {
	var all []string
	for _, d := range dimensions() {
		if v := words[d.Name]; v != d.Default {
			all = append(all, d.Name+"="+v)
		}
	}
	return strings.Join(all, " ")
}

// fix returns the scenario as the model takes it: what is open is zero.
func (s Setting) fix() (spec.Scenario, error) {
	words, err := scenarioWords(s.Scenario)
	if err != nil {
		return spec.Scenario{}, err
	}
	var fixed []string
	for _, d := range dimensions() {
		if v := words[d.Name]; v != open {
			fixed = append(fixed, d.Name+"="+v)
		}
	}
	sc, err := model.ParseScenario(strings.Join(fixed, " "))
	if err != nil {
		return sc, err
	}
	return sc, possible(fixed)
}

// possible says which two of some words exclude each other.
func possible(words []string) error {
	exists := func(words ...string) bool {
		sc, err := model.ParseScenario(strings.Join(words, " "))
		if err == nil {
			_, err = model.New(model.Options{Fix: sc})
		}
		return err == nil
	}
	if exists(words...) {
		return nil
	}
	for i, a := range words {
		for _, b := range words[:i] {
			if !exists(a, b) {
				return wrong(paramScenario, "change one of them", "%s and %s exclude each other", b, a)
			}
		}
	}
	return wrong(paramScenario, "leave some of it open", "no scenario is %s", strings.Join(words, " "))
}

// options returns the setting as the model takes it.
func (s Setting) options() (o model.Options, err error) {
	if o.Profile, err = spec.ProfileByName(s.Profile); err != nil {
		return o, wrong(paramProfile, "give one of "+strings.Join(profileNames(), ", "), "no profile is named %q", short(s.Profile))
	}
	if s.Mutant != "" && !slices.ContainsFunc(model.Mutants(), func(m model.Mutant) bool { return m.Name == s.Mutant }) {
		return o, wrong(paramMutant, "give one that `sesame model list` has, or none", "no mutant is named %q", short(s.Mutant))
	}
	if s.Budget < 0 || s.Budget > model.MaxBudget {
		return o, wrong(paramBudget, fmt.Sprintf("give 0 to %d", model.MaxBudget), "%d moves", s.Budget)
	}
	o.Mutant, o.Budget, o.WireOnly = s.Mutant, s.Budget, s.WireOnly
	o.Fix, err = s.fix()
	return o, err
}

func profileNames() (names []string) {
	for _, p := range spec.Profiles() {
		names = append(names, p.Name)
	}
	return names
}

// system returns the system.
func (s Setting) system() (*model.System, error) {
	o, err := s.options()
	if err != nil {
		return nil, err
	}
	return model.New(o)
}

// Values returns the place as the query of an address.
func (p Place) Values() url.Values {
	q := url.Values{paramScenario: {p.Scenario}}
	for name, value := range map[string]string{paramProfile: p.Profile, paramMutant: p.Mutant, paramPath: pathText(p.Path), paramMark: p.Mark} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if p.Budget != 0 {
		q.Set(paramBudget, strconv.Itoa(p.Budget))
	}
	if p.WireOnly {
		q.Set(paramWireOnly, "1")
	}
	return q
}

func pathText(path []int) string {
	words := make([]string, len(path))
	for i, n := range path {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ".")
}

// mark is a short digest of the actions of a path: an address whose numbers mean
// other actions than they once did is recognised by it.
func mark(path []model.Step) string {
	if len(path) == 0 {
		return ""
	}
	h := fnv.New32a()
	for _, s := range path {
		fmt.Fprintln(h, s.Action)
	}
	return fmt.Sprintf("%08x", h.Sum32())
}
