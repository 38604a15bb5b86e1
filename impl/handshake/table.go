package handshake

import (
	"reflect"
	"runtime"
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

// row is one transition: a message in a state, under guards, leads through
// actions to the next state. The first row that fits is taken.
type row struct {
	State  spec.State
	On     spec.Message // decided: what the row before has found out
	If     guard        // all of these hold
	Unless guard        // none of these holds
	Do     []action
	Next   spec.State // deciding: a row on decided follows at once
}

// action is one step of a row. An event suspends the row: it goes on with the
// next action at the next Step.
type action func(*Machine) (Event, error)

const (
	// decided is what comes instead of a message after deciding.
	decided  = spec.NoMessage
	deciding = spec.State(255)
)

// guard is a set of conditions on a machine.
type guard uint32

const (
	ticketPending    guard = 1 << iota // client: a secret was given for this ServerHello, and no message has decided yet
	ticketWithSecret                   // client: an opaque ticket was sent, and there is a secret to it
	ticketAlone                        // client: a session's ticket was sent with an empty Session ID
	sessionNamed                       // client: ServerHello names the offered session
	idEchoed                           // client: ServerHello repeats the Session ID that was sent, not an empty one
	ticketPromised                     // ServerHello announces NewSessionTicket
	anonymousSuite                     // the chosen suite has no certificate
	ephemeralSuite                     // the chosen suite has a ServerKeyExchange
	secretGiven                        // server: the ticket was accepted
	sessionFound                       // server: an offered session is resumed
	suiteChosen                        // server: the full handshake's suite is fixed
	clientAsked                        // server: the client is asked for a certificate
	certificateCame                    // server: the client has sent one
)

var guardNames = []string{
	"ticketPending", "ticketWithSecret", "ticketAlone", "sessionNamed", "idEchoed", "ticketPromised", "anonymousSuite",
	"ephemeralSuite", "secretGiven", "sessionFound", "suiteChosen", "clientAsked", "certificateCame",
}

// guards returns the conditions that hold.
func (m *Machine) guards() guard {
	var g guard
	set := func(bit guard, holds bool) {
		if holds {
			g |= bit
		}
	}
	set(ticketPending, m.pending)
	set(ticketWithSecret, m.opaque && m.hasSecret)
	set(ticketAlone, m.session != nil && len(m.session.Ticket) > 0 && len(m.hello.SessionID) == 0)
	set(sessionNamed, m.session != nil && m.echoed)
	set(idEchoed, m.echoed)
	set(ticketPromised, m.promised)
	set(anonymousSuite, m.suite.KeyExchange.Anonymous())
	set(ephemeralSuite, m.suite.KeyExchange.Ephemeral())
	set(secretGiven, m.secret == spec.PAC)
	set(sessionFound, m.secret == spec.Session)
	set(suiteChosen, m.suite.ID != 0)
	set(clientAsked, m.config.ClientAuth != NoClientAuth)
	set(certificateCame, len(m.peerChain) > 0)
	return g
}

// table is a role's rows, and where those of each state begin.
type table struct {
	rows    []row
	byState [spec.States][]*row
}

func newTable(rows []row) *table {
	t := &table{rows: rows}
	for i := range rows {
		r := &t.rows[i]
		t.byState[r.State] = append(t.byState[r.State], r)
	}
	return t
}

// find returns the row for a message, or nil.
func (m *Machine) find(on spec.Message) *row {
	var g guard
	asked := false
	for _, r := range m.table.byState[m.state] {
		if r.On != on {
			continue
		}
		if !asked && r.If|r.Unless != 0 {
			g, asked = m.guards(), true
		}
		if g&r.If == r.If && g&r.Unless == 0 {
			return r
		}
	}
	return nil
}

// expects reports whether any row takes the message in this state, whatever
// the guards.
func (m *Machine) expects(on spec.Message) bool {
	for _, r := range m.table.byState[m.state] {
		if r.On == on {
			return true
		}
	}
	return false
}

// RowInfo is one row of a transition table, for reading and for checks.
type RowInfo struct {
	State  spec.State
	On     spec.Message // NoMessage: a decision, after what the row before has found out
	If     []string     // guards that must hold
	Unless []string     // guards that must not
	Do     []string     // actions, in order
	Next   spec.State   // State itself, where Decide is set
	Decide bool         // a row of the same State on NoMessage follows at once
}

// Rows returns the transitions of one role, in the order in which they are
// tried. Alerts, the end of the transport and records that do not open are the
// same in every state, and no rows.
func Rows(r spec.Role) []RowInfo {
	rows := clientTable.rows
	if r == spec.Server {
		rows = serverTable.rows
	}
	infos := make([]RowInfo, len(rows))
	for i, r := range rows {
		infos[i] = RowInfo{State: r.State, On: r.On, If: r.If.names(), Unless: r.Unless.names(), Next: r.Next}
		for _, a := range r.Do {
			infos[i].Do = append(infos[i].Do, a.name())
		}
		if r.Next == deciding {
			infos[i].Next, infos[i].Decide = r.State, true
		}
	}
	return infos
}

func (g guard) names() []string {
	var names []string
	for i, name := range guardNames {
		if g>>i&1 != 0 {
			names = append(names, name)
		}
	}
	return names
}

// name returns the name of the method that the action is.
func (a action) name() string {
	full := runtime.FuncForPC(reflect.ValueOf(a).Pointer()).Name()
	return full[strings.LastIndexByte(full, '.')+1:]
}
