// Command machines checks the endpoints' machines against the model. With
// -rows it runs the faults in the transition tables.
package main

import (
	"context"
	"flag"
	"time"

	"github.com/sesame-tls/sesame/check/lockstep"
	"github.com/sesame-tls/sesame/check/mutants/checker"
	"github.com/sesame-tls/sesame/check/table"
	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/spec"
)

var roles = []spec.Role{spec.Client, spec.Server}

var checks = map[string]checker.Func{"table": compareTables, "probes": probes, "lockstep": lockstepShort}

func main() {
	from := flag.Int("rows", -1, "run the faults in the tables, from this one on")
	step := flag.Int("step", 1, "and then every so many")
	flag.Parse()
	if *from >= 0 {
		alteredTables(*from, *step)
		return
	}
	checker.Main(checks)
}

func compareTables(context.Context) error {
	for _, r := range roles {
		if _, err := table.Compare(r, handshake.Rows(r)); err != nil {
			return err
		}
	}
	return nil
}

// scenarios is how many suffice to find every fault that lockstep can see.
const scenarios = 2000

func lockstepShort(ctx context.Context) error {
	_, err := lockstep.Rapid(ctx, lockstep.Options{Seed: 1, Scenarios: scenarios, Shrink: time.Millisecond})
	return err
}
