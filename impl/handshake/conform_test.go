package handshake_test

import (
	"fmt"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/spec"
)

// TestServerHelloRecordVersion: RFC 5246, Section 6.2.1 and Appendix E.1,
// TLS-ALERT-09: any {03,XX} is for the record of ClientHello alone.
func TestServerHelloRecordVersion(t *testing.T) {
	for _, minor := range []byte{0, 1, 2, 3, 4, 255} {
		t.Run(fmt.Sprintf("3.%d", minor), func(t *testing.T) {
			client, server := pair(t, &handshake.Config{}, &handshake.Config{}, &handshake.ClientParams{})
			out, _ := client.step(nil)
			out[2] = minor
			out, _ = server.step(out)
			if server.err != nil {
				t.Fatalf("ClientHello: %v", server.err)
			}
			out[2] = minor
			client.step(out)
			if a, sent := alertOf(client); minor != 3 && (a != spec.ProtocolVersion || !sent) || minor == 3 && client.err != nil {
				t.Errorf("ServerHello: %v", client.err)
			}
		})
	}
}

// TestHelloRequestSyntax: RFC 5246, Section 7.4.1.1, TLS-ALERT-07: a
// HelloRequest is empty, and one that is not is no request to decline.
func TestHelloRequestSyntax(t *testing.T) {
	anyState(t, func(t *testing.T, r spec.Role, me, peer *side) {
		if r == spec.Server || me.State() == spec.AwaitFinished || me.State() == spec.AwaitFinishedAbbreviated {
			return // unexpected_message
		}
		me.step(forge(t, me, peer, r, spec.ContentHandshake, []byte{0, 0, 0, 1, 0}))
		if a, sent := alertOf(me); a != spec.DecodeError || !sent {
			t.Error(me.err)
		}
	})
}
