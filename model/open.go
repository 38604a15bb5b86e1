package model

import (
	"time"

	"github.com/sesame-tls/sesame/model/explore"
	"github.com/sesame-tls/sesame/spec"
)

// RunOpen explores one endpoint alone, in all scenarios, against a peer that
// may send anything, as often as it likes: no attacker can do more to it. The
// report has the properties that are local to one endpoint; one that is about
// the other role alone is left out.
func RunOpen(r spec.Role, o Options, ro RunOptions) (*Report, error) {
	sys, err := New(o)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	eo := explore.Options{Workers: ro.Workers, MaxMemory: ro.MaxMemory, First: ro.First, NoPaths: ro.withoutPaths(), Progress: ro.Progress, Properties: propertyNames()}
	inputs := openInputs(r)
	res, err := explore.Run(func() explore.System[packed] { return newOpenExplorer(sys, r, inputs) }, eo)
	if err != nil {
		return nil, err
	}
	rep := newReport(sys, res, time.Since(began))
	rep.Open = r.String()
	for i, p := range res.Properties[:len(properties)] {
		if !properties[i].Local || p.Checked == 0 {
			continue
		}
		row := newRow(i, p)
		if p.Counterexample != nil {
			row.Counterexample = sys.openChart(r, inputs, p.Counterexample)
		}
		rep.Properties = append(rep.Properties, row)
	}
	return rep, nil
}

// openInputs is the alphabet of a role's machine and more: every change that an
// attacker makes in a hello, what does not open or verify, and the end.
func openInputs(r spec.Role) []Input {
	all := clientInputs()
	hello := spec.ServerHello
	plain := Hello{ID: spec.IDOther, TicketExt: spec.Off}
	if r == spec.Server {
		all = append(serverInputs(spec.Scenario{}.WithDefaults()), serverInputs(spec.Scenario{ServerCallback: spec.CallbackAccept})...)
		hello, plain = spec.ClientHello, Hello{Ticket: TicketGood, ID: spec.IDFresh}
	}
	for _, c := range changes {
		if c.hello == hello && c.flip == noFlip {
			h := plain
			h.Version, h.Suites, h.Suite, h.Renegotiation = c.to.Version, c.to.Suites, c.to.Suite, c.to.Renegotiation
			all = append(all, named(Message{Type: hello, Hello: h}))
		}
	}
	for _, on := range []spec.Switch{spec.Off, spec.On} {
		h := plain
		h.EMS = on
		all = append(all, named(Message{Type: hello, Hello: h}))
		h = plain
		h.EtM = on
		all = append(all, named(Message{Type: hello, Hello: h}))
	}
	for _, m := range []spec.Message{spec.ServerKeyExchange, spec.CertificateVerify} {
		all = append(all, Input{Name: m.String() + " wrong", Message: Message{Type: m}, Wrong: true})
	}
	return append(all, Input{Name: "Finished in the clear", Message: Message{Type: spec.Finished, Origin: Forged}},
		named(Message{Type: spec.Garbage}), named(Message{Type: spec.EndOfStream}))
}

// openExplorer is one endpoint as package explore wants it. Its state is a
// State in which the peer stands still.
type openExplorer struct {
	x      exec
	role   spec.Role
	inputs []Input
	from   State
}

func newOpenExplorer(s *System, r spec.Role, inputs []Input) *openExplorer {
	return &openExplorer{x: exec{sys: s, open: true}, role: r, inputs: inputs}
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

// localProperties is the set of the properties that are about one endpoint.
var localProperties = func() (s explore.Set) {
	for i, p := range properties {
		if p.Local {
			s |= 1 << i
		}
	}
	return s
}()

// openChart lists the inputs of a path and what they led to.
func (s *System) openChart(r spec.Role, inputs []Input, p *explore.Path[packed]) string {
	var last State
	p.States[len(p.States)-1].unpack(&last)
	text := ""
	if sc := ScenarioString(last.space.scenario()); sc != "" {
		text = "handshake " + sc + "\n----\n"
	}
	for i, label := range p.Labels {
		var to State
		p.States[i+1].unpack(&to)
		me, _ := to.ends(r)
		name := "application data is sent"
		if label != sendInput {
			name = "read " + inputs[label].Name
		}
		text += name + " -> " + me.String() + "\n"
	}
	return text
}
