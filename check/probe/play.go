package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"time"

	"github.com/sesame-tls/sesame/check/cases"
	"github.com/sesame-tls/sesame/check/learn/mapper"
	"github.com/sesame-tls/sesame/spec"
)

// Default waits.
const (
	// DefaultLimit bounds a wait for an answer, in which the case goes on.
	DefaultLimit = 5 * time.Second
	// quiet is how long nothing comes after the player's last words until it
	// closes its half of the stream, and patience the same where an alert may have
	// been for that.
	quiet, patience = 50 * time.Millisecond, time.Second
)

// maxAnswer bounds what a system says in a step, in octets.
const maxAnswer = 1 << 20

// player plays one case over one connection.
type player struct {
	conn    net.Conn
	mapper  *mapper.Mapper
	opaque  []byte
	session mapper.Session
	limit   time.Duration
	echoes  bool // the system sends data back, and nothing else

	unread []byte
	closed bool
	half   bool // the player's half of the stream is closed
	late   bool // a fatal alert came when it was
	last   spec.Message

	quiet time.Duration // how long nothing comes until it is
	eof   string        // the fatal alert that the system has for an end of the stream; empty: none
}

// newPlayer returns a player of one side in a setup.
func newPlayer(system spec.Role, s cases.Setup, id Identities, pac PAC, limit time.Duration) (*player, error) {
	p := &player{opaque: pac.Opaque, limit: limit, quiet: quiet}
	max, err := version(s.Max)
	if err != nil {
		return nil, err
	}
	c := mapper.Config{Role: system, Version: max, Rand: nil}
	if pac.Opaque != nil {
		c.PAC = &mapper.PAC{Opaque: pac.Opaque, Secret: pac.master}
	}
	shown := id.Client
	if s.Peer == "ecdsa" {
		shown = id.ClientECDSA
	}
	if system == spec.Client {
		shown = id.Server
		if s.Certificate == "ecdsa" {
			shown = id.ServerECDSA
		}
	}
	c.Chain, c.Key = shown.Chain, shown.Key
	p.mapper = mapper.New(c)
	return p, nil
}

// begin takes a new connection.
func (p *player) begin(conn net.Conn) {
	p.mapper.Remember(&p.session)
	p.mapper.Reset()
	p.conn, p.unread, p.closed, p.half, p.late, p.last = conn, nil, false, false, false, spec.NoMessage
}

// finding is what came of a case's steps.
type finding struct {
	step  int // the one that deviates; -1: none
	alert bool
	got   string
	// unsure: what was allowed may have come because the player had closed its half
	// of the stream.
	unsure bool
	left   bool // its application has closed before it could answer
}

var nothing = finding{step: -1}

// play goes through steps. The error is ctx's, or that of a malformed case.
func (p *player) play(ctx context.Context, steps []cases.Step) (finding, error) {
	stop := context.AfterFunc(ctx, func() { p.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	for i, step := range steps {
		lenient := step.Echo && !p.echoes
		if !p.echoes {
			step = withoutData(step)
		}
		if lenient {
			step = withoutEcho(step)
		}
		out, err := p.say(step.Send)
		if err != nil {
			return nothing, err
		}
		p.write(out)
		seen, standing := p.listen(ctx, step, i == len(steps)-1)
		if ctx.Err() != nil {
			return nothing, ctx.Err()
		}
		if n := len(seen) - 1; p.late && n >= 0 && seen[n].Alert == p.eof {
			if standing == cases.Met && p.quiet < patience {
				return finding{step: -1, unsure: true}, nil
			}
			// It was for the end of the stream, to what came before there was no answer.
			return finding{i, false, cases.Tell(seen[:n], false), false, false}, nil
		}
		// What has said nothing against it has taken Finished.
		if lenient && standing == cases.Waiting && len(seen) == len(step.Allow[1].Answers) {
			continue
		}
		_, established := p.mapper.Established()
		if standing == cases.Deviates && established && !p.echoes && len(seen) == 0 {
			return finding{step: -1, left: true}, nil
		}
		if standing != cases.Met {
			return finding{i, step.AlertAlone(seen, p.closed && !p.half), cases.Tell(seen, p.closed && !p.half), false, false}, nil
		}
	}
	return nothing, nil
}

// withoutData leaves out of what is allowed what an application may write when it
// likes.
func withoutData(s cases.Step) cases.Step {
	var allow []cases.Outcome
	for _, o := range s.Allow {
		kept := cases.Outcome{Closed: o.Closed}
		for _, a := range o.Answers {
			if a.Message != spec.ApplicationData.String() {
				kept.Answers = append(kept.Answers, a)
			}
		}
		allow = append(allow, kept)
	}
	s.Allow = allow
	return s
}

// withoutEcho asks a system that sends no data back only whether it says
// goodbye: what it does then is its own affair, unless it is a fatal alert.
func withoutEcho(s cases.Step) cases.Step {
	var kept []cases.Message
	for _, m := range s.Send {
		if m.Message != "ApplicationData" {
			kept = append(kept, m)
		}
	}
	kept = append(kept, cases.Message{Message: "Alert", Level: "warning", Alert: spec.CloseNotify.String()})
	goodbye := cases.Answer{Message: "Alert", Level: "warning", Alerts: []string{spec.CloseNotify.String()}}
	var first []cases.Answer
	for _, a := range s.Allow[0].Answers {
		if a.Message == "Alert" {
			break
		}
		first = append(first, a)
	}
	said := cases.Outcome{Answers: append(slices.Clone(first), goodbye)}
	closed := cases.Outcome{Answers: first, Closed: true}
	return cases.Step{Send: kept, Allow: []cases.Outcome{said, closed}}
}

// write sends octets. Where the system has closed, what it had said before is
// still to be read.
func (p *player) write(out []byte) {
	if len(out) == 0 || p.closed {
		return
	}
	if p.conn.SetWriteDeadline(time.Now().Add(p.limit)) == nil {
		_, _ = p.conn.Write(out) // reading tells what became of it
	}
}

// listen reads until the step is decided. After the last step's words the player
// closes its half of the stream when nothing comes.
func (p *player) listen(ctx context.Context, step cases.Step, last bool) (seen []cases.Seen, standing cases.Standing) {
	buffer := make([]byte, 1<<14)
	for read := 0; ; {
		standing = step.Judge(seen, p.closed && !p.half)
		switch {
		case standing != cases.Waiting, p.closed, ctx.Err() != nil:
			return seen, standing
		case read > maxAnswer:
			return seen, cases.Deviates
		}
		wait := p.limit
		if last && !p.half && !step.AwaitsEnd() {
			wait = p.quiet
		}
		n, err := 0, p.conn.SetReadDeadline(time.Now().Add(wait))
		if err == nil {
			n, err = p.conn.Read(buffer)
		}
		read += n
		p.unread = append(p.unread, buffer[:n]...)
		taken, sent := p.mapper.Read(p.unread)
		p.unread = p.unread[taken:]
		for _, s := range sent {
			if seen = p.append(seen, s); s.Level == spec.LevelFatal {
				break // nothing counts after it: it may come, and may be lost
			}
		}
		switch {
		case err != nil && errors.Is(err, os.ErrDeadlineExceeded) && wait == p.quiet:
			p.half = true
			p.closeWrite()
		case p.mapper.Over():
			p.late = p.late || p.half
			p.closed, p.half = true, false
		case err != nil:
			p.closed = true
			p.half = p.half || errors.Is(err, os.ErrDeadlineExceeded)
		}
	}
}

// learnEnd finds out which fatal alert the system has for an end of the stream
// where its first message is due.
func (p *player) learnEnd(ctx context.Context, s System, system spec.Role, u cases.Setup) {
	u.Session = ""
	conn, err := s.Connect(ctx, system, u, "")
	if err != nil {
		return // the first case tells
	}
	defer conn.End()
	p.begin(conn)
	if system == spec.Client {
		if found, err := p.play(ctx, []cases.Step{{Allow: []cases.Outcome{answers("ClientHello")}}}); err != nil || found.step >= 0 {
			return
		}
	}
	p.half = true
	p.closeWrite()
	seen, standing := p.listen(ctx, cases.Step{Allow: []cases.Outcome{{Answers: []cases.Answer{{Message: "Alert"}}, Closed: true}}}, true)
	if standing == cases.Met {
		p.eof = seen[0].Alert
	}
}

func (p *player) closeWrite() {
	if half, ok := p.conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // it may be closed already
	}
}

// append adds what was read. Data in several records is one answer; what a
// system without echo writes, and when it says goodbye, is none.
func (p *player) append(seen []cases.Seen, sent spec.Sent) []cases.Seen {
	again := p.last == sent.Message
	p.last = sent.Message
	_, established := p.mapper.Established()
	switch {
	case sent.Message == spec.ApplicationData && again,
		established && !p.echoes && sent.Message == spec.ApplicationData,
		established && !p.echoes && sent.Level == spec.LevelWarning && sent.Alert == spec.CloseNotify:
		return seen
	}
	return append(seen, p.seen(sent))
}

// keyLog returns the connection's line of a key log; empty: there is no secret.
func (p *player) keyLog() string {
	if h := p.mapper.Hello(); h != nil && p.mapper.Secret() != nil {
		return fmt.Sprintf("CLIENT_RANDOM %x %x\n", h.Random, p.mapper.Secret())
	}
	return ""
}
