package harness

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Pair is two real endpoints and the two streams between them. It is made once
// and reused for many scenarios. It is not safe for concurrent use.
type Pair struct {
	// Bend, if set, falsifies what was observed, for tests that must fail.
	Bend func(*spec.Observation)
	// Sent, if set, gets what each endpoint sends, before any attacker has it.
	Sent func(from spec.Role, octets []byte)
	// Records, if set, gets each record that an endpoint sends, opened.
	Records func(Record)
	// Machines, if set, makes the machines from the next Begin on.
	Machines Machines

	scenario spec.Scenario
	seed     uint64
	client   end
	server   end
	toClient stream
	toServer stream

	clientSource, serverSource   source
	clientConfigs, serverConfigs configs

	hello    []byte // the record with the client's hello, as it was sent
	request  []byte // the record with the server's CertificateRequest
	attacked bool   // the attacker has made a move: it mends record headers, too
	lost     bool   // something has been taken off a stream
	recorded *Pair  // another session of the same course, made when it is needed
	taped    bool   // recorded is of this scenario and seed
	digest   digest
	made     Machines // who has made the two machines
	out, in  []byte
}

// NewPair returns a pair without endpoints.
func NewPair() *Pair {
	p := new(Pair)
	p.clientConfigs, p.serverConfigs = newConfigs(&p.clientSource, nil), newConfigs(&p.serverSource, nil)
	return p
}

// Begin makes new endpoints for a scenario. All their randomness follows from
// the seed.
func (p *Pair) Begin(sc spec.Scenario, seed uint64) error {
	p.End()
	sc = sc.WithDefaults()
	if err := unsupported(sc); err != nil {
		return err
	}
	p.scenario, p.seed, p.attacked, p.lost = sc, seed, false, false
	p.hello, p.request, p.taped = nil, nil, false
	p.digest.begin()
	if p.made = p.Machines; p.made == nil {
		p.made = pooled{}
	}
	p.clientSource.seed(seed, 'c')
	p.serverSource.seed(seed, 's')
	m, err := p.made.Client(p.clientConfigs.forClient(sc), clientParams(sc))
	if err != nil {
		return fmt.Errorf("harness: no client for %s: %w", Distinctive(sc), err)
	}
	p.client.begin(p, spec.Client, m)
	p.server.begin(p, spec.Server, p.made.Server(p.serverConfigs.forServer(sc)))
	return nil
}

// End releases the endpoints.
func (p *Pair) End() {
	for _, e := range []*end{&p.client, &p.server} {
		if e.machine != nil {
			p.made.Release(e.machine)
			e.machine = nil
		}
	}
	p.toClient, p.toServer = p.toClient[:0], p.toServer[:0]
}

// KeyLog returns client_random and the master secret that is in force at r; nil
// where there is none, and once r has failed.
func (p *Pair) KeyLog(r spec.Role) (clientRandom, master []byte) {
	if m := p.end(r).machine; m != nil {
		return m.KeyLog()
	}
	return nil, nil
}

// Record is one record that an endpoint has sent.
type Record struct {
	From    spec.Role
	Octets  []byte      // as it went onto the wire
	Content []byte      // in the clear; the same as on the wire where it could not be opened
	Sent    []spec.Sent // the messages in it, with the secret that seals them
}

// Waiting returns the octets of what r will read, a message an element, the
// next first. The end of the stream is an empty element.
func (p *Pair) Waiting(r spec.Role) [][]byte {
	all := [][]byte{}
	for _, i := range *p.stream(r) {
		all = append(all, bytes.Clone(i.data))
	}
	return all
}

func (p *Pair) end(r spec.Role) *end {
	if r == spec.Server {
		return &p.server
	}
	return &p.client
}

func (p *Pair) stream(r spec.Role) *stream {
	if r == spec.Server {
		return &p.toServer
	}
	return &p.toClient
}

// Start makes the client send its hello.
func (p *Pair) Start() spec.Observation {
	e := &p.client
	e.observed = spec.Observation{Role: spec.Client, Event: spec.ClientStart}
	out, err := e.run(p.out[:0], nil)
	p.out = out
	o := p.finish(e, spec.NoMessage, out, err)
	if len(p.toServer) > 0 {
		p.hello = p.toServer[0].data
	}
	return o
}

// Deliver makes r read the head of its stream.
func (p *Pair) Deliver(r spec.Role) spec.Observation {
	e := p.end(r)
	i := p.stream(r).pop()
	e.observed = spec.Observation{Role: r}
	e.inserted = false
	if i.end() {
		err := e.machine.EndOfStream()
		return p.finish(e, spec.EndOfStream, p.out[:0], err)
	}
	if p.attacked {
		i = i.consistent(e)
	}
	e.note(i)
	p.in = append(p.in[:0], i.data...) // it is opened in place
	out, err := e.run(p.out[:0], p.in)
	p.out = out
	o := p.finish(e, i.message, out, err)
	e.passes(i)
	if i.taken != spec.AlertNone && o.Received.Level != spec.LevelNone {
		o.Received.Description = i.taken
	}
	return o
}

// Send makes r send one record of application data.
func (p *Pair) Send(r spec.Role) spec.Observation {
	e := p.end(r)
	e.observed = spec.Observation{Role: r, Event: spec.ClientSendApplicationData}
	if r == spec.Server {
		e.observed.Event = spec.ServerSendApplicationData
	}
	out, err := e.machine.Seal(p.out[:0], forgedData)
	p.out = out
	e.aside.Sent = e.aside.Sent || len(out) > 0
	if e.machine.State() != spec.Failed {
		err = nil // it has refused, and nothing was sent: the observation says so
	}
	return p.finish(e, spec.NoMessage, out, err)
}

// Timeout makes r give up waiting: its caller closes the transport.
func (p *Pair) Timeout(r spec.Role) spec.Observation {
	e := p.end(r)
	e.observed = spec.Observation{Role: r, Event: spec.ClientTimeout, State: spec.Failed, Failure: spec.FailureTimeout}
	if r == spec.Server {
		e.observed.Event = spec.ServerTimeout
	}
	if err := e.machine.EndOfStream(); err == nil {
		panic("harness: the machine takes the end of the stream for good in " + e.machine.State().String())
	}
	e.cacheAfterFailure()
	e.failure = spec.FailureTimeout
	*p.stream(r) = (*p.stream(r))[:0]
	return p.bent(e)
}

// finish completes the observation of a step: what was sent, how it ended, and
// what can be seen of the machine. What was sent goes on the peer's stream.
func (p *Pair) finish(e *end, read spec.Message, out []byte, err error) spec.Observation {
	o := &e.observed
	items := e.takeSent(out)
	p.sum(e.role, out, items)
	if p.Sent != nil && len(out) > 0 {
		p.Sent(e.role, out)
	}
	e.machine.Observe(o)
	e.resolve(o)
	if err != nil {
		e.failed(read, err)
	} else if o.Event == spec.NoEvent {
		o.Event = receiveEvent(e.role, read, o.Received)
	}
	for _, i := range items {
		if i.message == spec.CertificateRequest {
			p.request = i.data
		}
	}
	peer := p.end(e.role.Peer())
	// Where the attacker plays a part, the honest two do not hear each other.
	if peer.failure == spec.NoFailure && !p.client.impostor.plays && !p.server.impostor.plays {
		to := p.stream(e.role.Peer())
		*to = append(*to, items...)
		if e.failure != spec.NoFailure {
			*to = append(*to, item{message: spec.EndOfStream, taken: spec.AlertNone})
		}
	}
	if e.failure != spec.NoFailure {
		*p.stream(e.role) = (*p.stream(e.role))[:0]
	}
	return p.bent(e)
}

func (p *Pair) bent(e *end) spec.Observation {
	if p.Bend != nil {
		p.Bend(&e.observed)
	}
	return e.observed
}

// receiveEvent names the step that took a message.
func receiveEvent(r spec.Role, m spec.Message, alert spec.AlertSeen) spec.Event {
	if m != spec.Alert {
		return spec.Receive(r, m)
	}
	events := map[spec.Role][2]spec.Event{
		spec.Client: {spec.ClientReceiveWarning, spec.ClientReceiveFatalAlert},
		spec.Server: {spec.ServerReceiveWarning, spec.ServerReceiveFatalAlert},
	}[r]
	if alert.Level == spec.LevelFatal {
		return events[1]
	}
	return events[0]
}

// failed notes why and how the endpoint has failed.
func (e *end) failed(read spec.Message, err error) {
	o := &e.observed
	var h *handshake.Error
	if !errors.As(err, &h) {
		panic(fmt.Sprintf("harness: the machine failed with no handshake.Error: %v", err))
	}
	reject := spec.ClientReject
	if e.role == spec.Server {
		reject = spec.ServerReject
	}
	switch {
	case read == spec.EndOfStream:
		o.Event, e.failure = spec.Receive(e.role, read), spec.FailureEndOfStream
	case h.Received:
		o.Received = spec.AlertSeen{Level: spec.LevelFatal, Description: h.Alert}
		o.Event, e.failure = receiveEvent(e.role, spec.Alert, o.Received), spec.FailureReceivedAlert
	default:
		o.Event, e.failure = reject, spec.FailureSentAlert
	}
	o.Failure = e.failure
	e.cacheAfterFailure()
}

// cacheAfterFailure forgets the session whose connection has ended badly, as
// the machine's owner would.
func (e *end) cacheAfterFailure() {
	if id, doomed := e.machine.Doomed(); doomed && len(id) > 0 {
		e.cache(spec.CacheRemove)
		if bytes.Equal(id, cachedID) {
			e.aside.Cached = false
		} else {
			e.aside.Added = false
		}
	}
}

// note keeps what the harness must know of a message before it is read.
func (e *end) note(i item) {
	state := e.machine.State()
	if i.sealed || len(i.data) < record.HeaderSize+wire.HeaderLen {
		return
	}
	if i.message.ContentType() == spec.ContentHandshake {
		e.remember(i.message, i.data[record.HeaderSize:])
	}
	switch {
	case i.message == spec.ClientHello && state == spec.AwaitClientHello:
		var h wire.ClientHello
		if h.Parse(handshakeBody(i.data)) {
			e.noteClientHello(&h)
		}
		e.noteForged(i)
	case i.message == spec.ServerHello && state == spec.AwaitServerHello:
		var h wire.ServerHello
		if h.Parse(handshakeBody(i.data)) {
			e.noteServerHello(&h)
		}
		e.noteForged(i)
	case i.message == spec.Certificate && state == spec.AwaitClientCertificate:
		e.noteCertificate(handshakeBody(i.data))
	case i.foreign && (i.message == spec.ServerKeyExchange || i.message == spec.ClientKeyExchange):
		e.foreign = true
	}
}

// Do carries out an action on the real endpoints. An attacker's action yields
// no more than its event.
func (p *Pair) Do(a model.Action) spec.Observation {
	switch a.Event {
	case spec.ClientStart:
		return p.Start()
	case spec.ClientSendApplicationData, spec.ServerSendApplicationData:
		return p.Send(a.To)
	case spec.ClientTimeout, spec.ServerTimeout:
		return p.Timeout(a.To)
	}
	if a.Event.Role() == spec.Attacker {
		p.attack(a)
		return spec.Observation{Role: spec.Attacker, Event: a.Event}
	}
	return p.Deliver(a.To)
}
