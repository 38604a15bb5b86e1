package interop

import "testing"

// TestShortRunIsPairwise shows that the cells of a short run have every group
// and every two values that can meet.
func TestShortRunIsPairwise(t *testing.T) {
	groups := Groups()
	cells, notApplicable := Choose(groups)
	met, played := map[pair]bool{}, map[Group]bool{}
	for _, c := range cells {
		played[Group{c.Ours, c.Peer, c.Version, c.Suite, c.Kind}] = true
		for _, p := range c.pairs() {
			met[p] = true
		}
	}
	if len(played)+len(notApplicable) != len(groups) {
		t.Errorf("%d groups played, %d not applicable, of %d", len(played), len(notApplicable), len(groups))
	}
	possible, missing := map[pair]bool{}, 0
	for _, g := range groups {
		for _, choice := range Choices {
			c := g.Cell(choice)
			if c.NotApplicable() != "" {
				continue
			}
			for _, p := range c.pairs() {
				if !possible[p] && !met[p] {
					missing++
					t.Errorf("%+v never meet", p)
				}
				possible[p] = true
			}
		}
	}
	t.Logf("%d groups, %d cells, %d pairs, %d missing", len(groups), len(cells), len(possible), missing)
}
