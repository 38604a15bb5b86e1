package tla

import (
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Log writes traces of real endpoints, each of one end of a connection, as
// NDJSON. It is safe for concurrent use.
type Log struct {
	mu sync.Mutex
	w  io.Writer
	n  int
}

// NewLog returns a Log that writes to w.
func NewLog(w io.Writer) *Log { return &Log{w: w} }

// maxLogged bounds the steps of one connection that are logged. The beginning of
// a behaviour is one.
const maxLogged = 1000

// Connection is the log of one end of one connection.
type Connection struct {
	log   *Log
	mu    sync.Mutex
	role  spec.Role
	known spec.Scenario
	name  string
	steps []Step
}

// Connection begins the log of an end. known is what is known of its own
// configuration; what its ClientHello says, and what its callback answers, is
// added. A name that is not empty goes into the trace's.
func (l *Log) Connection(r spec.Role, name string, known spec.Scenario) *Connection {
	return &Connection{log: l, role: r, known: known, name: name}
}

// Observe is the end's Tracer.
func (c *Connection) Observe(o *spec.Observation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.steps) == maxLogged {
		return
	}
	if o.Event == spec.ClientStart && len(o.Sent) > 0 {
		hello := &o.Sent[0]
		c.known.Ticket, c.known.SessionID = hello.Ticket, hello.ID
		// It is not offered where no suite could use it.
		c.known.ClientEtM = onOff(slices.Contains(hello.Extensions, spec.EncryptThenMAC))
	}
	if o.Call.Made && c.role == spec.Server {
		c.known.ServerCallback = o.Call.Result
	} else if o.Call.Made {
		c.known.ClientCallback = o.Call.Result
	}
	c.steps = append(c.steps, StepOf(o))
}

// End writes the trace. A connection on which nothing was handled has none.
func (c *Connection) End() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.steps) == 0 {
		return nil
	}
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	c.log.n++
	id := fmt.Sprintf("%v-%d", c.role, c.log.n)
	if c.name != "" {
		id = c.name + "-" + id
	}
	t := Trace{ID: id, Scenario: model.ScenarioString(c.known), Sides: []string{c.role.String()}, Steps: c.steps}
	c.steps = nil
	return WriteTraces(c.log.w, []Trace{t})
}
