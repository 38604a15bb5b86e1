package model

import (
	"slices"
	"strings"
	"time"

	"github.com/sesame-tls/sesame/model/explore"
	"github.com/sesame-tls/sesame/spec"
)

// RunOpen explores one endpoint alone, in all scenarios, against a peer that
// may send anything, as often as it likes: no attacker can do more to it. The
// report has the properties that are local to one endpoint, but for those that
// are about the other role alone.
func RunOpen(r spec.Role, o Options, ro RunOptions) (*Report, error) {
	sys, err := New(o)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	ro.Bare = false
	inputs := openInputs(r)
	res, err := explore.Run(func() explore.System[packed] { return newOpenExplorer(sys, r, inputs) }, ro.engine())
	if err != nil {
		return nil, err
	}
	rep := newReport(sys, res, time.Since(began))
	rep.Open = r.String()
	for i, p := range res.Properties[:len(properties)] {
		if !properties[i].Local || !properties[i].about(r) {
			continue
		}
		row := newRow(i, p)
		if p.Counterexample != nil {
			first, path := openPath(inputs, p.Counterexample)
			row.Counterexample = openChart(r, first, path)
			row.Trace, row.Path = sys.openTrace(p.Name, r, first, path), pathOfChoices(first, path)
		}
		rep.Properties = append(rep.Properties, row)
	}
	return rep, nil
}

// openInputs is the alphabet of a role's machine and more: every change that an
// attacker makes in a hello, what does not open or verify, and the end. No two
// are alike.
func openInputs(r spec.Role) []Input {
	if r == spec.Client {
		return distinct(append(clientInputs(), attackInputs(r, TicketGood)...))
	}
	all := serverInputs(spec.Scenario{ServerCallback: spec.CallbackAccept})
	// With the callback unset, the ticket that opens is a session's.
	for _, in := range serverInputs(spec.Scenario{}.WithDefaults()) {
		in.Name = strings.Replace(in.Name, "ticket=good", "ticket=session", 1)
		all = append(all, in)
	}
	return distinct(append(all, attackInputs(r, TicketGood)...))
}

// distinct returns the inputs without those that are like an earlier one.
func distinct(inputs []Input) (all []Input) {
	for _, in := range inputs {
		same := func(i Input) bool { return i.Message == in.Message && i.Wrong == in.Wrong }
		if !slices.ContainsFunc(all, same) {
			all = append(all, in)
		}
	}
	return all
}

// attackInputs is what an attacker sends beside the letters of a role's machine.
// The hellos that it changes carry the ticket that opens.
func attackInputs(r spec.Role, good Ticket) (all []Input) {
	add := func(inputs ...Input) { all = append(all, inputs...) }
	hello, plain := spec.ServerHello, Hello{ID: spec.IDOther, TicketExt: spec.Off}
	if r == spec.Server {
		hello, plain = spec.ClientHello, Hello{Ticket: good, ID: spec.IDFresh}
	}
	change := func(h Hello) { add(named(Message{Type: hello, Hello: h})) }
	for _, c := range changes {
		if c.hello == hello && c.flip == noFlip {
			h := plain
			h.Version, h.Suites, h.Suite, h.Renegotiation = c.to.Version, c.to.Suites, c.to.Suite, c.to.Renegotiation
			change(h)
		}
	}
	for _, on := range []spec.Switch{spec.Off, spec.On} {
		h := plain
		h.EMS = on
		change(h)
		h = plain
		h.EtM = on
		change(h)
	}
	for _, m := range []spec.Message{spec.ServerKeyExchange, spec.CertificateVerify} {
		add(Input{Name: m.String() + " wrong", Message: Message{Type: m}, Wrong: true})
	}
	add(Input{Name: "Finished in the clear", Message: Message{Type: spec.Finished, Origin: Forged}},
		named(Message{Type: spec.Garbage}), named(Message{Type: spec.EndOfStream}))
	return all
}

// openExplorer is one endpoint as package explore wants it. Its state is a
// State in which the peer stands still.
type openExplorer struct {
	_      [cacheLines]byte
	x      exec
	role   spec.Role
	inputs []Input
	from   State
	_      [cacheLines]byte
}

func newOpenExplorer(s *System, r spec.Role, inputs []Input) *openExplorer {
	e := &openExplorer{x: newExec(s), role: r, inputs: inputs}
	e.x.open = true
	return e
}

// Hash makes the explorer an explore.Hasher.
func (e *openExplorer) Hash(p *packed) uint64 { return p.hash() }

func (e *openExplorer) Initial(emit func(packed)) {
	st := State{space: e.x.sys.space}
	me, peer := st.ends(e.role)
	*peer = unconstrained(e.role)
	*me = Endpoint{State: spec.AwaitClientHello, HasCached: true}
	if e.role == spec.Client {
		*me = Endpoint{State: spec.AwaitServerHello}
	}
	emit(st.pack())
}

// sendInput is the label of sending application data, which is no input.
const sendInput = 1 << 16

func (e *openExplorer) Expand(p packed, emit func(explore.Transition[packed])) explore.Verdict {
	p.unpack(&e.from)
	me, _ := e.from.ends(e.role)
	if me.State != spec.Failed {
		for i := range e.inputs {
			e.step(uint64(i), emit)
		}
		if e.x.sys.maySend(me, e.role) {
			e.step(sendInput, emit)
		}
	}
	v := e.x.sys.judgeState(&e.from)
	v.Checked &= localProperties
	v.Violated &= localProperties
	return v
}

// step performs one input in every way that the scenarios allow.
func (e *openExplorer) step(label uint64, emit func(explore.Transition[packed])) {
	e.x.alts = append(e.x.alts[:0], e.from.space)
	for e.x.next(&e.from) {
		if label == sendInput {
			e.x.sendData(e.role)
		} else {
			e.x.read(e.role, e.inputs[label])
		}
		v := e.x.sys.judgeEdge(&e.from, &e.x)
		v.Checked &= localProperties
		v.Violated &= localProperties
		emit(explore.Transition[packed]{To: e.x.st.pack(), Label: label, Verdict: v})
	}
}

// localTo are the sets of the properties that are local to an endpoint of each
// role.
var localTo = func() (s [2]explore.Set) {
	for i, p := range properties {
		for _, r := range []spec.Role{spec.Client, spec.Server} {
			if p.Local && p.about(r) {
				s[r] |= 1 << i
			}
		}
	}
	return s
}()

// localProperties are those of either.
var localProperties = localTo[spec.Client] | localTo[spec.Server]

// openPath returns the first state of a path, and what follows.
func openPath(inputs []Input, p *explore.Path[packed]) (first State, path []choice) {
	p.States[0].unpack(&first)
	for i, label := range p.Labels {
		c := choice{name: inputName(inputs, label)}
		p.States[i+1].unpack(&c.to)
		path = append(path, c)
	}
	return first, path
}

// inputName is what a label stands for, in charts and traces.
func inputName(inputs []Input, label uint64) string {
	if label == sendInput {
		return "application data is sent"
	}
	return "read " + inputs[label].Name
}

// openChoices returns the first state of r's open machine, and its transitions
// as a replay wants them.
func (s *System) openChoices(r spec.Role) (first State, choices func(State) ([]choice, explore.Set)) {
	inputs := openInputs(r)
	e := newOpenExplorer(s, r, inputs)
	e.Initial(func(p packed) { p.unpack(&first) })
	return first, func(st State) (all []choice, violated explore.Set) {
		v := e.Expand(st.pack(), func(t explore.Transition[packed]) {
			c := choice{name: inputName(inputs, t.Label), violated: t.Verdict.Violated}
			t.To.unpack(&c.to)
			all = append(all, c)
		})
		return all, v.Violated
	}
}

// openChart lists the inputs of a path and what they led to.
func openChart(r spec.Role, first State, path []choice) string {
	text := ""
	if sc := ScenarioString(lastOf(first, path).space.scenario()); sc != "" {
		text = "handshake " + sc + "\n----\n"
	}
	for _, c := range path {
		me, _ := c.to.ends(r)
		text += c.name + " -> " + me.String() + "\n"
	}
	return text
}

// openTrace stores a path.
func (s *System) openTrace(property string, r spec.Role, first State, path []choice) *Trace {
	t := s.newTrace(property, lastOf(first, path))
	t.Open = r.String()
	for _, c := range path {
		t.Actions = append(t.Actions, c.name)
	}
	return t
}

func lastOf(first State, path []choice) State {
	if len(path) == 0 {
		return first
	}
	return path[len(path)-1].to
}
