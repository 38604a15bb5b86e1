package browse

import (
	"math/rand/v2"
	"testing"
)

func TestVisits(t *testing.T) {
	s := New()
	g := ask[Graph](t, s, "/api/graph?"+query(firstScenario))
	if v := ask[Visits](t, s, "/api/visits?"+query(firstScenario)); len(v.Nodes) != len(g.Nodes) || v.Differs != 0 || v.Runs != runsMost {
		t.Errorf("%d of %d nodes, %d runs differ", len(v.Nodes), len(g.Nodes), v.Differs)
	}
	if v := ask[Visits](t, s, "/api/visits?"+query(firstScenario, paramMutant, "no-echo", paramScenario, firstScenario+" sid=fresh")); v.Differs == 0 {
		t.Error("no run differs from a mutant")
	}
	if v := ask[Visits](t, s, "/api/visits?"+query("ticket=? server=? client=?", paramBudget, "1")); v.Differs != 0 || len(v.Nodes) < 50 {
		t.Errorf("open scenario: %d nodes, %d runs differ", len(v.Nodes), v.Differs)
	}
}

func TestReal(t *testing.T) {
	s := New()
	v := runOn(t, s, ask[View](t, s, "/api/walk?"+query(firstScenario+" sid=fresh")))
	r := ask[Real](t, s, "/api/real?"+v.Link)
	if r.Difference != nil || r.Agreed != len(v.Steps) || len(r.Secrets) != 2 {
		t.Fatalf("%d of %d steps agree: %+v", r.Agreed, len(v.Steps), r.Difference)
	}
	sealed, tickets := 0, 0
	for i, step := range r.Steps {
		for j, rec := range step.Records {
			if rec.Messages != step.Model[j] {
				t.Errorf("step %d: the model sends %q, and on the wire is %q", i+1, step.Model[j], rec.Messages)
			}
			if rec.Clear != "" {
				sealed++
			}
			for _, p := range rec.Parts {
				if p.Name == "session_ticket" {
					tickets++
				}
				octets := rec.Octets
				if rec.Clear != "" {
					octets = rec.Clear
				}
				if p.At < 0 || p.Length < 0 || 2*(p.At+p.Length) > len(octets) {
					t.Errorf("step %d: %s is at %d+%d of %d octets", i+1, p.Name, p.At, p.Length, len(octets)/2)
				}
			}
		}
	}
	if sealed != 4 || tickets != 1 {
		t.Errorf("%d records were decrypted, %d tickets named", sealed, tickets)
	}
	broken := ask[View](t, s, "/api/walk?"+query(firstScenario+" sid=fresh", paramMutant, "no-echo", paramPath, "0.0"))
	if r := ask[Real](t, s, "/api/real?"+broken.Link); r.Difference == nil || r.Agreed != 1 {
		t.Errorf("a mutant's path: %d steps agree, difference %+v", r.Agreed, r.Difference)
	}
}

func TestAttackIsReal(t *testing.T) {
	s := New()
	v := ask[View](t, s, "/api/walk?"+query(firstScenario, paramBudget, "1", paramPath, "0"))
	done := 0
	for _, c := range v.Enabled {
		if c.Role != "Attacker" || c.Kind == "take" {
			continue
		}
		r := ask[Real](t, s, "/api/real?"+c.Link)
		if r.Difference != nil || len(r.Steps) != 2 {
			t.Errorf("%s: %+v", c.Name, r.Difference)
		}
		done += len(r.Steps[1].Records)
	}
	if done < 20 {
		t.Errorf("only %d records are the attacker's", done)
	}
}

func TestDissect(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		octets := make([]byte, rnd.IntN(120))
		for i := range octets {
			octets[i] = byte(rnd.Uint32())
		}
		if len(octets) > 5 && rnd.IntN(2) == 0 {
			copy(octets, []byte{22, 3, 3, 0, byte(len(octets) - 5)})
			if len(octets) > 9 {
				copy(octets[5:], []byte{byte(1 + rnd.IntN(2)), 0, 0, byte(len(octets) - 9)})
			}
		}
		for _, p := range dissectRecord(octets) {
			if p.At < 0 || p.Length < 0 || p.At+p.Length > len(octets) {
				t.Fatalf("%x: %+v", octets, p)
			}
		}
	}
}
