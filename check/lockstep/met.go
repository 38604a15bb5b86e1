package lockstep

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/graph"
	"github.com/sesame-tls/sesame/spec"
)

// Met is what has occurred in handshakes, and how often: values of the
// scenario's dimensions ("ticket=pac"), events, and the attacker's moves as
// [model.Action] writes them. The zero value is empty.
type Met struct{ times map[string]int }

func (m *Met) add(what string) {
	if m.times == nil {
		m.times = map[string]int{}
	}
	m.times[what]++
}

// join adds what another has.
func (m *Met) join(other *Met) {
	if m.times == nil {
		m.times = map[string]int{}
	}
	for what, n := range other.times {
		m.times[what] += n
	}
}

func (m *Met) scenario(sc spec.Scenario) {
	for _, word := range strings.Fields(model.ScenarioString(sc)) {
		m.add(word)
	}
}

func (m *Met) action(a model.Action) {
	m.add(a.Event.String())
	if a.Event.Role() == spec.Attacker {
		m.add(a.String())
	}
}

// Values returns the values of all dimensions.
func Values() []string { return harness.Values() }

// Events returns the names of all events.
func Events() (all []string) {
	for e := spec.NoEvent + 1; int(e) < spec.Events; e++ {
		all = append(all, e.String())
	}
	return all
}

// movable are parts of the configuration space in which together every move of
// the attacker is possible: in the first each key exchange, tickets, sessions
// and clients with certificates; in the second each setting of the extensions.
var movable = []string{
	"mode=cbc client-version=1.2 server-version=1.2 named=none preferred=none client-ems=on server-ems=on session-ems=on " +
		"client-etm=on server-etm=on keys=agree client=unset trust-root=on",
	"mode=cbc client-version=1.1 named=none preferred=none session-ems=on keys=agree trust-root=on client-auth=off " +
		"exchange=anonymous-beside",
}

// way is a shortest way to a move of the attacker, the move included.
type way struct {
	system *model.System
	path   []model.Action
	end    model.State
}

// Moves returns the attacker's moves.
func Moves() ([]string, error) {
	all, err := ways()
	return slices.Sorted(maps.Keys(all)), err
}

// ways returns the ways to all moves.
var ways = sync.OnceValues(func() (map[string]way, error) {
	all := map[string]way{}
	for _, text := range movable {
		fix, err := model.ParseScenario(text)
		if err != nil {
			return nil, err
		}
		sys, err := model.New(model.Options{Budget: 1, Fix: fix})
		if err != nil {
			return nil, err
		}
		g, err := graph.Reachable(sys, 0)
		if err != nil {
			return nil, err
		}
		addWays(all, sys, g)
	}
	return all, nil
})

// addWays adds the ways through one graph. Its nodes are numbered by their
// distance: the first edge into one is the last of a shortest way.
func addWays(all map[string]way, sys *model.System, g *graph.States) {
	into := map[int]int{}
	for e, a := range g.Action {
		if _, met := into[g.Head(e)]; !met {
			into[g.Head(e)] = e
		}
		if a.Event.Role() != spec.Attacker || all[a.String()].path != nil {
			continue
		}
		w := way{sys, []model.Action{a}, g.State[g.Head(e)]}
		for at := g.Tail(e); at != 0; at = g.Tail(into[at]) {
			w.path = append(w.path, g.Action[into[at]])
		}
		slices.Reverse(w.path)
		all[a.String()] = w
	}
}

// Seek drives to moves of the attacker that chance has left out, and on to the
// end of the handshake.
func Seek(ctx context.Context, o Options, missing []string) error {
	all, err := ways()
	if err != nil {
		return err
	}
	d := newDriver(ctx, o)
	for _, name := range missing {
		w, known := all[name]
		if !known {
			return fmt.Errorf("lockstep: the attacker has no move %q", name)
		}
		sys, err := d.system(w.system.Complete(w.end, func(int) int { return 0 }), 1)
		if err != nil {
			return err
		}
		if err := d.begin(sys, 0); err != nil {
			return err
		}
		if _, err := d.run.Follow(w.path); err != nil {
			return d.failed("seek", err)
		}
		if err := d.run.Finish(); err != nil {
			return d.failed("seek", err)
		}
		if o.Met != nil {
			for _, a := range w.path {
				o.Met.action(a)
			}
		}
	}
	return ctx.Err()
}

// Of returns how many of some things have been met, and those that have not.
func (m *Met) Of(all []string) (n int, missing []string) {
	for _, what := range all {
		if m.times[what] == 0 {
			missing = append(missing, what)
		}
	}
	return len(all) - len(missing), missing
}
