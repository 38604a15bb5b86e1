package harness

import (
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Run is one handshake in which model and implementation go in step. Begin
// reuses it for the next.
type Run struct {
	// Pair is the implementation's side.
	Pair *Pair

	system *model.System
	state  model.State
	steps  []step
	over   bool
}

type step struct {
	action   model.Action
	observed spec.Observation
}

// NewRun returns a Run that has not begun.
func NewRun() *Run { return &Run{Pair: NewPair()} }

// Begin starts a handshake: the system's scenario must be one, and its profile
// "rfc". The seed decides all that the scenario leaves to chance.
func (r *Run) Begin(sys *model.System, seed uint64) error {
	initial := sys.Initial()
	if len(initial) != 1 {
		return fmt.Errorf("harness: the system has %d scenarios; fix one", len(initial))
	}
	sc := sys.Scenario(initial[0])
	if open := sc.WithDefaults(); open != sc {
		return fmt.Errorf("harness: the system leaves a part of the scenario open: %s", model.ScenarioString(sc))
	}
	r.system, r.state, r.steps, r.over = sys, initial[0], r.steps[:0], false
	return r.Pair.Begin(sc, seed)
}

// Over reports whether nothing can be compared any more: the two differ, or the
// implementation has used the one freedom that it has, and waits after a
// protected record without keys where the model has it fail.
func (r *Run) Over() bool { return r.over }

// Scenario returns the scenario, nothing open.
func (r *Run) Scenario() spec.Scenario { return r.Pair.scenario }

// Seed returns what all randomness of the endpoints follows from.
func (r *Run) Seed() uint64 { return r.Pair.seed }

// State returns the model's state.
func (r *Run) State() model.State { return r.state }

// Enabled returns what can be done next; nothing once the run is over.
func (r *Run) Enabled() []model.Action {
	if r.over {
		return nil
	}
	return r.system.Enabled(r.state)
}

// Follow takes the actions of a path, which may have been found in a system that
// leaves more open. It returns how many were taken and agreed, and the first
// difference.
func (r *Run) Follow(path []model.Action) (agreed int, err error) {
	for i, open := range path {
		if err := r.FollowOne(open); err != nil || r.over {
			return i, err
		}
	}
	return len(path), nil
}

// FollowOne takes one action of such a path.
func (r *Run) FollowOne(open model.Action) error {
	a, ok := r.system.Refined(r.state, open)
	if !ok {
		return fmt.Errorf("harness: %v cannot be done here after\n%s", open, r.Conversation())
	}
	return r.Step(a)
}

// Step carries out one of the enabled actions on both sides. It returns a
// [*Difference] where they do not agree; the run is over then.
func (r *Run) Step(a model.Action) error {
	if r.over {
		return nil
	}
	if need, have := needed(a), len(*r.Pair.stream(a.To)); need > have {
		return r.differ(a, "messages on the stream", fmt.Sprintf("%d or more", need), fmt.Sprint(have))
	}
	next := r.system.Next(r.state, a)
	want := r.system.Observe(r.state, a, next)
	garbage := r.garbage(a)
	got, panicked := r.do(a)
	if panicked != nil {
		return r.differ(a, "panic", "none", fmt.Sprint(panicked))
	}
	if garbage {
		r.tolerate(a, &want, &got)
	}
	if h := next.Client.Hello; want.Suite == 0 && (h.Suite != model.NoSuite || h.Random == model.RandomForeign) && got.Role == spec.Client {
		got.Suite = 0 // the attacker has chosen it
	}
	r.state = next
	r.steps = append(r.steps, step{a, got})
	if r.over || equal(&want, &got) {
		return nil
	}
	field, m, i := differing(&want, &got)
	return r.differ(a, field, m, i)
}

// do carries out an action on the real endpoints, which may fail in whatever
// way.
func (r *Run) do(a model.Action) (o spec.Observation, panicked any) {
	defer func() { panicked = recover() }()
	return r.Pair.Do(a), nil
}

func (r *Run) differ(a model.Action, field, model, impl string) error {
	r.over = true
	return &Difference{
		Scenario: r.Scenario(), Conversation: r.Conversation(), Action: a.String(), Field: field, Model: model, Impl: impl,
	}
}

// needed returns how many messages must be on the stream that an action is
// about.
func needed(a model.Action) int {
	switch a.Event {
	case spec.ClientStart, spec.ClientSendApplicationData, spec.ServerSendApplicationData, spec.ClientTimeout, spec.ServerTimeout,
		spec.AttackerInject:
		return 0
	case spec.AttackerReorder:
		return 2
	case spec.AttackerReplay:
		if !a.Splice {
			return 0
		}
	}
	return 1
}

// garbage reports whether a delivers a protected record to a side without keys.
func (r *Run) garbage(a model.Action) bool {
	if a.Event.Role() == spec.Attacker || needed(a) == 0 {
		return false
	}
	me := r.state.Client
	if a.To == spec.Server {
		me = r.state.Server
	}
	return (*r.Pair.stream(a.To))[0].sealed && !me.State.ReadProtected()
}

// tolerate allows the endpoint that has read garbage to say so with one of
// three alerts, or to wait for the rest of what the garbage seems to begin.
func (r *Run) tolerate(a model.Action, want, got *spec.Observation) {
	if got.Event != want.Event && got.State != spec.Failed && len(got.Sent) == 0 {
		r.over = true
		return
	}
	if len(got.Sent) != 1 || len(want.Sent) != 1 {
		return
	}
	switch got.Sent[0].Alert {
	case spec.IllegalParameter, spec.DecodeError:
		got.Sent[0].Alert = want.Sent[0].Alert
		// The peer will read an alert that is not the model's.
		if s := *r.Pair.stream(a.To.Peer()); len(s) >= 2 {
			s[len(s)-2].taken = want.Sent[0].Alert
		}
	}
}

// Conversation tells the run so far, in the words of scenarios and charts, as
// the implementation had it.
func (r *Run) Conversation() string {
	text := "handshake"
	if sc := Distinctive(r.Pair.scenario); sc != "" {
		text += " " + sc
	}
	return text + "\n----\n" + tellAll(r.steps)
}

func tellAll(steps []step) string {
	var b strings.Builder
	last := [2]spec.State{spec.Start, spec.AwaitClientHello}
	for _, s := range steps {
		if s.action.Event.Role() == spec.Attacker {
			arrow := "C->S"
			if s.action.To == spec.Client {
				arrow = "S->C"
			}
			fmt.Fprintf(&b, "%s %v\n", arrow, s.action)
			continue
		}
		tell(&b, &s.observed, last[s.observed.Role])
		last[s.observed.Role] = s.observed.State
	}
	return b.String()
}

// tell writes what one step of an endpoint has shown.
func tell(b *strings.Builder, o *spec.Observation, before spec.State) {
	who := strings.ToLower(o.Role.String())
	if o.Call.Made {
		fmt.Fprintf(b, "%s callback ticket=%v: %v\n", who, o.Call.Ticket, o.Call.Result)
	}
	if o.Delivered > 0 {
		fmt.Fprintf(b, "%s got application data\n", who)
	}
	for _, s := range o.Sent {
		fmt.Fprintln(b, s.Line(o.Role))
	}
	if o.Cache != spec.CacheNone {
		fmt.Fprintf(b, "%s cache %v\n", who, o.Cache)
	}
	switch {
	case o.State == before:
	case o.State == spec.Failed:
		fmt.Fprintf(b, "%s failed: %v\n", who, o.Failure)
	case o.State == spec.Established:
		fmt.Fprintf(b, "%s established secret=%v resumed=%v\n", who, o.Secret, o.Resumed)
	}
}
