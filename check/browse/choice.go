package browse

import (
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// choices describes what can be done next.
func (w *walk) choices() []Choice {
	all := []Choice{}
	st := w.end()
	for i, a := range w.sys.Enabled(st) {
		next := w.sys.Next(st, a)
		path := append(w.numbers[:len(w.numbers):len(w.numbers)], i)
		steps := append(w.steps[:len(w.steps):len(w.steps)], model.Step{Action: a, To: next})
		c := Choice{
			Name: a.String(), Label: label(w.sys, st, a), Role: a.Event.Role().String(), Kind: kind(a), To: a.To.String(),
			Narrows: narrowed(w.sys, st, next), Link: Place{w.setting, path, mark(steps)}.Values().Encode(), Violates: []string{},
		}
		if r := a.Event.Role(); r != spec.Attacker {
			c.Leads = stateOf(next, r).String()
		}
		c.Violates = append(c.Violates, w.sys.JudgeStep(st, a).Violated...)
		had := w.sys.JudgeState(st).Violated
		for _, name := range w.sys.JudgeState(next).Violated {
			if !contains(had, name) && !contains(c.Violates, name) {
				c.Violates = append(c.Violates, name)
			}
		}
		all = append(all, c)
	}
	return all
}

func contains(all []string, one string) bool {
	for _, name := range all {
		if name == one {
			return true
		}
	}
	return false
}

// kind groups the attacker's moves.
func kind(a model.Action) string {
	switch a.Event {
	case spec.AttackerDrop, spec.AttackerDuplicate, spec.AttackerReorder, spec.AttackerReflect:
		return "move"
	case spec.AttackerReplay:
		return "replay"
	case spec.AttackerInject:
		if a.Takes {
			return "take"
		}
		return "inject"
	}
	if a.Event.Role() == spec.Attacker {
		return "change"
	}
	return ""
}

// label says an action as people do.
func label(sys *model.System, st model.State, a model.Action) string {
	who := a.Event.Role().String()
	if a.Event.Role() == spec.Attacker {
		return moveLabel(sys, st, a)
	}
	switch a.Event {
	case spec.ClientStart:
		return "sends ClientHello"
	case spec.ClientSendApplicationData, spec.ServerSendApplicationData:
		return "sends application data"
	case spec.ClientTimeout, spec.ServerTimeout:
		return "gives up waiting"
	}
	verb := "reads "
	if a.Event == spec.ClientReject || a.Event == spec.ServerReject {
		verb = "refuses "
	}
	if q := sys.Queue(st, a.To); len(q) > 0 {
		m := q[0]
		m.Keyed, m.Origin, m.Hello = spec.NoSecret, model.Honest, model.Hello{}
		return verb + m.String()
	}
	return strings.TrimPrefix(a.Event.String(), who)
}

// moveLabel says a move of the attacker's.
func moveLabel(sys *model.System, st model.State, a model.Action) string {
	head := "what is next"
	q := sys.Queue(st, a.To)
	if len(q) > 0 {
		head = q[0].Type.String()
	}
	what := a.Message
	what.Origin = model.Honest
	switch a.Event {
	case spec.AttackerDrop:
		return "drop " + head
	case spec.AttackerDuplicate:
		return "duplicate " + head
	case spec.AttackerReorder:
		if len(q) > 1 {
			return "put " + q[1].Type.String() + " before " + head
		}
		return "reorder"
	case spec.AttackerReflect:
		return "send " + head + " back"
	case spec.AttackerReplay:
		if a.Splice {
			return "put a recorded " + what.Type.String() + " in " + head + "'s place"
		}
		return "replay a recorded " + what.String()
	case spec.AttackerInject:
		if a.Takes {
			return "play the " + strings.ToLower(a.To.Peer().String()) + " from now on, with " + what.String()
		}
		return "inject " + what.String()
	}
	return "change " + what.Type.String() + ": " + what.Hello.String()
}
