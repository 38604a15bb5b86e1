package target

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/sesame-tls/sesame/check/learn/mapper"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/graph"
	"github.com/sesame-tls/sesame/spec"
)

// Pace says how long an endpoint at the other end of a socket is waited for.
type Pace struct {
	// Silence is how long nothing has come when an answer is taken to be whole,
	// where the protocol does not say so. 0: DefaultSilence, and twice as long, up
	// to MaxSilence, each time an answer has taken half of it, or has come too late.
	Silence time.Duration
	// Limit bounds a connection attempt, a write, and a whole answer. 0: DefaultLimit.
	Limit time.Duration
	// Due bounds the wait for an answer that is known to come. 0: Limit.
	Due time.Duration
}

// What a zero Pace means.
const (
	DefaultSilence = 25 * time.Millisecond
	MaxSilence     = 400 * time.Millisecond
	DefaultLimit   = 10 * time.Second
)

// maxAnswer and maxMessages bound an answer, in octets and in messages.
const maxAnswer, maxMessages = 1 << 20, 256

// remote is an endpoint behind a net.Conn.
type remote struct {
	role   spec.Role
	inputs []model.Input
	index  map[string]model.Input
	mapper *mapper.Mapper
	pace   Pace
	fixed  bool // Silence was asked for
	notes  []string

	conn     net.Conn
	closed   bool
	unread   []byte
	expected string        // of the next step; empty: not known
	proving  bool          // the answer is waited for longer than usual
	wait     time.Duration // for an answer that is not known; 0: as usual
	quick    bool          // a handshake is made: it is waited for, and for nothing after it
	last     []spec.Sent
}

func (r *remote) init(role spec.Role, c mapper.Config, p Pace) {
	c.Role = role
	r.role, r.mapper, r.pace, r.fixed = role, mapper.New(c), p, p.Silence > 0
	if r.pace.Silence == 0 {
		r.pace.Silence = DefaultSilence
	}
	if r.pace.Limit == 0 {
		r.pace.Limit = DefaultLimit
	}
	if r.pace.Due == 0 {
		r.pace.Due = r.pace.Limit
	}
}

// Role returns whose machine it is.
func (r *remote) Role() spec.Role { return r.role }

// Inputs returns the inputs that can be made for this endpoint.
func (r *remote) Inputs() []string { return names(r.inputs) }

// Notes returns what of the endpoint has limited the learning, a line each.
func (r *remote) Notes() []string { return r.notes }

// Silence returns the silence that ends an answer.
func (r *remote) Silence() time.Duration { return r.pace.Silence }

// Slower makes it wait longer, and reports false where it may not.
func (r *remote) Slower() bool {
	if r.fixed || r.pace.Silence >= MaxSilence {
		return false
	}
	r.pace.Silence *= 2
	return true
}

// Wait makes it wait so long for every answer that is not known; 0: as usual.
func (r *remote) Wait(d time.Duration) { r.wait = d }

// Expect implements learn.Expecter.
func (r *remote) Expect(out string) { r.expected = out }

// begin takes a new connection.
func (r *remote) begin(conn net.Conn) {
	r.mapper.Reset()
	r.conn, r.closed, r.unread, r.expected = conn, false, nil, ""
}

// end closes the connection.
func (r *remote) end() {
	if r.conn != nil {
		r.conn.Close()
		r.conn = nil
	}
	r.closed = true
}

// Close ends what it has open.
func (r *remote) Close() error {
	r.end()
	return nil
}

// Step sends an input and returns the answer. It fails only with ctx: whatever
// the endpoint does is an answer.
func (r *remote) Step(ctx context.Context, name string) (string, error) {
	expected := r.expected
	r.expected = ""
	if r.closed {
		return graph.Closed, nil
	}
	return r.say(ctx, r.index[name], expected)
}

func (r *remote) say(ctx context.Context, in model.Input, expected string) (string, error) {
	// Where the endpoint has closed, what it had said before is still to be read.
	err := r.conn.SetWriteDeadline(time.Now().Add(r.pace.Limit))
	if err == nil {
		_, err = r.conn.Write(r.mapper.Write(nil, in))
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		r.end()
		return Broken, nil // it takes no octets
	}
	if half, ok := r.conn.(interface{ CloseWrite() error }); ok && in.Message.Type == spec.EndOfStream {
		_ = half.CloseWrite() // it may have closed
	}
	return r.listen(ctx, expected)
}

// listen reads an answer: what is expected, or all until the protocol lets the
// endpoint say no more, or it is silent.
func (r *remote) listen(ctx context.Context, expected string) (string, error) {
	// An interrupt must not wait for the answer.
	conn := r.conn
	stop := context.AfterFunc(ctx, func() { conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	shown := spec.Observation{}
	began, read := time.Now(), 0
	buffer := make([]byte, 1<<14)
	for {
		r.last = shown.Sent
		switch {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case r.closed:
			shown.State = spec.Failed
			return word(shown), nil
		case expected != "" && word(shown) == expected, len(shown.Sent) > 0 && r.atRest():
			return word(shown), nil
		case read > maxAnswer || len(shown.Sent) > maxMessages || time.Since(began) > r.pace.Limit:
			r.end()
			return Broken, nil // it finds no end
		}
		n, err := 0, conn.SetReadDeadline(time.Now().Add(r.patience(expected, shown)))
		if err == nil {
			n, err = conn.Read(buffer)
		}
		if read == 0 && n > 0 && 2*time.Since(began) > r.pace.Silence && !r.quick {
			r.Slower() // it might have been missed, had it not been known to come
		}
		read += n
		r.unread = append(r.unread, buffer[:n]...)
		taken, sent := r.mapper.Read(r.unread)
		r.unread = r.unread[taken:]
		shown.Sent = r.together(shown.Sent, sent)
		switch {
		case r.mapper.Over(), err != nil && !errors.Is(err, os.ErrDeadlineExceeded):
			r.end()
		case err != nil && ctx.Err() == nil:
			return word(shown), nil
		}
	}
}

// patience is how long nothing may come after what has been shown.
func (r *remote) patience(expected string, shown spec.Observation) time.Duration {
	due := expected != "" && (len(shown.Sent) == 0 || strings.HasPrefix(expected, word(shown)))
	switch {
	case r.quick:
		return r.pace.Limit
	case due:
		return r.pace.Due
	case r.wait > 0:
		return min(r.wait, r.pace.Limit)
	case r.proving:
		return min(3*r.pace.Silence, r.pace.Limit)
	}
	return r.pace.Silence
}

// atRest reports whether nothing more is awaited.
func (r *remote) atRest() bool {
	_, established := r.mapper.Established()
	return r.mapper.AtRest() || r.quick && established
}

// prove asks for the last answer to a word, on a new connection.
func (r *remote) prove(ctx context.Context, step func(context.Context, string) (string, error), word, known []string) (last string, err error) {
	defer func() { r.proving = false }()
	for i, in := range word {
		r.expected = ""
		if i < len(known) {
			r.expected = known[i]
		}
		r.proving = i == len(known)
		if last, err = step(ctx, in); err != nil {
			return "", err
		}
	}
	return last, nil
}

// together appends messages. What is written once the handshake is over is the
// application's, and comes when it likes.
func (r *remote) together(all, more []spec.Sent) []spec.Sent {
	_, established := r.mapper.Established()
	for _, s := range more {
		if s.Message != spec.ApplicationData || !established && !has(all, s.Message) {
			all = append(all, s)
		}
	}
	return all
}

// sentMessage reports whether the last answer has a message.
func (r *remote) sentMessage(m spec.Message) bool { return has(r.last, m) }

func has(all []spec.Sent, m spec.Message) bool {
	return slices.ContainsFunc(all, func(s spec.Sent) bool { return s.Message == m })
}

// Attack adds the inputs of an attacker ([model.NewOpenMachine]) to those that the
// endpoint is given, but for those that keep does not keep.
func (r *remote) Attack(sc spec.Scenario, keep func(model.Input) bool) error {
	m, err := model.NewOpenMachine(r.role, sc, model.Options{})
	if err != nil {
		return err
	}
	base, err := alphabet(r.role, sc)
	if err != nil {
		return err
	}
	for _, in := range m.Inputs()[len(base):] {
		if keep(in) {
			r.inputs = append(r.inputs, in)
		}
	}
	r.index = byName(r.inputs)
	return nil
}

// without removes the inputs that drop names, and says why.
func (r *remote) without(drop func(model.Input) bool, why string, args ...any) {
	var kept []model.Input
	for _, in := range r.inputs {
		if !drop(in) {
			kept = append(kept, in)
		}
	}
	r.inputs = kept
	r.notes = append(r.notes, fmt.Sprintf(why, args...))
}
