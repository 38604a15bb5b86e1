package graph

import "fmt"

// Cover returns paths from node 0 that together take every edge that can be
// reached, as numbers of edges. Each goes on until no edge leads out. They are
// few, not the fewest: each takes as many new edges as it meets. The graph must
// have no loop.
func (g *Graph) Cover() ([][]int32, error) {
	if !g.ends() {
		return nil, fmt.Errorf("graph: %v with a loop: its paths need not end", g)
	}
	c := &cover{g: g, taken: make([]bool, g.Edges()), next: append([]int32(nil), g.first...)}
	var paths [][]int32
	for !c.done(0) {
		path, news := c.walk()
		if news {
			paths = append(paths, path)
		}
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

// walk takes a path from node 0 to an end, and reports whether any of its edges
// was new: a node may be done before that is known of the nodes before it.
func (c *cover) walk() (path []int32, news bool) {
	nodes := []int32{0}
	for at := int32(0); ; {
		e := c.choose(at)
		if e < 0 {
			break
		}
		news = news || !c.taken[e]
		c.taken[e] = true
		at = c.g.to[e]
		path, nodes = append(path, e), append(nodes, at)
	}
	for i := len(nodes) - 1; i >= 0; i-- {
		c.settle(nodes[i])
	}
	return path, news
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

// ends reports whether every path ends: nodes can be taken away one by one,
// each when no edge leads to it any more.
func (g *Graph) ends() bool {
	into := make([]int32, g.Len())
	var free []int32
	for i := range into {
		if into[i] = g.firstIn[i+1] - g.firstIn[i]; into[i] == 0 {
			free = append(free, int32(i))
		}
	}
	n := 0
	for ; len(free) > 0; n++ {
		last := free[len(free)-1]
		free = free[:len(free)-1]
		for _, to := range g.to[g.first[last]:g.first[last+1]] {
			if into[to]--; into[to] == 0 {
				free = append(free, to)
			}
		}
	}
	return n == g.Len()
}
