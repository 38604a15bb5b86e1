package interop

// Choose gives each group that can be played one choice or more, so that with
// each peer and role every two values that can meet in a cell do meet in one: of
// versions, suites, kinds, EMS, encrypt-then-MAC and client certificates. The
// second result is why a group cannot be played at all.
func Choose(groups []Group) (cells []Cell, notApplicable map[Group]string) {
	notApplicable = map[Group]string{}
	met := map[pair]bool{}
	for i, g := range groups {
		best, gain := Cell{}, -1
		reason := ""
		for j := range Choices {
			// Each group begins at another choice, so that none is preferred.
			cell := g.Cell(Choices[(i+j)%len(Choices)])
			if why := cell.NotApplicable(); why != "" {
				if reason == "" {
					reason = why
				}
				continue
			}
			if n := newPairs(cell, met); n > gain {
				best, gain = cell, n
			}
		}
		if gain < 0 {
			notApplicable[g] = reason
			continue
		}
		for _, p := range best.pairs() {
			met[p] = true
		}
		cells = append(cells, best)
	}
	// A suite that a peer has in few groups meets the rest in further cells.
	for _, g := range groups {
		for _, choice := range Choices {
			cell := g.Cell(choice)
			if cell.NotApplicable() != "" || newPairs(cell, met) == 0 {
				continue
			}
			for _, p := range cell.pairs() {
				met[p] = true
			}
			cells = append(cells, cell)
		}
	}
	return cells, notApplicable
}

// pair is two values of different dimensions, at one peer in one role.
type pair struct {
	at           string
	a, b         int // dimensions
	first, other int // their values
}

func (c Cell) pairs() []pair {
	bit := map[bool]int{true: 1}
	values := [...]int{int(c.Version), int(c.Suite), int(c.Kind), bit[c.EMS], bit[c.EtM], int(c.Client)}
	var all []pair
	for a := range values {
		for b := a + 1; b < len(values); b++ {
			all = append(all, pair{c.Ours.String() + " " + c.Peer.Name, a, b, values[a], values[b]})
		}
	}
	return all
}

func newPairs(c Cell, met map[pair]bool) int {
	n := 0
	for _, p := range c.pairs() {
		if !met[p] {
			n++
		}
	}
	return n
}
