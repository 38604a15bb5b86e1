package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// node is a state of one endpoint as the diagrams show it: at a client, whether
// a ticket is pending is part of it.
type node struct {
	state   spec.State
	pending bool
}

func (n node) String() string {
	if n.pending {
		return n.state.String() + ", ticket pending"
	}
	return n.state.String()
}

func compareNodes(a, b node) int {
	return cmp.Or(cmp.Compare(a.state, b.state), strings.Compare(a.String(), b.String()))
}

// arc is a transition of one endpoint as the diagrams show it.
type arc struct {
	from, to node
	on       string // what is taken
	sends    string // the flight that answers it
}

// arcs returns the transitions that the endpoints make in any scenario without
// an attacker, but for failures, in order.
func arcs() (map[spec.Role][]arc, error) {
	sys, err := model.New(model.Options{})
	if err != nil {
		return nil, err
	}
	found := map[spec.Role]map[arc]bool{spec.Client: {}, spec.Server: {}}
	queue := sys.Initial()
	seen := map[model.State]bool{}
	for _, s := range queue {
		seen[s] = true
	}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		for _, a := range sys.Enabled(s) {
			next := sys.Next(s, a)
			if !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
			o := sys.Observe(s, a, next)
			before := s.Client
			if o.Role == spec.Server {
				before = s.Server
			}
			if o.State != spec.Failed && before.State != spec.Failed {
				found[o.Role][arc{node{before.State, before.Pending}, node{o.State, o.Pending}, taken(o), flight(o.Sent)}] = true
			}
		}
	}
	sorted := map[spec.Role][]arc{}
	for role, set := range found {
		for a := range set {
			sorted[role] = append(sorted[role], a)
		}
		slices.SortFunc(sorted[role], func(a, b arc) int {
			return cmp.Or(compareNodes(a.from, b.from), compareNodes(a.to, b.to), strings.Compare(a.on, b.on), strings.Compare(a.sends, b.sends))
		})
	}
	return sorted, nil
}

func taken(o spec.Observation) string {
	if o.Received != (spec.AlertSeen{}) {
		return fmt.Sprintf("%v %v", o.Received.Level, o.Received.Description)
	}
	if m := o.Event.Message(); m != spec.NoMessage {
		return m.String()
	}
	return o.Event.String()
}

func flight(sent []spec.Sent) string {
	names := make([]string, len(sent))
	for i, s := range sent {
		names[i] = s.Message.String()
		if s.Message == spec.Alert {
			names[i] = fmt.Sprintf("%v %v", s.Level, s.Alert)
		}
	}
	return strings.Join(names, ", ")
}

func (k *book) machinesPage(b *bytes.Buffer) error {
	all, err := arcs()
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "A state names what is waited for. An arrow is labelled with the message that is taken and, after the stroke, the flight that answers it. "+
		"What is not drawn ends in `Failed`, with a fatal alert. In red is the handshake that a session secret shortens. "+
		"[What other libraries do differently](differences.md) is on the next page.\n\n")
	for _, role := range []spec.Role{spec.Client, spec.Server} {
		name := "diagrams/" + strings.ToLower(role.String()) + ".svg"
		if err := k.drawMachine(name, role, all[role]); err != nil {
			return err
		}
		fmt.Fprintf(b, "## %v\n\n![The %v's state machine](%s)\n\n", role, strings.ToLower(role.String()), name)
		var rows [][]string
		for _, a := range all[role] {
			rows = append(rows, []string{a.from.String(), a.on, a.sends, a.to.String()})
		}
		table(b, []string{"State", "Takes", "Sends", "Next"}, rows)
	}
	return nil
}

// drawMachine draws the transitions of one endpoint.
func (k *book) drawMachine(path string, role spec.Role, all []arc) error {
	var d dot
	labels := map[[2]node][]string{}
	var order [][2]node
	for _, a := range all {
		if a.from == a.to {
			continue // data stands in the table alone
		}
		ends := [2]node{a.from, a.to}
		if labels[ends] == nil {
			order = append(order, ends)
		}
		labels[ends] = append(labels[ends], label(a))
	}
	for _, ends := range order {
		class := ""
		if shortened(ends) {
			class = "new"
		}
		d.edge(ends[0].String(), ends[1].String(), strings.Join(labels[ends], "\n"), class)
	}
	return k.draw(path, "The state machine of the "+strings.ToLower(role.String()), &d)
}

// shortened reports whether a transition belongs to the handshake that a session
// secret shortens.
func shortened(ends [2]node) bool {
	return ends[0].pending && ends[1].state == spec.AwaitFinishedAbbreviated || ends[1].pending ||
		ends[0].state == spec.AwaitClientHello && ends[1].state == spec.AwaitChangeCipherSpecAbbreviated
}

// label is a transition's, with a long flight on a line of its own.
func label(a arc) string {
	switch {
	case a.sends == "":
		return a.on
	case len(a.on)+len(a.sends) > 40:
		return a.on + " /\n" + strings.ReplaceAll(a.sends, "KeyExchange, ", "KeyExchange,\n")
	}
	return a.on + " / " + a.sends
}
