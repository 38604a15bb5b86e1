package table

import (
	"fmt"
	"slices"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/spec"
)

// Alteration is a table with one fault in one row.
type Alteration struct {
	Name  string
	State spec.State // of the row
	Rows  []handshake.RowInfo

	// Silent: an action is left out that shows nothing in a model of symbols, so
	// that no comparison of rows can find it.
	Silent bool
}

// Alterations returns every table that differs from rows in one row: without
// it, without one of its guards, with another next state of those that the
// table has, or without one of its actions.
func Alterations(rows []handshake.RowInfo) (all []Alteration) {
	nexts := nextStates(rows)
	for i, row := range rows {
		name := fmt.Sprintf("row %d (%v on %v)", i, row.State, row.On)
		all = append(all, Alteration{Name: name + " deleted", State: row.State, Rows: slices.Delete(slices.Clone(rows), i, i+1)})
		alter := func(what string, edit func(*handshake.RowInfo)) {
			altered := slices.Clone(rows)
			edit(&altered[i])
			all = append(all, Alteration{Name: name + " " + what, State: row.State, Rows: altered})
		}
		for j, g := range row.If {
			alter("without "+g, func(r *handshake.RowInfo) { r.If = slices.Delete(slices.Clone(r.If), j, j+1) })
		}
		for j, g := range row.Unless {
			alter("without unless "+g, func(r *handshake.RowInfo) { r.Unless = slices.Delete(slices.Clone(r.Unless), j, j+1) })
		}
		for _, next := range nexts {
			if next != row.Next || row.Decide {
				alter("to "+next.String(), func(r *handshake.RowInfo) { r.Next, r.Decide = next, false })
			}
		}
		for j, action := range row.Do {
			alter("without "+action, func(r *handshake.RowInfo) { r.Do = slices.Delete(slices.Clone(r.Do), j, j+1) })
			all[len(all)-1].Silent = silent[action]
		}
	}
	return all
}

func nextStates(rows []handshake.RowInfo) (all []spec.State) {
	for _, row := range rows {
		if !slices.Contains(all, row.Next) {
			all = append(all, row.Next)
		}
	}
	return all
}
