package graph

import (
	"encoding/json"
	"fmt"
	"strings"

	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/encoding"
	"gonum.org/v1/gonum/graph/encoding/dot"
	"gonum.org/v1/gonum/graph/multi"
)

// DOT draws a graph. name returns what stands in a node.
func (g *Graph) DOT(title string, name func(node int) string) (string, error) {
	d := newDrawing()
	for i := range g.Len() {
		d.node(i, name(i))
	}
	for i := range g.Len() {
		g.Out(i, func(to int, label string) { d.edge(i, to, label) })
	}
	return d.marshal(title)
}

// DOT draws a Mealy machine: parallel edges are one, with their labels under
// each other. Inputs that only end the connection are left out where brief.
func (m *Mealy) DOT(title string, brief bool) (string, error) {
	d := newDrawing()
	for i, name := range m.States {
		d.node(i, name)
	}
	for s := range m.States {
		labels := map[int][]string{}
		var order []int
		for i, to := range m.Next[s] {
			out := m.Output[s][i]
			if brief && strings.HasSuffix(out, Closed) {
				continue
			}
			if labels[to] == nil {
				order = append(order, to)
			}
			label := m.Inputs[i]
			if out != "" {
				label += " / " + out
			}
			labels[to] = append(labels[to], label)
		}
		for _, to := range order {
			d.edge(s, to, strings.Join(labels[to], `\n`))
		}
	}
	return d.marshal(title)
}

// drawing is a multigraph with names and labels.
type drawing struct {
	*multi.DirectedGraph
	lines int64
}

func newDrawing() *drawing { return &drawing{DirectedGraph: multi.NewDirectedGraph()} }

type drawnNode struct {
	node
	name string
}

// Attributes returns the node's label.
func (n drawnNode) Attributes() []encoding.Attribute {
	return []encoding.Attribute{{Key: "label", Value: quote(n.name)}}
}

type drawnLine struct {
	multi.Line
	label string
}

// Attributes returns the line's label.
func (l drawnLine) Attributes() []encoding.Attribute {
	return []encoding.Attribute{{Key: "label", Value: quote(l.label)}}
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

func (d *drawing) node(id int, name string) { d.AddNode(drawnNode{node(id), name}) }

func (d *drawing) edge(from, to int, label string) {
	d.lines++
	d.SetLine(drawnLine{multi.Line{F: d.Node(int64(from)), T: d.Node(int64(to)), UID: d.lines}, label})
}

func (d *drawing) marshal(title string) (string, error) {
	b, err := dot.MarshalMulti(d.DirectedGraph, title, "", " ")
	if err != nil {
		return "", fmt.Errorf("graph: %w", err)
	}
	return string(b) + "\n", nil
}

var _ graph.DirectedMultigraph = (*drawing)(nil)

// JSON returns the graph as JSON: names of nodes, and edges by number.
func (g *Graph) JSON(name func(node int) string) ([]byte, error) {
	type jsonEdge struct {
		From  int    `json:"from"`
		To    int    `json:"to"`
		Label string `json:"label"`
	}
	out := struct {
		Nodes []string   `json:"nodes"`
		Edges []jsonEdge `json:"edges"`
	}{}
	for i := range g.Len() {
		out.Nodes = append(out.Nodes, name(i))
		g.Out(i, func(to int, label string) { out.Edges = append(out.Edges, jsonEdge{i, to, label}) })
	}
	return json.MarshalIndent(out, "", " ")
}
