package browse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/tla"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// lead is a state in which the model may be after some steps of a trace.
type lead struct {
	state model.State
	way   *model.Way
}

// leadsMost bounds where the model may be at once.
const leadsMost = 20_000

// walkTrace walks a trace along the model: every way that fits is followed at
// once, since an attacker's step says little, and one side's trace says nothing
// of the other's.
func walkTrace(ctx context.Context, s Setting, t tla.Trace) (*Walked, error) {
	sc, err := model.ParseScenario(t.Scenario)
	if err != nil {
		return nil, wrong("the file", "give a trace that this program has written", "trace %s: %v", short(t.ID), err)
	}
	s.Budget, s.WireOnly, s.Scenario = min(max(t.Budget, 0), model.MaxBudget), true, scenarioText(sc)
	sys, err := s.system()
	if err != nil {
		return nil, err
	}
	w := &Walked{Name: t.ID, Steps: len(t.Steps), Tale: []string{}}
	for _, step := range t.Steps {
		w.Tale = append(w.Tale, step.Event)
	}
	leads := []lead{{state: sys.Initial()[0]}}
	for _, step := range t.Steps {
		if step.Received == spec.CloseNotify.String() {
			w.Steps, w.Tale = w.Agreed, w.Tale[:w.Agreed] // the handshake and its data are over
			break
		}
		next, why, err := advance(ctx, sys, leads, t.Sides, step)
		if err != nil {
			return nil, err
		}
		if len(next) == 0 {
			w.Why = fmt.Sprintf("step %d, %s: %s", w.Agreed+1, step.Event, why)
			break
		}
		leads = next
		w.Agreed++
	}
	best := slices.MinFunc(leads, func(a, b lead) int { return oddity(sys, a.state) - oddity(sys, b.state) })
	w.Link, err = completed(s, sys, best.way.Actions())
	return w, err
}

// advance takes one recorded step from everywhere. What the side does that was
// not recorded happens in between.
func advance(ctx context.Context, sys *model.System, leads []lead, sides []string, step tla.Step) (next []lead, why string, err error) {
	seen, there := map[model.State]bool{}, map[model.State]bool{}
	why = "the model cannot do it there"
	queue := slices.Clone(leads)
	for i := 0; i < len(queue); i++ {
		at := queue[i]
		if seen[at.state] {
			continue
		}
		seen[at.state] = true
		if err := ctx.Err(); err != nil {
			return nil, "", err
		}
		if len(queue) > leadsMost {
			return nil, "", wrong("the file", "give a shorter one, or one of both ends", "a trace can be read in more than %d ways", leadsMost)
		}
		for _, a := range sys.Enabled(at.state) {
			to := sys.Next(at.state, a)
			on := lead{to, &model.Way{Last: a, Before: at.way}}
			role := a.Event.Role().String()
			if role != spec.Attacker.String() && !slices.Contains(sides, role) {
				queue = append(queue, on)
				continue
			}
			if a.Event.String() != step.Event {
				continue
			}
			if differs := unlike(sys, at.state, a, to, step, len(sides) > 1); differs != "" {
				why = differs
			} else if !there[to] {
				there[to] = true
				next = append(next, on)
			}
		}
	}
	return next, why, nil
}

// unlike says what of a recorded step the model's has otherwise; nothing where
// they fit.
func unlike(sys *model.System, at model.State, a model.Action, to model.State, step tla.Step, both bool) string {
	if a.Event.Role() == spec.Attacker {
		return unlikeStreams(sys, to, step.Variables)
	}
	o := sys.Observe(at, a, to)
	mine := tla.StepOf(&o)
	type field struct{ name, model, trace string }
	fields := []field{
		{"state", mine.State, step.State}, {"failure", mine.Failure, step.Failure}, {"received", mine.Received, step.Received},
		{"call", mine.Call, step.Call}, {"secret", mine.Secret, step.Secret}, {"resumed", mine.Resumed, step.Resumed},
		{"read", mine.Read, step.Read}, {"write", mine.Write, step.Write}, {"pending", string(mine.Pending), string(step.Pending)},
		{"peerAuth", string(mine.PeerAuth), string(step.PeerAuth)}, {"promised", string(mine.Promised), string(step.Promised)},
		{"cache", mine.Cache, step.Cache},
	}
	if both && o.Suite != 0 { // or the scenario leaves it open, or the attacker has chosen
		fields = append(fields, field{"version", mine.Version, step.Version}, field{"suite", mine.Suite, step.Suite}, field{"id", mine.ID, step.ID},
			field{"ems", string(mine.EMS), string(step.EMS)}, field{"etm", string(mine.EtM), string(step.EtM)})
	}
	for _, f := range fields {
		// What a trace does not tell fits.
		if f.trace != "" && f.trace != f.model && (both || !sameSecret(f.trace, f.model)) {
			return fmt.Sprintf("%s is %s, and %s in the model", f.name, short(f.trace), f.model)
		}
	}
	return unlikeSent(mine.Sent, step.Sent)
}

// sameSecret: an end alone calls whatever PAC it has its own.
func sameSecret(a, b string) bool {
	pac := func(s string) bool { return s == spec.PAC.String() || s == spec.OtherPAC.String() }
	return pac(a) && pac(b)
}

func unlikeSent(model, trace []tla.Sent) string {
	if trace == nil {
		return ""
	}
	text := func(all []tla.Sent) string {
		var words []string
		for _, s := range all {
			words = append(words, strings.TrimSpace(s.Message+" "+s.Alert))
		}
		return orNone(strings.Join(words, ", "))
	}
	if a, b := text(trace), text(model); a != b {
		return fmt.Sprintf("it sends %s, and %s in the model", short(a), b)
	}
	return ""
}

// unlikeStreams holds what a trace says of the streams against a state: that
// tells what the attacker has done.
func unlikeStreams(sys *model.System, st model.State, v *tla.Variables) string {
	if v == nil {
		return ""
	}
	for _, q := range []struct {
		to    spec.Role
		trace []tla.Sent
	}{{spec.Client, v.ToClient}, {spec.Server, v.ToServer}} {
		if q.trace == nil {
			continue
		}
		have := sys.Queue(st, q.to)
		fits := len(have) == len(q.trace)
		for i := 0; fits && i < len(have); i++ {
			word := q.trace[i].Message
			fits = word == "*" || word == have[i].Type.String() && (q.trace[i].Alert == "" || q.trace[i].Alert == have[i].Alert.String())
		}
		if !fits {
			return fmt.Sprintf("on the stream to the %v is something else", q.to)
		}
	}
	return unlikeHellos(st, v)
}

// unlikeHellos holds what a trace says the attacker has changed in a hello
// against a state.
func unlikeHellos(st model.State, v *tla.Variables) string {
	for _, e := range []struct {
		aside *tla.Aside
		hello model.Hello
	}{{v.Client, st.Client.Hello}, {v.Server, st.Server.Hello}} {
		if e.aside == nil {
			continue
		}
		h := e.hello
		mine := map[string]string{
			"version": h.Version.String(), "ticket": h.Ticket.String(), "suites": h.Suites.String(), "suite": h.Suite.String(),
			"renegotiation": h.Renegotiation.String(), "random": h.Random.String(),
		}
		for field, word := range e.aside.Hello {
			if have, known := mine[field]; known && word != "*" && word != have {
				return "a hello has " + field + "=" + short(word) + ", and " + orNone(have) + " in the model"
			}
		}
	}
	return ""
}
