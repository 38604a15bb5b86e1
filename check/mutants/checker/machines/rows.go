package main

import (
	"context"
	"errors"

	"github.com/sesame-tls/sesame/check/mutants/checker"
	"github.com/sesame-tls/sesame/check/table"
	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/spec"
)

// useRows makes new machines of a role run another table. It is nil unless the
// program was built with the files of hook/, which only the rung does.
var useRows func(spec.Role, []handshake.RowInfo) (restore func())

var errNoHook = errors.New("the program was built without its hook")

// alteredTables runs the faults in the tables: the comparison with the model
// sees what is in the rows, the others what the machines do with them.
func alteredTables(from, step int) {
	i := -1
	for _, r := range roles {
		for _, a := range table.Alterations(handshake.Rows(r)) {
			if i++; i < from || (i-from)%step != 0 {
				continue
			}
			begins := checker.Line{Fault: r.String() + " " + a.Name, Index: i, Begins: true}
			checker.Write(begins)
			l := checker.Run("table", func(context.Context) error { _, err := table.CompareIn(r, a.Rows, a.State); return err })
			for _, name := range []string{"probes", "lockstep"} {
				if !l.Failed {
					l = checker.Run(name, func(ctx context.Context) error { return with(ctx, r, a.Rows, checks[name]) })
				}
			}
			l.Fault, l.Index = begins.Fault, i
			checker.Write(l)
		}
	}
}

// with carries out a check on machines with other rows.
func with(ctx context.Context, r spec.Role, rows []handshake.RowInfo, check checker.Func) error {
	if useRows == nil {
		return errNoHook
	}
	defer useRows(r, rows)()
	return check(ctx)
}
