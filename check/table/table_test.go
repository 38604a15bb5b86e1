package table

import (
	"slices"
	"strings"
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

// Each reason is needed: without it a valuation is unexplained. And one that says
// too much is contradicted by the model.
func TestImpossibleValuations(t *testing.T) {
	all := impossibles
	defer func() { impossibles = all }()
	everywhere := func(spec.State) bool { return true }
	var compared []*comparison
	for _, role := range roles {
		c := newComparison(handshake.Rows(role))
		if err := c.steps(role, everywhere); err != nil {
			t.Fatal(err)
		}
		compared = append(compared, c)
	}
	compare := func() error {
		for i, c := range compared {
			if err := c.exhaust(roles[i], everywhere); err != nil {
				return err
			}
		}
		return nil
	}
	if err := compare(); err != nil {
		t.Fatal(err)
	}
	for i, x := range all {
		impossibles = slices.Delete(slices.Clone(all), i, i+1)
		if err := compare(); !ladder.IsDifference(err) || !strings.Contains(err.Error(), "nothing says why") {
			t.Errorf("without %q: %v", x.reason, err)
		}
		tooMuch := x
		tooMuch.holds, tooMuch.fail = x.holds&-x.holds, 0
		impossibles = append(slices.Clone(all), tooMuch)
		if err := compare(); !ladder.IsDifference(err) || !strings.Contains(err.Error(), "said to be impossible") {
			t.Errorf("more than %q: %v", x.reason, err)
		}
	}
}
