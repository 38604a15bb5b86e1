package target

import (
	"context"
	"fmt"
	"net"
	"slices"

	"github.com/sesame-tls/sesame/check/learn/mapper"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Server is a server at the other end of connections that are made for it.
type Server struct {
	remote
	dial    func(context.Context) (net.Conn, error)
	session mapper.Session
	spent   bool // the session with an ID has been taken up
	ready   bool // the next Reset is for a word that offers it
	suite   spec.Suite
}

// NewServer meets a server: a connection or two tell what sessions it makes. With
// a PAC in the configuration that is the good ticket, without one a ticket that
// the server has issued. dial makes a connection, and is told no more of it.
func NewServer(ctx context.Context, dial func(context.Context) (net.Conn, error), c mapper.Config, p Pace) (*Server, error) {
	s := &Server{dial: dial}
	s.init(spec.Server, c, p)
	sc := spec.Scenario{}
	if c.PAC != nil {
		sc.ServerCallback = spec.CallbackAccept
	}
	var err error
	if s.inputs, err = alphabet(spec.Server, sc.WithDefaults()); err != nil {
		return nil, err
	}
	s.index = byName(s.inputs)
	defer s.end()
	return s, s.meet(ctx, c.PAC != nil)
}

// Dial returns a function that connects to an address by TCP.
func Dial(address string) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	}
}

// Scenario returns the scenario that the server is in, as far as it shows, with
// its callback doing what is said.
func (s *Server) Scenario(callback spec.Callback) spec.Scenario {
	sc := ScenarioOf(spec.Server, callback)
	if len(s.session.Ticket) == 0 {
		sc.ServerTickets = spec.Off
	}
	sc.Exchange = exchangeOf(s.suite)
	return sc
}

// meet makes the sessions that are offered, as far as the server does.
func (s *Server) meet(ctx context.Context, pac bool) error {
	if !pac {
		o, why, err := s.handshake(ctx, "ClientHello ticket=empty sid=empty")
		if err != nil {
			return err
		}
		if s.session.Ticket, s.session.TicketSecret = o.Ticket, o.Secret; len(o.Ticket) > 0 {
			s.mapper.Remember(&s.session)
			if why, err = s.resumes(ctx, "ClientHello ticket=good sid=empty"); err != nil {
				return err
			}
		}
		if why != "" {
			s.session.Ticket = nil
			s.without(func(in model.Input) bool { return in.Message.Hello.Ticket == model.TicketOfSession },
				"no ticket opens (%s): ClientHello ticket=good is left out", why)
		}
	}
	why, err := s.prime(ctx, pac)
	if err == nil && why == "" {
		why, err = s.resumes(ctx, "ClientHello ticket=none sid=cached")
	}
	if err != nil {
		return err
	}
	if s.spent = true; why != "" {
		s.session.ID = nil
		s.without(func(in model.Input) bool { return in.Message.Hello.ID == spec.IDCached },
			"no Session ID is resumed (%s): ClientHello sid=cached is left out", why)
	}
	return nil
}

// resumes tries a hello that offers a session, and says what is wrong with the
// answer.
func (s *Server) resumes(ctx context.Context, hello string) (why string, err error) {
	if err := s.connect(ctx); err != nil {
		return "", err
	}
	defer s.end()
	answer, err := s.Step(ctx, hello)
	if err == nil && !s.sentMessage(spec.ChangeCipherSpec) {
		why = "offered, it was answered by " + answer
	}
	return why, err
}

// prime makes a session with a Session ID. Beside a callback that is also called
// without a ticket it takes one that does not open to get a full handshake; where
// declining is fatal, none.
func (s *Server) prime(ctx context.Context, pac bool) (why string, err error) {
	hellos := []string{"ClientHello ticket=none sid=empty"}
	if pac {
		hellos = []string{"ClientHello ticket=bad sid=empty", hellos[0]}
	}
	var o mapper.Outcome
	for _, hello := range hellos {
		if o, why, err = s.handshake(ctx, hello); err != nil || why == "" && len(o.ID) > 0 {
			break
		}
	}
	s.session.ID, s.session.IDSecret, s.spent = o.ID, o.Secret, false
	if why == "" && len(o.ID) == 0 {
		why = "the server gave none"
	}
	s.mapper.Remember(&s.session)
	return why, err
}

// handshake makes a full handshake and closes. Where there is none it says why.
func (s *Server) handshake(ctx context.Context, hello string) (o mapper.Outcome, why string, err error) {
	if err := s.connect(ctx); err != nil {
		return o, "", err
	}
	s.quick = true
	defer func() { s.quick = false; s.end() }()
	answer, err := s.Step(ctx, hello)
	if err != nil {
		return o, "", err
	}
	flight := []string{"ClientKeyExchange", "ChangeCipherSpec", "Finished"}
	if s.sentMessage(spec.CertificateRequest) {
		flight = append([]string{"Certificate empty"}, flight...)
	}
	if suite, known := s.mapper.Suite(); known && s.sentMessage(spec.ServerHelloDone) {
		s.suite = suite
	} else {
		return o, "the hello was answered by " + answer, nil
	}
	for _, name := range flight {
		s.expected = Silent // until the Finished
		if name == "Finished" {
			s.expected = ""
		}
		if answer, err = s.Step(ctx, name); err != nil {
			return o, "", err
		}
	}
	o, done := s.mapper.Established()
	if !done {
		return mapper.Outcome{}, "the handshake ended with " + answer, nil
	}
	// A session that was not closed well may not be resumed (RFC 5246, Section 7.2.1).
	closeNotify := model.Input{Message: model.Message{Type: spec.Alert, Level: spec.LevelWarning, Alert: spec.CloseNotify}}
	s.quick = false
	_, err = s.say(ctx, closeNotify, "")
	if len(o.Ticket) == 0 && hello == "ClientHello ticket=empty sid=empty" {
		why = "the server issued none"
	}
	return o, why, err
}

func (s *Server) connect(ctx context.Context) error {
	s.end()
	bounded, cancel := context.WithTimeout(ctx, s.pace.Limit)
	defer cancel()
	conn, err := s.dial(bounded)
	if err != nil {
		return fmt.Errorf("target: connecting to the server: %w", err)
	}
	s.begin(conn)
	return nil
}

// Forewarn implements learn.Forewarned.
func (s *Server) Forewarn(word []string) {
	s.ready = slices.ContainsFunc(word, func(name string) bool { return s.index[name].Message.Hello.ID == spec.IDCached })
}

// Prove asks for the last answer to a word, whose others are known, and waits
// longer than usual.
func (s *Server) Prove(ctx context.Context, word, known []string) (string, error) {
	s.Forewarn(word)
	if err := s.Reset(ctx); err != nil {
		return "", err
	}
	return s.prove(ctx, s.Step, word, known)
}

// Reset makes a new connection. A session that has been used is made anew
// before.
func (s *Server) Reset(ctx context.Context) error {
	if s.ready && s.spent {
		why, err := s.prime(ctx, s.mapper.HasPAC())
		if err != nil {
			return err
		}
		if why != "" {
			return fmt.Errorf("target: the server makes no session any more: %s", why)
		}
	}
	return s.connect(ctx)
}

// Step sends an input and returns the answer.
func (s *Server) Step(ctx context.Context, name string) (string, error) {
	out, err := s.remote.Step(ctx, name)
	if s.index[name].Message.Hello.ID == spec.IDCached {
		s.spent = true
	}
	return out, err
}
