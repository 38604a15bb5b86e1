package handshake_test

import (
	"fmt"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/spec"
)

func TestEverySuiteAndVersion(t *testing.T) {
	for _, v := range []spec.Version{spec.TLS10, spec.TLS11, spec.TLS12} {
		for _, s := range spec.Suites() {
			if s.MinVersion > v {
				continue
			}
			for _, fragment := range []int{0, 1} {
				t.Run(fmt.Sprintf("%v/%v/%d", v, s.Name, fragment), func(t *testing.T) {
					config := func() *handshake.Config {
						return &handshake.Config{MinVersion: spec.TLS10, MaxVersion: v, Suites: []spec.SuiteID{s.ID}, AllowAnonymous: true, Fragment: fragment}
					}
					client, server := pair(t, config(), config(), &handshake.ClientParams{ServerName: "server.example"})
					play(client, server)
					established(t, client, server)
					got, theirs := client.Info(), server.Info()
					if got.Suite != s.ID || got.Version != v || got.Group != theirs.Group || got.Scheme != theirs.Scheme {
						t.Errorf("%+v\n%+v", got, theirs)
					}
					if got.Group == 0 && s.KeyExchange.Ephemeral() || got.Scheme == 0 && s.KeyExchange.Ephemeral() && !s.KeyExchange.Anonymous() {
						t.Errorf("the key exchange has group %v, signed in %v", got.Group, got.Scheme)
					}
				})
			}
		}
	}
}

func TestTicketAccepted(t *testing.T) {
	client, server := pair(t, &handshake.Config{}, &handshake.Config{SessionSecrets: true}, &handshake.ClientParams{Ticket: opaque, HasSecret: true})
	play(client, server)
	established(t, client, server)
	if r := client.Info().Resumed; r != spec.BySessionSecret {
		t.Error(r)
	}
}

// TestIdle: a machine is idle where a Step without input gives NeedInput.
func TestIdle(t *testing.T) {
	client, server := pair(t, &handshake.Config{}, &handshake.Config{}, &handshake.ClientParams{})
	if client.Idle() {
		t.Error("a client is idle before its hello")
	}
	seen := map[bool]int{}
	ask := func(s *side) func(handshake.Event) bool {
		return func(handshake.Event) bool {
			idle := s.Idle()
			seen[idle]++
			if _, _, ev, err := s.Step(nil, nil); err == nil && idle != (ev == handshake.NeedInput) {
				t.Errorf("idle %v, and Step gives %v", idle, ev)
			}
			return false
		}
	}
	client.override = ask(client)
	play(client, server)
	established(t, client, server)
	if seen[true] == 0 || seen[false] == 0 || !client.Idle() || !server.Idle() {
		t.Errorf("%d times idle, %d times not", seen[true], seen[false])
	}
}
