package table

import (
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/spec"
)

var roles = []spec.Role{spec.Client, spec.Server}

func TestRung(t *testing.T) {
	r := ladder.NewRun(1)
	if err := climb(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	t.Log(r.Counts())
}

// equal are the alterations that change nothing that can be seen.
var equal = map[string]string{
	"Client row 19 (AwaitServerFlight on ServerKeyExchange) without readServerKeyExchange": "nothing is signed; the key is computed with",
	"Client row 32 (AwaitFinished on Finished) without issueSession":                       "a client's cache is its caller's",
	"Client row 34 (AwaitFinishedAbbreviated on Finished) without issueSession":            "a client's cache is its caller's",
	"Server row 16 (AwaitFinished on Finished) without issueSession":                       "the session is in the ticket, and its ID is empty",
}

// Each alteration of each row is a difference.
func TestAlterationsAreFound(t *testing.T) {
	n := 0
	for _, role := range roles {
		for _, a := range Alterations(handshake.Rows(role)) {
			if a.Silent {
				continue // lockstep finds it, in the rung mutants
			}
			n++
			_, err := CompareIn(role, a.Rows, a.State)
			reason, known := equal[role.String()+" "+a.Name]
			switch {
			case err != nil && !ladder.IsDifference(err):
				t.Errorf("%v: %s: %v", role, a.Name, err)
			case err == nil && !known:
				t.Errorf("%v: %s survives", role, a.Name)
			case err != nil && known:
				t.Errorf("%v: %s is found, and is said to be equal: %s", role, a.Name, reason)
			}
		}
	}
	t.Logf("%d alterations", n)
}

// An action that nothing is known of is an error, so that a new one is not
// overlooked; and each that something is said of is in a table.
func TestActionsAreKnown(t *testing.T) {
	used := map[string]bool{}
	for _, role := range roles {
		rows := handshake.Rows(role)
		for _, row := range rows {
			for _, a := range row.Do {
				used[a] = true
			}
		}
		rows[0].Do = append(slices.Clone(rows[0].Do), "dance")
		if _, err := Compare(role, rows); !ladder.IsDifference(err) {
			t.Errorf("%v: an unknown action: %v", role, err)
		}
	}
	for name := range actions {
		if !used[name] {
			t.Errorf("no row has the action %s", name)
		}
	}
	for name := range silent {
		if !used[name] {
			t.Errorf("no row has the silent action %s", name)
		}
	}
}

// A row that cannot be taken, and one that takes what is out of place, are
// differences.
func TestAddedRowsAreFound(t *testing.T) {
	for _, role := range roles {
		rows := handshake.Rows(role)
		twice := append(slices.Clone(rows), rows[len(rows)-1])
		early := append(slices.Clone(rows), handshake.RowInfo{
			State: spec.AwaitServerFlight, On: spec.ChangeCipherSpec, Do: []string{"activateRead"}, Next: spec.AwaitFinishedAbbreviated})
		for name, rows := range map[string][]handshake.RowInfo{"a row twice": twice, "an early ChangeCipherSpec": early} {
			if _, err := Compare(role, rows); !ladder.IsDifference(err) {
				t.Errorf("%v: %s: %v", role, name, err)
			}
		}
	}
}
