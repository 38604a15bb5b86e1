package harness

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// values returns, for each field of a scenario, the largest value that the
// model has for it.
var values = sync.OnceValue(func() []uint8 {
	largest := make([]uint8, reflect.TypeFor[spec.Scenario]().NumField())
	for field := range largest {
		for v := uint8(1); v < 16; v++ {
			if exists(with(spec.Scenario{}, field, v)) {
				largest[field] = v
			}
		}
	}
	return largest
})

// Values returns the values that the model has for each dimension, as scenarios
// are written: "ticket=pac".
func Values() (all []string) {
	for field, most := range values() {
		for v := uint8(1); v <= most; v++ {
			if sc := with(spec.Scenario{}, field, v); exists(sc) {
				all = append(all, model.ScenarioString(sc))
			}
		}
	}
	return all
}

// exists reports whether the model has such a scenario.
func exists(sc spec.Scenario) bool {
	_, err := model.New(model.Options{Fix: sc})
	return err == nil
}

func with(sc spec.Scenario, field int, v uint8) spec.Scenario {
	reflect.ValueOf(&sc).Elem().Field(field).SetUint(uint64(v))
	return sc
}

// Distinctive writes a scenario for people: what differs from the defaults.
func Distinctive(sc spec.Scenario) string {
	defaults := strings.Fields(model.ScenarioString(spec.Scenario{}.WithDefaults()))
	plain := make(map[string]bool, len(defaults))
	for _, d := range defaults {
		plain[d] = true
	}
	var words []string
	for _, w := range strings.Fields(model.ScenarioString(sc)) {
		if !plain[w] {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

// common are the values that make the handshakes which most is decided in; they
// are drawn more often than others.
var common = map[string][]uint8{
	"ServerCallback": {uint8(spec.CallbackAccept), uint8(spec.CallbackAccept), uint8(spec.CallbackDecline), uint8(spec.CallbackUnset)},
	"ClientCallback": {uint8(spec.CallbackAccept), uint8(spec.CallbackAccept), uint8(spec.CallbackUnset)},
	"Ticket":         {uint8(spec.TicketPAC), uint8(spec.TicketPAC), uint8(spec.TicketSession), uint8(spec.TicketEmpty)},
	"SessionID":      {uint8(spec.IDFresh), uint8(spec.IDCached)},
	"ServerTickets":  {uint8(spec.On), uint8(spec.Off)},
	"ClientEtM":      {uint8(spec.On), uint8(spec.Off)},
	"ServerEtM":      {uint8(spec.On), uint8(spec.Off)},
	"ClientAuth":     {uint8(spec.ClientAuthOff), uint8(spec.ClientAuthOff), uint8(spec.ClientAuthRequire)},
	"ClientCert":     {uint8(spec.On)},
	"Mode":           {uint8(spec.ModeAEAD), uint8(spec.ModeCBC)},
}

// Draw returns a scenario that the model has. All that is open to chance it
// asks pick, which returns a number below n; 0 is the plainest choice each time.
func Draw(pick func(n int) int) spec.Scenario {
	plain := reflect.ValueOf(spec.Scenario{}.WithDefaults())
	var sc spec.Scenario
	for field, n := range values() {
		name := plain.Type().Field(field).Name
		often := common[name]
		if often == nil {
			often = make([]uint8, 2*n) // mostly the default
			for i := range often {
				often[i] = uint8(plain.Field(field).Uint())
			}
		}
		v := uint8(plain.Field(field).Uint())
		if i := pick(1 + len(often) + int(n)); i > int(n) {
			v = often[i-1-int(n)]
		} else if i > 0 {
			v = uint8(i)
		}
		// Where the value makes no scenario beside those before it, the next one does.
		for range n {
			next := with(sc, field, v)
			if exists(next) {
				sc = next
				break
			}
			v = v%n + 1
		}
	}
	return sc
}

// supported is the largest value of each field that the harness can configure
// machines with.
var supported = spec.Scenario{
	ServerCallback: spec.CallbackWrongLength, ClientCallback: spec.CallbackWrongLength, Ticket: spec.TicketSession,
	Keys: spec.KeysDiffer, SessionID: spec.IDCached, Named: spec.NamedNotImplemented, Preferred: spec.NamedNotImplemented,
	ServerTickets: spec.On, ClientVersion: spec.OfferTLS12, ServerVersion: spec.OfferTLS12,
	ClientEMS: spec.Required, ServerEMS: spec.Required, ClientEtM: spec.On, ServerEtM: spec.On,
	Exchange: spec.ExchangeAnonymousBeside, ClientAuth: spec.ClientAuthRequire, ClientCert: spec.On, StandsIn: spec.On,
	TrustRoot: spec.On, Mode: spec.ModeCBC, SessionEMS: spec.On,
}

// unsupported says what of a scenario the harness cannot configure: never is a
// part of one left out in silence.
func unsupported(sc spec.Scenario) error {
	have, most := reflect.ValueOf(sc), reflect.ValueOf(supported)
	for field := range have.NumField() {
		if v := have.Field(field); v.Uint() > most.Field(field).Uint() {
			return fmt.Errorf("harness: nothing here configures %s %v", have.Type().Field(field).Name, v)
		}
	}
	return nil
}
