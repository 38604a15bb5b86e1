package harness

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// end is one real endpoint, and what the harness has seen of it.
type end struct {
	pair    *Pair
	role    spec.Role
	machine *handshake.Machine // nil once it has failed
	failure spec.Failure

	hello      helloView // the ClientHello that it has sent or read
	view       view      // what it takes to be negotiated
	opener     record.Half
	prf        prf.PRF
	sealing    bool        // it has sent ChangeCipherSpec
	sealedWith spec.Secret // what its records are opened with here
	foreign    bool        // it has taken a key share that the peer did not make
	scratch    []byte
	content    []byte // of the record that was read last

	transcript []byte // handshake messages sent and read
	exchanged  int    // how much of it there was at ClientKeyExchange
	share      []byte // the public key that it has sent
	impostor   impostor
	named      spec.SuiteID     // by its callback
	observed   spec.Observation // of the step that is being made
	aside      Aside
	inserted   bool // the attacker has put the head of the stream there that it reads
}

// helloView is what matters of a ClientHello.
type helloView struct {
	read   bool
	random [32]byte
	id     []byte
}

// view is what a ServerHello has settled, as its reader or writer has it.
type view struct {
	known   bool
	random  [32]byte
	version spec.Version
	suite   spec.SuiteID
	ems     bool
	etm     bool
}

var errCallback = errors.New("the callback fails, as the scenario says")

// recordVersion is the version that the endpoint expects in a record's header.
func (e *end) recordVersion() spec.Version {
	if e.view.known {
		return e.view.version
	}
	return spec.TLS10
}

// run gives octets to the machine and answers what it asks, until it has taken
// all and wants more. What it sends is appended to out.
func (e *end) run(out, in []byte) ([]byte, error) {
	for range maxSteps {
		var n int
		var ev handshake.Event
		var err error
		out, n, ev, err = e.machine.Step(out, in)
		if err != nil {
			return out, err
		}
		in = in[n:]
		switch ev {
		case handshake.NeedInput:
			return out, nil
		case handshake.Data:
			if len(e.machine.Data()) > 0 {
				e.observed.Delivered = 1
			}
		case handshake.Warning:
			e.observed.Received = spec.AlertSeen{Level: spec.LevelWarning, Description: e.machine.Alert()}
		case handshake.SessionIssued:
			e.cache(spec.CacheAdd)
		case handshake.CloseNotify:
			e.observed.Received = spec.AlertSeen{Level: spec.LevelWarning, Description: spec.CloseNotify}
		case handshake.Progress, handshake.Established:
		default:
			e.answer(ev)
		}
	}
	return out, ErrEndless
}

// maxSteps bounds the steps of a machine for what is given to it at once.
const maxSteps = 1 << 12

// cache notes an operation on the server's session cache: the first of a step.
func (e *end) cache(op spec.CacheOp) {
	if e.role == spec.Server && e.observed.Cache == spec.CacheNone {
		e.observed.Cache = op
	}
	if e.role == spec.Server && op == spec.CacheAdd {
		e.aside.Added = true
	}
}

// answer answers a question as the scenario says.
func (e *end) answer(ev handshake.Event) {
	m, sc := e.machine, &e.pair.scenario
	switch ev {
	case handshake.SecretWanted:
		e.answerSecret()
	case handshake.SessionWanted:
		e.answerSession()
	case handshake.CertificateWanted:
		switch {
		case e.role == spec.Server:
			m.UseCertificate(handshake.Certificate{Chain: serverChain(), PublicKey: &serverKey().PublicKey, Decrypts: true, ByName: true})
		case sc.ClientCert == spec.On:
			m.UseCertificate(handshake.Certificate{Chain: clientChain(), PublicKey: &serverKey().PublicKey})
		default:
			m.NoCertificate()
		}
	case handshake.VerifyWanted:
		trusted := clientChain()
		if e.role == spec.Client {
			trusted = serverChain()
			if sc.TrustRoot != spec.On {
				trusted = nil
			}
		}
		if !bytes.Equal(m.PeerChain(), trusted) {
			m.Abort(spec.UnknownCA, errors.New("the scenario trusts another chain"))
			return
		}
		m.PeerVerified(&serverKey().PublicKey)
	case handshake.SignWanted:
		if err := m.SignWith(serverKey()); err != nil {
			panic(fmt.Sprintf("harness: signing failed: %v", err))
		}
	case handshake.DecryptWanted:
		e.answerPremaster()
	case handshake.TicketWanted:
		m.IssueTicket(0, binary.BigEndian.AppendUint64(freshTicket[:len(freshTicket):len(freshTicket)], e.pair.seed))
	default:
		panic("harness: the machine asks " + ev.String() + ", which nothing here answers")
	}
}

// answerPremaster decrypts, and looks for itself whether there is anything to
// be decrypted: if not, the machine goes on with a secret that nobody has.
func (e *end) answerPremaster() {
	ciphertext, offered := e.machine.ToDecrypt()
	plain, err := serverKey().Decrypt(nil, ciphertext, nil)
	if err != nil || len(plain) != 48 || spec.Version(binary.BigEndian.Uint16(plain)) != offered {
		e.foreign = true
	}
	if err := e.machine.DecryptWith(serverKey()); err != nil {
		panic(fmt.Sprintf("harness: decrypting failed: %v", err))
	}
}

// answerSecret is the session-secret callback.
func (e *end) answerSecret() {
	sc := &e.pair.scenario
	does, named, secret := sc.ServerCallback, sc.Named, pacSecret
	shown := e.machine.Hello().Ticket
	call := spec.Call{Made: true, Ticket: ticketClass(shown)}
	if e.observed.Call.Made {
		panic("harness: the callback is called twice in one step")
	}
	if e.role == spec.Client {
		does, named = sc.ClientCallback, sc.Preferred
	} else if does == spec.CallbackAccept {
		switch {
		case bytes.Equal(shown, otherPAC):
			secret = attackerSecret
		case !bytes.Equal(shown, pacTicket):
			does = spec.CallbackDecline // RFC 5077, Section 3.2: a ticket that does not open
		case sc.Keys == spec.KeysDiffer:
			secret = differingSecret
		}
	}
	call.Result = does
	switch does {
	case spec.CallbackAccept:
		call.Named = named
		e.named = model.NamedSuite(*sc, named)
		e.machine.AcceptSecret(secret, e.named)
	case spec.CallbackDecline:
		e.machine.DeclineSecret()
	case spec.CallbackFail:
		e.machine.Abort(spec.InternalError, errCallback)
	case spec.CallbackWrongLength:
		e.machine.AcceptSecret(secret[1:], model.NamedSuite(*sc, named))
	default:
		// It is called although it is unset: let what comes of it be seen.
		call.Result = spec.CallbackUnset
		e.machine.Abort(spec.InternalError, errCallback)
	}
	e.observed.Call = call
}

// ticketClass names a ticket for an observer, who cannot tell an opaque one from
// another.
func ticketClass(ticket []byte) spec.Ticket {
	switch {
	case len(ticket) == 0:
		return spec.TicketEmpty
	case bytes.Equal(ticket, sessionTicket):
		return spec.TicketSession
	}
	return spec.TicketPAC
}

// answerSession looks an offered session up in the server's cache, or opens its
// ticket.
func (e *end) answerSession() {
	id, ticket := e.machine.Offered()
	if id != nil {
		e.cache(spec.CacheLookup)
	}
	switch {
	case id != nil && e.aside.Cached && bytes.Equal(id, cachedID):
		e.machine.ResumeSession(session(e.pair.scenario, spec.Server, cachedID, nil))
	case bytes.Equal(ticket, sessionTicket):
		e.machine.ResumeSession(session(e.pair.scenario, spec.Server, nil, nil))
	default:
		e.machine.NoSession()
	}
}

// keys prepares the opening of what this endpoint seals from now on, with the
// keys that follow from its secret. It reports false where it has none.
func (e *end) keys() bool {
	_, master := e.machine.KeyLog()
	suite, ok := spec.SuiteByID(e.view.suite)
	if !ok || len(master) != prf.MasterSecretSize {
		return false
	}
	block := make([]byte, record.KeyBlockSize(e.view.version, suite))
	e.prf.KeyBlock(block, prf.Of(e.view.version, suite), master, e.view.random[:], e.hello.random[:])
	client, server := record.SplitKeyBlock(block, e.view.version, suite)
	mine := client
	if e.role == spec.Server {
		mine = server
	}
	e.opener.Reset()
	e.sealedWith = e.term(master)
	return e.opener.PrepareRead(e.view.version, suite, mine, e.view.etm) == nil && e.opener.Activate() == nil
}

// noteClientHello keeps what matters of a ClientHello that was sent or taken.
func (e *end) noteClientHello(h *wire.ClientHello) {
	e.hello = helloView{true, h.Random, bytes.Clone(h.SessionID)}
}

func (e *end) noteServerHello(h *wire.ServerHello) {
	e.view = view{true, h.Random, h.Version, h.Suite, h.ExtendedMasterSecret, h.EncryptThenMAC}
}
