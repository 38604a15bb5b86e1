package handshake

import "github.com/sesame-tls/sesame/spec"

// RowInfo is one row of a transition table, for reading and for checks.
type RowInfo struct {
	State  spec.State
	On     spec.Message // NoMessage: a decision, after what the row before has done
	If     []string     // guards that must hold
	Unless []string     // guards that must not
	Do     []string     // actions, in order
	Next   spec.State   // Decides: the machine stays, and a row with On NoMessage follows
	Decide bool
}

// Rows returns the transitions of one role, in the order in which they are
// tried.
func Rows(r spec.Role) []RowInfo { return nil }
