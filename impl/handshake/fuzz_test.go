package handshake_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/spec"
)

// garbage hands octets to a side, in two parts, and checks what must hold of
// any machine that fails: it fails once, says why, and sends nothing more.
func garbage(t *testing.T, s *side, in []byte) {
	if s.State() == spec.Start {
		s.step(nil)
	}
	half := len(in) / 2
	_, rest := s.step(append([]byte(nil), in[:half]...))
	s.step(append(rest, in[half:]...))
	if s.err != nil {
		var e *handshake.Error
		if !errors.As(s.err, &e) || e.State == spec.Failed || s.State() != spec.Failed {
			t.Fatalf("%#v in %v", s.err, s.State())
		}
		if out, _, _, err := s.Step(nil, in); err != s.err || len(out) > 0 {
			t.Fatalf("then %v, and %x", err, out)
		}
	}
}

func fuzzServer() *side {
	s := newSide(handshake.NewServer(&handshake.Config{
		MinVersion: spec.TLS10, AllowAnonymous: true, SessionSecrets: true, SessionIDs: true, Tickets: true,
		ClientAuth: handshake.RequestClientAuth, Protocols: []string{"h2"},
	}), testcert.Server(testcert.ECDSA), testcert.Server(testcert.RSA))
	return s
}

func fuzzClient(t testing.TB) *side {
	c, err := handshake.NewClient(&handshake.Config{
		Rand: newRandom(1), MinVersion: spec.TLS10, AllowAnonymous: true, Tickets: true, Protocols: []string{"h2"},
	}, &handshake.ClientParams{Ticket: opaque, HasSecret: true, SessionID: handshake.FreshID})
	if err != nil {
		t.Fatal(err)
	}
	s := newSide(c, testcert.Client(testcert.ECDSA))
	s.key = pacKey
	return s
}

func FuzzServer(f *testing.F) {
	for _, w := range fuzzWays() {
		f.Add(w[spec.Client])
	}
	f.Add([]byte("\x80\x2e\x01\x03\x01 an SSLv2 hello"))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		s := fuzzServer()
		if garbage(t, s, in); s.State() == spec.Established {
			t.Fatal("established by a Finished that nobody has made")
		}
	})
}

func FuzzClient(f *testing.F) {
	for _, w := range fuzzWays() {
		f.Add(w[spec.Server])
	}
	f.Fuzz(func(t *testing.T, in []byte) { garbage(t, fuzzClient(t), in) })
}

// FuzzSession: what is read is what was written.
func FuzzSession(f *testing.F) {
	seed, _ := (&handshake.Session{Version: spec.TLS12, ID: []byte("id"), ServerName: "name"}).MarshalBinary()
	f.Add(seed)
	f.Fuzz(func(t *testing.T, data []byte) {
		var s handshake.Session
		if s.UnmarshalBinary(data) != nil {
			return
		}
		if again, err := s.MarshalBinary(); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%x became %x: %v", data, again, err)
		}
	})
}

// fuzzWays are what both sides say in some handshakes.
func fuzzWays() (all []map[spec.Role][]byte) {
	for _, suite := range []spec.SuiteID{0xc02b, 0x009c, 0x00a6, 0x0039} {
		for _, accept := range []bool{true, false} {
			client, server := fuzzClient(&testing.T{}), fuzzServer()
			config := &handshake.Config{Suites: []spec.SuiteID{suite}, AllowAnonymous: true, SessionSecrets: true, Rand: newRandom(2)}
			server.Machine = handshake.NewServer(config)
			if accept {
				server.key = pacKey
			}
			said := map[spec.Role][]byte{}
			up, _ := client.step(nil)
			for range 3 {
				said[spec.Client] = append(said[spec.Client], up...)
				down, _ := server.step(up)
				said[spec.Server] = append(said[spec.Server], down...)
				up, _ = client.step(down)
			}
			all = append(all, said)
		}
	}
	return all
}
