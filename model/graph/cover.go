package graph

import "fmt"

// Cover returns paths from node 0 that together take every edge that can be
// reached, as numbers of edges. Each goes on until no edge leads out. They are
// few, not the fewest: each takes as many new edges as it meets. The graph must
// have no loop.
func (g *Graph) Cover() ([][]int32, error) {
	c := &cover{g: g, taken: make([]bool, g.Edges()), next: append([]int32(nil), g.first...)}
	var paths [][]int32
	for !c.done(0) {
		path, err := c.walk()
		if err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// cover is a cover that is being made.
type cover struct {
	g     *Graph
	taken []bool
	// next is, for each node, the first edge out of it that is not taken, or
	// behind which an edge is not taken.
	next []int32
}

// done reports whether all edges behind a node are taken, as far as is known.
func (c *cover) done(node int32) bool { return c.next[node] == c.g.first[node+1] }

// walk takes a path from node 0 to an end.
func (c *cover) walk() ([]int32, error) {
	var path []int32
	nodes := []int32{0}
	for at := int32(0); ; {
		e := c.choose(at)
		if e < 0 {
			break
		}
		c.taken[e] = true
		at = c.g.to[e]
		path, nodes = append(path, e), append(nodes, at)
		if len(path) > c.g.Len() {
			return nil, fmt.Errorf("graph: a path of %d edges in %v: there is a loop", len(path), c.g)
		}
	}
	for i := len(nodes) - 1; i >= 0; i-- {
		c.settle(nodes[i])
	}
	return path, nil
}

// choose returns an edge out of a node: one that is not taken, or else one that
// leads to such, or else any; -1 where there is none.
func (c *cover) choose(node int32) int32 {
	first, past := c.next[node], c.g.first[node+1]
	for e := first; e < past; e++ {
		if !c.taken[e] {
			return e
		}
	}
	for e := first; e < past; e++ {
		if !c.done(c.g.to[e]) {
			return e
		}
	}
	if c.g.first[node] == past {
		return -1
	}
	return c.g.first[node]
}

// settle passes over the edges of a node that need no other path.
func (c *cover) settle(node int32) {
	past := c.g.first[node+1]
	for e := c.next[node]; e < past && c.taken[e] && c.done(c.g.to[e]); e++ {
		c.next[node] = e + 1
	}
}
