package browse

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Compared is a path in two systems that differ in their profile or their
// mutant.
type Compared struct {
	Other Setting `json:"other"`
	// Agreed is how many steps both take alike. Where it is not all of them,
	// Difference tells the next one.
	Agreed     int         `json:"agreed"`
	Steps      int         `json:"steps"`
	Difference *Difference `json:"difference,omitempty"`
	There      string      `json:"there"` // the address in the other system, as far as the path goes there
	OnlyHere   []string    `json:"onlyHere"`
	OnlyThere  []string    `json:"onlyThere"` // actions that are enabled at the end in one alone
	// Shortest leads to a nearest difference from the first state: both are
	// addresses. They are empty where there is none.
	Shortest      string      `json:"shortest,omitempty"`
	ShortestThere string      `json:"shortestThere,omitempty"`
	Nearest       *Difference `json:"nearest,omitempty"`
	Pairs         int         `json:"pairs"` // of states that were compared
}

// Difference is one step that is not alike.
type Difference struct {
	Action string `json:"action"`
	Field  string `json:"field"` // of what the step shows; "enabled" where one alone can take it
	Here   string `json:"here"`
	There  string `json:"there"`
}

// twin is a state of each system, reached in the same way.
type twin struct{ here, there model.State }

// two are the systems.
type two struct{ here, there *model.System }

// step takes an action in both. It returns nil, and the states, where they agree.
func (t two) step(at twin, a model.Action) (twin, *Difference) {
	d := &Difference{Action: a.String(), Field: "enabled", Here: "it can be done"}
	b, ok := sameName(t.there, at.there, a)
	if !ok {
		d.There = "it cannot be done"
		return at, d
	}
	next := twin{t.here.Next(at.here, a), t.there.Next(at.there, b)}
	here, there := t.here.Observe(at.here, a, next.here), t.there.Observe(at.there, b, next.there)
	if reflect.DeepEqual(here, there) {
		return next, nil
	}
	d.Field, d.Here, d.There = differing(here, there)
	return next, d
}

// sameName finds the action of another system that does the same, and chooses
// the same of the scenario, if there is more than one.
func sameName(sys *model.System, st model.State, a model.Action) (found model.Action, ok bool) {
	if b, ok := sys.Refined(st, a); ok && b == a {
		return b, true
	}
	for _, b := range sys.Enabled(st) {
		if b == a {
			return b, true
		}
		if !ok && b.String() == a.String() {
			found, ok = b, true
		}
	}
	return found, ok
}

// differing names the first field in which two observations differ, and says
// both. What was sent comes first: it says most.
func differing(here, there spec.Observation) (field, a, b string) {
	if !reflect.DeepEqual(here.Sent, there.Sent) {
		return "Sent", sentText(here), sentText(there)
	}
	x, y := reflect.ValueOf(here), reflect.ValueOf(there)
	for i := range x.NumField() {
		if a, b := fmt.Sprint(x.Field(i)), fmt.Sprint(y.Field(i)); a != b {
			return x.Type().Field(i).Name, a, b
		}
	}
	return "", "", ""
}

func sentText(o spec.Observation) string {
	text := ""
	for _, s := range o.Sent {
		if text != "" {
			text += ", "
		}
		text += s.Line(o.Role)[len("C->S "):]
	}
	return orNone(text)
}

// compare holds the walk against the system of another setting.
func (w *walk) compare(ctx context.Context, other Setting) (*Compared, error) {
	if other == w.setting {
		return nil, wrong(paramProfile, "choose another profile or mutant to compare with", "both systems are the same")
	}
	sys, err := other.system()
	if err != nil {
		return nil, err
	}
	c := &Compared{Other: other, Steps: len(w.steps), OnlyHere: []string{}, OnlyThere: []string{}}
	t, at := two{w.sys, sys}, twin{w.first, sys.Initial()[0]}
	there := newWalk(other, sys)
	for _, s := range w.steps {
		if b, ok := sameName(sys, at.there, s.Action); ok {
			there.follow([]model.Action{b})
		}
		if at, c.Difference = t.step(at, s.Action); c.Difference != nil {
			break
		}
		c.Agreed++
	}
	c.There = there.link(len(there.steps))
	if c.Difference == nil {
		c.OnlyHere, c.OnlyThere = t.only(at)
	}
	return c, c.nearest(ctx, t, w.setting)
}

// only lists the actions that are enabled in one of two states alone.
func (t two) only(at twin) (here, there []string) {
	here, there = []string{}, []string{}
	names := func(sys *model.System, st model.State) (all []string) {
		for _, a := range sys.Enabled(st) {
			all = append(all, a.String())
		}
		return all
	}
	a, b := names(t.here, at.here), names(t.there, at.there)
	for _, name := range a {
		if !slices.Contains(b, name) {
			here = append(here, name)
		}
	}
	for _, name := range b {
		if !slices.Contains(a, name) {
			there = append(there, name)
		}
	}
	return here, there
}

// pairsMost bounds the search for a nearest difference.
const pairsMost = 20_000

// found is a pair on the way to a difference.
type found struct {
	at     twin
	parent int
	by     model.Action
}

// nearest looks for a shortest path to a difference, breadth first.
func (c *Compared) nearest(ctx context.Context, t two, s Setting) error {
	queue := []found{{at: twin{t.here.Initial()[0], t.there.Initial()[0]}, parent: -1}}
	seen := map[twin]bool{queue[0].at: true}
	for i := 0; i < len(queue) && len(queue) < pairsMost; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		enabled := t.here.Enabled(queue[i].at.here)
		for _, a := range enabled {
			next, d := t.step(queue[i].at, a)
			if d != nil {
				c.Nearest, c.Pairs = d, len(queue)
				c.point(t, s, queue, found{parent: i, by: a})
				return nil
			}
			if !seen[next] {
				seen[next] = true
				queue = append(queue, found{next, i, a})
			}
		}
		// The other one can do all that this one can, and may be able to do more.
		if len(t.there.Enabled(queue[i].at.there)) > len(enabled) {
			_, more := t.only(queue[i].at)
			c.Nearest, c.Pairs = &Difference{more[0], "enabled", "it cannot be done", "it can be done"}, len(queue)
			c.point(t, s, queue, queue[i])
			return nil
		}
	}
	c.Pairs = len(queue)
	return nil
}

// point makes the addresses of both ends of the way to last.
func (c *Compared) point(t two, s Setting, queue []found, last found) {
	var path []model.Action
	for f := last; f.parent >= 0; f = queue[f.parent] {
		path = append(path, f.by)
	}
	slices.Reverse(path)
	here, there := newWalk(s, t.here), newWalk(c.Other, t.there)
	here.follow(path)
	for _, a := range path {
		if b, ok := sameName(t.there, there.end(), a); ok {
			there.follow([]model.Action{b})
		}
	}
	if c.Nearest.Here == "it cannot be done" {
		i := slices.IndexFunc(t.there.Enabled(there.end()), func(a model.Action) bool { return a.String() == c.Nearest.Action })
		there.take(i, t.there.Enabled(there.end())[i])
	}
	c.Shortest, c.ShortestThere = here.link(len(here.steps)), there.link(len(there.steps))
}
