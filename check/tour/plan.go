package tour

import "github.com/sesame-tls/sesame/check/ladder"

// cut is the beginning of a path: the machines are left where it ends.
type cut struct{ path, edges int32 }

// job is a path that is driven on machines that stand where another one was cut.
type job struct {
	path int32
	cut  cut
}

// plan is what there is to do for a tour, in order.
type plan struct {
	tour  *Tour
	all   bool // edges
	seed  uint64
	shard ladder.Shard
	jobs  []job
	batch int // after so many jobs the progress is told
}

// plan makes the plan of one shard. All asks for every edge where there are too
// many for every day. Who shares out the work has the time for a reset from every
// state, too; else there are as many as there are paths.
func (t *Tour) plan(all bool, seed uint64, shard ladder.Shard) *plan {
	all = all || t.Budget == 0
	p := &plan{tour: t, all: all, seed: seed, shard: shard, batch: 256}
	paths := t.choose(all, seed)
	cuts := t.cuts(paths)
	t.rand(seed, 1).Shuffle(len(cuts), func(i, j int) { cuts[i], cuts[j] = cuts[j], cuts[i] })
	n := len(paths)
	if t.Budget == 0 || shard.Count > 1 {
		n = max(n, len(cuts))
	}
	for i := range n {
		if shard.Has(i) {
			p.jobs = append(p.jobs, job{paths[i%len(paths)], cuts[i%len(cuts)]})
		}
	}
	return p
}

// must returns the edges that have to be driven.
func (p *plan) must() *coverage {
	c := newCoverage(p.tour)
	for e := range c.edges {
		if p.all && p.shard.Count == 1 {
			c.edge(int32(e))
		}
	}
	for _, j := range p.jobs {
		c.path(p.tour.paths[j.path])
	}
	return c
}

// driven returns the edges that have been driven.
func (p *plan) driven(at progress) *coverage {
	c, rest := newCoverage(p.tour), at.Short
	for i, j := range p.jobs[:at.Next] {
		path := p.tour.paths[j.path]
		if len(rest) > 0 && rest[0].Job == i {
			path, rest = path[:rest[0].Edges], rest[1:]
		}
		c.path(path)
	}
	return c
}

// cuts returns, for each state that the paths reach, where a path reaches it
// first. The last edge of a path leads to a state like others.
func (t *Tour) cuts(paths []int32) (all []cut) {
	seen := make([]bool, t.graph.Len())
	for _, i := range paths {
		for k, e := range t.paths[i] {
			if to := t.graph.Head(int(e)); !seen[to] {
				seen[to] = true
				all = append(all, cut{i, int32(k + 1)})
			}
		}
	}
	return all
}
