package harness

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// choice is one value of one dimension: a field of [spec.Scenario] by index.
type choice struct {
	field int
	value uint8
}

// dimensions holds, for each field of a scenario, how many values it has, and
// each value under the text that [model.ScenarioString] has for it.
var dimensions = sync.OnceValues(func() (counts []uint8, byText map[string]choice) {
	byText = map[string]choice{}
	counts = make([]uint8, reflect.TypeFor[spec.Scenario]().NumField())
	for field := range counts {
		for v := uint8(1); ; v++ {
			text := model.ScenarioString(with(spec.Scenario{}, field, v))
			// What has no name is shown as its number.
			if strings.HasSuffix(text, ")") {
				break
			}
			byText[text] = choice{field, v}
			counts[field] = v
		}
	}
	return counts, byText
})

func with(sc spec.Scenario, field int, v uint8) spec.Scenario {
	reflect.ValueOf(&sc).Elem().Field(field).SetUint(uint64(v))
	return sc
}

// ParseScenario reads what [model.ScenarioString] writes, word by word. What is
// not named has its default.
func ParseScenario(words []string) (spec.Scenario, error) {
	var sc spec.Scenario
	_, byText := dimensions()
	for _, w := range words {
		c, ok := byText[w]
		if !ok {
			return sc, fmt.Errorf("harness: no scenario has %q", w)
		}
		sc = with(sc, c.field, c.value)
	}
	return sc.WithDefaults(), nil
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
	"Ticket":         {uint8(spec.TicketPAC), uint8(spec.TicketPAC), uint8(spec.TicketSession)},
	"SessionID":      {uint8(spec.IDFresh), uint8(spec.IDCached)},
}

// Draw returns a scenario that the model has. All that is open to chance it
// asks pick, which returns a number below n; 0 is the plainest choice each time.
func Draw(pick func(n int) int) spec.Scenario {
	counts, _ := dimensions()
	plain := reflect.ValueOf(spec.Scenario{}.WithDefaults())
	var sc spec.Scenario
	for field, n := range counts {
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
			if _, err := model.New(model.Options{Fix: next}); err == nil {
				sc = next
				break
			}
			v = v%n + 1
		}
	}
	return sc
}
