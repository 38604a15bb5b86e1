package tla

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// covered is what the configurations whose graphs are compared reach together.
type covered struct {
	dimensions map[string]bool
	budgets    map[int]bool
	open       map[string]bool
}

// cover looks at the configurations of `make tla`.
func cover(t *testing.T, all []Config) covered {
	t.Helper()
	c := covered{map[string]bool{}, map[int]bool{}, map[string]bool{}}
	for _, config := range all {
		if !config.Graph || config.Long {
			continue
		}
		fixed, err := model.ParseScenario(config.Fix)
		if err != nil {
			t.Fatal(err)
		}
		for v, i := reflect.ValueOf(fixed), 0; i < v.NumField(); i++ {
			if v.Field(i).IsZero() {
				c.dimensions[fmt.Sprint(v.Type().Field(i).Name, " with budget ", config.Budget)] = true
			}
		}
		c.budgets[config.Budget] = true
		c.open[config.Open] = true
	}
	return c
}

// TestConfigurationsCover: together the configurations leave every dimension
// open, without and with a move of the attacker, and have the machines of both
// endpoints.
func TestConfigurationsCover(t *testing.T) {
	_, all := load(t)
	if missing := cover(t, all).missing(); len(missing) > 0 {
		t.Errorf("not covered: %v", missing)
	}
	// Without one of the configurations something is missing.
	for _, name := range []string{"MCOpenServer", "MCVersion12"} {
		fewer := slices.DeleteFunc(slices.Clone(all), func(c Config) bool { return c.Name == name })
		if missing := cover(t, fewer).missing(); len(missing) == 0 {
			t.Errorf("nothing is missing without %s", name)
		}
	}
}

func (c covered) missing() (all []string) {
	for _, budget := range []int{0, 1} {
		if !c.budgets[budget] {
			all = append(all, fmt.Sprint("budget ", budget))
		}
		for v, i := reflect.TypeFor[spec.Scenario](), 0; i < v.NumField(); i++ {
			if d := fmt.Sprint(v.Field(i).Name, " with budget ", budget); !c.dimensions[d] {
				all = append(all, d)
			}
		}
	}
	for _, r := range []spec.Role{spec.Client, spec.Server} {
		if !c.open[r.String()] {
			all = append(all, "the machine of "+r.String())
		}
	}
	return all
}

// constant are the fields of the endpoints' records that stand still by what they
// are: no attacker of Sesame adds an extension that nobody asked for; MCOpen's
// peer does.
var constant = []string{"hello.unrequested"}

// TestLargestIsVaried: in the largest configuration of `make tla` no variable is
// constant, nor is a field of both endpoints' records, and every action happens.
func TestLargestIsVaried(t *testing.T) {
	_, all := load(t)
	var largest Config
	for _, c := range all {
		if c.Graph && !c.Long && c.States > largest.States {
			largest = c
		}
	}
	if largest.States < 100_000 || largest.States > 300_000 {
		t.Errorf("%s has %d states; 100,000 to 300,000 are wanted", largest.Name, largest.States)
	}
	g := explored(t, largest)
	if silent := g.silent(); len(silent) > 0 {
		t.Errorf("never happen: %v", silent)
	}
	if still := g.still(t); !slices.Equal(still, constant) {
		t.Errorf("constant in %s: %v", largest.Name, still)
	}
	// The twin: without an attacker much stands still.
	small, err := Find(all, "MC0")
	if err != nil {
		t.Fatal(err)
	}
	g = explored(t, small)
	if still := g.still(t); !slices.Contains(still, "budget") || !slices.Contains(still, "lost") {
		t.Errorf("constant in MC0: %v", still)
	}
	if !slices.Contains(g.silent(), spec.AttackerDrop.String()) {
		t.Error("an attacker moves in MC0")
	}
}

// still returns the variables, and the fields of both endpoints' records, that
// have one value in all states, in order. It looks at enough states to see each
// vary.
func (g *Graph) still(t *testing.T) []string {
	t.Helper()
	first := map[string]string{}
	left := map[string]bool{}
	for i := 0; i < len(g.keys); i += 1 + len(g.keys)/4096 {
		text, err := g.text(int32(i))
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range parts(text) {
			if was, ok := first[name]; !ok {
				first[name], left[name] = value, true
			} else if was != value {
				delete(left, name)
			}
		}
	}
	var still []string
	for name := range left {
		field, isServers := strings.CutPrefix(name, "server.")
		switch {
		case !strings.Contains(name, "."):
			still = append(still, name)
		case isServers && left["client."+field]:
			still = append(still, field)
		}
	}
	slices.Sort(still)
	return still
}

// parts are the variables of a state, and the fields of client and server.
func parts(state string) map[string]string {
	all := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(state), "\n") {
		name, value, _ := strings.Cut(strings.TrimPrefix(line, `/\ `), " = ")
		all[name] = value
		if name != "client" && name != "server" {
			continue
		}
		for _, f := range fields(line) {
			field, v, _ := strings.Cut(f, "|->")
			all[name+"."+field] = v
			if field == "hello" {
				for _, h := range strings.Split(strings.Trim(v, "[]"), ",") {
					of, w, _ := strings.Cut(h, "|->")
					all[name+".hello."+of] = w
				}
			}
		}
	}
	return all
}

// silent returns the actions that never happen.
func (g *Graph) silent() (all []string) {
	seen := map[Action]bool{}
	for _, e := range g.Edges {
		seen[e.Action] = true
	}
	for e := spec.NoEvent + 1; int(e) < spec.Events; e++ {
		if !seen[actions.number(e.String())] {
			all = append(all, e.String())
		}
	}
	return all
}

// elsewhere are the properties of the Go model that are no property of the TLA+
// specification under their name, and why.
var elsewhere = map[string]string{}

// ownProperties are those of the TLA+ specification alone, and why.
var ownProperties = map[string]string{
	"TypeOK":            "what the variables may hold, which Go's types say of the model",
	"ReadingLeavesLess": "what makes Progress true with an attacker too, as a property of transitions",
}

// TestPropertiesAreNamedAlike compares the properties of the Go model with those
// that TLC checks, without an attacker and with one.
func TestPropertiesAreNamedAlike(t *testing.T) {
	dir, _ := load(t)
	checked := func(config string) []string {
		text, err := os.ReadFile(filepath.Join(dir, config+".cfg"))
		if err != nil {
			t.Fatal(err)
		}
		_, list, _ := bytes.Cut(text, []byte("CHECK_DEADLOCK FALSE"))
		return slices.DeleteFunc(regexp.MustCompile(`\w+`).FindAllString(string(list), -1), func(w string) bool {
			return strings.HasPrefix(w, "INVARIANT") || strings.HasPrefix(w, "PROPERT")
		})
	}
	with, without := append(checked("MCProperties1"), checked("MCProgress")...), append(checked("MCProperties0"), checked("MCProgress")...)
	slices.Sort(with)
	slices.Sort(without)
	if !slices.Equal(with, without) {
		t.Errorf("with an attacker TLC checks\n%v\nand without\n%v", with, without)
	}
	for _, problem := range unlike(model.Properties(), with) {
		t.Error(problem)
	}
	// The twins: one fewer on either side.
	if len(unlike(model.Properties(), with[1:])) != 1 || len(unlike(model.Properties()[1:], with)) != 1 {
		t.Error("a property that one side lacks is not found")
	}
}

func unlike(properties []model.Property, checked []string) (problems []string) {
	names := map[string]bool{}
	for _, p := range properties {
		names[Name(p.Name)] = true
		if !slices.Contains(checked, Name(p.Name)) && elsewhere[p.Name] == "" {
			problems = append(problems, "TLC does not check "+Name(p.Name))
		}
	}
	for _, c := range checked {
		if !names[c] && ownProperties[c] == "" {
			problems = append(problems, "the Go model has no property "+c)
		}
	}
	return problems
}
