package handshake_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
	"github.com/sesame-tls/sesame/spec/requirements"
)

// unlisted are the alerts of extensions that the requirements do not go into.
var unlisted = map[spec.AlertDescription]bool{
	spec.InappropriateFallback: true, spec.NoApplicationProtocol: true, spec.InternalError: true,
}

// unnamed says what an error for what the peer has done leaves open: alert,
// state, section and requirement belong to it.
func unnamed(err error) string {
	var e *handshake.Error
	if !errors.As(err, &e) {
		return fmt.Sprintf("%v is no Error", err)
	}
	if e.Section == "" && e.Err == nil {
		return fmt.Sprintf("%v names no section", err)
	}
	if e.Requirement == "" && unlisted[e.Alert] {
		return ""
	}
	if _, ok := requirements.ByID(e.Requirement); !ok {
		return fmt.Sprintf("%v names the requirement %q", err, e.Requirement)
	}
	if !strings.Contains(err.Error(), e.Requirement) {
		return fmt.Sprintf("%v does not say %s", err, e.Requirement)
	}
	return ""
}

func TestUnnamedIsFound(t *testing.T) {
	for name, err := range map[string]error{
		"another error":       errors.New("x"),
		"no section":          &handshake.Error{Alert: spec.DecodeError, Requirement: "TLS-ALERT-07"},
		"no requirement":      &handshake.Error{Alert: spec.DecodeError, Section: "RFC 5246, Section 7.2.2"},
		"unknown requirement": &handshake.Error{Alert: spec.DecodeError, Section: "RFC 5246, Section 7.2.2", Requirement: "TLS"},
	} {
		if unnamed(err) == "" {
			t.Errorf("%s: nothing is found", name)
		}
	}
}

// TestRequirement: an error says which requirement was offended, as closely as
// the list knows it.
func TestRequirement(t *testing.T) {
	pac := func(c, s *handshake.Config) { s.SessionSecrets = true }
	offer := handshake.ClientParams{Ticket: opaque, HasSecret: true}
	for want, r := range map[string]refusal{
		"FAST-TLS-11":  {params: offer, on: spec.Certificate, change: func([]byte) []byte { return new(wire.ServerHelloDone).Append(nil) }},
		"FAST-TLS-28":  {params: offer, on: spec.Certificate, change: func([]byte) []byte { return new(wire.NewSessionTicket).Append(nil) }},
		"FAST-TLS-21":  {config: pac, params: offer, on: spec.ClientHello, change: clientHello(func(h *wire.ClientHello) { h.ServerName = []byte("a") })},
		"FAST-TLS-36":  {config: bothAnonymous, params: offer, on: spec.ServerHello, change: serverHello(func(h *wire.ServerHello) { h.Suite = 0x00a6 })},
		"TLS-ALERT-01": {on: spec.ClientHello, change: func([]byte) []byte { return new(wire.Finished).Append(nil) }},
		"TLS-ALERT-07": {on: spec.ClientHello, change: longer},
		"TLS-BASE-03":  {on: spec.ClientHello, change: clientHello(func(h *wire.ClientHello) { h.Version = spec.TLS11 })},
		"TLS-BASE-04":  {on: spec.ServerHello, change: serverHello(func(h *wire.ServerHello) { h.Version = spec.TLS11 })},
		"TLS-BASE-06":  {on: spec.ServerHello, change: serverHello(func(h *wire.ServerHello) { h.Ticket = true })},
		"TLS-BASE-07":  {on: spec.ServerHello, change: serverHello(func(h *wire.ServerHello) { h.Suite = 0x0a0a })},
		"TLS-BASE-09":  {config: suites(0x00a6), on: spec.ServerHelloDone, change: afterRequest},
		"TLS-BASE-11":  {config: suites(0x009e), on: spec.ClientKeyExchange, change: clientKeyExchange(spec.DHERSA, func(k *wire.ClientKeyExchange) { k.ExchangeKeys = []byte{1} })},
		"TLS-BASE-19":  {config: suites(0xc02f), on: spec.ServerKeyExchange, change: serverKeyExchange(spec.TLS12, spec.ECDHERSA, func(k *wire.ServerKeyExchange) { k.Scheme = 0x0202 })},
		"TLS-BASE-20":  {on: spec.ServerHello, change: serverHello(func(h *wire.ServerHello) { h.RenegotiationInfo = []byte{1} })},
		"TLS-BASE-21":  {on: spec.ClientHello, change: clientHello(func(h *wire.ClientHello) { h.RenegotiationInfo = []byte{1} })},
	} {
		t.Run(want, func(t *testing.T) {
			s := r.run(t)
			var e *handshake.Error
			if !errors.As(s.err, &e) || e.Requirement != want {
				t.Errorf("%+v", s.err)
			}
		})
	}
}

func bothAnonymous(c, s *handshake.Config) {
	suites(0xc02f, 0x00a6)(c, s)
	s.SessionSecrets = true
}

// TestPlaceRequirement: the same of what comes at the wrong time.
func TestPlaceRequirement(t *testing.T) {
	ways := ways(t)
	plain, asked, pac := ways[0], ways[1], ways[3]
	for _, c := range []struct {
		way   *way
		role  spec.Role
		state spec.State
		on    spec.Message
		want  string
	}{
		{plain, spec.Client, spec.AwaitServerFlight, spec.ChangeCipherSpec, "FAST-TLS-12"},
		{plain, spec.Client, spec.AwaitServerFlight, spec.ServerHello, "FAST-TLS-11"},
		{plain, spec.Client, spec.AwaitChangeCipherSpec, spec.NewSessionTicket, "FAST-TLS-28"},
		{plain, spec.Client, spec.AwaitFinished, spec.ChangeCipherSpec, "FAST-TLS-22"},
		{pac, spec.Client, spec.AwaitServerFlight, spec.Finished, "FAST-TLS-11"},
		{pac, spec.Server, spec.AwaitFinishedAbbreviated, spec.ApplicationData, "FAST-TLS-23"},
		{asked, spec.Server, spec.AwaitCertificateVerify, spec.ChangeCipherSpec, "TLS-ALERT-01"},
		{plain, spec.Server, spec.AwaitClientHello, spec.EmptyHandshake, "TLS-BASE-13"},
	} {
		me, peer, ok := c.way.walk(t, c.role, c.state)
		if !ok {
			t.Fatalf("%v is not reached", c.state)
		}
		typ, content := sample(c.on)
		me.step(forge(t, me, peer, c.role, typ, content))
		var e *handshake.Error
		if !errors.As(me.err, &e) || e.Requirement != c.want || e.State != c.state {
			t.Errorf("%v in %v: %v, want %s", c.on, c.state, me.err, c.want)
		}
	}
	// What the peer has found, it keeps to itself; how the transport ends is TLS-BASE-28.
	me, peer, _ := plain.walk(t, spec.Client, spec.Established)
	for _, c := range []struct {
		err  func() error
		want string
	}{
		{func() error { return me.EndOfStream() }, "TLS-BASE-28"},
		{func() error { peer.step(inClear(spec.ContentAlert, []byte{2, 40})); return peer.err }, "TLS-ALERT-02"},
	} {
		var e *handshake.Error
		if err := c.err(); !errors.As(err, &e) || e.Requirement != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}
