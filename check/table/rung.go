package table

import (
	"context"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/spec"
)

// Rung compares both tables.
var Rung = ladder.Rung{
	Name:  "table",
	Shows: "every row of the implementation's transition tables, under all guards, is the model's step",
	Run:   climb,
}

func climb(ctx context.Context, r *ladder.Run) error {
	for _, role := range []spec.Role{spec.Client, spec.Server} {
		if err := ctx.Err(); err != nil {
			return err
		}
		tally, err := Compare(role, handshake.Rows(role))
		if err != nil {
			return err
		}
		r.Count("rows", tally.Rows)
		r.Count("guard valuations", tally.Valuations)
		r.Count("steps", tally.Steps)
		r.Count("valuations of the rows' own guards", tally.RowValuations)
		r.Count("of them impossible", len(tally.Impossible))
		for _, i := range tally.Impossible {
			r.Logf("%v: impossible: %v", role, i)
		}
	}
	return nil
}
