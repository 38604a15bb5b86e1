package gtc

import (
	"testing"

	"github.com/sesame-tls/sesame/impl/eap"
)

func check(user, password string) *Failure {
	if user == "ali" && password == "open sesame" {
		return nil
	}
	return &Failure{Code: AuthenticationFailure, Text: "no"}
}

// The forms of RFC 5421, and no key.
//
// Checks FAST-INN-12, FAST-KEY-03 (must fail: gtc-with-a-key).
func TestMethod(t *testing.T) {
	for name, c := range map[string]struct {
		password string
		verdict  eap.Verdict
		decision eap.Decision
	}{
		"right": {"open sesame", eap.Accept, eap.ConditionalSuccess},
		"wrong": {"open barley", eap.Reject, eap.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := NewServer("Password", check), NewPeer("ali", c.password)
			var heard []byte
			var state eap.PeerState
			verdict := eap.More
			for {
				var said []byte
				if said, verdict = s.Step(nil, heard, &eap.Turn{}); verdict != eap.More {
					break
				}
				heard, state = p.Step([]byte{}, said, &eap.Turn{})
			}
			if verdict != c.verdict || state.Decision != c.decision || s.User() != "ali" {
				t.Errorf("server %v (%v), peer %+v (%v)", verdict, s.Reason(), state, p.Reason())
			}
			if s.InnerSessionKey() != [32]byte{} || p.InnerSessionKey() != [32]byte{} || s.Keys().MSK != nil || p.Keys().MSK != nil {
				t.Error("a key")
			}
		})
	}
}

func TestMethodRefuses(t *testing.T) {
	for _, said := range []string{"", "Password: ", "RESPONSE=a\x00b", "E=x"} {
		p := NewPeer("ali", "open sesame")
		out, state := p.Step(nil, []byte(said), &eap.Turn{})
		if state.Decision != eap.Fail || len(out) != 0 || p.Reason() == nil {
			t.Errorf("%q: %q, %+v", said, out, state)
		}
	}
	p := NewPeer("ali", "open sesame")
	p.Step(nil, []byte("CHALLENGE=a"), &eap.Turn{})
	if out, state := p.Step(nil, []byte("CHALLENGE=b"), &eap.Turn{}); state.Decision != eap.Fail || len(out) != 0 {
		t.Errorf("a second challenge: %q", out)
	}
	for _, said := range []string{"CHALLENGE=a", "RESPONSE=ali", "", "x"} {
		s := NewServer("Password", check)
		s.Step(nil, nil, &eap.Turn{})
		if _, v := s.Step(nil, []byte(said), &eap.Turn{}); v != eap.Reject || s.Reason() == nil {
			t.Errorf("%q: %v", said, v)
		}
	}
}
