package radius

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"layeh.com/radius"
	"layeh.com/radius/rfc2865"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
)

var long = flag.Bool("long", os.Getenv("SESAME_LONG") != "", "run what takes minutes too")

// reasons counts what a server logs, by message and reason.
type reasons map[string]int

func (r reasons) Enabled(context.Context, slog.Level) bool { return true }
func (r reasons) WithAttrs([]slog.Attr) slog.Handler       { return r }
func (r reasons) WithGroup(string) slog.Handler            { return r }

func (r reasons) Handle(_ context.Context, record slog.Record) error {
	line := record.Message + "\n"
	record.Attrs(func(a slog.Attr) bool {
		if a.Key == "reason" || a.Key == "declined" {
			line += a.Key + ": " + a.Value.String() + "\n"
		}
		return true
	})
	r[line]++
	return nil
}

// lines is how many lines there were, and how many of them hold text.
func (r reasons) lines(text string) (all, with int) {
	for line, n := range r {
		all += n
		if strings.Contains(line, text) {
			with += n
		}
	}
	return all, with
}

// once says what is wrong where a reason is not told in one line, or where there
// is more than that line and those of access.
func (r reasons) once(reason string) (problem string) {
	if all, with := r.lines(reason); all-r["access\n"] > 1 || with != 1 {
		return fmt.Sprintf("it is told in %d lines, %d with the reason: %v", all, with, r)
	}
	return ""
}

// What is told twice, not at all, or beside something else is found.
func TestWhatIsToldIsChecked(t *testing.T) {
	for name, c := range map[string]struct {
		said reasons
		ok   bool
	}{
		"once":                  {reasons{"no access\nreason: x\n": 1, "access\n": 2}, true},
		"twice":                 {reasons{"no access\nreason: x\n": 2}, false},
		"not at all":            {reasons{"access\n": 1}, false},
		"beside another":        {reasons{"no access\nreason: x\n": 1, "no access\nreason: y\n": 1}, false},
		"with access all alone": {reasons{"access\ndeclined: x\n": 1}, true},
	} {
		if problem := c.said.once("x"); (problem == "") != c.ok {
			t.Errorf("%s: %q", name, problem)
		}
	}
}

// logged is a server that logs into the result.
func logged(t *testing.T, change func(*ServerConfig)) (*Server, reasons) {
	t.Helper()
	c, said := config(t), reasons{}
	c.Log = slog.New(said)
	if change != nil {
		change(c)
	}
	server, err := NewServer(c)
	if err != nil {
		t.Fatal(err)
	}
	return server, said
}

// clientOf speaks to a server without a network; the server's clock says at.
func clientOf(server *Server, key []byte, at time.Time) *Client {
	w := &wire{server: server, rand: rand.New(rand.NewPCG(1, 2)), from: from, at: at}
	return &Client{conn: w, config: ClientConfig{Secret: key, MTU: 1400, Timeout: time.Millisecond, Tries: 2}}
}

// mustEnter fails unless the right user gets in.
func mustEnter(t *testing.T, server *Server, store fast.Store, at time.Time) {
	t.Helper()
	if result, err := clientOf(server, secret, at).Authenticate(t.Context(), newPeer(store, "open sesame")); err != nil || !result.Accepted || !result.KeysAgree {
		t.Fatalf("the right user does not get in: %+v, %v", result, err)
	}
}

// As many conversations as a busy server has open are abandoned: they stay
// small, the right user gets in beside them, and each is gone, and told, when its
// time has come and not before.
func TestManyAbandonedSessions(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector's memory is counted, too")
	}
	sessions := 3_000
	if *long {
		sessions = 50_000
	}
	server, said := logged(t, nil)
	for _, problem := range abandonMany(t, server, said, sessions) {
		t.Error(problem)
	}
}

// Servers that do not keep to it are found.
func TestManyAbandonedSessionsAreChecked(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector's memory is counted, too")
	}
	for name, c := range map[string]struct {
		change func(*ServerConfig)
		want   string
	}{
		"too large":   {func(c *ServerConfig) { c.Methods = hoarding(t) }, "octets"},
		"too late":    {func(c *ServerConfig) { c.Timeout = DefaultTimeout + 1 }, "outlived"},
		"too early":   {func(c *ServerConfig) { c.Timeout = DefaultTimeout - 1 }, "before their time"},
		"too few":     {func(c *ServerConfig) { c.MaxSessions = 20 }, "before their time"},
		"not told":    {func(c *ServerConfig) { c.Log = nil }, "lines"},
		"told double": {func(c *ServerConfig) { c.Log = slog.New(double{c.Log.Handler()}) }, "lines"},
	} {
		t.Run(name, func(t *testing.T) {
			server, said := logged(t, c.change)
			problems := abandonMany(t, server, said, 60)
			if !strings.Contains(strings.Join(problems, "\n"), c.want) {
				t.Errorf("not found: %q", problems)
			}
		})
	}
}

// abandonMany abandons sessions, and returns what is wrong with how the server
// keeps and forgets them.
func abandonMany(t *testing.T, server *Server, said reasons, sessions int) (problems []string) {
	t.Helper()
	wrong := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	at := time.Now() // it stands still: on a slow machine nothing expires early
	before := heap()
	for i := range sessions {
		abandon(t, server, nil, 1+i%60_000, 3, at)
	}
	mustEnter(t, server, new(fast.PACs), at)
	server.replies = newReplies() // bounded by themselves
	each := (heap() - before) / int64(sessions)
	if each > maxSession {
		wrong("a session holds %d octets, at most %d are wanted", each, maxSession)
	}
	server.Expire(at.Add(DefaultTimeout - time.Nanosecond))
	if n := server.Sessions(); n != sessions {
		wrong("%d sessions before their time has come, want %d", n, sessions)
	}
	server.Expire(at.Add(DefaultTimeout))
	if n := server.Sessions(); n != 0 {
		wrong("%d sessions have outlived their time", n)
	}
	if all, abandoned := said.lines("the conversation was abandoned"); abandoned != sessions || all != sessions+1 {
		wrong("%d lines tell of %d abandoned sessions, of %d", all, abandoned, sessions)
	}
	t.Logf("%d sessions of %d octets", sessions, each)
	mustEnter(t, server, new(fast.PACs), at.Add(DefaultTimeout))
	return problems
}

// hoarding returns methods whose conversations hold too much.
func hoarding(t *testing.T) *eap.Registry[eap.ServerMethod] {
	server := engine(t, fast.AuthenticatedProvisioning)
	var r eap.Registry[eap.ServerMethod]
	r.Add(eap.TypeFAST, func() eap.ServerMethod { return &hoarder{server.NewSession(), make([]byte, maxSession)} })
	return &r
}

type hoarder struct {
	*fast.Session
	hoard []byte
}

// double tells everything twice.
type double struct{ slog.Handler }

func (d double) Handle(ctx context.Context, record slog.Record) error {
	return errors.Join(d.Handler.Handle(ctx, record), d.Handler.Handle(ctx, record))
}

// More sessions than there may be push out the oldest, and no right user.
func TestSessionsAreBounded(t *testing.T) {
	for name, c := range map[string]struct {
		max   int
		bound bool
	}{"bounded": {50, true}, "must fail: one too many": {51, false}} {
		t.Run(name, func(t *testing.T) {
			server, _ := logged(t, func(s *ServerConfig) { s.MaxSessions = c.max })
			at, most := time.Now(), 0
			for i := range 200 {
				abandon(t, server, nil, 1000+i, 1+i%6, at)
				most = max(most, server.Sessions())
			}
			if (most <= 50) != c.bound {
				t.Errorf("%d sessions", most)
			}
			mustEnter(t, server, new(fast.PACs), at)
		})
	}
}

// Each fault is logged once, with its reason, and the right user gets in.
func TestFaultsAreToldOnce(t *testing.T) {
	for name, c := range map[string]struct {
		act  func(*testing.T, *Server)
		want string
	}{
		"a wrong shared secret": {func(t *testing.T, s *Server) {
			client := clientOf(s, []byte("testing124"), time.Now())
			client.config.Tries = 1
			if _, err := client.Authenticate(t.Context(), newPeer(nil, "open sesame")); err == nil {
				t.Error("an answer to a wrong secret")
			}
		}, "is the shared secret the same"},
		"a wrong password": {func(t *testing.T, s *Server) {
			if r, err := clientOf(s, secret, time.Now()).Authenticate(t.Context(), newPeer(nil, "open barley")); err != nil || r.Accepted {
				t.Errorf("%+v, %v", r, err)
			}
		}, "no access"},
		"a NAS that stops midway": {func(t *testing.T, s *Server) {
			abandon(t, s, nil, 1000, 4, time.Now())
			s.Expire(time.Now().Add(DefaultTimeout))
		}, "the conversation was abandoned"},
		"a PAC of another user": {func(t *testing.T, s *Server) {
			store := new(fast.PACs)
			mustEnter(t, s, store, time.Now())
			stolen := *store.All()[0]
			stolen.Identity = "baba"
			store.Remove(store.All()[0])
			if err := store.Put(&stolen); err != nil {
				t.Fatal(err)
			}
			r, err := clientOf(s, secret, time.Now()).Authenticate(t.Context(), newPeerOf("baba", store, "open barley"))
			if err != nil || r.Accepted || r.Keys.MSK != nil {
				t.Errorf("%+v, %v", r, err)
			}
		}, "whom the PAC was issued to"},
		"a PAC past its end": {func(t *testing.T, s *Server) {
			store := new(fast.PACs)
			mustEnter(t, s, store, time.Now())
			mustEnter(t, s, store, time.Now().Add(30*24*time.Hour))
		}, "expired"},
		"a State of nobody": {func(t *testing.T, s *Server) {
			p := begin(radius.New(radius.CodeAccessRequest, secret))
			addEAP(p, eap.Packet{Code: eap.CodeResponse, ID: 1, Type: eap.TypeFAST, Data: []byte{1}}.Append(nil))
			p.Add(rfc2865.State_Type, radius.Attribute("0123456789abcdef"))
			request, err := encode(p)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 { // duplicates get the same reply, and no line
				s.Handle(bytes.Clone(request), from, time.Now())
			}
		}, "State is of no session"},
		"a stranger": {func(_ *testing.T, s *Server) {
			s.Handle(make([]byte, 20), netip.MustParseAddrPort("192.0.2.1:1812"), time.Now())
		}, "nobody's client"},
	} {
		t.Run(name, func(t *testing.T) {
			server, said := logged(t, nil)
			c.act(t, server)
			if problem := said.once(c.want); problem != "" {
				t.Error(problem)
			}
			mustEnter(t, server, new(fast.PACs), time.Now())
			if n := server.Sessions(); n != 0 {
				t.Errorf("%d sessions are left", n)
			}
		})
	}
}
