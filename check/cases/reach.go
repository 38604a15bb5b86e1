package cases

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/spec/requirements"
)

//go:embed unreached.txt
var unreached string

// Unreached returns the requirements on the wire that no case is about, each with
// the reason.
func Unreached() map[string]string {
	reasons := map[string]string{}
	for line := range strings.Lines(unreached) {
		if id, why, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(id, "#") {
			reasons[id] = strings.TrimSpace(why)
		}
	}
	return reasons
}

// OnTheWire returns the requirements that can be checked on the wire of a TLS
// endpoint: those of the modified handshake and of TLS.
func OnTheWire() (ids []string) {
	for _, r := range requirements.All() {
		wire := slices.ContainsFunc(r.Checks, func(c requirements.Check) bool { return c.Kind == requirements.Wire })
		if wire && r.Reason == "" && (r.Area() == requirements.Handshake || r.Area() == requirements.TLS) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// Missed says what is wrong with what was reached: a requirement that was not and
// has no reason, or that has a reason and was.
func Missed(reached map[string]bool) (wrong []string) {
	reasons := Unreached()
	for _, id := range OnTheWire() {
		_, excused := reasons[id]
		switch {
		case !reached[id] && !excused:
			wrong = append(wrong, fmt.Sprintf("%s is reached by no case, and unreached.txt does not say why", id))
		case reached[id] && excused:
			wrong = append(wrong, fmt.Sprintf("%s is in unreached.txt, and a case reaches it", id))
		}
	}
	return wrong
}
