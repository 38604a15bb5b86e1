package table

import (
	"fmt"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/spec"
)

// impossible says of guards why they never hold, or fail, together.
type impossible struct {
	role   spec.Role
	on     func(spec.State, spec.Message) bool
	holds  guards
	fail   guards
	reason string
}

func always(spec.State, spec.Message) bool { return true }

func deciding(s spec.State, m spec.Message) bool {
	return s == spec.AwaitClientHello && m == spec.NoMessage
}

// impossibles are all of them. Each is needed, and the model's steps keep to it.
var impossibles = []impossible{
	{spec.Client, always, bit("ticketWithSecret") | bit("sessionNamed"), 0,
		"beside a PAC no session is offered that the server could name"},
	{spec.Client, always, bit("ticketPending") | bit("ticketAlone"), 0,
		"what is pending is the secret of a PAC, and a session's own ticket is none"},
	{spec.Client, always, bit("anonymousSuite"), bit("ephemeralSuite"), "the key of a DH_anon suite is ephemeral"},
	{spec.Server, always, bit("anonymousSuite"), bit("ephemeralSuite"), "the key of a DH_anon suite is ephemeral"},
	{spec.Server, deciding, bit("ephemeralSuite"), bit("suiteChosen"), "no suite has a kind before it is chosen"},
	{spec.Server, deciding, bit("secretGiven") | bit("suiteChosen"), 0,
		"with a secret the suite is chosen in the row that leaves the state"},
	{spec.Server, deciding, bit("sessionFound"), bit("suiteChosen"), "a session brings its suite"},
}

func (i *impossible) covers(role spec.Role, s spec.State, m spec.Message, g guards) bool {
	return i.role == role && i.on(s, m) && g&i.holds == i.holds && g&i.fail == 0
}

// place is where rows are looked up.
type place struct {
	state spec.State
	on    spec.Message
}

// places returns the places of the rows in order, with the guards that decide
// between them there.
func places(rows []handshake.RowInfo) (order []place, matter map[place]guards) {
	matter = map[place]guards{}
	for _, row := range rows {
		p := place{row.State, row.On}
		if _, met := matter[p]; !met {
			order = append(order, p)
		}
		for _, names := range [][]string{row.If, row.Unless} {
			for _, name := range names {
				matter[p] |= bit(name)
			}
		}
		matter[p] |= 0
	}
	return order, matter
}

// Impossible is a valuation of a row's guards that no endpoint ever comes to.
type Impossible struct {
	State  spec.State
	On     spec.Message
	Guards string
	Reason string
}

// String writes it on one line.
func (i Impossible) String() string {
	return fmt.Sprintf("%v on %v, guards %s: %s", i.State, i.On, i.Guards, i.Reason)
}

// exhaust goes through every valuation of the guards that matter at each place:
// the model has come to it, or it is impossible, and never both.
func (c *comparison) exhaust(role spec.Role, in func(spec.State) bool) error {
	met := map[valuation]bool{}
	order, matter := places(c.rows)
	for v := range c.seen {
		for i := range impossibles {
			if x := &impossibles[i]; x.covers(role, v.state, v.on, v.guards) {
				return ladder.Differ("%v: the model comes to %v on %v with guards %v, and that is said to be impossible: %s",
					role, v.state, v.on, v.guards, x.reason)
			}
		}
		met[valuation{v.state, v.on, v.guards & matter[place{v.state, v.on}]}] = true
	}
	for _, p := range order {
		mask := matter[p]
		for g := guards(0); in(p.state); {
			c.tally.RowValuations++
			if !met[valuation{p.state, p.on, g}] {
				reason := c.reason(role, p, g)
				if reason == "" {
					return ladder.Differ("%v: the model never comes to %v on %v with guards %v of %v, and nothing says why", role, p.state, p.on, g, mask)
				}
				c.tally.Impossible = append(c.tally.Impossible, Impossible{p.state, p.on, g.String(), reason})
			}
			if g = (g - mask) & mask; g == 0 {
				break
			}
		}
	}
	return nil
}

// reason says why a valuation of the guards that matter is impossible, or
// nothing. The guards that do not matter count as not holding.
func (c *comparison) reason(role spec.Role, p place, g guards) string {
	for i := range impossibles {
		if x := &impossibles[i]; x.covers(role, p.state, p.on, g) {
			return x.reason
		}
	}
	return ""
}
