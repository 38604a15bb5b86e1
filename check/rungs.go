// Package check is the ladder: the list of rungs that hold the model, the
// implementation and other people's implementations against each other. Each
// rung lives in a package below; ladder runs them.
package check

import (
	"github.com/sesame-tls/sesame/check/browse/ui"
	"github.com/sesame-tls/sesame/check/coverage"
	"github.com/sesame-tls/sesame/check/eap"
	"github.com/sesame-tls/sesame/check/explore"
	"github.com/sesame-tls/sesame/check/findings"
	"github.com/sesame-tls/sesame/check/fuzz"
	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/learn/target"
	"github.com/sesame-tls/sesame/check/lockstep"
	"github.com/sesame-tls/sesame/check/mutants"
	"github.com/sesame-tls/sesame/check/oracle"
	"github.com/sesame-tls/sesame/check/probe"
	"github.com/sesame-tls/sesame/check/table"
	"github.com/sesame-tls/sesame/check/tla"
	"github.com/sesame-tls/sesame/check/tour"
	"github.com/sesame-tls/sesame/check/trace"
)

// Rungs returns all rungs in the order in which they run.
func Rungs() []ladder.Rung {
	return []ladder.Rung{explore.Rung, table.Rung, tla.Rung, tla.RungTrace, lockstep.Rung, tour.Rung, target.Rung, mutants.Rung, trace.Rung, coverage.Rung, interop.Rung, probe.Rung, oracle.Rung, findings.Rung, eap.Rung, ui.Rung, fuzz.Rung}
}
