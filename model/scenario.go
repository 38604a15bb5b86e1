package model

import (
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

// text describes a field of type T with values up to last.
func text[T interface {
	~uint8
	String() string
}](name string, last T, get func(*spec.Scenario) *T) scenarioField {
	f := scenarioField{name: name}
	for v := T(0); v <= last; v++ {
		f.values = append(f.values, v.String())
	}
	f.get = func(s *spec.Scenario) uint8 { return uint8(*get(s)) }
	f.set = func(s *spec.Scenario, v uint8) { *get(s) = T(v) }
	return f
}

// scenarioField is one dimension as text; its type is hidden.
type scenarioField struct {
	name   string
	values []string
	get    func(*spec.Scenario) uint8
	set    func(*spec.Scenario, uint8)
}

// scenarioFields are the dimensions in the order of text.
var scenarioFields = []scenarioField{
	text("ticket", spec.TicketSession, func(s *spec.Scenario) *spec.Ticket { return &s.Ticket }),
	text("server", spec.CallbackWrongLength, func(s *spec.Scenario) *spec.Callback { return &s.ServerCallback }),
	text("client", spec.CallbackWrongLength, func(s *spec.Scenario) *spec.Callback { return &s.ClientCallback }),
	text("keys", spec.KeysDiffer, func(s *spec.Scenario) *spec.Keys { return &s.Keys }),
	text("sid", spec.IDCached, func(s *spec.Scenario) *spec.ID { return &s.SessionID }),
	text("named", spec.NamedNotImplemented, func(s *spec.Scenario) *spec.Named { return &s.Named }),
	text("preferred", spec.NamedNotImplemented, func(s *spec.Scenario) *spec.Named { return &s.Preferred }),
	text("tickets", spec.On, func(s *spec.Scenario) *spec.Switch { return &s.ServerTickets }),
	text("client-version", spec.OfferTLS12, func(s *spec.Scenario) *spec.Offer { return &s.ClientVersion }),
	text("server-version", spec.OfferTLS12, func(s *spec.Scenario) *spec.Offer { return &s.ServerVersion }),
	text("client-ems", spec.Required, func(s *spec.Scenario) *spec.Switch { return &s.ClientEMS }),
	text("server-ems", spec.Required, func(s *spec.Scenario) *spec.Switch { return &s.ServerEMS }),
	text("client-etm", spec.On, func(s *spec.Scenario) *spec.Switch { return &s.ClientEtM }),
	text("server-etm", spec.On, func(s *spec.Scenario) *spec.Switch { return &s.ServerEtM }),
	text("exchange", spec.ExchangeAnonymousBeside, func(s *spec.Scenario) *spec.Exchange { return &s.Exchange }),
	text("client-auth", spec.ClientAuthRequire, func(s *spec.Scenario) *spec.ClientAuth { return &s.ClientAuth }),
	text("client-cert", spec.On, func(s *spec.Scenario) *spec.Switch { return &s.ClientCert }),
	text("stands-in", spec.On, func(s *spec.Scenario) *spec.Switch { return &s.StandsIn }),
	text("trust-root", spec.On, func(s *spec.Scenario) *spec.Switch { return &s.TrustRoot }),
	text("mode", spec.ModeCBC, func(s *spec.Scenario) *spec.Mode { return &s.Mode }),
	text("session-ems", spec.On, func(s *spec.Scenario) *spec.Switch { return &s.SessionEMS }),
}

// ScenarioString lists the chosen dimensions as name=value, separated by
// spaces, for instance "ticket=pac server=accept".
func ScenarioString(sc spec.Scenario) string {
	var all []string
	for _, f := range scenarioFields {
		if v := f.get(&sc); v != 0 {
			all = append(all, f.name+"="+f.values[v])
		}
	}
	return strings.Join(all, " ")
}

// ParseScenario is the inverse of [ScenarioString]. Dimensions that are not
// named stay open.
func ParseScenario(text string) (spec.Scenario, error) {
	var sc spec.Scenario
	for _, word := range strings.Fields(text) {
		name, value, _ := strings.Cut(word, "=")
		f, err := fieldByName(name)
		if err != nil {
			return sc, err
		}
		v := 1
		for v < len(f.values) && f.values[v] != value {
			v++
		}
		if v == len(f.values) {
			return sc, fmt.Errorf("model: %s=%s: give one of %s", name, value, strings.Join(f.values[1:], ", "))
		}
		f.set(&sc, uint8(v))
	}
	return sc, nil
}

func fieldByName(name string) (scenarioField, error) {
	var known []string
	for _, f := range scenarioFields {
		if f.name == name {
			return f, nil
		}
		known = append(known, f.name)
	}
	return scenarioField{}, fmt.Errorf("model: no dimension is named %q; known are %s", name, strings.Join(known, ", "))
}
