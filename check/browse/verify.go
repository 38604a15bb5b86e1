package browse

import (
	"context"

	"github.com/sesame-tls/sesame/model"
)

// Verified is what an exploration of a whole system has found.
type Verified struct {
	States      int       `json:"states"`
	Transitions int       `json:"transitions"`
	Depth       int       `json:"depth"`
	Properties  []Verdict `json:"properties"`
	Attacks     []Verdict `json:"attacks"`
}

// Verdict is what became of a property.
type Verdict struct {
	Name       string `json:"name"`
	Verdict    string `json:"verdict"`
	Checked    int    `json:"checked"` // states or transitions
	Violations int    `json:"violations"`
	// Shortest is the address at the end of a shortest counterexample, Steps its
	// length. Both are empty where there is none.
	Shortest string `json:"shortest,omitempty"`
	Steps    int    `json:"steps,omitempty"`
}

// verify explores the system.
func (s Setting) verify(ctx context.Context) (*Verified, error) {
	o, err := s.options()
	if err != nil {
		return nil, err
	}
	sys, err := model.New(o)
	if err != nil {
		return nil, err
	}
	r, err := model.Run(o, model.RunOptions{Workers: 1, MaxMemory: maxMemory, Attacks: true, Done: ctx.Done()})
	if err != nil {
		return nil, err
	}
	v := &Verified{States: r.States, Transitions: r.Transitions, Depth: r.Depth}
	if v.Properties, err = s.verdicts(ctx, sys, r.Properties); err != nil {
		return nil, err
	}
	v.Attacks, err = s.verdicts(ctx, sys, r.Attacks)
	return v, err
}

func (s Setting) verdicts(ctx context.Context, sys *model.System, rows []model.Row) ([]Verdict, error) {
	all := []Verdict{}
	for _, row := range rows {
		v := Verdict{Name: row.Name, Verdict: string(row.Verdict), Checked: row.Checked, Violations: row.Violations}
		if row.Trace != nil {
			path, err := sys.Find(ctx, row.Trace.Actions, row.Name)
			if err != nil {
				return nil, err
			}
			v.Shortest, v.Steps = linkTo(s, sys, path), len(path)
		}
		all = append(all, v)
	}
	return all, nil
}
