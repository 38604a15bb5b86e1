package tla

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

func load(t *testing.T) (string, []Config) {
	t.Helper()
	dir, err := Dir()
	if err != nil {
		t.Fatal(err)
	}
	all, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir, all
}

// TestManifest holds the manifest against the configurations: each has its
// constants, and every mutant of the model that the specification can show fails
// something.
func TestManifest(t *testing.T) {
	dir, all := load(t)
	mutants := map[string]bool{}
	for _, c := range all {
		text, err := os.ReadFile(filepath.Join(dir, c.Name+".cfg"))
		if err != nil {
			t.Error(err)
			continue
		}
		if c.Mutant != "" {
			mutants[c.Mutant] = true
			if !strings.Contains(string(text), `Mutant = "`+c.Mutant+`"`) || !strings.Contains(string(text), c.Violates) {
				t.Errorf("%s.cfg has another mutant or property than the manifest", c.Name)
			}
		}
		if (c.Exit != ExitFine) != (c.Violates != "") {
			t.Errorf("%s: exit %d and violates %q", c.Name, c.Exit, c.Violates)
		}
		if _, err := c.Model(); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		if c.Within != "" && !isWithin(t, c, all, string(text)) {
			t.Errorf("%s is said to be within %s, and is not", c.Name, c.Within)
		}
	}
	for _, m := range model.Mutants() {
		if !mutants[m.Name] && !unseen[m.Name] {
			t.Errorf("no configuration has the mutant %s", m.Name)
		}
	}
}

var update = flag.Bool("update", false, "write the model's counts into tla/manifest.json")

// graphs are those of the Go model that a test has needed, by configuration.
var graphs = map[string]*Graph{}

func explored(t *testing.T, c Config) *Graph {
	t.Helper()
	if graphs[c.Name] == nil {
		g, err := c.Explore(nil)
		if err != nil {
			t.Fatal(err)
		}
		graphs[c.Name] = g
	}
	return graphs[c.Name]
}

// follows reports whether c explores the graph of another configuration, and no
// other one.
func (c Config) follows(graph Config, modules map[string]module) bool {
	return c.Exit == ExitFine && c.Transitions == 0 && c.States != 0 && !graph.WireOnly && !graph.UpFront &&
		slices.Equal(modules[c.Name].uses, modules[graph.Name].uses) && c.Fix == graph.Fix && c.Budget == graph.Budget
}

// isWithin reports whether the one that c names contains all that c shows: it fixes
// less of the scenario, nothing else is different, and c has no property.
func isWithin(t *testing.T, c Config, all []Config, text string) bool {
	o, err := Find(all, c.Within)
	if err != nil {
		t.Error(err)
	}
	fixed, free := strings.Fields(c.Fix), strings.Fields(o.Fix)
	more := slices.ContainsFunc(free, func(one string) bool { return !slices.Contains(fixed, one) })
	kind := func(c Config) Config {
		return Config{Budget: c.Budget, WireOnly: c.WireOnly, UpFront: c.UpFront, Mutant: c.Mutant, Open: c.Open, Exit: c.Exit, Race: c.Race, Graph: c.Graph}
	}
	return c.Graph && kind(c) == kind(o) && !more && len(free) < len(fixed) &&
		!strings.Contains(text, "INVARIANT") && !strings.Contains(text, "PROPERT")
}

// TestIsWithin: what has a property, moves or a budget of its own is within nothing.
func TestIsWithin(t *testing.T) {
	dir, all := load(t)
	for _, name := range []string{"MCProgress1", "MCWire", "MC0", "MC1", "MCOpenClient", "FaultEarlyChangeCipherSpec"} {
		c, err := Find(all, name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, name+".cfg"))
		if err != nil {
			t.Fatal(err)
		}
		if c.Within = "MC1"; isWithin(t, c, all, string(text)) {
			t.Errorf("%s is within MC1", name)
		}
	}
}

// TestWithoutParts: what another configuration contains is left out where that
// one is there, and there alone.
func TestWithoutParts(t *testing.T) {
	part, whole, other := Config{Name: "part", Within: "whole"}, Config{Name: "whole"}, Config{Name: "other"}
	if got := withoutParts([]Config{part, whole, other}); !slices.Equal(got, []Config{whole, other}) {
		t.Errorf("%v", got)
	}
	if got := withoutParts([]Config{part, other}); !slices.Equal(got, []Config{part, other}) {
		t.Errorf("%v", got)
	}
}

// TestManifestCounts holds the manifest's counts against the Go model's, so
// that a change of the model shows without TLC.
func TestManifestCounts(t *testing.T) {
	dir, all := load(t)
	modules, err := readModules(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range all {
		if !c.Graph || c.Long && !*update {
			continue
		}
		g := explored(t, c)
		if *update {
			all[i].States, all[i].Transitions, all[i].Depth = g.States(), len(g.Edges), g.Depth()
		} else if c.States != g.States() || c.Transitions != len(g.Edges) || c.Depth != g.Depth() {
			t.Errorf("%s: %d states, %d transitions, depth %d; the manifest has %d, %d and %d (-update writes it)",
				c.Name, g.States(), len(g.Edges), g.Depth(), c.States, c.Transitions, c.Depth)
		}
		for j := range all {
			if d := &all[j]; *update && d.follows(c, modules) {
				d.States, d.Depth = g.States(), g.Depth()
			}
		}
	}
	if *update {
		var b bytes.Buffer
		for i, c := range all {
			line, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			b.WriteString(map[bool]string{true: "[\n ", false: ",\n "}[i == 0])
			b.Write(line)
		}
		b.WriteString("\n]\n")
		if err := os.WriteFile(filepath.Join(dir, "manifest.json"), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRefinementLosesNothing: without callbacks Sesame has as many states and
// transitions as plain TLS, which could allow more and still be refined. That TLC
// finds these numbers, both runs see to.
func TestRefinementLosesNothing(t *testing.T) {
	_, all := load(t)
	same := func(one, other string) bool {
		a, err := Find(all, one)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Find(all, other)
		if err != nil {
			t.Fatal(err)
		}
		return a.Transitions > 0 && a.States == b.States && a.Transitions == b.Transitions && a.Depth == b.Depth
	}
	if !same("MCRefinement", "MCTLS") {
		t.Error("MCRefinement and MCTLS have different numbers")
	}
	if same("MC0", "MCTLS") {
		t.Error("the callbacks add nothing")
	}
}

// unseen are the mutants in what a hello says beyond the course of a handshake,
// which the specification does not hold.
var unseen = map[string]bool{"server-name-answered": true, "renegotiation-info-omitted": true}

// TestActionsAreEvents compares the actions of Next with the events.
func TestActionsAreEvents(t *testing.T) {
	dir, _ := load(t)
	text, err := os.ReadFile(filepath.Join(dir, "Sesame.tla"))
	if err != nil {
		t.Fatal(err)
	}
	_, next, found := strings.Cut(string(text), "\nNext ==\n")
	if !found {
		t.Fatal("Sesame.tla has no Next")
	}
	next, _, _ = strings.Cut(next, "\n\n")
	actions := map[string]bool{}
	for _, name := range regexp.MustCompile(`\w+`).FindAllString(next, -1) {
		actions[name] = true
		if !strings.Contains(string(text), "\n"+name+" ==") && !regexp.MustCompile(`\n`+name+` +==`).MatchString(string(text)) {
			t.Errorf("%s has no operator of its own", name)
		}
	}
	for e := spec.NoEvent + 1; int(e) < spec.Events; e++ {
		if !actions[e.String()] {
			t.Errorf("%v is no action of Next", e)
		}
		delete(actions, e.String())
	}
	if len(actions) > 0 {
		t.Errorf("no events: %v", actions)
	}
}

// TestCheck runs a small configuration, a must-fail one, and one whose record
// is wrong.
func TestCheck(t *testing.T) {
	needsTLC(t)
	dir, all := load(t)
	c, err := Find(all, "MC0")
	if err != nil {
		t.Fatal(err)
	}
	dump := filepath.Join(t.TempDir(), "graph.dot")
	if _, err := c.Check(t.Context(), Options{Dir: dir, Keep: dump}); err != nil {
		t.Error(err)
	}
	c.Mutant = "no-echo" // in the Go model alone
	var d *Difference
	if err := c.compareGraph(dump, Options{}); !errors.As(err, &d) || !strings.Contains(d.What, "reaches a state") || !strings.Contains(d.Path, "ServerReceiveClientHello") {
		t.Errorf("an altered action: %v", err)
	}
	fault, err := Find(all, "FaultNoEcho")
	if err != nil {
		t.Fatal(err)
	}
	found, err := fault.Check(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Error(err)
	}
	fault.Exit, fault.Violates = ExitFine, ""
	if err := fault.compare(found); err == nil || !strings.Contains(err.Error(), "SessionIDEchoed is violated") {
		t.Errorf("a wrong record: %v", err)
	}
	missing := TLC{Dir: dir, Module: "Nothing"}
	if _, err := missing.Run(t.Context()); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("no such configuration: %v", err)
	}
}
