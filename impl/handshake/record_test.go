package handshake_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// reshape changes the borders of records, and nothing else.
type reshape func(out []byte) []byte

// coalesce joins handshake messages in the clear that follow each other.
func coalesce(out []byte) []byte {
	var joined []byte
	var last []byte // the record that can grow
	for _, rec := range records(out) {
		content := rec[record.HeaderSize:]
		if last != nil && rec[0] == byte(spec.ContentHandshake) {
			last = append(last, content...)
			last[3], last[4] = byte((len(last)-5)>>8), byte(len(last)-5)
			continue
		}
		joined = append(joined, last...)
		last = nil
		if rec[0] == byte(spec.ContentHandshake) {
			last = bytes.Clone(rec)
		} else {
			joined = append(joined, rec...)
		}
		if rec[0] == byte(spec.ContentChangeCipherSpec) {
			// What follows is protected.
			return append(joined, out[len(joined)+overhead(out, joined):]...)
		}
	}
	return append(joined, last...)
}

// overhead is how many octets of headers coalescing has saved.
func overhead(out, joined []byte) int {
	n := 0
	for _, rec := range records(out) {
		n += len(rec)
		if rec[0] == byte(spec.ContentChangeCipherSpec) {
			break
		}
	}
	return n - len(joined)
}

// split makes records of n octets of handshake messages in the clear.
func split(n int) reshape {
	return func(out []byte) (parts []byte) {
		clear := true
		for _, rec := range records(out) {
			if !clear || rec[0] != byte(spec.ContentHandshake) {
				clear = clear && rec[0] != byte(spec.ContentChangeCipherSpec)
				parts = append(parts, rec...)
				continue
			}
			for content := rec[record.HeaderSize:]; len(content) > 0; {
				k := min(n, len(content))
				parts = append(parts, rec[0], rec[1], rec[2], 0, byte(k))
				parts = append(parts, content[:k]...)
				content = content[k:]
			}
		}
		return parts
	}
}

// TestRecordBorders: how messages are cut into records and how records arrive
// makes no difference.
//
// Checks TLS-BASE-14 (must fail: messages-begin-with-records).
func TestRecordBorders(t *testing.T) {
	for name, shape := range map[string]reshape{
		"coalesced": coalesce, "1": split(1), "2": split(2), "3": split(3), "5": split(5), "100": split(100), "as they are": func(b []byte) []byte { return b },
		"coalesced, then 7": func(b []byte) []byte { return split(7)(coalesce(b)) },
	} {
		for _, chunk := range []int{1, 6, 1 << 16} {
			for _, w := range ways(t)[:5] {
				t.Run(name+"/"+w.name, func(t *testing.T) {
					cc, sc := w.configs()
					client, server := pair(t, cc, sc, &w.params)
					if w.params.Session != nil {
						server.sessions[string(w.params.Session.ID)] = w.params.Session
					}
					toServer, _ := client.step(nil)
					for range 3 {
						toClient := arrive(server, shape(toServer), chunk)
						toServer = arrive(client, shape(toClient), chunk)
					}
					established(t, client, server)
				})
			}
		}
	}
}

// arrive hands octets to a side, a few more at a time.
func arrive(s *side, in []byte, chunk int) (out []byte) {
	var rest []byte
	for len(in) > 0 && s.err == nil {
		k := min(chunk, len(in))
		rest = append(rest, in[:k]...)
		in = in[k:]
		var sent []byte
		sent, rest = s.step(rest)
		out = append(out, sent...)
	}
	return out
}

// TestBetweenFragments: FAST-TLS-22, FAST-TLS-23: an alert may stand between
// the fragments of a handshake message, ChangeCipherSpec and data may not.
func TestBetweenFragments(t *testing.T) {
	anyState(t, func(t *testing.T, r spec.Role, me, peer *side) {
		state := me.State()
		if state.ReadProtected() && state != spec.Established || state == spec.Start {
			t.Skip("one forged record is all that the keys allow here")
		}
		_, content := sample(allowed[r][state][0])
		if r == spec.Client && state == spec.AwaitServerFlight {
			_, content = sample(spec.Certificate)
		}
		if allowed[r][state][0] == spec.ChangeCipherSpec {
			t.Skip("no handshake message is possible here")
		}
		me.step(forge(t, me, peer, r, spec.ContentHandshake, content[:2]))
		me.step(forge(t, me, peer, r, spec.ContentAlert, []byte{1, 90}))
		if me.err != nil {
			t.Fatalf("alert: %v", me.err)
		}
		typ, want := spec.ContentChangeCipherSpec, spec.ChangeCipherSpec
		if state == spec.Established {
			typ, want = spec.ContentApplicationData, spec.ApplicationData
		}
		me.step(forge(t, me, peer, r, typ, []byte{1}))
		var e *handshake.Error
		if a, sent := alertOf(me); a != spec.UnexpectedMessage || !sent || !errors.As(me.err, &e) || e.Message != want {
			t.Errorf("%v: %v", want, me.err)
		}
		if !me.Wiped() {
			t.Error("half a message or a secret is left")
		}
	})
}

// TestRefusedAtItsHeader: TLS-ALERT-01: a message that has no place is refused
// once its header has come: nothing is kept for nothing.
func TestRefusedAtItsHeader(t *testing.T) {
	for r, m := range map[spec.Role]spec.Message{spec.Client: spec.CertificateVerify, spec.Server: spec.ServerHello} {
		octet, _ := m.HandshakeType()
		anyState(t, func(t *testing.T, role spec.Role, me, peer *side) {
			if role != r {
				return
			}
			me.step(forge(t, me, peer, r, spec.ContentHandshake, []byte{octet, 0, 1, 0}))
			if a, sent := alertOf(me); a != spec.UnexpectedMessage || !sent {
				t.Errorf("the header of %v: %v", m, me.err)
			}
		})
	}
}

// TestAlertVersion: RFC 5246, Section 6.2.1: once ServerHello has said which
// version it is, the record of an alert says the same, also where the alert is
// about the rest of ServerHello.
func TestAlertVersion(t *testing.T) {
	for _, v := range versions {
		config := func() *handshake.Config {
			return &handshake.Config{MinVersion: spec.TLS10, MaxVersion: v, Suites: []spec.SuiteID{0x002f}}
		}
		client, server := pair(t, config(), config(), &handshake.ClientParams{})
		hello, _ := client.step(nil)
		out, _ := server.step(hello)
		rec := records(out)[0]
		changed := serverHello(func(h *wire.ServerHello) { h.Suite = 0x0a0a })(rec[record.HeaderSize:])
		out, _ = client.step(append(rec[:record.HeaderSize:record.HeaderSize], changed...))
		if want := []byte{byte(spec.ContentAlert), byte(v >> 8), byte(v), 0, 2, byte(spec.LevelFatal), byte(spec.IllegalParameter)}; !bytes.Equal(out, want) {
			t.Errorf("%v: sent %x, want %x: %v", v, out, want, client.err)
		}
	}
}

// TestLargeMessage: what a large message in many records needs is given up when
// it has been handled, and the transcript when the handshake is over.
func TestLargeMessage(t *testing.T) {
	client, server := pair(t, &handshake.Config{}, &handshake.Config{Fragment: 500}, &handshake.ClientParams{})
	server.certs = []testcert.Chain{testcert.Server(testcert.RSA)}
	server.certs[0].DER = slices.Repeat(server.certs[0].DER, 10)
	hello, _ := client.step(nil)
	flight, _ := server.step(hello)
	most, out := 0, []byte(nil)
	for _, rec := range records(flight) {
		out, _ = client.step(rec)
		octets, hash := client.Holds()
		if most = max(most, octets); !hash {
			t.Error("there is no transcript within the handshake")
		}
	}
	out, _ = server.step(out)
	client.step(out)
	established(t, client, server)
	for _, s := range []*side{client, server} {
		if octets, hash := s.Holds(); octets > 4096 || most <= 4096 || hash {
			t.Errorf("room for %d octets, of %d, and a transcript: %v", octets, most, hash)
		}
	}
}

// TestDataBehindFinished: FAST-TLS-24, FAST-TLS-25: application data may ride
// behind the last Finished.
func TestDataBehindFinished(t *testing.T) {
	for _, w := range ways(t)[:5] {
		cc, sc := w.configs()
		client, server := pair(t, cc, sc, &w.params)
		if w.params.Session != nil {
			server.sessions[string(w.params.Session.ID)] = w.params.Session
		}
		out, _ := client.step(nil)
		from, to := server, client
		for range 4 {
			out, _ = from.step(out)
			if from.State() == spec.Established {
				break
			}
			from, to = to, from
		}
		out, err := from.Seal(out, []byte("early"))
		if err != nil {
			t.Fatalf("%s: %v", w.name, err)
		}
		to.step(out)
		if to.err != nil || string(to.data) != "early" {
			t.Errorf("%s: %q, %v", w.name, to.data, to.err)
		}
	}
}

// TestWrongKeys: TLS-ALERT-08: PAC keys that differ show at the first
// protected record.
func TestWrongKeys(t *testing.T) {
	client, server := pair(t, &handshake.Config{}, &handshake.Config{SessionSecrets: true}, &handshake.ClientParams{Ticket: opaque, HasSecret: true})
	client.key = bytes.Repeat([]byte{1}, 32)
	play(client, server)
	if a, sent := alertOf(client); a != spec.BadRecordMAC || !sent {
		t.Errorf("client: %v", client.err)
	}
	var e *handshake.Error
	if a, sent := alertOf(server); a != spec.BadRecordMAC || sent {
		t.Errorf("server: %v", server.err)
	}
	for _, s := range []*side{client, server} {
		if e, _ = s.err.(*handshake.Error); e == nil || !e.TicketAccepted {
			t.Errorf("the error does not say that the ticket was accepted: %#v", s.err)
		}
		if _, doomed := s.Doomed(); doomed {
			t.Error("a session secret dooms a session")
		}
	}
}

// TestFlippedBits: whatever bit is flipped between ServerHello and the last
// Finished, nobody who reads it is established.
func TestFlippedBits(t *testing.T) {
	params := handshake.ClientParams{Ticket: opaque, HasSecret: true}
	flights := func() (client, server *side, flight []byte) {
		client, server = pair(t, &handshake.Config{}, &handshake.Config{SessionSecrets: true}, &params)
		out, _ := client.step(nil)
		flight, _ = server.step(out)
		return client, server, flight
	}
	_, _, flight := flights()
	for i := range len(flight) * 8 {
		client, _, flight := flights()
		flight[i/8] ^= 1 << (i % 8)
		client.step(flight)
		if client.State() == spec.Established {
			t.Errorf("bit %d of the server's flight", i)
		}
	}
	client, _, flight := flights()
	last, _ := client.step(flight)
	for i := range len(last) * 8 {
		client, server, flight := flights()
		last, _ := client.step(flight)
		last[i/8] ^= 1 << (i % 8)
		server.step(last)
		if server.State() == spec.Established {
			t.Errorf("bit %d of the client's flight", i)
		}
	}
}

// TestRecordSplitting: 1/n-1 splitting under TLS 1.0 with CBC, unless it is turned
// off, and nowhere else; the IVs of CBC records come from the configured source.
func TestRecordSplitting(t *testing.T) {
	for _, c := range []struct {
		version spec.Version
		off     bool
		want    int
	}{{spec.TLS10, false, 2}, {spec.TLS10, true, 1}, {spec.TLS11, false, 1}, {spec.TLS12, false, 1}} {
		var sealed [2][]byte
		for i := range sealed {
			config := func() *handshake.Config {
				return &handshake.Config{MinVersion: c.version, MaxVersion: c.version, Suites: []spec.SuiteID{0x002f}, DisableRecordSplitting: c.off, SessionSecrets: true}
			}
			client, server := pair(t, config(), config(), &handshake.ClientParams{Ticket: opaque, HasSecret: true})
			play(client, server)
			established(t, client, server)
			var err error
			if sealed[i], err = client.Seal(nil, []byte("data")); err != nil || len(records(sealed[i])) != c.want {
				t.Errorf("%v, splitting off %v: %d records, %v", c.version, c.off, len(records(sealed[i])), err)
			}
		}
		if !bytes.Equal(sealed[0], sealed[1]) {
			t.Errorf("%v: the same source gives %x and %x", c.version, sealed[0], sealed[1])
		}
	}
}
