package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// reaction is what an endpoint does when it reads something.
type reaction struct {
	calls string // what its callback has said, if it was called
	sends string
	next  node
}

func (r reaction) String() string {
	s := r.sends
	if s == "" {
		s = "nothing"
	}
	if r.calls != "" {
		s = "callback: " + r.calls + "; " + s
	}
	return s + " → " + r.next.String()
}

// shows reports whether anyone can see that r is not o: whether a ticket is
// pending nobody can.
func (r reaction) shows(o reaction) bool {
	r.next.pending = o.next.pending
	return r != o
}

// difference is one place where an endpoint of a profile, or with a fault, does
// not react as the RFCs have it.
type difference struct {
	role      spec.Role
	scenario  string
	from      node
	reads     string
	rfc, here reaction
}

// short is the difference as the label of an arrow: what is read, and the first
// message of what is sent.
func (d difference) short() string {
	first, _, more := strings.Cut(d.here.sends, ", ")
	switch {
	case first == "":
		return d.reads
	case more:
		first += " …"
	}
	return d.reads + " /\n" + strings.TrimPrefix(first, "fatal ")
}

// comparison is what came of walking two machines together: where they agree,
// and where they part.
type comparison struct {
	agreed map[spec.Role]map[arc]bool
	parted []difference
}

// compared are the scenarios in which endpoints are compared, those of a server
// and those of a client.
var compared = map[spec.Role][]string{
	spec.Server: {
		"ticket=pac server=accept", "ticket=pac server=accept exchange=anonymous-beside",
		"ticket=pac server=accept named=not-offered", "ticket=pac server=accept client-auth=require client-cert=on",
		"ticket=pac server=decline", "ticket=pac server=fail", "ticket=pac server=wrong-length", "ticket=empty tickets=on",
	},
	spec.Client: {
		"ticket=pac client=accept", "ticket=pac client=accept sid=fresh", "ticket=pac client=accept exchange=rsa",
		"ticket=pac client=accept exchange=anonymous", "ticket=pac client=fail", "ticket=pac client=wrong-length",
		"ticket=session client=accept", "ticket=absent client=accept", "ticket=pac client=unset",
	},
}

// compare walks the machines of one endpoint after the RFCs and with o together,
// input by input, in all scenarios that are compared, for as long as both wait for
// the same.
func compare(o model.Options, roles ...spec.Role) (*comparison, error) {
	c := &comparison{agreed: map[spec.Role]map[arc]bool{spec.Client: {}, spec.Server: {}}}
	for _, role := range roles {
		for _, text := range compared[role] {
			sc, err := model.ParseScenario(text)
			if err != nil {
				return nil, err
			}
			if err := c.walk(role, sc, text, o); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

func (c *comparison) walk(role spec.Role, sc spec.Scenario, text string, o model.Options) error {
	plain, err := model.NewMachine(role, sc, model.Options{})
	if err != nil {
		return err
	}
	other, err := model.NewMachine(role, sc, o)
	if err != nil {
		return err
	}
	type pair struct{ rfc, here model.Endpoint }
	rfc, _ := plain.Initial()
	here, _ := other.Initial()
	seen := map[pair]bool{{rfc, here}: true}
	for queue := []pair{{rfc, here}}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		for _, in := range plain.Inputs() {
			to, o := plain.Step(at.rfc, in)
			too, p := other.Step(at.here, in)
			from := node{at.here.State, at.here.Pending}
			want, got := reactionOf(to, o), reactionOf(too, p)
			if want.shows(got) || want != got && at.rfc.Pending == at.here.Pending {
				c.parted = append(c.parted, difference{role, text, from, in.Name, want, got})
			}
			if to.State == spec.Failed || to.State != too.State {
				continue
			}
			if want == got {
				c.agreed[role][arc{from, want.next, in.Message.Type.String(), want.sends}] = true
			}
			if next := (pair{to, too}); !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	return nil
}

func reactionOf(after model.Endpoint, o spec.Observation) reaction {
	r := reaction{sends: detailed(o.Sent), next: node{after.State, after.Pending}}
	if o.Call.Made {
		r.calls = o.Call.Result.String()
	}
	return r
}

// detailed is a flight with what distinguishes two of the same messages.
func detailed(sent []spec.Sent) string {
	names := make([]string, len(sent))
	for i, s := range sent {
		names[i] = flight(sent[i : i+1])
		if s.Message == spec.ServerHello {
			names[i] += fmt.Sprintf(" sid=%v", s.ID)
			if slices.Contains(s.Extensions, spec.SessionTicket) {
				names[i] += " session_ticket"
			}
		}
		if s.Keyed != spec.NoSecret {
			names[i] += fmt.Sprintf(" {%v}", s.Keyed)
		}
	}
	return strings.Join(names, ", ")
}

// merged returns the differences with those of several scenarios in one.
func (c *comparison) merged(role spec.Role) (all []difference) {
	type key struct {
		from      node
		reads     string
		rfc, here reaction
	}
	at := map[key]int{}
	for _, d := range c.parted {
		if d.role != role {
			continue
		}
		k := key{d.from, d.reads, d.rfc, d.here}
		if i, ok := at[k]; ok {
			if !strings.Contains(all[i].scenario, d.scenario) {
				all[i].scenario += "; " + d.scenario
			}
			continue
		}
		at[k] = len(all)
		all = append(all, d)
	}
	slices.SortStableFunc(all, func(a, b difference) int {
		return cmp.Or(compareNodes(a.from, b.from), strings.Compare(a.reads, b.reads))
	})
	return all
}

// line is an arrow of a drawing, which may have several labels.
type line struct{ from, to, class string }

// lines are the arrows of a drawing with their labels.
type lines map[line][]string

func (l lines) add(from, to, class, label string) {
	at := line{from, to, class}
	if !slices.Contains(l[at], label) {
		l[at] = append(l[at], label)
	}
}

// drawLines draws arrows in the order of compare, with a few of their labels.
func (k *book) drawLines(path, title string, l lines, compare func(a, b line) int) error {
	var d dot
	for _, at := range slices.SortedFunc(maps.Keys(l), compare) {
		texts := l[at]
		slices.Sort(texts)
		const most = 3
		if len(texts) > most {
			texts = append(texts[:most:most], fmt.Sprintf("and %d more", len(texts)-most))
		}
		d.edge(at.from, at.to, strings.Join(texts, "\n"), at.class)
	}
	return k.draw(path, title, &d)
}

// drawComparison draws one endpoint: in grey what both machines do, in red what
// only o's does, dashed what only the RFCs' does.
func (k *book) drawComparison(path, title string, role spec.Role, c *comparison) error {
	l, nodes := lines{}, map[string]node{}
	add := func(from, to node, class, label string) {
		nodes[from.String()], nodes[to.String()] = from, to
		l.add(from.String(), to.String(), class, label)
	}
	for a := range c.agreed[role] {
		if a.from != a.to {
			add(a.from, a.to, "", a.on)
		}
	}
	for _, diff := range c.merged(role) {
		add(diff.from, diff.here.next, "new", diff.short())
		if diff.rfc.next.state != spec.Failed && diff.rfc.next != diff.here.next {
			add(diff.from, diff.rfc.next, "gone", diff.reads)
		}
	}
	return k.drawLines(path, title, l, func(a, b line) int {
		return cmp.Or(compareNodes(nodes[a.from], nodes[b.from]), compareNodes(nodes[a.to], nodes[b.to]), strings.Compare(a.class, b.class))
	})
}
