package handshake_test

import (
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// anyState calls f for every role and state, with both sides as they stand
// there and the role's first.
func anyState(t *testing.T, f func(t *testing.T, r spec.Role, me, peer *side)) {
	for r, states := range allowed {
		for s := range states {
			for _, w := range ways(t) {
				if me, peer, ok := w.walk(t, r, s); ok {
					t.Run(r.String()+"/"+s.String(), func(t *testing.T) { f(t, r, me, peer) })
					break
				}
			}
		}
	}
}

// TestFatalAlert: TLS-ALERT-13: a fatal alert ends it, and nothing is answered.
func TestFatalAlert(t *testing.T) {
	anyState(t, func(t *testing.T, r spec.Role, me, peer *side) {
		out, _ := me.step(forge(t, me, peer, r, spec.ContentAlert, []byte{2, 40}))
		var e *handshake.Error
		if !errors.As(me.err, &e) || e.Alert != spec.HandshakeFailure || !e.Received || e.Sent || len(out) > 0 || me.State() != spec.Failed {
			t.Errorf("%v, sent %x", me.err, out)
		}
		if again := me.Close(nil); len(again) > 0 {
			t.Errorf("then %x", again)
		}
		if !me.Wiped() {
			t.Error("secrets are left")
		}
		if _, err := me.Seal(nil, []byte("data")); err != me.err {
			t.Errorf("Seal: %v", err)
		}
	})
}

// TestWarnings: FAST-TLS-10: warnings decide nothing, and are bounded. None
// comes between ChangeCipherSpec and Finished.
func TestWarnings(t *testing.T) {
	anyState(t, func(t *testing.T, r spec.Role, me, peer *side) {
		state, pending := me.State(), observed(me).Pending
		if state == spec.AwaitFinished || state == spec.AwaitFinishedAbbreviated {
			me.step(forge(t, me, peer, r, spec.ContentAlert, []byte{1, 90}))
			if a, sent := alertOf(me); a != spec.UnexpectedMessage || !sent {
				t.Error(me.err)
			}
			return
		}
		for i := range 16 {
			out, _ := me.step(forge(t, me, peer, r, spec.ContentAlert, []byte{1, 90}))
			if me.err != nil || me.State() != state || observed(me).Pending != pending || len(out) > 0 {
				t.Fatalf("warning %d: %v in %v, sent %x", i, me.err, me.State(), out)
			}
			if me.Alert() != spec.UserCanceled || !slices.Contains(me.events, handshake.Warning) {
				t.Fatalf("told %v of %v", me.events, me.Alert())
			}
		}
		me.step(forge(t, me, peer, r, spec.ContentAlert, []byte{1, 90}))
		if a, sent := alertOf(me); a != spec.UnexpectedMessage || !sent {
			t.Errorf("one more: %v", me.err)
		}
	})
}

func observed(s *side) (o spec.Observation) {
	s.Observe(&o)
	return o
}

// Checks TLS-BASE-13 (must fail: empty-records-taken).
func TestMalformedAlerts(t *testing.T) {
	for name, c := range map[string]struct {
		content []byte
		alert   spec.AlertDescription
	}{
		"empty": {nil, spec.UnexpectedMessage}, "half": {[]byte{1}, spec.DecodeError}, "two": {[]byte{1, 0, 1, 0}, spec.DecodeError},
		"level 3": {[]byte{3, 0}, spec.IllegalParameter},
	} {
		t.Run(name, func(t *testing.T) {
			anyState(t, func(t *testing.T, r spec.Role, me, peer *side) {
				me.step(forge(t, me, peer, r, spec.ContentAlert, c.content))
				if a, sent := alertOf(me); a != c.alert || !sent {
					t.Error(me.err)
				}
			})
		})
	}
}

// TestCloseNotify: it ends a handshake, and is answered there; it ends the data,
// and what follows it is ignored.
//
// Checks TLS-BASE-28 (must fail: data-after-close-notify, close-without-notify).
func TestCloseNotify(t *testing.T) {
	anyState(t, func(t *testing.T, r spec.Role, me, peer *side) {
		was := me.State()
		out, _ := me.step(forge(t, me, peer, r, spec.ContentAlert, []byte{1, 0}))
		if was != spec.Established {
			var e *handshake.Error
			if !errors.As(me.err, &e) || e.Alert != spec.CloseNotify || !e.Received || len(records(out)) != 1 {
				t.Errorf("%v, sent %x", me.err, out)
			}
			return
		}
		if me.err != nil || len(out) > 0 || !slices.Contains(me.events, handshake.CloseNotify) {
			t.Fatalf("%v, sent %x, told %v", me.err, out, me.events)
		}
		if _, _, ev, err := me.Step(nil, []byte("garbage")); ev != handshake.CloseNotify || err != nil {
			t.Errorf("then %v, %v", ev, err)
		}
		if err := me.EndOfStream(); err != nil {
			t.Errorf("the end after it: %v", err)
		}
		if sealed, err := me.Seal(nil, []byte("still")); err != nil || len(sealed) == 0 {
			t.Errorf("writing after it: %v", err)
		}
		if first, second := me.Close(nil), me.Close(nil); len(first) == 0 || len(second) > 0 {
			t.Errorf("Close: %x, then %x", first, second)
		}
		if _, err := me.Seal(nil, []byte("more")); err == nil {
			t.Error("writing after Close")
		}
	})
}

// TestNothingAfterClose: RFC 5246, Section 7.2.1: close_notify is a side's last
// word: neither the other's close_notify nor what is wrong is answered any more.
func TestNothingAfterClose(t *testing.T) {
	for name, content := range map[string][]byte{"close_notify": {1, 0}, "no alert": {1}} {
		t.Run(name, func(t *testing.T) {
			anyState(t, func(t *testing.T, r spec.Role, me, peer *side) {
				was := me.State()
				if said := me.Close(nil); len(records(said)) != 1 {
					t.Fatalf("Close: %x", said)
				}
				out, _ := me.step(forge(t, me, peer, r, spec.ContentAlert, content))
				var e *handshake.Error
				if failed := errors.As(me.err, &e); len(out) > 0 || failed && e.Sent || !failed && (was != spec.Established || name == "no alert") {
					t.Errorf("in %v: %v, sent %x", was, me.err, out)
				}
			})
		})
	}
}

func TestEndOfStream(t *testing.T) {
	anyState(t, func(t *testing.T, r spec.Role, me, peer *side) {
		err := me.EndOfStream()
		var e *handshake.Error
		if !errors.Is(err, io.ErrUnexpectedEOF) || !errors.As(err, &e) || e.Alert != spec.AlertNone || me.State() != spec.Failed {
			t.Fatal(err)
		}
		if out, _, _, again := me.Step(nil, nil); again != err || len(out) > 0 {
			t.Errorf("then %x, %v", out, again)
		}
		if _, doomed := me.Doomed(); doomed {
			t.Error("the end of the transport dooms a session")
		}
	})
}

// TestRenegotiationRefused: one warning for each request, and the connection goes
// on; there is a bound.
//
// Checks TLS-ALERT-11, TLS-BASE-23 (must fail: renegotiation-unanswered).
func TestRenegotiationRefused(t *testing.T) {
	for r, m := range map[spec.Role]spec.Message{spec.Client: spec.HelloRequest, spec.Server: spec.ClientHello} {
		t.Run(r.String(), func(t *testing.T) {
			me, peer, _ := ways(t)[0].walk(t, r, spec.Established)
			if r == spec.Server { // the client has yet to read the server's Finished
				t.Log(peer.State())
			}
			_, request := sample(m)
			for i := range 16 {
				out, _ := me.step(peer.SealAs(spec.ContentHandshake, request))
				if len(records(out)) != 1 || me.err != nil {
					t.Fatalf("request %d: %v, sent %x", i, me.err, out)
				}
			}
			me.step(peer.SealAs(spec.ContentHandshake, request))
			if a, sent := alertOf(me); a != spec.UnexpectedMessage || !sent {
				t.Errorf("one more: %v", me.err)
			}
		})
	}
}

// TestRenegotiationBetweenData: data does not make the count of requests begin
// anew, so that what must be answered is bounded for a whole connection.
func TestRenegotiationBetweenData(t *testing.T) {
	client, server := pair(t, &handshake.Config{}, &handshake.Config{}, &handshake.ClientParams{})
	play(client, server)
	request := new(wire.HelloRequest).Append(nil)
	for range 16 {
		warning, _ := client.step(server.SealAs(spec.ContentHandshake, request))
		server.step(warning)
		established(t, client, server)
	}
	client.step(server.SealAs(spec.ContentHandshake, request))
	if a, sent := alertOf(client); a != spec.UnexpectedMessage || !sent {
		t.Errorf("one more: %v", client.err)
	}
}

// Checks TLS-ALERT-11, TLS-BASE-23 (must fail: renegotiation-is-fatal).
func TestRenegotiationWarning(t *testing.T) {
	client, server := pair(t, &handshake.Config{}, &handshake.Config{}, &handshake.ClientParams{})
	play(client, server)
	established(t, client, server)
	out, _ := client.step(server.SealAs(spec.ContentHandshake, new(wire.HelloRequest).Append(nil)))
	server.step(out)
	if server.err != nil || server.Alert() != spec.NoRenegotiation {
		t.Errorf("%v: %v", server.Alert(), server.err)
	}
	established(t, client, server)
}

// TestEmptyRecords: empty application data is bounded, and data makes the
// count begin anew.
func TestEmptyRecords(t *testing.T) {
	client, server := pair(t, &handshake.Config{}, &handshake.Config{}, &handshake.ClientParams{})
	play(client, server)
	for range 3 {
		for range 32 {
			server.step(client.SealAs(spec.ContentApplicationData, nil))
		}
		established(t, client, server)
	}
	for range 33 {
		server.step(client.SealAs(spec.ContentApplicationData, nil))
	}
	if a, sent := alertOf(server); a != spec.UnexpectedMessage || !sent {
		t.Errorf("33 empty records: %v", server.err)
	}
}

// TestUselessByKind: empty records, refusals and warnings have their own counts,
// and each begins anew with data.
func TestUselessByKind(t *testing.T) {
	client, server := pair(t, &handshake.Config{}, &handshake.Config{}, &handshake.ClientParams{})
	play(client, server)
	warn := func(d spec.AlertDescription) { server.step(client.SealAs(spec.ContentAlert, []byte{1, byte(d)})) }
	for range 2 {
		for range 32 {
			server.step(client.SealAs(spec.ContentApplicationData, nil))
		}
		for range 16 {
			warn(spec.NoRenegotiation)
		}
		for range 16 {
			warn(spec.UserCanceled)
		}
		established(t, client, server)
	}
	for range 17 {
		warn(spec.NoRenegotiation)
	}
	if a, sent := alertOf(server); a != spec.UnexpectedMessage || !sent {
		t.Errorf("17 refusals: %v", server.err)
	}
}

// TestWrongFinished: FAST-TLS-21: each of the twelve octets counts.
func TestWrongFinished(t *testing.T) {
	for _, w := range ways(t) {
		for _, r := range []spec.Role{spec.Client, spec.Server} {
			for _, s := range []spec.State{spec.AwaitFinished, spec.AwaitFinishedAbbreviated} {
				me, peer, ok := w.walk(t, r, s)
				if !ok {
					continue
				}
				_, finished := sample(spec.Finished)
				me.step(forge(t, me, peer, r, spec.ContentHandshake, finished))
				if a, sent := alertOf(me); a != spec.DecryptError || !sent {
					t.Errorf("%s, %v in %v: %v", w.name, r, s, me.err)
				}
			}
		}
	}
}

// TestAnswersOutOfTurn: a caller's mistake fails the handshake, and nothing worse.
func TestAnswersOutOfTurn(t *testing.T) {
	for name, f := range map[string]func(*handshake.Machine){
		"AcceptSecret":  func(m *handshake.Machine) { m.AcceptSecret(make([]byte, 48), 0) },
		"DeclineSecret": (*handshake.Machine).DeclineSecret,
		"ResumeSession": func(m *handshake.Machine) { m.ResumeSession(&handshake.Session{}) },
		"NoSession":     (*handshake.Machine).NoSession,
		"UseCertificate": func(m *handshake.Machine) {
			m.UseCertificate(handshake.Certificate{})
		},
		"NoCertificate": (*handshake.Machine).NoCertificate,
		"PeerVerified":  func(m *handshake.Machine) { m.PeerVerified(nil) },
		"Signature":     func(m *handshake.Machine) { m.Signature(nil) },
		"Premaster":     func(m *handshake.Machine) { m.Premaster(nil) },
		"Confirm":       (*handshake.Machine).Confirm,
		"IssueTicket":   func(m *handshake.Machine) { m.IssueTicket(0, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			anyState(t, func(t *testing.T, r spec.Role, me, peer *side) {
				f(me.Machine)
				me.step(nil)
				if a, sent := alertOf(me); a != spec.InternalError || !sent {
					t.Error(me.err)
				}
			})
		})
	}
}
