package browse

import (
	"slices"

	"github.com/sesame-tls/sesame/model"
)

// walk is a path that has been walked.
type walk struct {
	setting Setting
	sys     *model.System
	first   model.State
	numbers []int // of the actions among those that are enabled
	steps   []model.Step
}

// walk goes along the path. It fails where a number is no action's.
func (p Place) walk() (*walk, error) {
	sys, err := p.system()
	if err != nil {
		return nil, err
	}
	w := newWalk(p.Setting, sys)
	for i, n := range p.Path {
		enabled := sys.Enabled(w.end())
		if n >= len(enabled) {
			return nil, wrong(paramPath, "go back to the step before; the address may have been made by another version", "step %d is number %d of %d actions", i+1, n, len(enabled))
		}
		w.take(n, enabled[n])
	}
	if p.Mark != "" && p.Mark != mark(w.steps) {
		return nil, wrong(paramMark, "begin at the start of the path, or leave the mark out to see where the numbers lead now",
			"the address was made by another version of the model, in which its numbers were other actions")
	}
	return w, nil
}

func newWalk(s Setting, sys *model.System) *walk {
	return &walk{setting: s, sys: sys, first: sys.Initial()[0]}
}

// take adds a step.
func (w *walk) take(n int, a model.Action) {
	to := w.sys.Next(w.end(), a)
	w.numbers = append(w.numbers, n)
	w.steps = append(w.steps, model.Step{Action: a, To: to})
}

// follow adds the steps of a path of the same system.
func (w *walk) follow(path []model.Action) {
	for _, a := range path {
		w.take(slices.Index(w.sys.Enabled(w.end()), a), a)
	}
}

// end is the state that the path leads to.
func (w *walk) end() model.State { return w.at(len(w.steps)) }

// at is the state after n steps.
func (w *walk) at(n int) model.State {
	if n == 0 {
		return w.first
	}
	return w.steps[n-1].To
}

// link is the address of the state after n steps.
func (w *walk) link(n int) string {
	return Place{w.setting, w.numbers[:n], mark(w.steps[:n])}.Values().Encode()
}

func actionsOf(steps []model.Step) []model.Action {
	all := make([]model.Action, len(steps))
	for i, s := range steps {
		all[i] = s.Action
	}
	return all
}

// linkTo is the address at the end of a path of a system.
func linkTo(s Setting, sys *model.System, path []model.Step) string {
	w := newWalk(s, sys)
	w.follow(actionsOf(path))
	return w.link(len(path))
}
