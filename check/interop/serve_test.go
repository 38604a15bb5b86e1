package interop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/spec"
)

// shimName in the environment makes the test binary a shim.
const shimName = "SESAME_INTEROP_SHIM"

func beShim() {
	if name := os.Getenv(shimName); name != "" {
		if err := Serve(context.Background(), name, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

func startServe(t *testing.T, name string) *Shim {
	t.Helper()
	s, err := sut.Start(context.WithoutCancel(t.Context()), sut.Program{Name: name, Path: os.Args[0], Env: []string{shimName + "=" + name}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &Shim{s}
}

// TestServe: our own shims, at both ends, see what ends in process see.
func TestServe(t *testing.T) {
	impl, other := startServe(t, "impl"), startServe(t, "impl")
	for _, c := range []struct {
		name    string
		change  func(c, s *Setup)
		resumed bool
		sent    spec.AlertDescription // by the client
	}{
		{"accepted", func(_, _ *Setup) {}, true, spec.AlertNone},
		{"declined", func(_, s *Setup) { s.Callback = spec.CallbackDecline }, false, spec.AlertNone},
		{"the keys differ", func(c, _ *Setup) { c.PACKey = otherKey }, false, spec.BadRecordMAC},
		{"a secret of 600 octets", func(c, _ *Setup) { c.Callback, c.Length = spec.CallbackWrongLength, 600 }, false, spec.InternalError},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, server := clientSetup(testPKI), serverSetup(testPKI)
			c.change(&client, &server)
			m := meet(t.Context(), shimEnd{impl}, client, other, server)
			if c.sent != spec.AlertNone {
				if m.ours.Sent != c.sent || m.theirs.Received != c.sent || m.ours.Established {
					t.Errorf("%+v\n%+v", m.ours, m.theirs)
				}
				return
			}
			if !m.ours.DataOK || !m.theirs.DataOK || (m.theirs.Resumed != spec.Full) != c.resumed {
				t.Errorf("%+v\n%+v", m.ours, m.theirs)
			}
		})
	}
}

// TestServeResumes: sessions last, and a word stands for each.
func TestServeResumes(t *testing.T) {
	for _, name := range []string{"impl", "crypto-tls"} {
		t.Run(name, func(t *testing.T) {
			shim, client, server := startServe(t, name), clientSetup(testPKI), serverSetup(testPKI)
			client.PACOpaque, client.Callback, server.Callback = nil, spec.CallbackUnset, spec.CallbackUnset
			peer := PeerOf(new(GoTLS))
			first := meet(t.Context(), shimEnd{shim}, client, peer, server).ours
			if client.Session = first.Session; first.Resumed != spec.Full || !first.DataOK || first.Session == nil {
				t.Fatalf("%+v", first)
			}
			if then := meet(t.Context(), shimEnd{shim}, client, peer, server).ours; then.Resumed == spec.Full || !then.DataOK {
				t.Errorf("%+v", then)
			}
		})
	}
}

// TestServeRefuses: what an end cannot do it refuses, and goes on.
func TestServeRefuses(t *testing.T) {
	shim := startServe(t, "crypto-tls")
	for name, o := range map[string]sut.Options{
		"callback": {Role: spec.Server, Callback: spec.CallbackAccept, EMS: true},
		"ems":      {Role: spec.Server},
		"groups":   {Role: spec.Server, EMS: true, Groups: "X25519"},
		"ca":       {Role: spec.Client, EMS: true},
	} {
		_, err := shim.Connect(t.Context(), o)
		var f *sut.Fault
		if !errors.As(err, &f) || f.Verdict.Kind != sut.Refused || f.Verdict.Report.Refused != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}
