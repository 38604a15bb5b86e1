package main

import (
	"bytes"
	"context"
	"fmt"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// probes look where a model of symbols cannot: into bodies and records, and at
// what the caller is asked.
func probes(context.Context) error {
	flows, err := allFlows()
	if err != nil {
		return err
	}
	for _, f := range flows {
		for _, probe := range []struct {
			what string
			run  func(*flow) error
		}{{"questions", questions}, {"HelloRequest", helloRequests}, {"warnings", warnings}, {"bodies", bodies}, {"fragments", fragments}, {"keys", clientKey}, {"a long secret", longSecret}} {
			if err := probe.run(f); err != nil {
				return fmt.Errorf("%s: %s: %w", f.name, probe.what, err)
			}
		}
	}
	return forgeries(flows[len(flows)-1].params().Session) // the last resumes one
}

// longSecret gives a client whose ticket is declined a secret of another length
// than a master secret has: no form of it outlives the fallback.
func longSecret(f *flow) error {
	if offered := f.params().Ticket; len(offered) == 0 || len(offered) == len(ticket) {
		return nil // it has none, or the server accepts it
	}
	long := *f
	long.client = func() *handshake.Config { c := f.client(); c.AnySecretLength = true; return c }
	client, server, err := long.begin()
	if err != nil {
		return err
	}
	client.secret = bytes.Repeat(secret, 2)
	talk(client, server, nil)
	return established(client, server)
}

// questions: either side is asked to confirm, once.
func questions(f *flow) error {
	confirmed := *f
	confirmed.client = func() *handshake.Config { c := f.client(); c.Confirm = true; return c }
	confirmed.server = func() *handshake.Config { c := f.server(); c.Confirm = true; return c }
	client, server, err := confirmed.begin()
	if err != nil {
		return err
	}
	talk(client, server, nil)
	if err := established(client, server); err != nil {
		return err
	}
	for _, s := range []*side{client, server} {
		if n := s.count(handshake.ConfirmWanted); n != 1 {
			return fmt.Errorf("a side is asked %d times to confirm", n)
		}
	}
	return nil
}

// helloRequests puts HelloRequests before each record that the client reads in
// the clear, also where a shortened handshake has the promise of a ticket.
func helloRequests(f *flow) error {
	empty := inClear(spec.ContentHandshake, []byte{0, 0, 0, 0})
	for _, test := range []struct {
		what  string
		put   []byte
		alert spec.AlertDescription
	}{
		{"with a body", inClear(spec.ContentHandshake, []byte{0, 0, 0, 1, 0}), spec.DecodeError},
		{"17 in a row", bytes.Repeat(empty, 17), spec.UnexpectedMessage},
	} {
		for _, promised := range []bool{false, true} {
			for at, more := 0, true; more; at++ {
				client, server, err := f.begin()
				if err != nil {
					return err
				}
				if more = putBefore(client, server, client, at, test.put, promised && f.takesTicket(client)); !more {
					break
				}
				if err := client.refuses(test.alert); err != nil {
					return fmt.Errorf("%s, before record %d: %w", test.what, at, err)
				}
			}
		}
	}
	return nil
}

// warnings puts a warning before each record that a side reads in the clear:
// RFC 5246, Section 7.2.2: the handshake may go on, and it does.
func warnings(f *flow) error {
	warning := inClear(spec.ContentAlert, []byte{byte(spec.LevelWarning), byte(spec.UserCanceled)})
	for role := range 2 {
		for at, more := 0, true; more; at++ {
			client, server, err := f.begin()
			if err != nil {
				return err
			}
			to := []*side{client, server}[role]
			more = putBefore(client, server, to, at, warning, false)
			if err := established(client, server); err != nil {
				return fmt.Errorf("before record %d: %w", at, err)
			}
		}
	}
	return nil
}

// putBefore plays a handshake with something before a record that a side reads
// in the clear. It reports whether there is such a record.
func putBefore(client, server, reader *side, at int, put []byte, promised bool) (done bool) {
	n := 0
	talk(client, server, func(to *side, r []byte) []byte {
		if s := to.State(); to != reader || s == spec.AwaitFinished || s == spec.AwaitFinishedAbbreviated {
			return r
		}
		if promised && isMessage(r, spec.ServerHello) {
			r = promising(r)
		}
		if n++; n != at+1 {
			return r
		}
		done = true
		return append(bytes.Clone(put), r...)
	})
	return done
}

// takesTicket reports whether the client resumes by a ticket: it takes a new one.
func (f *flow) takesTicket(client *side) bool {
	return f.sessions != nil && len(client.Hello().Ticket) > 0
}

func isMessage(r []byte, m spec.Message) bool {
	return r[0] == byte(spec.ContentHandshake) && spec.HandshakeMessage(r[5]) == m
}

// bodies lengthens messages that a client reads by an octet; a flow that has no
// NewSessionTicket is made to have one where a shortened handshake may.
func bodies(f *flow) error {
	for _, m := range []spec.Message{spec.ServerHelloDone, spec.NewSessionTicket} {
		client, server, err := f.begin()
		if err != nil {
			return err
		}
		changed := false
		talk(client, server, func(to *side, r []byte) []byte {
			if to != client || changed || r[0] == byte(spec.ContentAlert) {
				return r
			}
			takes := m == spec.NewSessionTicket && f.takesTicket(client)
			switch state := to.State(); {
			case state == spec.AwaitFinished || state == spec.AwaitFinishedAbbreviated:
			case isMessage(r, m):
				changed = true
				return longer(r[5:])
			case takes && isMessage(r, spec.ServerHello):
				return promising(r)
			case takes && r[0] == byte(spec.ContentChangeCipherSpec):
				changed = true
				return longer((&wire.NewSessionTicket{Ticket: ticket}).Append(nil))
			}
			return r
		})
		if changed {
			if err := client.refuses(spec.DecodeError); err != nil {
				return fmt.Errorf("%v with an octet too many: %w", m, err)
			}
		}
	}
	return nil
}

// longer makes a record of a handshake message with an octet more.
func longer(message []byte) []byte {
	m := append(bytes.Clone(message), 0)
	n := len(m) - wire.HeaderLen
	m[1], m[2], m[3] = byte(n>>16), byte(n>>8), byte(n)
	return inClear(spec.ContentHandshake, m)
}

// promising makes a ServerHello announce a ticket.
func promising(r []byte) []byte {
	var h wire.ServerHello
	if !h.Parse(r[5+wire.HeaderLen:]) {
		panic("probes: our ServerHello does not parse")
	}
	h.Extensions, h.Ticket = nil, true
	return inClear(spec.ContentHandshake, h.Append(nil))
}

// fragments cuts messages into short records, and puts several into one.
func fragments(f *flow) error {
	for _, size := range []int{1, 7, 0} {
		short := *f
		short.client = func() *handshake.Config { c := f.client(); c.Fragment = size; return c }
		short.server = func() *handshake.Config { c := f.server(); c.Fragment = size; return c }
		client, server, err := short.begin()
		if err != nil {
			return err
		}
		if size > 0 {
			talk(client, server, nil)
		} else {
			var kept []byte // messages that wait for the next
			talk(client, server, func(_ *side, r []byte) []byte {
				if r[0] == byte(spec.ContentHandshake) && spec.HandshakeMessage(r[5]) != spec.NoMessage && len(kept) == 0 && more(r) {
					kept = r[5:]
					return nil
				}
				if len(kept) > 0 {
					r = inClear(spec.ContentHandshake, append(kept[:len(kept):len(kept)], r[5:]...))
					kept = nil
				}
				return r
			})
		}
		if err := established(client, server); err != nil {
			return fmt.Errorf("of %d octets: %w", size, err)
		}
	}
	return nil
}

// more reports whether another handshake message in the clear follows in the
// same flight.
func more(r []byte) bool {
	switch spec.HandshakeMessage(r[5]) {
	case spec.Certificate, spec.ServerKeyExchange, spec.CertificateRequest:
		return int(r[6])<<16|int(r[7])<<8|int(r[8]) == len(r)-9
	}
	return false
}

// clientKey gives a server a client's key that cannot sign, if it asks for one.
func clientKey(f *flow) error {
	if f.server().ClientAuth == handshake.NoClientAuth {
		return nil
	}
	client, server, err := f.begin()
	if err != nil {
		return err
	}
	server.leaf = struct{}{}
	talk(client, server, nil)
	if err := server.refuses(spec.UnsupportedCertificate); err != nil {
		return fmt.Errorf("a client's certificate with a key of an unknown kind: %w", err)
	}
	return nil
}
