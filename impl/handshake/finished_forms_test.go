package handshake_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// finished walks until me awaits the peer's Finished, and returns that as the
// peer has made it.
func (w *way) finished(t *testing.T, r spec.Role, s spec.State) (me, peer *side, message []byte, ok bool) {
	t.Helper()
	if me, peer, ok = w.walk(t, r, s); !ok {
		return nil, nil, nil, false
	}
	if len(me.inbox) == 0 {
		t.Fatalf("%s: the peer's Finished is not on its way", w.name)
	}
	suite, keys := peerKeys(me, r)
	var half record.Half
	if err := half.PrepareRead(me.Info().Version, suite, keys, me.Info().EncryptThenMAC); err != nil {
		t.Fatal(err)
	}
	half.Activate()
	_, message, _, err := half.Open(bytes.Clone(me.inbox[0]))
	if err != nil {
		t.Fatal(err)
	}
	return me, peer, message, true
}

// finishedForms are changes of a Finished message.
func finishedForms() map[string]struct {
	change func(b []byte) []byte
	alert  spec.AlertDescription
} {
	type form = struct {
		change func(b []byte) []byte
		alert  spec.AlertDescription
	}
	forms := map[string]form{"as it is": {func(b []byte) []byte { return b }, spec.AlertNone}}
	for i := range wire.VerifyDataLen {
		forms[fmt.Sprintf("octet %d", i)] = form{func(b []byte) []byte { b[wire.HeaderLen+i] ^= 0x80; return b }, spec.DecryptError}
	}
	for _, n := range []int{0, 1, 11, 13, 36, 64} {
		forms[fmt.Sprintf("%d octets", n)] = form{func(b []byte) []byte {
			return lengthened(append(b[:wire.HeaderLen+min(n, 12)], make([]byte, max(0, n-12))...), n-12)
		}, spec.DecodeError}
	}
	forms["65 octets"] = form{func(b []byte) []byte { return lengthened(append(b, make([]byte, 53)...), 53) }, spec.IllegalParameter}
	forms["another message behind it"] = form{func(b []byte) []byte { return append(b, 0, 0, 0, 0) }, spec.AlertNone} // HelloRequest: see below
	return forms
}

// TestFinishedForms: FAST-TLS-21, TLS-ALERT-07, TLS-ALERT-08, TLS-BASE-17: each of
// the twelve octets counts, and no other number of them is taken. The form "as
// it is" passes.
func TestFinishedForms(t *testing.T) {
	for name, form := range finishedForms() {
		for _, w := range ways(t)[:5] {
			for _, r := range []spec.Role{spec.Client, spec.Server} {
				for _, s := range []spec.State{spec.AwaitFinished, spec.AwaitFinishedAbbreviated} {
					me, peer, message, ok := w.finished(t, r, s)
					if !ok {
						continue
					}
					me.step(forge(t, me, peer, r, spec.ContentHandshake, form.change(bytes.Clone(message))))
					want := form.alert
					if name == "another message behind it" && r == spec.Server {
						want = spec.UnexpectedMessage // a client never asks for a hello
					}
					a, sent := alertOf(me)
					if a != want || sent != (want != spec.AlertNone) {
						t.Errorf("%s, %v in %v, %s: %v, want %v", w.name, r, s, name, me.err, want)
					}
					if want == spec.AlertNone && me.State() != spec.Established {
						t.Errorf("%s, %v in %v, %s: in %v", w.name, r, s, name, me.State())
					}
				}
			}
		}
	}
}

// TestFinishedOverTheBorder: FAST-TLS-22: what is left of a message in the clear
// does not become one behind ChangeCipherSpec.
func TestFinishedOverTheBorder(t *testing.T) {
	for _, w := range ways(t)[:5] {
		for _, r := range []spec.Role{spec.Client, spec.Server} {
			for _, s := range []spec.State{spec.AwaitChangeCipherSpec, spec.AwaitChangeCipherSpecAbbreviated} {
				for _, n := range []int{1, 3} {
					me, _, ok := w.walk(t, r, s)
					if !ok {
						continue
					}
					me.step(inClear(spec.ContentHandshake, []byte{20, 0, 0, 12}[:n]))
					me.step(inClear(spec.ContentChangeCipherSpec, []byte{1}))
					if a, sent := alertOf(me); a != spec.UnexpectedMessage || !sent {
						t.Errorf("%s, %v in %v: %v", w.name, r, s, me.err)
					}
				}
			}
		}
	}
}

// TestChangeCipherSpecForms: TLS-BASE-13, TLS-ALERT-01: the one octet 1 and
// nothing else, where it has its place.
func TestChangeCipherSpecForms(t *testing.T) {
	for _, w := range ways(t)[:5] {
		for _, r := range []spec.Role{spec.Client, spec.Server} {
			for _, s := range []spec.State{spec.AwaitChangeCipherSpec, spec.AwaitChangeCipherSpecAbbreviated} {
				for _, content := range [][]byte{nil, {0}, {2}, {255}, {1, 1}, {1, 0}, bytes.Repeat([]byte{1}, 100), {1}} {
					me, _, ok := w.walk(t, r, s)
					if !ok {
						continue
					}
					me.step(inClear(spec.ContentChangeCipherSpec, content))
					a, sent := alertOf(me)
					if good := len(content) == 1 && content[0] == 1; good && me.err != nil || !good && (a != spec.UnexpectedMessage || !sent) {
						t.Errorf("%s, %v in %v, %x: %v", w.name, r, s, content, me.err)
					}
				}
			}
		}
	}
}
