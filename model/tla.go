package model

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/sesame-tls/sesame/model/explore"
	"github.com/sesame-tls/sesame/spec"
)

// AppendTLA appends the state as TLC prints it, a line for each variable of
// tla/Sesame.tla, in one form: variables, fields and the elements of sets in
// ascending order, and no spaces but those around the equals sign.
func (st State) AppendTLA(dst []byte) []byte {
	dst = append(dst, `/\ budget = `...)
	dst = strconv.AppendUint(dst, uint64(st.Budget), 10)
	dst = append(dst, "\n/\\ client = "...)
	dst = st.Client.appendTLA(dst)
	dst = append(dst, "\n/\\ config = "...)
	dst = st.space.appendTLA(dst)
	dst = append(dst, "\n/\\ inserted = "...)
	dst = appendTLARoles(dst, st.Inserted[spec.Client], st.Inserted[spec.Server])
	dst = append(dst, "\n/\\ lost = "...)
	dst = appendTLABool(dst, st.Lost)
	dst = append(dst, "\n/\\ server = "...)
	dst = st.Server.appendTLA(dst)
	dst = append(dst, "\n/\\ taken = "...)
	dst = appendTLARoles(dst, st.TakenClient, st.TakenServer)
	dst = append(dst, "\n/\\ toClient = "...)
	dst = st.toClient.appendTLA(dst)
	dst = append(dst, "\n/\\ toServer = "...)
	dst = st.toServer.appendTLA(dst)
	return append(dst, '\n')
}

func appendTLARoles(dst []byte, client, server bool) []byte {
	switch {
	case client && server:
		return append(dst, `{"Client","Server"}`...)
	case client:
		return append(dst, `{"Client"}`...)
	case server:
		return append(dst, `{"Server"}`...)
	}
	return append(dst, "{}"...)
}

func appendTLABool(dst []byte, b bool) []byte {
	if b {
		return append(dst, "TRUE"...)
	}
	return append(dst, "FALSE"...)
}

// tlaRecord appends fields, which come in ascending order.
type tlaRecord struct {
	dst  []byte
	many bool
}

func (r *tlaRecord) field(name string) {
	if r.many {
		r.dst = append(r.dst, ',')
	} else {
		r.dst = append(r.dst, '[')
	}
	r.many = true
	r.dst = append(append(r.dst, name...), "|->"...)
}

func (r *tlaRecord) flag(name string, v bool) {
	r.field(name)
	r.dst = appendTLABool(r.dst, v)
}

// word appends a string; where it is empty or "?", the value is open.
func (r *tlaRecord) word(name, v, open string) {
	r.field(name)
	if v == "" || v == "?" {
		v = open
	}
	r.dst = append(append(append(r.dst, '"'), v...), '"')
}

func (r *tlaRecord) end() []byte { return append(r.dst, ']') }

func (e *Endpoint) appendTLA(dst []byte) []byte {
	r := &tlaRecord{dst: dst}
	r.flag("added", e.HasAdded)
	r.flag("cached", e.HasCached)
	r.word("cert", e.Cert.String(), "")
	r.word("failure", e.Failure.String(), "")
	r.flag("foreign", e.Foreign)
	r.flag("got", e.Got)
	r.field("hello")
	r.dst = e.Hello.appendTLA(r.dst)
	r.word("id", e.ID.String(), "none")
	r.flag("peerAuth", e.PeerAuth)
	r.flag("pending", e.Pending)
	r.flag("promised", e.Promised)
	r.word("resumed", e.Resumed.String(), "")
	r.word("secret", e.Secret.String(), "")
	r.flag("sent", e.Sent)
	r.word("state", e.State.String(), "")
	r.word("suite", e.Suite.String(), "none")
	return r.end()
}

// tlaVersions are the versions as TLA+ spells them.
var tlaVersions = [...]string{SameVersion: "same", VersionSSL30: "ssl3", VersionTLS10: "1.0", VersionTLS11: "1.1", VersionTLS12: "1.2"}

func (h *Hello) appendTLA(dst []byte) []byte {
	r := &tlaRecord{dst: dst}
	r.word("ems", h.EMS.String(), "same")
	r.word("etm", h.EtM.String(), "same")
	r.word("id", h.ID.String(), "same")
	r.word("random", h.Random.String(), "same")
	r.word("renegotiation", h.Renegotiation.String(), "same")
	r.word("suite", h.Suite.String(), "same")
	r.word("suites", h.Suites.String(), "same")
	r.word("ticket", h.Ticket.String(), "same")
	r.word("ticketExt", h.TicketExt.String(), "same")
	unrequested := "same"
	if h.Unrequested {
		unrequested = "on"
	}
	r.word("unrequested", unrequested, "")
	r.word("version", tlaVersions[h.Version], "")
	return r.end()
}

func (q queue) appendTLA(dst []byte) []byte {
	dst = append(dst, "<<"...)
	for first := true; q != 0; q = q.pop() {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = symbols[q.head()].appendTLA(dst)
	}
	return append(dst, ">>"...)
}

func (s *symbol) appendTLA(dst []byte) []byte {
	body := ""
	switch {
	case s.typ == spec.Alert:
		body = s.alert.String()
	case s.empty:
		body = "empty"
	case s.second && s.typ == spec.ClientHello:
		body = "other-pac"
	case s.second:
		body = "anonymous"
	}
	r := &tlaRecord{dst: dst}
	r.word("body", body, "")
	r.word("origin", s.origin.String(), "")
	r.flag("sealed", s.sealed)
	r.word("type", s.typ.String(), "")
	return r.end()
}

// tlaDimension is one field of the variable config.
type tlaDimension struct {
	name   string
	dim    dim
	values []tlaValue // in the order of their texts
}

type tlaValue struct {
	text string
	bit  set
}

func tlaWords[T interface {
	~uint8
	String() string
}](name string, d dim) tlaDimension {
	t := tlaDimension{name: name, dim: d}
	for v := T(1); v <= T(layout[d].width); v++ {
		t.values = append(t.values, tlaValue{`"` + v.String() + `"`, of(v)})
	}
	return t
}

// tlaDimensions are the dimensions in the order of their names.
var tlaDimensions = func() []tlaDimension {
	all := []tlaDimension{
		tlaWords[spec.Callback]("serverCallback", dimServerCallback), tlaWords[spec.Callback]("clientCallback", dimClientCallback),
		tlaWords[spec.Ticket]("ticket", dimTicket), tlaWords[spec.Keys]("keys", dimKeys), tlaWords[spec.ID]("sessionID", dimID),
		tlaWords[spec.Named]("named", dimNamed), tlaWords[spec.Named]("preferred", dimPreferred),
		tlaWords[spec.Switch]("serverTickets", dimServerTickets),
		tlaWords[spec.Offer]("clientVersion", dimClientVersion), tlaWords[spec.Offer]("serverVersion", dimServerVersion),
		tlaWords[spec.Switch]("clientEtM", dimClientEtM), tlaWords[spec.Switch]("serverEtM", dimServerEtM),
		tlaWords[spec.Exchange]("exchange", dimExchange), tlaWords[spec.ClientAuth]("clientAuth", dimClientAuth),
		tlaWords[spec.Switch]("clientCert", dimClientCert), tlaWords[spec.Switch]("standsIn", dimStandsIn),
		tlaWords[spec.Switch]("trustRoot", dimTrustRoot), tlaWords[spec.Mode]("mode", dimMode),
		tlaWords[spec.Switch]("sessionEMS", dimSessionEMS),
	}
	pairs := tlaDimension{name: "ems", dim: dimEMS}
	for c := spec.Off; c <= spec.Required; c++ {
		for s := spec.Off; s <= spec.Required; s++ {
			pair := ems(func(client, server spec.Switch) bool { return client == c && server == s })
			pairs.values = append(pairs.values, tlaValue{`<<"` + c.String() + `","` + s.String() + `">>`, pair})
		}
	}
	all = append(all, pairs)
	for _, t := range all {
		slices.SortFunc(t.values, func(a, b tlaValue) int { return cmp.Compare(a.text, b.text) })
	}
	slices.SortFunc(all, func(a, b tlaDimension) int { return cmp.Compare(a.name, b.name) })
	return all
}()

func (sp space) appendTLA(dst []byte) []byte {
	r := &tlaRecord{dst: dst}
	for _, t := range tlaDimensions {
		r.field(t.name)
		have := sp.get(t.dim)
		separator := byte('{')
		for _, v := range t.values {
			if have&v.bit != 0 {
				r.dst = append(append(r.dst, separator), v.text...)
				separator = ','
			}
		}
		r.dst = append(r.dst, '}')
	}
	return r.end()
}

// TLASpace returns the scenarios that agree with sc where it is not open, as
// the variable config of tla/Sesame.tla has them.
func TLASpace(sc spec.Scenario) (string, error) {
	sys, err := New(Options{Fix: sc})
	if err != nil {
		return "", err
	}
	return string(sys.space.appendTLA(nil)), nil
}

// OpenSteps returns the initial state of r's open machine (see [RunOpen]), and a
// function that calls emit with every transition out of a state.
func OpenSteps(r spec.Role, o Options) (State, func(st State, emit func(to State, e spec.Event)), error) {
	sys, err := New(o)
	if err != nil {
		return State{}, nil, err
	}
	x := newOpenExplorer(sys, r, openInputs(r))
	var first State
	x.Initial(func(p packed) { p.unpack(&first) })
	return first, func(st State, emit func(State, spec.Event)) {
		p := st.pack()
		x.Expand(p, func(t explore.Transition[packed]) {
			var to State
			t.To.unpack(&to)
			emit(to, x.x.out.event)
		})
	}, nil
}
