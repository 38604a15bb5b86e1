package fast

import (
	"bytes"
	"testing"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/spec"
)

// startAgain lets the peers talk to one session of the server, one after the
// other: each that is sent an alert makes room for the next, whose ClientHello
// answers the alert. It returns how many have talked, and the end.
//
// What comes behind the ClientHello of a peer in broken is altered.
func startAgain(t *testing.T, session *Session, peers []*Peer, broken map[*Peer]bool) (begun int, end eap.Verdict) {
	t.Helper()
	turn := eap.Turn{Now: now, MTU: 1400}
	start, _ := session.Step(nil, nil, &turn)
	var answer []byte
	next := func() {
		answer, _ = peers[begun].Step(nil, bytes.Clone(start), &turn)
		begun++
	}
	next()
	for range 20 {
		request, verdict := session.Step(nil, bytes.Clone(answer), &turn)
		switch {
		case verdict != eap.More:
			return begun, verdict
		case len(request) > 1 && request[1] == byte(spec.ContentAlert) && begun < len(peers):
			next()
		default:
			answer, _ = peers[begun-1].Step(nil, request, &turn)
			if broken[peers[begun-1]] && len(answer) > 1 {
				answer[len(answer)-1] ^= 1
			}
		}
	}
	t.Fatal("no end")
	return 0, 0
}

// A ClientHello in answer to an alert begins phase 1 again, once: with all that a
// first one may do, and nothing left of it.
//
// Checks FAST-END-07 (must fail: no-restart, restart-without-limit).
func TestRestart(t *testing.T) {
	for name, c := range map[string]struct {
		peers string // o: of an old version; b: with a PAC, and a broken Finished; g: good
		begun int
		end   eap.Verdict
	}{
		"once":                       {"og", 2, eap.Accept},
		"twice":                      {"oog", 3, eap.Reject},
		"with what has failed":       {"oo", 2, eap.Reject},
		"after an accepted PAC":      {"bg", 2, eap.Accept},
		"after two accepted PACs":    {"bbg", 3, eap.Reject},
		"with a PAC, after an alert": {"ob", 2, eap.Reject},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.run() // gets a PAC
			b.want(fresh)
			server, err := NewServer(&b.server)
			if err != nil {
				t.Fatal(err)
			}
			var peers []*Peer
			broken := map[*Peer]bool{}
			for _, kind := range c.peers {
				config := b.peer
				if kind == 'o' {
					config.MinVersion, config.MaxVersion = spec.TLS11, spec.TLS11
				}
				peers = append(peers, NewPeer(&config))
				broken[peers[len(peers)-1]] = kind == 'b'
			}
			session := server.NewSession()
			begun, end := startAgain(t, session, peers, broken)
			if begun != c.begun || end != c.end {
				t.Errorf("%d peers have talked, then %v: %v", begun, end, session.Report().Reason)
			}
			if r := session.Report(); (r.Reason == nil) != (end == eap.Accept) || (len(session.Keys().MSK) == 64) != (end == eap.Accept) {
				t.Errorf("keys of %d octets, reason %v", len(session.Keys().MSK), r.Reason)
			}
		})
	}
}

// Where phase 2 has begun nothing begins again.
//
// Checks FAST-END-07 (must fail: restart-of-phase-2).
func TestNoRestartOfPhase2(t *testing.T) {
	b := newBench(t)
	server, err := NewServer(&b.server)
	if err != nil {
		t.Fatal(err)
	}
	session, peer, other := server.NewSession(), NewPeer(&b.peer), NewPeer(&b.peer)
	turn := eap.Turn{Now: now, MTU: 1400}
	start, _ := session.Step(nil, nil, &turn)
	hello, _ := other.Step(nil, bytes.Clone(start), &turn)
	packet := bytes.Clone(start)
	for session.phase != inner {
		packet, _ = peer.Step(nil, packet, &turn)
		packet, _ = session.Step(nil, packet, &turn)
	}
	packet, _ = peer.Step(nil, packet, &turn)
	packet[len(packet)-1] ^= 1
	if alert, verdict := session.Step(nil, packet, &turn); verdict != eap.More || alert[1] != byte(spec.ContentAlert) {
		t.Fatalf("a record that does not verify is answered by %x", alert)
	}
	if _, verdict := session.Step(nil, hello, &turn); verdict != eap.Reject {
		t.Error("phase 1 began again")
	}
}
