package handshake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/spec"
)

var roles = []spec.Role{spec.Client, spec.Server}

func TestRows(t *testing.T) {
	for _, r := range roles {
		last := map[spec.State]handshake.RowInfo{}
		entered := map[spec.State]bool{spec.Start: true, spec.AwaitClientHello: true}
		for _, row := range handshake.Rows(r) {
			if row.On == spec.NoMessage {
				last[row.State] = row
			}
			entered[row.Next] = true
			if slices.Contains(row.Do, "") || slices.Contains(row.If, "") {
				t.Errorf("%v: a name is missing in %+v", r, row)
			}
			if row.State.Ended() && row.State != spec.Established {
				t.Errorf("%v: a row leaves %v", r, row.State)
			}
		}
		for s, row := range last {
			if len(row.If)+len(row.Unless) > 0 {
				t.Errorf("%v in %v: a decision may find no row", r, s)
			}
		}
		for _, row := range handshake.Rows(r) {
			if !entered[row.State] {
				t.Errorf("%v: nothing leads to %v", r, row.State)
			}
			if _, decision := last[row.State]; row.Decide && !decision {
				t.Errorf("%v in %v: no row follows", r, row.State)
			}
		}
	}
}

// behaviour is what mutants of the tables are told by: the conversations of
// testdata/flow, and the ways.
type behaviour struct {
	flows []*datadriven.TestData
	ways  []*way
}

func newBehaviour(t *testing.T) *behaviour {
	b := &behaviour{ways: ways(t)}
	datadriven.Walk(t, "testdata/flow", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			clone := *d
			b.flows = append(b.flows, &clone)
			return d.Expected
		})
	})
	return b
}

// pieces are what machines do, to be computed one after the other: first what
// concerns the row's message in its state, which rows do not share.
func (b *behaviour) pieces(t *testing.T, r spec.Role, row handshake.RowInfo) (own, shared []func() string) {
	if row.On != spec.NoMessage {
		for _, w := range b.ways {
			own = append(own, func() string { return probe(t, w, r, row) })
		}
	}
	for _, d := range b.flows {
		shared = append(shared, func() string {
			f, err := newFlow(d)
			if err != nil {
				return err.Error()
			}
			defer f.release()
			return f.play()
		})
	}
	for _, w := range b.ways {
		shared = append(shared, func() string { return playOut(t, w) })
	}
	return own, shared
}

func all(pieces []func() string) (texts []string) {
	for _, p := range pieces {
		texts = append(texts, try(p))
	}
	return texts
}

// try returns what f returns, or how it panicked.
func try(f func() string) (what string) {
	defer func() {
		if p := recover(); p != nil {
			what = fmt.Sprint("panic: ", p)
		}
	}()
	return f()
}

// probe hands the row's message to a side in the row's state.
func probe(t *testing.T, w *way, r spec.Role, row handshake.RowInfo) string {
	me, peer, ok := w.walk(t, r, row.State)
	if !ok {
		return "not reached"
	}
	typ, content := sample(row.On)
	out, _ := me.step(forge(t, me, peer, r, typ, content))
	return fmt.Sprint(me.State(), observed(me), me.err, len(out))
}

// playOut plays a way to its end.
func playOut(t *testing.T, w *way) string {
	client, server, _ := w.walk(t, spec.Client, spec.Failed)
	var b strings.Builder
	for _, s := range []*side{client, server} {
		fmt.Fprint(&b, observed(s), s.err, s.events, "\n")
	}
	return b.String()
}

// TestEveryRowMatters: without a row, with another next state, or with a guard
// less, the machines do something else, for each row of both tables.
func TestEveryRowMatters(t *testing.T) {
	b := newBehaviour(t)
	_, shared := b.pieces(t, spec.Client, handshake.RowInfo{})
	always := all(shared)
	for _, r := range roles {
		for i, row := range handshake.Rows(r) {
			own, shared := b.pieces(t, r, row)
			want := append(all(own), always...)
			for name, edit := range mutants(i, row) {
				if name == "without suiteChosen" {
					continue // what it guards is that the decisions end
				}
				restore := handshake.EditRows(r, edit)
				killed := false
				for i, piece := range append(own, shared...) {
					if killed = try(piece) != want[i]; killed {
						break
					}
				}
				if restore(); !killed {
					t.Errorf("%v: row %d survives %s: %+v", r, i, name, row)
				}
			}
		}
	}
}

type edit = func([]handshake.EditableRow) []handshake.EditableRow

func mutants(i int, row handshake.RowInfo) map[string]edit {
	edits := map[string]edit{
		"deleted": func(rows []handshake.EditableRow) []handshake.EditableRow { return slices.Delete(rows, i, i+1) },
	}
	if row.Next != spec.Failed && !row.Decide {
		edits["next"] = func(rows []handshake.EditableRow) []handshake.EditableRow {
			next := spec.AwaitFinished
			if row.Next == next {
				next = spec.AwaitChangeCipherSpec
			}
			rows[i].SetNext(next)
			return rows
		}
	}
	for _, g := range append(slices.Clone(row.If), row.Unless...) {
		edits["without "+g] = func(rows []handshake.EditableRow) []handshake.EditableRow {
			rows[i].DropGuard(g)
			return rows
		}
	}
	return edits
}
