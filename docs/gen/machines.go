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

// id is the node's name in a diagram.
func (n node) id() string { return strings.ReplaceAll(n.String(), ", ticket pending", "Pending") }

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

func machinesPage(b *bytes.Buffer) error {
	all, err := arcs()
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "A state names what is waited for. An arrow is labelled with the message that is taken and, after the stroke, the flight that answers it. "+
		"What is not drawn ends in `Failed`, with a fatal alert. The handshake that a session secret shortens is the way by ChangeCipherSpec out of the state in which a ticket is pending.\n\n")
	for _, role := range []spec.Role{spec.Client, spec.Server} {
		fmt.Fprintf(b, "## %v\n\n```mermaid\nstateDiagram-v2\n", role)
		first := spec.Start
		if role == spec.Server {
			first = spec.AwaitClientHello
		}
		fmt.Fprintf(b, "    [*] --> %v\n", first)
		for _, a := range all[role] {
			if a.to.pending && !a.from.pending {
				fmt.Fprintf(b, "    state %q as %s\n", a.to, a.to.id())
			}
			if a.from != a.to { // data and warnings stand in the table alone
				fmt.Fprintf(b, "    %s --> %s: %s\n", a.from.id(), a.to.id(), label(a))
			}
		}
		fmt.Fprintf(b, "    %v --> [*]\n```\n\n", spec.Established)
		var rows [][]string
		for _, a := range all[role] {
			rows = append(rows, []string{a.from.String(), a.on, a.sends, a.to.String()})
		}
		table(b, []string{"State", "Takes", "Sends", "Next"}, rows)
	}
	return nil
}

func label(a arc) string {
	if a.sends == "" {
		return a.on
	}
	return a.on + " / " + a.sends
}
