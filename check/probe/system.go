package probe

import (
	"context"
	"crypto"
	"net"
	"reflect"
	"slices"
	"strconv"

	"github.com/sesame-tls/sesame/check/cases"
	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/learn/target"
	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// System is what is probed.
type System interface {
	Name() string
	// Lacks says why a case cannot be played with it; empty: it can.
	Lacks(c *cases.Case) string
	// Connect makes a connection with the system in a setup. Session is the word
	// that an Ending had for the session that a client is to offer; empty: none.
	Connect(ctx context.Context, system spec.Role, s cases.Setup, session string) (Conn, error)
	// Echoes reports whether the system's application sends back what comes, or as
	// a client says what is to be sent back, and nothing else.
	Echoes() bool
	// Dialled reports whether the player opens the connections.
	Dialled() bool
	// PAC returns the PAC that the player has.
	PAC() PAC
	// Identities returns what the player shows.
	Identities() Identities
}

// Conn is a connection with a system.
type Conn interface {
	net.Conn
	// End closes the connection and returns what became of the system.
	End() Ending
}

// Ending is what became of a system in a connection.
type Ending struct {
	Fault   string // it crashed, hung or lied; empty: it did not
	Session string // a word for the session that was made
	Told    bool   // Octets is what it has told
	Octets  int    // of data that came and were right; -1: others than were sent
}

// PAC is the player's PAC. The zero value is none.
type PAC struct{ Key, Opaque []byte }

// master returns the master secret of a handshake under the PAC.
func (p PAC) master(serverRandom, clientRandom []byte) []byte {
	master := make([]byte, prf.MasterSecretSize)
	new(prf.PRF).SessionSecret(master, p.Key, serverRandom, clientRandom) // RFC 4851, Section 5.1
	return master
}

// Identity is a certificate chain with its key.
type Identity struct {
	Chain wire.Chain
	Key   crypto.Signer
}

// Identities are what the player shows as a server, with an RSA key and with an
// ECDSA key, and as a client likewise.
type Identities struct{ Server, ServerECDSA, Client, ClientECDSA Identity }

// Missing is the error of a connection that cannot be had: the case is skipped.
type Missing struct{ Why string }

// Error says why.
func (m *Missing) Error() string { return m.Why }

// shim is a library behind a shim.
type shim struct {
	*sut.System
	pki *interop.PKI
	pac PAC
}

// NewShim returns the library behind a shim. The PKI certifies both ends.
func NewShim(s *sut.System, pki *interop.PKI) System {
	return &shim{s, pki, PAC{cases.Key, cases.Opaque}}
}

func (s *shim) Echoes() bool  { return true }
func (s *shim) Dialled() bool { return false }
func (s *shim) PAC() PAC      { return s.pac }

func (s *shim) Identities() Identities {
	of := func(id interop.Identity) Identity { return Identity{wire.MakeChain(id.DER), id.Key} }
	return Identities{of(s.pki.Server(interop.RSA2048)), of(s.pki.Server(interop.P256)), of(s.pki.Client(interop.RSA2048)), of(s.pki.Client(interop.P256))}
}

// Lacks asks the shim's capabilities.
func (s *shim) Lacks(c *cases.Case) string {
	needs := []string{c.System}
	need := func(needed bool, capability string) {
		if needed {
			needs = append(needs, capability)
		}
	}
	u := c.Setup
	_, err := strconv.Atoi(u.Callback)
	need(u.Callback != "" || u.Ticket != "", "callback")
	need(err == nil || u.Callback == "untouched", "length")
	need(u.Named != "", "named")
	need(u.Session != "" && u.Session != "ticket", "session-id")
	need(u.Tickets && u.Callback == "", "ticket")
	need(u.EMS == "off", "ems-off")
	need(u.Verify != "" || u.Identity, "client-auth")
	need(slices.ContainsFunc(u.Suites, func(n string) bool { return len(n) > 7 && n[:7] == "DH_anon" }), "anonymous")
	for _, n := range needs {
		if !s.Can(n) {
			return "the shim has no " + n
		}
	}
	return ""
}

func (s *shim) Connect(ctx context.Context, system spec.Role, u cases.Setup, session string) (Conn, error) {
	o, err := s.options(system, u)
	if err != nil {
		return nil, err
	}
	o.Session = session
	o.Save = system == spec.Client
	conn, err := s.System.Connect(ctx, o)
	if err != nil {
		return nil, err
	}
	return &shimConn{Conn: conn}, nil
}

type shimConn struct{ *sut.Conn }

// End waits for the shim's verdict.
func (c *shimConn) End() Ending {
	v := c.Verdict()
	if v.Kind != sut.Reported || v.Sanitizer != "" {
		return Ending{Fault: v.String()}
	}
	return Ending{Session: v.Report.Session, Told: true, Octets: v.Report.Octets}
}

// options are what the shim is told of a setup.
func (s *shim) options(system spec.Role, u cases.Setup) (o sut.Options, err error) {
	o = sut.Options{Role: system, EMS: u.EMS != "off", EtM: u.EtM != "off", Tickets: u.Tickets || u.Ticket != "", ALPN: u.ALPN, Groups: u.Groups, Data: dataSize}
	if o.Max, err = version(u.Max); err != nil {
		return o, err
	}
	if o.Min = o.Max; u.Min != "" {
		if o.Min, err = version(u.Min); err != nil {
			return o, err
		}
	}
	if len(u.Suites) == 0 || u.Suites[0] != "default" {
		if o.Suites, err = suites(u.Suites); err != nil {
			return o, err
		}
	}
	if u.Named != "" {
		if o.Named, err = suite(u.Named); err != nil {
			return o, err
		}
	}
	if err := callback(&o, u); err != nil {
		return o, err
	}
	s.identify(&o, u)
	return o, nil
}

// identify says what is shown and what is verified.
func (s *shim) identify(o *sut.Options, u cases.Setup) {
	if o.Role == spec.Client {
		o.ServerName, o.CAFile, o.Verify = interop.ServerName, s.pki.CAFile, spec.ClientAuthRequest
		if u.Untrusting {
			o.CAFile = s.pki.Client(interop.P256).CertFile // which has certified nobody
		}
		if u.Identity {
			id := s.pki.Client(interop.RSA2048)
			o.CertFile, o.KeyFile = id.CertFile, id.KeyFile
		}
		return
	}
	kind := interop.RSA2048
	if u.Certificate == "ecdsa" {
		kind = interop.P256
	}
	id := s.pki.Server(kind)
	o.CertFile, o.KeyFile = id.CertFile, id.KeyFile
	o.Verify = map[string]spec.ClientAuth{"request": spec.ClientAuthRequest, "require": spec.ClientAuthRequire}[u.Verify]
	if u.Verify != "" {
		o.CAFile = s.pki.CAFile
	}
}

// callback says what the session-secret callback does.
func callback(o *sut.Options, u cases.Setup) error {
	o.Callback = spec.CallbackUnset
	o.PACKey = cases.Key
	if u.OtherKey {
		o.PACKey = []byte("another key, and as long as that")
	}
	if o.Role == spec.Server && !u.Blind && u.Callback != "" || u.Ticket == "pac" {
		o.PACOpaque = cases.Opaque
	}
	o.Absent = u.Blind
	if u.Callback == "" {
		return nil
	}
	// The words are those of a shim's line.
	said, err := sut.ParseOptions([]string{"callback=" + u.Callback})
	o.Callback, o.Length, o.Untouched = said.Callback, said.Length, said.Untouched
	return err
}

// remote is a system that is as it is.
type remote struct {
	name    string
	role    spec.Role
	connect func(context.Context) (net.Conn, error)
	pac     PAC
	shown   Identities
}

// NewServer returns the server at an address. Without a PAC, what needs one is
// left out.
func NewServer(address string, pac PAC, shown Identities) System {
	return &remote{"server " + address, spec.Server, target.Dial(address), pac, shown}
}

// NewClient returns the client that accept waits for, or makes connect.
func NewClient(name string, accept func(context.Context) (net.Conn, error), pac PAC, shown Identities) System {
	return &remote{name, spec.Client, accept, pac, shown}
}

func (r *remote) Name() string           { return r.name }
func (r *remote) Echoes() bool           { return false }
func (r *remote) Dialled() bool          { return r.role == spec.Server }
func (r *remote) PAC() PAC               { return r.pac }
func (r *remote) Identities() Identities { return r.shown }

// Lacks leaves out what needs another setup than the system's own.
func (r *remote) Lacks(c *cases.Case) string {
	own, without := cases.Setup{}, c.Setup
	if r.pac.Opaque != nil || !offersTicket(c) {
		without.Tickets = false // it is all the same
	} else {
		own.Tickets = true // as most servers are
	}
	if r.pac.Opaque != nil {
		own.Callback = "accept"
		if r.role == spec.Client {
			own.Ticket = "pac"
		}
	}
	if r.role == spec.Server {
		without.Session = "" // the player makes it
	}
	switch {
	case c.System != roleName(r.role):
		return "it is a " + roleName(r.role)
	case c.Setup.Session == "id-after-alert":
		return "its application may close before it reads an alert"
	case !reflect.DeepEqual(own, without):
		return "it needs another setup, which a shim can have"
	}
	return ""
}

// offersTicket reports whether a case has a SessionTicket extension.
func offersTicket(c *cases.Case) bool {
	for _, s := range c.Steps {
		if slices.ContainsFunc(s.Send, func(m cases.Message) bool { return m.Hello != nil && m.Hello.Ticket != "" }) {
			return true
		}
	}
	return false
}

func roleName(r spec.Role) string {
	if r == spec.Client {
		return "client"
	}
	return "server"
}

func (r *remote) Connect(ctx context.Context, _ spec.Role, _ cases.Setup, _ string) (Conn, error) {
	conn, err := r.connect(ctx)
	if err != nil {
		return nil, err
	}
	return &remoteConn{conn}, nil
}

type remoteConn struct{ net.Conn }

func (c *remoteConn) End() Ending {
	c.Close()
	return Ending{}
}

// CloseWrite closes the player's half, if the transport can.
func (c *remoteConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
