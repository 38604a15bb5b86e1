package model

import (
	"fmt"

	"github.com/sesame-tls/sesame/model/explore"
)

// explorer is a System as package explore wants it.
type explorer struct {
	_      [cacheLines]byte
	x      exec
	from   State
	judge  bool
	emit   func(explore.Transition[packed])
	onMove func(move)
	onNext func()
	move   move
	_      [cacheLines]byte
}

// cacheLines keeps what one worker writes away from what another does: two
// lines, because processors fetch them in pairs.
const cacheLines = 128

func newExplorer(s *System, judge bool) *explorer {
	e := &explorer{x: newExec(s), judge: judge}
	// The closures are made once, so that a state costs no allocation.
	e.onNext = func() {
		t := explore.Transition[packed]{To: e.x.st.pack(), Label: e.move.label()}
		if e.judge {
			t.Verdict = e.x.sys.judgeEdge(&e.from, &e.x)
		}
		e.emit(t)
	}
	e.onMove = func(m move) {
		e.move = m
		e.x.run(&e.from, m, e.onNext)
	}
	return e
}

// Hash makes the explorer an explore.Hasher.
func (e *explorer) Hash(p *packed) uint64 { return p.hash() }

func (e *explorer) Initial(emit func(packed)) {
	for _, st := range e.x.sys.Initial() {
		emit(st.pack())
	}
}

func (e *explorer) Expand(p packed, emit func(explore.Transition[packed])) (v explore.Verdict) {
	p.unpack(&e.from)
	e.emit = emit
	e.x.sys.moves(&e.from, e.onMove)
	if e.judge {
		v = e.x.sys.judgeState(&e.from)
	}
	return v
}

// patience is how many steps a random walk leaves to the endpoints for each move
// of the attacker, on average.
const patience = 6

// Choose makes the explorer an explore.Chooser. Most of what can happen are the
// attacker's moves, and most of those end the handshake at once: it moves
// seldom, and each kind of move is as likely as any other.
func (e *explorer) Choose(labels []uint64, pick func(n int) int) int {
	var own, moves []int
	var kinds [movePlay + 1][]int
	for i, l := range labels {
		k := kind(l & 0xff)
		if k < moveDrop || k == movePlay {
			own = append(own, i)
			continue
		}
		if kinds[k] == nil {
			moves = append(moves, int(k))
		}
		kinds[k] = append(kinds[k], i)
	}
	if len(moves) == 0 || len(own) > 0 && pick(patience) > 0 {
		return own[pick(len(own))]
	}
	of := kinds[moves[pick(len(moves))]]
	return of[pick(len(of))]
}

// label packs a move into a number.
func (m move) label() uint64 {
	l := uint64(m.kind) | uint64(m.to)<<8 | uint64(m.sym)<<16 | uint64(m.change)<<24
	if m.splice {
		l |= 1 << 32
	}
	return l
}

// steps turns a path of the explorer into actions.
func (s *System) steps(p *explore.Path[packed]) ([]Step, error) {
	var steps []Step
	for i, label := range p.Labels {
		var from, to State
		p.States[i].unpack(&from)
		p.States[i+1].unpack(&to)
		step, ok := s.step(from, to, label)
		if !ok {
			return nil, fmt.Errorf("model: no action leads from %v to %v", from, to)
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// step finds the action with a label that leads from one state to another.
func (s *System) step(from, to State, label uint64) (Step, bool) {
	for _, a := range s.Enabled(from) {
		if a.move.label() == label && s.Next(from, a) == to {
			return Step{Action: a, To: to}, true
		}
	}
	return Step{}, false
}
