package learn

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// simulated is a system that is a machine.
type simulated struct {
	machine *Machine[string, int]
	state   int
}

func (s *simulated) Reset(context.Context) error { s.state = 0; return nil }

func (s *simulated) Step(_ context.Context, in string) (int, error) {
	i := s.machine.input(in)
	out := s.machine.Out[s.state][i]
	s.state = s.machine.Next[s.state][i]
	return out, nil
}

// random draws a machine of which every state can be reached.
func random(t *rapid.T) *Machine[string, int] {
	states := rapid.IntRange(1, 12).Draw(t, "states")
	m := &Machine[string, int]{Inputs: []string{"a", "b", "c"}[:rapid.IntRange(1, 3).Draw(t, "inputs")]}
	for s := range states {
		next, out := make([]int, len(m.Inputs)), make([]int, len(m.Inputs))
		for i := range m.Inputs {
			next[i] = rapid.IntRange(0, states-1).Draw(t, "next")
			out[i] = rapid.IntRange(0, 1).Draw(t, "out")
		}
		if s+1 < states {
			next[0] = s + 1
		}
		m.Next, m.Out = append(m.Next, next), append(m.Out, out)
	}
	return m
}

type algorithm = func(context.Context, *Teacher[string, int], Equivalence[string, int]) (*Machine[string, int], error)

var algorithms = map[string]algorithm{"L#": LSharp[string, int], "L*": LStar[string, int]}

// What is learned is the least machine that is equal to the system's.
func TestLearned(t *testing.T) {
	for name, learn := range algorithms {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				target := random(t)
				teacher := NewTeacher(target.Inputs, &simulated{machine: target})
				got, err := learn(context.Background(), teacher, Known(target))
				if err != nil {
					t.Fatal(err)
				}
				if word, differ := Distinguish(got, target); differ {
					t.Fatalf("they differ on %v", word)
				}
				if least := target.Minimize(); got.States() != least.States() {
					t.Fatalf("%d states, the least machine has %d", got.States(), least.States())
				}
			})
		})
	}
}

// Wp with as many extra states as the system can have finds every difference,
// without knowing the system.
func TestWp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target := random(t)
		if target.States() > 4 || len(target.Inputs) > 2 {
			t.Skip("too many words")
		}
		teacher := NewTeacher(target.Inputs, &simulated{machine: target})
		got, err := LSharp(context.Background(), teacher, Wp(teacher, target.States()-1))
		if err != nil {
			t.Fatal(err)
		}
		if word, differ := Distinguish(got, target); differ {
			t.Fatalf("they differ on %v", word)
		}
	})
}

// counter answers 1 to the nth a in a row, and 0 to all else.
func counter(n int) *Machine[string, int] {
	m := &Machine[string, int]{Inputs: []string{"a", "b"}}
	for s := range n {
		m.Next = append(m.Next, []int{(s + 1) % n, 0})
		m.Out = append(m.Out, []int{0, 0})
	}
	m.Out[n-1][0] = 1
	return m
}

// The must-fail twin: an equivalence that looks at too little leaves a
// difference, and Wp finds it as soon as it may look far enough.
func TestTooShallow(t *testing.T) {
	target := counter(6)
	for extra, found := range []bool{false, false, false, false, false, true} {
		teacher := NewTeacher(target.Inputs, &simulated{machine: target})
		got, err := LSharp(context.Background(), teacher, Wp(teacher, extra))
		if err != nil {
			t.Fatal(err)
		}
		if _, differ := Distinguish(got, target); differ == found {
			t.Errorf("%d extra states: learned %d states, differs: %v", extra, got.States(), differ)
		}
	}
}

func TestRandomWalks(t *testing.T) {
	target := counter(3)
	teacher := NewTeacher(target.Inputs, &simulated{machine: target})
	got, err := LSharp(context.Background(), teacher, RandomWalks(teacher, rand.New(rand.NewPCG(1, 2)), 500, 12))
	if err != nil || got.States() != 3 {
		t.Fatalf("%v, %v", got, err)
	}
	c := teacher.Counts
	if c.Resets == 0 || c.Symbols < c.Resets || c.Queries != c.Cached+c.Resets {
		t.Errorf("%+v", c)
	}
}

// forgetful changes its mind about one word.
type forgetful struct {
	simulated
	runs int
}

func (f *forgetful) Reset(ctx context.Context) error { f.runs++; return f.simulated.Reset(ctx) }

func (f *forgetful) Step(ctx context.Context, in string) (int, error) {
	out, err := f.simulated.Step(ctx, in)
	if f.runs > 3 {
		out = 7
	}
	return out, err
}

func TestNondeterminism(t *testing.T) {
	for name, learn := range algorithms {
		target := counter(3)
		teacher := NewTeacher(target.Inputs, &forgetful{simulated: simulated{machine: target}})
		_, err := learn(context.Background(), teacher, Known(target))
		var n *Nondeterminism[string, int]
		if !errors.As(err, &n) || n.Is != 7 || len(n.Word) == 0 || n.Was == 7 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An equivalence that claims a difference where there is none is an error, not
// an endless loop.
func TestLyingEquivalence(t *testing.T) {
	target := counter(2)
	for name, learn := range algorithms {
		teacher := NewTeacher(target.Inputs, &simulated{machine: target})
		if _, err := learn(context.Background(), teacher, Known(counter(3))); err == nil {
			t.Errorf("%s: learned another machine than the system's", name)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	target := counter(2)
	teacher := NewTeacher(target.Inputs, &simulated{machine: target})
	if _, err := LSharp(ctx, teacher, Known(target)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestDistinguish(t *testing.T) {
	word, differ := Distinguish(counter(3), counter(4))
	if want := []string{"a", "a", "a"}; !differ || !slices.Equal(word, want) {
		t.Errorf("%v, %v", word, differ)
	}
	other := counter(3)
	other.Inputs = []string{"b", "a"}
	for s := range other.Next {
		slices.Reverse(other.Next[s])
		slices.Reverse(other.Out[s])
	}
	if word, differ := Distinguish(counter(3), other); differ {
		t.Errorf("the order of the inputs makes a difference: %v", word)
	}
}

func TestMinimize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := random(t)
		least := m.Minimize()
		if word, differ := Distinguish(m, least); differ {
			t.Fatalf("differs on %v", word)
		}
		again := least.Minimize()
		if again.DOT() != least.DOT() {
			t.Fatal("minimising twice is not minimising once")
		}
		if n := least.States(); len(least.separating()) != n*(n-1)/2 {
			t.Fatalf("of %d states only %d pairs can be told apart", n, len(least.separating()))
		}
	})
}

func TestDOT(t *testing.T) {
	got := counter(2).DOT()
	for _, want := range []string{`s0 -> s1 [label="a / 0"];`, `s0 -> s0 [label="b / 0"];`, `s1 -> s0 [label="a / 1\nb / 0"];`, "__start0 -> s0;"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// TestGuided: led by a machine that is nearly the system's, all of the system is
// found, and where it differs from that machine it is believed.
func TestGuided(t *testing.T) {
	for name, learn := range algorithms {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				target := random(t)
				like := &Machine[string, int]{Inputs: target.Inputs, Next: target.Next}
				for _, row := range target.Out {
					like.Out = append(like.Out, slices.Clone(row))
				}
				bent := rapid.IntRange(0, target.States()-1).Draw(t, "bent")
				like.Out[bent][0] ^= 1
				teacher := NewTeacher(target.Inputs, &simulated{machine: target})
				got, err := learn(t.Context(), teacher, Each(Guided(teacher, like), Known(target)))
				if err != nil {
					t.Fatal(err)
				}
				if word, differ := Distinguish(got, target); differ {
					t.Fatalf("they differ on %v", word)
				}
				if word, differ := Distinguish(got, like); differ == slices.Equal(got.Run(word), like.Run(word)) {
					t.Fatalf("told from the other machine by %v, %v", word, differ)
				}
			})
		})
	}
	target := counter(6)
	teacher := NewTeacher(target.Inputs, &simulated{machine: target})
	got, err := LSharp(context.Background(), teacher, Guided(teacher, counter(6)))
	if err != nil || got.States() != 6 {
		t.Errorf("led by its own machine: %v, %v", got, err)
	}
}

// patient is told what to expect.
type patient struct {
	simulated
	told, steps int
}

func (p *patient) Expect(out int) {
	p.told++
	if i := p.machine.input("a"); out != p.machine.Out[p.state][i] && out != p.machine.Out[p.state][1] {
		panic("an expectation that is not the system's")
	}
}

func (p *patient) Step(ctx context.Context, in string) (int, error) {
	p.steps++
	return p.simulated.Step(ctx, in)
}

// TestExpecter: what is known is told before it is asked again, and only that.
func TestExpecter(t *testing.T) {
	target := counter(4)
	system := &patient{simulated: simulated{machine: target}}
	teacher := NewTeacher(target.Inputs, system)
	for _, word := range [][]string{{"a", "a"}, {"a", "a", "b"}, {"b"}} {
		if _, err := teacher.Query(t.Context(), word); err != nil {
			t.Fatal(err)
		}
	}
	if system.told != 2 || system.steps != 6 {
		t.Errorf("told %d of %d steps", system.told, system.steps)
	}
}
