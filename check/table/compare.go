package table

import (
	"fmt"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Tally is what a comparison has covered.
type Tally struct {
	Rows       int // that were taken at least once
	Valuations int // distinct (state, message, guards that hold)
	Steps      int // of the model
	// RowValuations are all valuations of the guards that decide between the rows
	// for a state and a message. Impossible are those among them that the model
	// never comes to.
	RowValuations int
	Impossible    []Impossible
}

type valuation struct {
	state  spec.State
	on     spec.Message
	guards guards
}

// Compare holds a role's rows against the model's machine of that role. The
// first difference, a row that is never taken, and a valuation of guards of which
// it is not known what becomes, is an error of the ladder.
func Compare(role spec.Role, rows []handshake.RowInfo) (Tally, error) {
	return compare(role, rows, func(spec.State) bool { return true })
}

// CompareIn is Compare for what is read in one state, and the rows of that state.
func CompareIn(role spec.Role, rows []handshake.RowInfo, state spec.State) (Tally, error) {
	return compare(role, rows, func(s spec.State) bool { return s == state })
}

func compare(role spec.Role, rows []handshake.RowInfo, in func(spec.State) bool) (Tally, error) {
	c := newComparison(rows)
	if err := c.steps(role, in); err != nil {
		return c.tally, err
	}
	return c.tally, c.exhaust(role, in)
}

type comparison struct {
	rows  []handshake.RowInfo
	taken []bool
	seen  map[valuation]bool
	tally Tally
}

func newComparison(rows []handshake.RowInfo) *comparison {
	return &comparison{rows: rows, taken: make([]bool, len(rows)), seen: map[valuation]bool{}}
}

// steps compares all steps of the model, of which each row has to take part in
// one.
func (c *comparison) steps(role spec.Role, in func(spec.State) bool) error {
	all, err := steps[role]()
	if err != nil {
		return err
	}
	for i := range all {
		if !in(all[i].from.State) {
			continue
		}
		if err := c.step(role, &all[i]); err != nil {
			return err
		}
	}
	for i, row := range c.rows {
		if !in(row.State) {
			continue
		}
		if !c.taken[i] {
			return ladder.Differ("%v: the model never takes row %d: %+v", role, i, row)
		}
		c.tally.Rows++
	}
	c.tally.Valuations = len(c.seen)
	return nil
}

func (c *comparison) step(role spec.Role, s *step) error {
	c.tally.Steps++
	p := newPlay(role, s.scenario, s.from, s.in)
	c.run(p, s.in.Message.Type)
	if text := p.differs(s.next, s.shown); text != "" {
		return ladder.Differ("%v reads %s in %v\n%s\nguards: %v\nscenario: %s",
			role, s.in.Name, s.from.State, text, p.guards(), model.ScenarioString(s.scenario))
	}
	return nil
}

// run takes the rows that fit, as the engine does, and performs their actions.
func (c *comparison) run(p *play, on spec.Message) {
	for range len(c.rows) + 1 {
		g := p.guards()
		c.seen[valuation{p.e.State, on, g}] = true
		i := c.find(p.e.State, on, g)
		if i < 0 {
			p.fail(spec.UnexpectedMessage)
			return
		}
		c.taken[i] = true
		for _, name := range c.rows[i].Do {
			if p.do(name); p.e.State == spec.Failed {
				if refusals[name] && c.rows[i].Next != spec.Failed {
					p.broken = "after " + name + " the row goes on"
				}
				return
			}
		}
		p.e.State, on = c.rows[i].Next, spec.NoMessage
		if !c.rows[i].Decide {
			return
		}
	}
	p.broken = "the decisions never end"
}

func (c *comparison) find(s spec.State, on spec.Message, g guards) int {
	for i, row := range c.rows {
		if row.State == s && row.On == on && g.fit(row.If, row.Unless) {
			return i
		}
	}
	return -1
}

// guards are the names of the guards that hold, as a set.
type guards uint32

var guardNames = []string{
	"ticketPending", "ticketWithSecret", "ticketAlone", "sessionNamed", "idEchoed", "ticketPromised", "anonymousSuite",
	"ephemeralSuite", "secretGiven", "sessionFound", "suiteChosen", "clientAsked", "certificateCame",
}

var bits = func() map[string]guards {
	all := map[string]guards{}
	for i, name := range guardNames {
		all[name] = 1 << i
	}
	return all
}()

func bit(name string) guards {
	g, ok := bits[name]
	if !ok {
		panic(fmt.Sprintf("table: no guard is named %q", name))
	}
	return g
}

func (g guards) fit(must, not []string) bool {
	for _, name := range must {
		if g&bit(name) == 0 {
			return false
		}
	}
	for _, name := range not {
		if g&bit(name) != 0 {
			return false
		}
	}
	return true
}

func (g guards) String() string {
	var names []string
	for i, name := range guardNames {
		if g>>i&1 != 0 {
			names = append(names, name)
		}
	}
	return fmt.Sprint(names)
}
