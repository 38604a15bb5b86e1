package handshake_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/spec"
)

// TestFlow plays the conversations in testdata/flow. Run it with -rewrite to
// write down what is said now, and read the difference.
func TestFlow(t *testing.T) {
	datadriven.Walk(t, "testdata/flow", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			f, err := newFlow(d)
			if err != nil {
				d.Fatalf(t, "%v", err)
			}
			defer f.release()
			return f.play()
		})
	})
}

// flow is one conversation between two machines.
type flow struct {
	client, server *side
	params         handshake.ClientParams
	lines          []string
	cc, sc         handshake.Config
	clientSecret   string
	serverSecret   string
}

// newFlow reads the arguments of a conversation.

func newFlow(d *datadriven.TestData) (*flow, error) {
	f := &flow{clientSecret: "accept", serverSecret: "accept"}
	clientCerts := []testcert.Chain(nil)
	serverCerts := []testcert.Chain{testcert.Server(testcert.RSA), testcert.Server(testcert.ECDSA)}
	session, named := "", spec.SuiteID(0)
	f.cc.Suites = []spec.SuiteID{0xc02f}
	for _, a := range d.CmdArgs {
		for i, v := range append([]string(nil), a.Vals...) {
			switch a.Key {
			case "suite":
				id, err := suiteNamed(v)
				if err != nil {
					return nil, err
				}
				if i == 0 {
					f.cc.Suites = nil
				}
				f.cc.Suites = append(f.cc.Suites, id)
			case "named":
				id, err := suiteNamed(v)
				if err != nil {
					return nil, err
				}
				named = id
			case "version":
				f.cc.MaxVersion = map[string]spec.Version{"1.0": spec.TLS10, "1.1": spec.TLS11, "1.2": spec.TLS12}[v]
			case "ticket":
				f.params.Ticket, f.params.HasSecret = opaque, true
			case "client":
				f.clientSecret = v
			case "server":
				f.serverSecret = v
			case "sid":
				f.params.SessionID = map[string]handshake.IDChoice{"empty": handshake.EmptyID, "fresh": handshake.FreshID}[v]
			case "session":
				session = v
			case "auth":
				f.sc.ClientAuth = map[string]handshake.ClientAuth{"request": handshake.RequestClientAuth, "require": handshake.RequireClientAuth}[v]
			case "cert":
				clientCerts = []testcert.Chain{testcert.Client(testcert.RSA)}
			default:
				return nil, fmt.Errorf("no argument is named %q", a.Key)
			}
		}
		if len(a.Vals) == 0 {
			if err := f.flag(a.Key); err != nil {
				return nil, err
			}
		}
	}
	f.cc.MinVersion, f.cc.AllowAnonymous, f.sc.AllowAnonymous = spec.TLS10, true, true
	if f.sc.Suites == nil {
		f.sc.Suites = f.cc.Suites
	}
	f.sc.MinVersion = spec.TLS10
	f.sc.SessionSecrets = f.params.Ticket != nil && f.serverSecret != "unset"
	f.cc.Rand, f.sc.Rand = newRandom(1), newRandom(2)
	sessions := map[string]*handshake.Session{}
	if session != "" {
		if err := f.earlier(session, sessions, clientCerts, serverCerts); err != nil {
			return nil, err
		}
	}
	f.cc.Tracer, f.sc.Tracer = f.note(), f.note()
	c, err := handshake.NewClient(&f.cc, &f.params)
	if err != nil {
		return nil, err
	}
	f.client, f.server = newSide(c, clientCerts...), newSide(handshake.NewServer(&f.sc), serverCerts...)
	f.server.sessions = sessions
	f.client.override, f.server.override = f.secret(f.client, f.clientSecret), f.secret(f.server, f.serverSecret)
	f.server.suite = named
	return f, nil
}

func (f *flow) flag(name string) error {
	switch name {
	case "tickets":
		f.cc.Tickets, f.sc.Tickets = true, true
	case "ids":
		f.sc.SessionIDs = true
	case "no-ems":
		f.cc.ExtendedMasterSecret = handshake.Never
	case "stands-in":
		f.sc.TicketIsClientAuth = true
	case "fallback":
		f.params.Fallback = true
	case "scsv":
		f.params.SignalBySCSV = true
	case "certificate-only":
		f.sc.Suites = []spec.SuiteID{0xc02f}
	default:
		return fmt.Errorf("no flag is named %q", name)
	}
	return nil
}

// earlier makes the session that the conversation resumes.
func (f *flow) earlier(kind string, sessions map[string]*handshake.Session, clientCerts, serverCerts []testcert.Chain) error {
	params := f.params
	params.Ticket, params.HasSecret = nil, false
	secrets := f.sc.SessionSecrets
	f.sc.SessionSecrets = false
	defer func() { f.sc.SessionSecrets = secrets }()
	f.sc.SessionIDs, f.sc.Tickets, f.cc.Tickets = kind == "id", kind == "ticket", kind == "ticket"
	c, err := handshake.NewClient(&f.cc, &params)
	if err != nil {
		return err
	}
	client, server := newSide(c, clientCerts...), newSide(handshake.NewServer(&f.sc), serverCerts...)
	defer client.Release()
	defer server.Release()
	server.sessions = sessions
	play(client, server)
	if client.err != nil || server.err != nil {
		return errors.Join(client.err, server.err)
	}
	f.params.Session = client.Session()
	return nil
}

// secret answers SecretWanted as the scenario says.
func (f *flow) secret(s *side, what string) func(handshake.Event) bool {
	return func(ev handshake.Event) bool {
		if ev != handshake.SecretWanted {
			return false
		}
		switch what {
		case "accept", "other":
			s.key = append([]byte(nil), pacKey...)
			if what == "other" {
				s.key[0] ^= 1
			}
			s.answerSecret()
		case "fail":
			s.Abort(spec.InternalError, errors.New("the callback has failed"))
		case "short":
			s.AcceptSecret(make([]byte, 47), 0)
		default:
			s.DeclineSecret()
		}
		return true
	}
}

// note writes down what each step sends.
func (f *flow) note() func(*spec.Observation) {
	return func(o *spec.Observation) {
		for _, s := range o.Sent {
			f.lines = append(f.lines, s.Line(o.Role))
		}
	}
}

func (f *flow) play() string {
	play(f.client, f.server)
	for _, s := range []struct {
		name string
		*side
	}{{"client", f.client}, {"server", f.server}} {
		line := fmt.Sprintf("%s %v", s.name, s.State())
		if s.err != nil {
			line += ": " + s.err.Error()
		} else if s.State() == spec.Established {
			info := s.Info()
			line += fmt.Sprintf(" resumed=%v peer-authenticated=%v", info.Resumed, info.PeerAuthenticated)
			if slices.Contains(s.events, handshake.SessionIssued) {
				line += " session-issued"
			}
		}
		f.lines = append(f.lines, line)
	}
	return strings.Join(f.lines, "\n") + "\n"
}

func (f *flow) release() {
	f.client.Release()
	f.server.Release()
}

func suiteNamed(name string) (spec.SuiteID, error) {
	for _, s := range spec.Suites() {
		if s.Name == name {
			return s.ID, nil
		}
	}
	return 0, fmt.Errorf("no suite is named %q", name)
}
