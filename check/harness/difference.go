package harness

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/sesame-tls/sesame/spec"
)

// Difference is the first thing that model and implementation do not agree on.
type Difference struct {
	Scenario     spec.Scenario
	Conversation string // up to the step that differs, as the implementation had it
	Action       string // the step
	Field        string // of spec.Observation
	Model, Impl  string // what either side says
}

// Error tells the whole of it.
func (d *Difference) Error() string {
	return fmt.Sprintf("%s\n%s: %s\nmodel:          %s\nimplementation: %s", d.Conversation, d.Action, d.Field, d.Model, d.Impl)
}

// equal reports whether two observations agree.
func equal(a, b *spec.Observation) bool {
	return a.Role == b.Role && a.Event == b.Event && a.State == b.State && a.Received == b.Received && a.Call == b.Call &&
		a.Read == b.Read && a.Write == b.Write && a.Secret == b.Secret && a.Resumed == b.Resumed && a.Pending == b.Pending &&
		a.Version == b.Version && a.Suite == b.Suite && a.ID == b.ID && a.Promised == b.Promised &&
		a.EMS == b.EMS && a.EtM == b.EtM && a.PeerAuth == b.PeerAuth && a.Cache == b.Cache && a.Delivered == b.Delivered &&
		a.Failure == b.Failure && slices.EqualFunc(a.Sent, b.Sent, equalSent)
}

func equalSent(a, b spec.Sent) bool {
	return a.Message == b.Message && a.Version == b.Version && a.Suite == b.Suite && a.ID == b.ID && a.Ticket == b.Ticket &&
		slices.Equal(a.Extensions, b.Extensions) && a.Keyed == b.Keyed && a.Level == b.Level && a.Alert == b.Alert
}

// differing returns the first field in which two observations differ, and both
// values in words. What was sent comes first: it says most.
func differing(model, impl *spec.Observation) (field, m, i string) {
	for n := range max(len(model.Sent), len(impl.Sent)) {
		a, b := "nothing", "nothing"
		if n < len(model.Sent) {
			a = sentText(model.Sent[n])
		}
		if n < len(impl.Sent) {
			b = sentText(impl.Sent[n])
		}
		if a != b {
			return fmt.Sprintf("Sent[%d]", n), a, b
		}
	}
	mv, iv := reflect.ValueOf(*model), reflect.ValueOf(*impl)
	for f := range mv.NumField() {
		name := mv.Type().Field(f).Name
		if a, b := fmt.Sprintf("%v", mv.Field(f)), fmt.Sprintf("%v", iv.Field(f)); a != b {
			return name, a, b
		}
	}
	return "", "", ""
}

// sentText is a message with all that is compared of it.
func sentText(s spec.Sent) string {
	text := s.Message.String()
	v := reflect.ValueOf(s)
	for f := 1; f < v.NumField(); f++ {
		if !v.Field(f).IsZero() {
			text += fmt.Sprintf(" %s=%v", v.Type().Field(f).Name, v.Field(f))
		}
	}
	return text
}
