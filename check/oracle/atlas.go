package oracle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/internal/atonce"
	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/learn"
	"github.com/sesame-tls/sesame/check/learn/target"
	"github.com/sesame-tls/sesame/check/results"
	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/graph"
	"github.com/sesame-tls/sesame/spec"
)

// learnedClasses are the classes whose machines the atlas has.
func learnedClasses() (all []Class) {
	for _, r := range []spec.Role{spec.Server, spec.Client} {
		all = append(all, Class{Role: r, Callback: spec.CallbackAccept, Exchange: spec.ExchangeEphemeral})
	}
	return all
}

// leaf is one machine of the atlas before those that are alike are put together.
type leaf struct {
	class   Class
	release string
	machine *target.Machine
	differs []string // from the model's under rfc
	strange []string // and from that under its own profile
	arcs    []results.Arc
	err     error
}

// atlas learns the machines of the systems, and puts equal ones together. What is
// not as a system's own profile has it is unexplained, by the system's name.
func atlas(ctx context.Context, r *ladder.Run, all []subject, pki *interop.PKI) (machines []results.Machine, unexplained map[string][]string, err error) {
	var leaves []leaf
	for _, c := range learnedClasses() {
		for _, s := range all {
			leaves = append(leaves, leaf{class: c, release: s.name})
		}
	}
	atonce.Each(learnedAtOnce, len(leaves), func(i int) {
		r.Progress(i, len(leaves), "learning "+leaves[i].release)
		leaves[i].err = leaves[i].learn(ctx, all[i%len(all)], pki)
	})
	unexplained = map[string][]string{}
	for _, l := range leaves {
		m := results.Machine{Role: l.class.Role.String(), Callback: l.class.Callback.String()}
		unexplained[l.release] = append(unexplained[l.release], l.strange...)
		var crash *sut.Fault
		var changed *learn.Nondeterminism[string, string]
		switch {
		case errors.As(l.err, &crash):
			m.Differences = []string{"nothing can be learned: " + crash.Verdict.String()}
		case errors.As(l.err, &changed):
			m.Differences = []string{fmt.Sprintf("it is no machine: the last input of %s is answered by %s, and by %s",
				strings.Join(changed.Word, ", "), changed.Was, changed.Is)}
		case l.err != nil:
			return nil, nil, l.err
		default:
			m.States, m.Differences, m.Arcs, m.DOT = l.machine.States(), l.differs, l.arcs, l.machine.DOT()
		}
		at := slices.IndexFunc(machines, func(o results.Machine) bool {
			return o.Role == m.Role && o.DOT == m.DOT && slices.Equal(o.Differences, m.Differences)
		})
		if at < 0 {
			at = len(machines)
			machines = append(machines, m)
		}
		machines[at].Releases = append(machines[at].Releases, l.release)
	}
	return machines, unexplained, nil
}

// learn learns the machine of a system, and holds it against the model's.
func (l *leaf) learn(ctx context.Context, s subject, pki *interop.PKI) error {
	system, err := sut.Start(ctx, s.program)
	if err != nil {
		return err
	}
	defer system.Close()
	p, err := newPlayer(ctx, system, l.class, pki, target.Pace{})
	if err != nil {
		return err
	}
	defer p.endpoint.Close()
	own := interop.ProfileOf(system.Library()).Only(l.class.Role)
	places, err := model.NewOpenMachine(l.class.Role, p.scenario, model.Options{Profile: own})
	if err != nil {
		return err
	}
	like, err := target.Expect(p.endpoint, p.scenario, own)
	if err != nil {
		return err
	}
	letters := lettersOf(places)
	taught := &calm{learnable: p.endpoint.(learnable), places: places, letters: letters}
	result, err := target.Learn(ctx, taught, like, target.Options{Equivalence: "model", Walks: 20})
	if err != nil {
		return fmt.Errorf("oracle: learning %s: %w", s.name, err)
	}
	rfc, err := p.Machine(spec.Profile{Name: "rfc"})
	if err != nil {
		return err
	}
	l.machine = target.Project(result.Machine)
	l.differs = target.Differences(l.machine, rfc, l.class.Role)
	l.strange = l.unlike(target.Project(like), own, places, letters)
	l.arcs = arcs(l.machine, rfc, stateNames(l.machine, places, letters))
	return nil
}

// unlike tells where the learned machine is not its own profile's, but for what the
// model has no word for.
func (l *leaf) unlike(like *target.Machine, own spec.Profile, places *model.Machine, letters map[string]model.Input) (told []string) {
	for word := range learn.Differences(l.machine, like) {
		if _, because := foreseen(l.class, own, places, letters, word); because == "" {
			last := len(word) - 1
			told = append(told, fmt.Sprintf("%v, learned\n%sanswered: %s\nown profile: %s", l.class, target.Conversation(l.machine, l.class.Role, word),
				l.machine.Run(word)[last], like.Run(word)[last]))
		}
	}
	return told
}

// learnable is an endpoint as package learn wants it.
type learnable interface {
	endpoint
	Slower() bool
	Prove(ctx context.Context, word, known []string) (string, error)
}

// calm keeps out of a machine how much of what changes nothing an endpoint takes in
// a row: the same input is not sent again that was taken in silence, and once it is
// established data follow.
type calm struct {
	learnable
	places  *model.Machine // says where it is
	letters map[string]model.Input
	at      model.Endpoint
	taken   string // the last input, if it was taken in silence
}

// Forewarn implements learn.Forewarned.
func (c *calm) Forewarn(word []string) {
	if f, ok := c.learnable.(interface{ Forewarn([]string) }); ok {
		f.Forewarn(word)
	}
}

// Reset begins a new connection.
func (c *calm) Reset(ctx context.Context) error {
	c.at, _ = c.places.Initial()
	c.taken = ""
	return c.learnable.Reset(ctx)
}

// Step sends an input and returns the answer.
func (c *calm) Step(ctx context.Context, in string) (string, error) {
	next, _ := c.places.Step(c.at, c.letters[in])
	if in == c.taken && next == c.at {
		c.Expect("") // what was expected is not for the next
		return target.Silent, nil
	}
	out, err := c.learnable.Step(ctx, in)
	if c.taken = ""; out == target.Silent {
		c.taken = in
	}
	before := c.at.State
	c.at = next
	if data := spec.ApplicationData.String(); err == nil && before == spec.Established && next.State == before && in != data {
		c.Expect(target.Silent)
		_, err = c.learnable.Step(ctx, data)
	}
	return out, err
}

// stateNames says of each state of a learned machine what the model waits for where a
// shortest word to it leads. Those that are alike are numbered.
func stateNames(learned *target.Machine, places *model.Machine, letters map[string]model.Input) []string {
	all := make([]string, learned.States())
	times := map[string]int{}
	for s, word := range learned.Access() {
		at, _ := places.Initial()
		for _, in := range word {
			at, _ = places.Step(at, letters[in])
		}
		name := at.State.String()
		if times[name]++; times[name] > 1 {
			name = fmt.Sprintf("%s (%d)", name, times[name])
		}
		all[s] = name
	}
	return all
}

// arcs are what a drawing of a learned machine has: what it does as the RFCs say
// and goes on, and what it does otherwise, for as long as equal answers lead on.
func arcs(learned, rfc *target.Machine, names []string) (all []results.Arc) {
	type pair struct{ learned, rfc int }
	seen := map[pair]bool{{}: true}
	for queue := []pair{{}}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		for i, in := range learned.Inputs {
			j := slices.Index(rfc.Inputs, in)
			to := pair{learned.Next[at.learned][i], rfc.Next[at.rfc][j]}
			arc := results.Arc{From: names[at.learned], To: names[to.learned], Label: in}
			out := learned.Out[at.learned][i]
			if out != rfc.Out[at.rfc][j] {
				arc.Label, arc.Own = in+" / "+out, true
				all = append(all, arc)
				continue
			}
			if to.learned != at.learned && !strings.HasSuffix(out, graph.Closed) {
				all = append(all, arc)
			}
			if !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	return distinct(all)
}

// distinct returns each arc once.
func distinct(all []results.Arc) (once []results.Arc) {
	for _, a := range all {
		if !slices.Contains(once, a) {
			once = append(once, a)
		}
	}
	return once
}
