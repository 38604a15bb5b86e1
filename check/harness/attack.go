package harness

import (
	"bytes"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// attack carries out one of the attacker's moves on the octets of a stream.
func (p *Pair) attack(a model.Action) {
	s, reader := p.stream(a.To), p.end(a.To)
	p.attacked = true
	switch a.Event {
	case spec.AttackerDrop:
		s.pop()
		p.lost = true
	case spec.AttackerDuplicate:
		s.insert((*s)[0].clone())
		reader.inserted = true
	case spec.AttackerReorder:
		(*s)[0], (*s)[1] = (*s)[1], (*s)[0]
	case spec.AttackerReflect:
		i := s.pop()
		i.foreign = true
		p.stream(a.To.Peer()).insert(i)
		p.lost, p.end(a.To.Peer()).inserted = true, true
	case spec.AttackerInject:
		if a.Takes {
			*s, reader.impostor.plays = (*s)[:0], true
			p.lost = true
		} else {
			reader.inserted = true
		}
		s.insert(p.inject(a.Message, reader))
	case spec.AttackerReplay:
		p.replay(a, s, reader)
	default:
		p.change(a, s)
	}
}

// change rewrites the hello at the head of a stream.
func (p *Pair) change(a model.Action, s *stream) {
	head := &(*s)[0]
	to := a.Message.Hello
	if head.made == nil {
		head.made = head.data
	}
	switch head.message {
	case spec.ClientHello:
		head.data = p.changeClientHello(head.data, to)
	case spec.ServerHello:
		head.data = p.changeServerHello(head.data, to)
	default:
		panic("harness: " + a.String() + ", and at the head is " + head.message.String())
	}
	p.end(a.To).aside.Hello = p.changed(head.made, head.data)
}

// replay puts a message of a recorded session before the head, or in its place.
func (p *Pair) replay(a model.Action, s *stream, reader *end) {
	var i item
	switch m := a.Message; {
	case m.Type == spec.ClientHello && a.Splice:
		i = (*s)[0].clone()
		i.made = i.original()
		i.data = p.changeClientHello(i.made, model.Hello{Random: model.RandomRecorded})
	case m.Type == spec.ClientHello:
		i = item{message: m.Type, taken: spec.AlertNone, data: p.changeClientHello(p.hello, model.Hello{Random: model.RandomRecorded})}
	case m.Type == spec.ServerHello:
		i = (*s)[0].clone()
		i.made = i.original()
		i.data = p.recordedServerHello(i.made)
	case m.Type == spec.Certificate:
		i = p.inject(m, reader)
	default:
		i = p.recordedItem(m, reader)
	}
	i.foreign = true
	switch {
	case !a.Splice:
		reader.inserted = true
	case i.made != nil:
		reader.aside.Hello = p.changed(i.made, i.data)
		s.pop()
	default:
		s.pop()
	}
	s.insert(i)
}

// recordedServerHello is the answer of a session that took the same course: it
// has another random, and Session IDs of its own.
func (p *Pair) recordedServerHello(rec []byte) []byte {
	rec = p.changeServerHello(rec, model.Hello{Random: model.RandomRecorded})
	id := parseServerHello(rec).SessionID
	kept := p.scenario.SessionID == spec.IDCached
	if len(id) == 0 || kept && bytes.Equal(id, p.server.hello.id) {
		return rec
	}
	return p.changeServerHello(rec, model.Hello{ID: spec.IDOther})
}

// recordedItem returns a message of another session between the same two ends.
// Where that session had none, the attacker's own stands in for it: either is
// only out of place.
func (p *Pair) recordedItem(m model.Message, reader *end) item {
	if p.recorded == nil {
		p.recorded = NewPair()
	}
	if !p.taped {
		if err := p.recorded.record(p.scenario, p.seed+1); err != nil {
			panic(err)
		}
		p.taped = true
	}
	for _, i := range *p.recorded.stream(reader.role) {
		if !sameFormat(&p.recorded.client.view, &reader.view) && m.Keyed == spec.NoSecret {
			break // it would not even parse, where the attacker's own does
		}
		if i.message == m.Type && i.sealed == (m.Keyed != spec.NoSecret) {
			i = i.clone()
			i.foreign = true
			if reader.view.known {
				i = i.withVersion(reader.view.version)
			}
			return i
		}
	}
	if m.Keyed == spec.NoSecret {
		return p.inject(m, reader)
	}
	return item{message: m.Type, sealed: true, foreign: true, taken: spec.AlertNone,
		data: inClear(nil, m.Type.ContentType(), reader.recordVersion(), forgedData)}
}

// sameFormat reports whether two ends write the messages of the key exchange in
// one format: TLS 1.2 has one of its own, and an anonymous share has no signature.
func sameFormat(a, b *view) bool {
	return (a.version < spec.TLS12) == (b.version < spec.TLS12) && a.anonymous() == b.anonymous()
}

func (v *view) anonymous() bool {
	s, _ := spec.SuiteByID(v.suite)
	return s.KeyExchange.Anonymous()
}

// record runs a whole session without an attacker, and leaves all that was sent
// on the streams.
func (p *Pair) record(sc spec.Scenario, seed uint64) error {
	if err := p.Begin(sc, seed); err != nil {
		return err
	}
	var tape [2]stream
	take := func(r spec.Role, before int) {
		for _, i := range (*p.stream(r))[before:] {
			tape[r] = append(tape[r], i.clone())
		}
	}
	p.Start()
	take(spec.Server, 0)
	var sent [2]bool
	for moved := true; moved; {
		moved = false
		for _, r := range []spec.Role{spec.Client, spec.Server} {
			e, peer := p.end(r), r.Peer()
			before := len(*p.stream(peer))
			switch {
			case len(*p.stream(r)) > 0:
				p.Deliver(r)
			case e.failure == spec.NoFailure && e.machine.State() == spec.Established && !sent[r]:
				sent[r] = true
				p.Send(r)
			default:
				continue
			}
			moved = true
			take(peer, min(before, len(*p.stream(peer))))
		}
	}
	p.toClient, p.toServer = tape[spec.Client], tape[spec.Server]
	return nil
}
