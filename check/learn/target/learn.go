package target

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/sesame-tls/sesame/check/learn"
)

// System is what can be learned.
type System interface {
	learn.System[string, string]
	Inputs() []string
}

// Options say how to learn. The zero value is L# with random walks.
type Options struct {
	Algorithm   string // one of Algorithms; empty: the first
	Equivalence string // one of Equivalences; empty: the first
	Depth       int    // of wp: how many states more than the hypothesis are looked for
	Walks       int    // of random: how many words; 0: 500
	Seed        uint64 // of the random walks

	// Progress, if set, is called after each word: with the states of the last
	// hypothesis, 0 before the first.
	Progress func(states int, c learn.Counts)
}

// The names of algorithms and equivalences. All walk at random: "wp" then
// excludes every difference to a system with Depth states more than the
// hypothesis, and "model" is led by the model's machine before.
var (
	Algorithms   = []string{"lsharp", "lstar"}
	Equivalences = []string{"random", "wp", "model"}
)

const (
	defaultWalks = 500
	walkLength   = 8
)

// Result is what was learned.
type Result struct {
	Machine    *Machine     `json:"machine"`
	Hypotheses int          `json:"hypotheses"`
	Counts     learn.Counts `json:"counts"`
	// Restarts is how often all was begun anew, because the system had answered
	// later than it was waited for.
	Restarts int `json:"restarts"`
	// Proved is how many answers of silence were asked for again.
	Proved int `json:"proved"`
}

// pacer is a System of which silence is an answer, and may be a mistake: it has
// answered later than it was waited for. What it says then is taken for the
// answer to what follows, each time alike, so that no contradiction tells.
type pacer interface {
	// Slower waits longer from now on, and reports false where it may not.
	Slower() bool
	// Prove asks a word, of which all answers but the last are known, and waits
	// for that one longer than usual.
	Prove(ctx context.Context, word, known []string) (last string, err error)
}

// Learn learns a system. The model's machine, like, may be nil but for the
// equivalence "model". It is not believed: where the hypothesis differs from it,
// the system is asked, so that a difference that is left is one of the system.
func Learn(ctx context.Context, s System, like *Machine, o Options) (*Result, error) {
	for restarts := 0; ; restarts++ {
		result, err := once(ctx, s, like, o)
		// An answer that comes too late is one of nothing, and then one of too much.
		var changed *learn.Nondeterminism[string, string]
		if p, ok := s.(pacer); ok && errors.As(err, &changed) && p.Slower() {
			continue
		}
		if err != nil {
			return nil, err
		}
		result.Restarts = restarts
		return result, nil
	}
}

func once(ctx context.Context, s System, like *Machine, o Options) (*Result, error) {
	teacher := learn.NewTeacher(s.Inputs(), s)
	result, states := new(Result), 0
	if o.Progress != nil {
		teacher.Progress = func(c learn.Counts) { o.Progress(states, c) }
	}
	find, err := o.equivalence(teacher, like)
	if err != nil {
		return nil, err
	}
	counted := func(ctx context.Context, h *Machine) ([]string, error) {
		result.Hypotheses++
		states = h.States()
		return find(ctx, h)
	}
	algorithm := learn.LSharp[string, string]
	switch o.Algorithm {
	case "", Algorithms[0]:
	case Algorithms[1]:
		algorithm = learn.LStar[string, string]
	default:
		return nil, fmt.Errorf("target: no algorithm is named %q; there are %q", o.Algorithm, Algorithms)
	}
	m, err := algorithm(ctx, teacher, counted)
	if err != nil {
		return nil, err
	}
	result.Machine, result.Counts = m.Minimize(), teacher.Counts
	if p, ok := s.(pacer); ok {
		return result, result.prove(ctx, p)
	}
	return result, nil
}

// prove asks again whatever the machine answers by silence.
func (r *Result) prove(ctx context.Context, p pacer) error {
	for s, access := range r.Machine.Access() {
		for i, in := range r.Machine.Inputs {
			if r.Machine.Out[s][i] != Silent {
				continue
			}
			word := append(slices.Clone(access), in)
			r.Proved++
			last, err := p.Prove(ctx, word, r.Machine.Run(access))
			if err != nil {
				return err
			}
			if last != Silent {
				return &learn.Nondeterminism[string, string]{Word: word, Was: Silent, Is: last}
			}
		}
	}
	return nil
}

func (o Options) equivalence(t *learn.Teacher[string, string], like *Machine) (learn.Equivalence[string, string], error) {
	walks := o.Walks
	if walks == 0 {
		walks = defaultWalks
	}
	random := learn.RandomWalks(t, rand.New(rand.NewPCG(o.Seed, 0)), walks, walkLength)
	var guided learn.Equivalence[string, string]
	if like != nil {
		if !slices.Equal(like.Inputs, t.Inputs) {
			return nil, fmt.Errorf("target: the model's machine has other inputs than the system")
		}
		guided = learn.Guided(t, like)
	}
	var list []learn.Equivalence[string, string]
	switch o.Equivalence {
	case "", Equivalences[0]:
		list = append(list, random)
	case Equivalences[1]:
		list = append(list, random, learn.Wp(t, o.Depth))
	case Equivalences[2]:
		if like == nil {
			return nil, fmt.Errorf("target: the equivalence %q needs the model's machine", o.Equivalence)
		}
		list = append(list, guided, random)
	default:
		return nil, fmt.Errorf("target: no equivalence is named %q; there are %q", o.Equivalence, Equivalences)
	}
	if like != nil {
		list = append(list, guided)
	}
	return learn.Each(list...), nil
}
