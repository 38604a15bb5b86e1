package lockstep

import (
	"context"
	"fmt"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/commands"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/model"
)

// longest is how many actions a handshake has at most, attacks included; Gopter
// draws as many commands, and fills up with idle ones.
const longest = 40

// Gopter drives with leanovate/gopter's commands: a sequence is drawn from the
// model alone, and then carried out on both sides.
func Gopter(ctx context.Context, o Options) (Tally, error) {
	d := newDriver(ctx, o)
	parameters := gopter.DefaultTestParametersWithSeed(int64(o.Seed))
	parameters.MinSuccessfulTests = o.Scenarios
	parameters.MinSize, parameters.MaxSize = longest, longest+1
	result := commands.Prop(&handshakes{d}).Check(parameters)
	switch {
	case d.failure != nil:
		return d.tally, d.failure
	case ctx.Err() != nil:
		return d.tally, ctx.Err()
	case !result.Passed():
		return d.tally, fmt.Errorf("lockstep: gopter: %v", result)
	}
	return d.tally, nil
}

// handshakes generates command sequences.
type handshakes struct{ *driver }

// symbolic is the model's side while commands are drawn. It is a value.
type symbolic struct {
	sys     *model.System
	at      model.State
	variant int
}

// GenInitialState draws a scenario and a budget.
func (h *handshakes) GenInitialState() gopter.Gen {
	return func(p *gopter.GenParameters) *gopter.GenResult {
		pick := func(n int) int { return p.Rng.Intn(n) }
		sys, err := h.system(harness.Draw(pick), pick(model.MaxBudget+1))
		if err != nil {
			panic(err)
		}
		return gopter.NewGenResult(commands.State(symbolic{sys, sys.Initial()[0], pick(variants)}), gopter.NoShrinker)
	}
}

// InitialPreCondition takes every state that was drawn.
func (h *handshakes) InitialPreCondition(commands.State) bool { return true }

// NewSystemUnderTest makes real endpoints.
func (h *handshakes) NewSystemUnderTest(initial commands.State) commands.SystemUnderTest {
	s := initial.(symbolic)
	if h.ctx.Err() != nil {
		return nil
	}
	if err := h.begin(s.sys, s.variant); err != nil {
		return err
	}
	return h.run
}

// DestroySystemUnderTest has nothing to do: the endpoints are reused.
func (h *handshakes) DestroySystemUnderTest(commands.SystemUnderTest) {}

// GenCommand draws one of the enabled actions, or nothing where there is none.
func (h *handshakes) GenCommand(state commands.State) gopter.Gen {
	s := state.(symbolic)
	return func(p *gopter.GenParameters) *gopter.GenResult {
		var c commands.Command = idle{}
		if all := s.sys.Enabled(s.at); len(all) > 0 {
			c = action{h.driver, choose(s.at, all, func(n int) int { return p.Rng.Intn(n) })}
		}
		return gopter.NewGenResult(c, gopter.NoShrinker)
	}
}

// action is one step of both sides.
type action struct {
	*driver
	model.Action
}

// Run takes the step.
func (a action) Run(sut commands.SystemUnderTest) commands.Result {
	switch run := sut.(type) {
	case error:
		return run
	case *harness.Run:
		if !run.Over() {
			return a.step(a.Action)
		}
	}
	return nil
}

// NextState is the model's.
func (a action) NextState(state commands.State) commands.State {
	s := state.(symbolic)
	s.at = s.sys.Next(s.at, a.Action)
	return s
}

// PreCondition asks the model.
func (a action) PreCondition(state commands.State) bool {
	s := state.(symbolic)
	for _, enabled := range s.sys.Enabled(s.at) {
		if enabled == a.Action {
			return true
		}
	}
	return false
}

// PostCondition fails where the two sides differed.
func (a action) PostCondition(_ commands.State, result commands.Result) *gopter.PropResult {
	if err, ok := result.(error); ok && err != nil {
		a.failed("gopter", err)
		return &gopter.PropResult{Status: gopter.PropFalse, Error: err}
	}
	return &gopter.PropResult{Status: gopter.PropTrue}
}

// idle does nothing where there is nothing to do.
type idle struct{}

func (idle) Run(commands.SystemUnderTest) commands.Result  { return nil }
func (idle) NextState(state commands.State) commands.State { return state }
func (idle) String() string                                { return "idle" }
func (idle) PreCondition(state commands.State) bool {
	s := state.(symbolic)
	return len(s.sys.Enabled(s.at)) == 0
}

func (idle) PostCondition(commands.State, commands.Result) *gopter.PropResult {
	return &gopter.PropResult{Status: gopter.PropTrue}
}
