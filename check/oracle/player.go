package oracle

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/learn/mapper"
	"github.com/sesame-tls/sesame/check/learn/target"
	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/graph"
	"github.com/sesame-tls/sesame/spec"
)

// Player plays words of inputs against a system under test in one class. It
// speaks the other end.
type Player struct {
	system   *sut.System
	class    Class
	options  sut.Options
	endpoint endpoint
	scenario spec.Scenario
	conn     *sut.Conn
	played   int
}

// endpoint is what both of package target's are.
type endpoint interface {
	target.Endpoint
	Scenario(spec.Callback) spec.Scenario
	Attack(spec.Scenario, func(model.Input) bool) error
	Expect(string)
	Wait(time.Duration)
	Notes() []string
	Close() error
}

// NewPlayer meets a system in a class. The error is a [sut.Fault] where it
// crashes, hangs or lies meanwhile.
func NewPlayer(ctx context.Context, s *sut.System, c Class, pki *interop.PKI) (*Player, error) {
	p, err := newPlayer(ctx, s, c, pki, pace)
	if err != nil {
		return nil, err
	}
	return p, p.endpoint.Attack(p.scenario, p.sends)
}

// newPlayer is NewPlayer without an attacker's inputs.
func newPlayer(ctx context.Context, s *sut.System, c Class, pki *interop.PKI, pace target.Pace) (*Player, error) {
	p := &Player{system: s, class: c, options: c.options(pki)}
	if s.Can(oldVersions) {
		p.options.Min = spec.TLS10
	}
	if c.BesideID {
		if err := p.makeSession(ctx, pki); err != nil {
			return nil, err
		}
	}
	config := mapper.Config{Suites: c.offered(), EtM: c.Mode == spec.ModeCBC}
	id := pki.Server(interop.RSA2048)
	if c.Role == spec.Server {
		id = pki.Client(interop.RSA2048)
	}
	config.Chain, config.Key = wire.MakeChain(id.DER), id.Key
	if c.Callback != spec.CallbackUnset {
		config.PAC = &mapper.PAC{Opaque: pacOpaque, Secret: c.secret}
	}
	if err := p.meet(ctx, config, pace); err != nil {
		return nil, err
	}
	p.scenario = c.scenario(p.endpoint.Scenario(c.Callback))
	return p, nil
}

// makeSession lets a client have a session with an ID, and no ticket, which it
// offers from then on.
func (p *Player) makeSession(ctx context.Context, pki *interop.PKI) error {
	o := p.options
	o.Callback, o.PACKey, o.PACOpaque, o.Tickets, o.Save, o.Data = spec.CallbackUnset, nil, nil, false, true, 0
	conn, err := p.system.Connect(ctx, o)
	if err != nil {
		return err
	}
	met := interop.NewSesame().Connect(ctx, conn, interop.Setup{
		Role: spec.Server, Min: o.Min, Max: o.Max, Suites: o.Suites, EMS: true, Identity: pki.Server(interop.RSA2048), PKI: pki,
	})
	v := conn.Verdict()
	if v.Kind != sut.Reported {
		return &sut.Fault{Name: p.system.Name(), Verdict: v}
	}
	if p.options.Session = v.Report.Session; p.options.Session == "" {
		return fmt.Errorf("oracle: %s has made no session to offer: %s; the server: %s", p.system.Name(), v.Report.Error, met.Err)
	}
	return nil
}

// sends reports whether an attacker's input is sent to the system: a library that
// has no old versions is not asked for them.
func (p *Player) sends(in model.Input) bool {
	v := in.Message.Hello.Version
	return p.system.Can(oldVersions) || v != model.VersionTLS10 && v != model.VersionTLS11
}

const oldVersions = "tls1.0"

// pace is how a system is waited for while it is met: nothing hangs on it later,
// since the answers are known, or asked for again.
var pace = target.Pace{Silence: 50 * time.Millisecond, Due: 300 * time.Millisecond}

// meet makes the endpoint. What the system does to us meanwhile is its fault.
func (p *Player) meet(ctx context.Context, c mapper.Config, pace target.Pace) error {
	var err error
	if p.class.Role == spec.Server {
		var s *target.Server
		s, err = target.NewServer(ctx, p.connect, c, pace)
		p.endpoint = s
	} else {
		var s *target.Client
		s, err = target.NewClient(ctx, p.connect, c, pace)
		p.endpoint = s
	}
	if err != nil && p.conn != nil {
		if v := p.conn.Verdict(); v.Kind != sut.Reported {
			return &sut.Fault{Name: p.system.Name(), Verdict: v}
		}
	}
	return err
}

func (p *Player) connect(ctx context.Context) (net.Conn, error) {
	p.played++
	conn, err := p.system.Connect(ctx, p.options)
	if err != nil {
		return nil, err
	}
	p.conn = conn
	return conn, nil
}

// secret is what the callback makes of a handshake under the PAC.
func (c Class) secret(serverRandom, clientRandom []byte) []byte {
	master := make([]byte, prf.MasterSecretSize)
	new(prf.PRF).SessionSecret(master, pacKey, serverRandom, clientRandom)
	if c.Callback == spec.CallbackWrongLength && c.Length <= len(master) {
		return master[:c.Length]
	}
	return master
}

// Scenario returns the scenario that the system is in.
func (p *Player) Scenario() spec.Scenario { return p.scenario }

// Connections returns how many the system was asked for.
func (p *Player) Connections() int { return p.played }

// Machine returns the model's machine of the system under a profile, in the words
// of [Player.Play].
func (p *Player) Machine(profile spec.Profile) (*target.Machine, error) {
	m, err := target.Expect(p.endpoint, p.scenario, profile)
	if err != nil {
		return nil, err
	}
	return target.Project(m), nil
}

// Played is what became of a word.
type Played struct {
	Word    []string
	Answers []string // one for each input: a word of [graph.Wire], Silent, Broken or Crashed
	Verdict sut.Verdict
}

// Crashed is the answer of a system that ends, or of which a sanitizer says that
// it should.
const Crashed = "crashed"

// Play plays a word on a new connection. Like is what the first
// answers are thought to be, so that they are not waited for in vain; any other is
// waited for as long as wait says, 0 being [pace]. The error is ctx's, or one of our own: whatever the
// system does is played.
func (p *Player) Play(ctx context.Context, word, like []string, wait time.Duration) (Played, error) {
	played := Played{Word: word}
	if f, ok := p.endpoint.(interface{ Forewarn([]string) }); ok {
		f.Forewarn(word)
	}
	p.conn = nil
	if err := p.endpoint.Reset(ctx); err != nil {
		return p.lost(played, err)
	}
	p.endpoint.Wait(wait)
	defer p.endpoint.Wait(0)
	for i, in := range word {
		if i < len(like) {
			p.endpoint.Expect(like[i])
		}
		out, err := p.endpoint.Step(ctx, in)
		if err != nil {
			return played, err
		}
		played.Answers = append(played.Answers, visible(out))
	}
	p.endpoint.Close()
	played.Verdict = p.conn.Verdict()
	played.mark()
	return played, nil
}

// lost is a word of which nothing could be played.
func (p *Player) lost(played Played, err error) (Played, error) {
	var f *sut.Fault
	switch {
	case errors.As(err, &f):
		played.Verdict = f.Verdict
	case p.conn != nil && p.conn.Verdict().Kind != sut.Reported:
		played.Verdict = p.conn.Verdict()
	default:
		return played, err
	}
	for range played.Word {
		played.Answers = append(played.Answers, graph.Closed)
	}
	played.mark()
	return played, nil
}

// mark says where a system has ended.
func (p *Played) mark() {
	if p.Verdict.Kind != sut.Crashed && p.Verdict.Kind != sut.Lied {
		return
	}
	last := Crashed
	if p.Verdict.Kind == sut.Lied {
		last = "lied"
	}
	for i, answer := range p.Answers {
		if strings.HasSuffix(answer, graph.Closed) {
			p.Answers[i] = last
			return
		}
	}
	p.Answers[len(p.Answers)-1] = last
}

// visible leaves out what does not show from outside.
func visible(answer string) string {
	words := slices.DeleteFunc(strings.Fields(answer), func(w string) bool { return w == "data" })
	if len(words) == 0 {
		return target.Silent
	}
	return strings.Join(words, " ")
}
