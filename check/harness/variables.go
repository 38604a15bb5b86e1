package harness

import (
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Variables are what can be seen of a pair between two steps besides what the
// endpoints show of themselves, named as in the model: read from the octets on
// the streams and from what the endpoints did with them.
type Variables struct {
	Client, Server     Aside
	ToClient, ToServer []Passing
	Lost               bool    // something has been taken off a stream
	Inserted           [2]bool // by reader: at the head of the stream is a message that the attacker has put there
}

// Aside is what is seen of an endpoint from outside.
type Aside struct {
	Cert      model.Cert // the client's Certificate, as sent or as taken
	Foreign   bool       // a message that the peer did not make is in the transcript
	Sent, Got bool       // application data
	Cached    bool       // server: the session that the client may name
	Added     bool       // server: the session of this handshake
	Hello     Change     // what the attacker has changed in the hello that it reads
}

// Passing is a message on a stream.
type Passing struct {
	Message spec.Message
	Alert   spec.AlertDescription
	Sealed  bool
	Foreign bool // sealed, and not by the peer in this session: nothing more can be told of it
}

// Variables returns what can be seen now.
func (p *Pair) Variables() Variables {
	return Variables{
		Client: p.client.aside, Server: p.server.aside, ToClient: p.toClient.passing(), ToServer: p.toServer.passing(),
		Lost: p.lost, Inserted: [2]bool{spec.Client: p.client.inserted, spec.Server: p.server.inserted},
	}
}

func (s stream) passing() []Passing {
	all := make([]Passing, 0, len(s))
	for _, i := range s {
		m := Passing{Message: i.message, Sealed: i.sealed, Foreign: i.sealed && i.foreign}
		if i.message == spec.Alert && !m.Foreign {
			m.Alert = i.alert
			if i.taken != spec.AlertNone {
				m.Alert = i.taken
			}
		}
		all = append(all, m)
	}
	return all
}

// beginAside makes what is seen that of a new endpoint.
func (e *end) beginAside() {
	e.aside, e.inserted = Aside{Cached: e.role == spec.Server}, false
}

// passes notes what the step that has read i has done to what is seen.
func (e *end) passes(i item) {
	a := &e.aside
	a.Got = a.Got || e.observed.Delivered > 0
	if e.failure != spec.NoFailure || !i.foreign {
		return
	}
	switch i.message {
	case spec.ServerKeyExchange, spec.ClientKeyExchange, spec.NewSessionTicket:
		a.Foreign = true
	}
}

// noteForged notes a hello that is to be read and that nobody's was the model of.
func (e *end) noteForged(i item) {
	if i.foreign && i.made == nil {
		e.aside.Hello = e.pair.forgedChange(i.data)
	}
}

// noteCertificate classifies the client's certificate message.
func (e *end) noteCertificate(body []byte) {
	var c wire.Certificate
	switch {
	case !c.Parse(body):
	case c.Chain.Len() == 0:
		e.aside.Cert = model.CertEmpty
	default:
		e.aside.Cert = model.CertGood
	}
}
