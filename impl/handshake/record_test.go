package handshake_test

import (
	"bytes"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/record"
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
		typ := spec.ContentChangeCipherSpec
		if state == spec.Established {
			typ = spec.ContentApplicationData
		}
		me.step(forge(t, me, peer, r, typ, []byte{1}))
		if a, sent := alertOf(me); a != spec.UnexpectedMessage || !sent {
			t.Errorf("%d: %v", typ, me.err)
		}
	})
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
