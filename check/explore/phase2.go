package explore

import (
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/model/phase2"
)

// secondPhase explores EAP-FAST's second phase: with one move of the attacker on
// the wire, in a long run with two, and with a peer that takes any certificate.
func secondPhase(r *ladder.Run) error {
	systems := []phase2.Options{{Budget: 1}, {Profile: "hostap", Attackers: []phase2.Attacker{phase2.InMiddle}}}
	if r.Long {
		systems = append(systems, phase2.Options{Budget: 2}, phase2.Options{Profile: "hostap", Budget: 1})
	}
	for i, o := range systems {
		r.Progress(i, len(systems), "phase 2")
		rep, err := phase2.Run(o, phase2.RunOptions{MaxMemory: maxMemory})
		if err != nil {
			return err
		}
		if err := rep.Err(); err != nil {
			return ladder.Differ("the second phase, profile %s, budget %d: %v", rep.Profile, rep.Budget, err)
		}
		r.Count("states of the second phase", rep.States)
	}
	return nil
}
