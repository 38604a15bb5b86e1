package cases

import (
	"sync"

	"github.com/sesame-tls/sesame/spec"
)

// Chosen returns the cases that are played where nothing else is asked for.
func Chosen() []Case {
	return once()
}

var once = sync.OnceValue(func() []Case { return list(chosenKinds) })

// All returns the chosen cases, with every kind of handshake.
func All() []Case {
	return list(func(all []kind) []kind { return all })
}

// Known reports whether a case has this id, chosen or not.
func Known(id string) bool { return ids()[id] }

var ids = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for _, c := range Chosen() {
		known[c.ID] = true
	}
	for _, r := range []spec.Role{spec.Server, spec.Client} {
		for _, k := range kindsOf(r) {
			known[k.id()] = true
		}
	}
	return known
})

func list(choose func([]kind) []kind) []Case {
	all := rules()
	for _, r := range []spec.Role{spec.Server, spec.Client} {
		for _, k := range choose(kindsOf(r)) {
			all = append(all, k.play())
		}
	}
	return append(all, tours()...)
}
