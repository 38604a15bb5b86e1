package interop

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

// Case is one named connection of ours with a library that has the
// session-secret callback. What is not said is the plainest choice.
type Case struct {
	Name     string
	Ours     spec.Role // our side; the library is the other
	Scenario spec.Scenario
	Version  spec.Version   // zero: TLS 1.2
	Suites   []spec.SuiteID // of both sides, the best first; nil: ECDHE_RSA with AES-128-GCM
	Server   []spec.SuiteID // of the server alone; nil: Suites
	Named    spec.SuiteID   // the suite that the server's callback names
	Length   int            // of a secret of the wrong length
	Key      KeyKind        // of the server's certificate
	Blind    bool           // the library's callback accepts without a ticket, too
	ALPN     string

	Want   Expect       // of our side
	Theirs Expect       // of the library
	Echo   spec.ID      // the class of ServerHello's Session ID; IDOpen: not looked at
	Quirks []spec.Quirk // the deviations of the library that show here
	Rule   string       // what our side obeys, told with a failure
}

// Expect is what one side must see. Alerts are fatal ones; the zero Expect of a
// side that was never reached is Nothing.
type Expect struct {
	Established bool
	Resumed     spec.Shortening
	Sent        spec.AlertDescription
	Received    spec.AlertDescription
	Calls       int
}

// established is a handshake that succeeds, with this many calls of the side's
// callback.
func established(by spec.Shortening, calls int) Expect {
	return Expect{Established: true, Resumed: by, Sent: spec.AlertNone, Received: spec.AlertNone, Calls: calls}
}

// sends is a handshake that this side ends.
func sends(alert spec.AlertDescription, calls int) Expect {
	return Expect{Sent: alert, Received: spec.AlertNone, Calls: calls}
}

// receives is a handshake that the other side ends.
func receives(alert spec.AlertDescription, calls int) Expect {
	return Expect{Sent: spec.AlertNone, Received: alert, Calls: calls}
}

// The PAC of all connections, and a key that belongs to another.
var (
	pacKey    = []byte("0123456789abcdef0123456789abcdef")
	otherKey  = []byte("another key, and as long as that")
	pacOpaque = []byte("an opaque ticket, as a server might have sealed it")
)

// payloadSize is more than one record holds.
const payloadSize = 20000

// Setups returns what client and server are told.
func (c Case) Setups(pki *PKI) (client, server Setup) {
	s := c.Scenario.WithDefaults()
	version := cmp.Or(c.Version, spec.TLS12)
	suites := c.Suites
	if suites == nil {
		suites = []spec.SuiteID{0xc02f}
	}
	both := Setup{Min: version, Max: version, Suites: suites, PACKey: pacKey, PKI: pki, ALPN: c.ALPN, Length: c.Length, Name: c.Name,
		Payload: payload(payloadSize), Reply: payload(payloadSize)}

	client = both
	client.Role, client.Callback, client.SessionID = spec.Client, s.ClientCallback, s.SessionID
	client.EMS, client.NeedsEMS, client.EtM = s.ClientEMS != spec.Off, s.ClientEMS == spec.Required, s.ClientEtM == spec.On
	client.Tickets = s.Ticket != spec.TicketAbsent
	if s.Ticket == spec.TicketPAC {
		client.PACOpaque = pacOpaque
	}
	if s.ClientCert == spec.On {
		client.Identity = pki.Client(RSA2048)
	}

	server = both
	server.Role, server.Callback, server.Named = spec.Server, s.ServerCallback, c.Named
	server.EMS, server.NeedsEMS, server.EtM = s.ServerEMS != spec.Off, s.ServerEMS == spec.Required, s.ServerEtM == spec.On
	server.Tickets, server.Ask, server.StandsIn = s.ServerTickets == spec.On, s.ClientAuth, s.StandsIn == spec.On
	if c.Server != nil {
		server.Suites = c.Server
	}
	if s.Keys == spec.KeysDiffer {
		server.PACKey = otherKey
	}
	if !c.Blind {
		server.PACOpaque = pacOpaque
	}
	server.Identity = pki.Server(cmp.Or(c.Key, serverKeyKind(suites[0])))
	return client, server
}

// serverKeyKind returns the kind of certificate that a suite's server has.
func serverKeyKind(id spec.SuiteID) KeyKind {
	s, _ := spec.SuiteByID(id)
	switch s.KeyExchange {
	case spec.ECDHEECDSA:
		return P256
	case spec.DHAnon:
		return NoKey
	}
	return RSA2048
}

// Play makes the case's connection, and returns nil or what was not as it must
// be.
func (c Case) Play(ctx context.Context, e End, p *Shim, pki *PKI) error {
	client, server := c.Setups(pki)
	ours, theirs := client, server
	if c.Ours == spec.Server {
		ours, theirs = server, client
		if err := c.offerID(ctx, e, p, &theirs, ours); err != nil {
			return err
		}
	}
	m := meet(ctx, e, ours, p, theirs)
	bad := slices.Concat(
		c.Want.differs("our "+c.Ours.String(), m.ours), c.Theirs.differs("the library", m.theirs), c.wire(m))
	if len(bad) == 0 {
		return nil
	}
	if c.Rule != "" {
		bad = append(bad, "the rule: "+c.Rule)
	}
	return fmt.Errorf("%s\n%v", strings.Join(bad, "\n"), m)
}

// offerID gives the library's client a Session ID to offer beside its ticket:
// its own of an earlier connection, which for IDFresh is changed to one that our
// server never gave out.
func (c Case) offerID(ctx context.Context, e End, p *Shim, theirs *Setup, ours Setup) error {
	if theirs.SessionID == spec.IDEmpty {
		return nil
	}
	first := *theirs
	first.Tickets, first.PACOpaque, first.Callback = false, nil, spec.CallbackUnset
	m := meet(ctx, e, ours, p, first)
	session, ok := m.theirs.Session.(string)
	if !ok || len(m.wire.ServerID) == 0 {
		return fmt.Errorf("no session to offer: %v", m)
	}
	if theirs.SessionID == spec.IDFresh {
		id := hex.EncodeToString(m.wire.ServerID)
		session = strings.Replace(session, id, strings.Repeat("5a", len(m.wire.ServerID)), 1)
	}
	theirs.Session = session
	return nil
}

// differs lists where an outcome is not what was expected.
func (want Expect) differs(who string, got Outcome) []string {
	var bad []string
	check := func(what string, got, want any) {
		if got != want {
			bad = append(bad, fmt.Sprintf("%s: %s is %v, want %v", who, what, got, want))
		}
	}
	check("established", got.Established, want.Established)
	if want.Established {
		check("resumed by", got.Resumed, want.Resumed)
		check("data", got.DataOK, true)
		check("close_notify", got.Closed, true)
	}
	check("fatal alert sent", got.Sent, want.Sent)
	check("fatal alert received", got.Received, want.Received)
	check("callback calls", got.Calls, want.Calls)
	return bad
}

// wire checks what the hellos said.
func (c Case) wire(m meeting) []string {
	var bad []string
	w := m.wire
	if w.ServerExtensions == nil {
		return nil
	}
	s := c.Scenario.WithDefaults()
	if c.Echo != spec.IDOpen && w.ID() != c.Echo {
		bad = append(bad, fmt.Sprintf("ServerHello's Session ID is %v, want %v", w.ID(), c.Echo))
	}
	ems := s.ClientEMS != spec.Off && s.ServerEMS != spec.Off
	if w.Has(spec.ExtendedMasterSecret) != ems {
		bad = append(bad, fmt.Sprintf("extended_master_secret in ServerHello: %v, want %v", !ems, ems))
	}
	suite, _ := spec.SuiteByID(w.Suite)
	etm := s.ClientEtM == spec.On && s.ServerEtM == spec.On && !suite.Cipher.AEAD()
	if w.Has(spec.EncryptThenMAC) != etm {
		bad = append(bad, fmt.Sprintf("encrypt_then_mac in ServerHello: %v, want %v", !etm, etm))
	}
	if c.Ours == spec.Server && s.ServerCallback != spec.CallbackUnset {
		bad = append(bad, noTicket(w)...)
	}
	if c.ALPN != "" && m.ours.Established && (m.ours.ALPN != c.ALPN || m.theirs.ALPN != c.ALPN) {
		bad = append(bad, fmt.Sprintf("ALPN is %q and %q, want %q", m.ours.ALPN, m.theirs.ALPN, c.ALPN))
	}
	return bad
}

// noTicket checks that a server with a callback issues no ticket.
func noTicket(w *Wire) []string {
	if w.Has(spec.SessionTicket) || slices.Contains(w.Server, spec.NewSessionTicket) {
		return []string{"our server issues a ticket beside its callback (FAST-TLS-26, FAST-TLS-27)"}
	}
	return nil
}

// meeting is what one connection showed.
type meeting struct {
	ours, theirs Outcome
	wire         *Wire
}

// String tells the whole connection, for a failure.
func (m meeting) String() string {
	show := func(who string, o Outcome) string {
		return fmt.Sprintf("%s: established=%v %v %v resumed=%v sent=%v received=%v calls=%d data=%v closed=%v error=%q",
			who, o.Established, o.Version, o.Suite, o.Resumed, o.Sent, o.Received, o.Calls, o.DataOK, o.Closed, o.Err)
	}
	if m.wire == nil {
		m.wire = &Wire{}
	}
	return fmt.Sprintf("%s\n%s\nclient in the clear: %v\nserver in the clear: %v %v, Session ID %v, extensions %v",
		show("ours", m.ours), show("peer", m.theirs), m.wire.Client, m.wire.Server, m.wire.Suite, m.wire.ID(), m.wire.ServerExtensions)
}

// meet is Pair with a tap on the transport.
func meet(ctx context.Context, e End, ours Setup, p Peer, theirs Setup) meeting {
	conn, wait, err := p.Meet(ctx, theirs)
	if err != nil {
		return meeting{ours: failed("no transport"), theirs: failed("%v", err), wire: &Wire{}}
	}
	t := &tap{Conn: conn}
	if deadline, ok := ctx.Deadline(); ok {
		err = t.SetDeadline(deadline)
	}
	if err != nil {
		conn.Close()
		return meeting{ours: failed("no deadline: %v", err), theirs: wait(), wire: &Wire{}}
	}
	o := e.Connect(ctx, t, ours)
	return meeting{ours: o, theirs: wait(), wire: t.wire(ours.Role)}
}
