package handshake_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// TestServerHelloRecordVersion: RFC 5246, Section 6.2.1 and Appendix E.1: any
// {03,XX} is for the record of ClientHello alone.
//
// Checks TLS-BASE-02 (must fail: record-version-of-hello-checked).
// Checks TLS-ALERT-09 (must fail: any-record-version).
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
			var e *handshake.Error
			if a, sent := alertOf(client); minor != 3 && (a != spec.ProtocolVersion || !sent) || minor == 3 && client.err != nil {
				t.Errorf("ServerHello: %v", client.err)
			} else if errors.As(client.err, &e) && e.Requirement != "TLS-ALERT-09" {
				t.Errorf("it offends %s", e.Requirement)
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

// TestEveryTruncation: RFC 5246, Section 7.2.2, TLS-ALERT-07, TLS-BASE-05: a
// message whose body ends too early is decode_error, wherever it ends.
func TestEveryTruncation(t *testing.T) {
	ticket := func(c, s *handshake.Config) { c.Tickets, s.Tickets = true, true }
	for _, c := range []struct {
		on     spec.Message
		name   string
		config func(c, s *handshake.Config)
	}{
		{spec.ClientHello, "", nil}, {spec.ServerHello, "", nil}, {spec.Certificate, "", nil}, {spec.NewSessionTicket, "", ticket},
		{spec.ServerKeyExchange, "ECDHE", suites(0xc02f)}, {spec.ServerKeyExchange, "DHE", suites(0x009e)}, {spec.ServerKeyExchange, "DH_anon", suites(0x00a6)},
		{spec.ClientKeyExchange, "ECDHE", suites(0xc02f)}, {spec.ClientKeyExchange, "DHE", suites(0x009e)}, {spec.ClientKeyExchange, "RSA", suites(0x009c)},
		{spec.CertificateRequest, "", asksClient(0xc02f)}, {spec.CertificateVerify, "", asksClient(0xc02f)},
	} {
		t.Run(c.on.String()+"/"+c.name, func(t *testing.T) {
			for n, length, bare := 0, 1, 0; n < length; n++ {
				r := refusal{on: c.on, config: c.config, change: func(b []byte) []byte {
					length, bare = len(b)-wire.HeaderLen, withoutExtensions(c.on, b[wire.HeaderLen:])
					return lengthened(b[:wire.HeaderLen+n], n-length)
				}}
				s := r.run(t)
				// RFC 5246, Section 7.4.1.2: a hello may end before its extensions.
				if a, sent := alertOf(s); (a != spec.DecodeError || !sent) && (n == 0 || n != bare) {
					t.Errorf("%d octets of %d: %v", n, length, s.err)
				}
				if n > 80 && n < length-80 {
					n += 10 // in a certificate, a key or a signature
				}
			}
		})
	}
}

// withoutExtensions returns the length of a hello's body up to its extensions,
// 0 for other messages. Session IDs are empty here.
func withoutExtensions(m spec.Message, body []byte) int {
	switch m {
	case spec.ClientHello:
		return 35 + 2 + int(body[35])<<8 + int(body[36]) + 2
	case spec.ServerHello:
		return 35 + 3
	}
	return 0
}

// TestLengthFields: RFC 5246, Section 7.2.2, TLS-ALERT-07: each length within
// ClientHello, one too small and one too large.
func TestLengthFields(t *testing.T) {
	const id, suiteList = 34, 35
	for name, field := range map[string]func(body []byte) (at, width int){
		"session_id":          func([]byte) (int, int) { return id, 1 },
		"cipher_suites":       func([]byte) (int, int) { return suiteList, 2 },
		"compression_methods": func(b []byte) (int, int) { return withoutExtensions(spec.ClientHello, b) - 2, 1 },
		"extensions":          func(b []byte) (int, int) { return withoutExtensions(spec.ClientHello, b), 2 },
		"the first extension": func(b []byte) (int, int) { return withoutExtensions(spec.ClientHello, b) + 4, 2 },
		"and the list in it":  func(b []byte) (int, int) { return withoutExtensions(spec.ClientHello, b) + 6, 2 },
	} {
		for _, by := range []int{-1, 1} {
			t.Run(fmt.Sprintf("%s%+d", name, by), func(t *testing.T) {
				r := refusal{on: spec.ClientHello, change: func(b []byte) []byte {
					at, width := field(b[wire.HeaderLen:])
					b[wire.HeaderLen+at+width-1] += byte(by)
					return b
				}}
				s := r.run(t)
				if a, sent := alertOf(s); a != spec.DecodeError || !sent {
					t.Error(s.err)
				}
			})
		}
	}
}
