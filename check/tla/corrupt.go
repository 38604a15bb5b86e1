package tla

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sesame-tls/sesame/spec"
)

// Corrupted is a trace that is no behaviour, and what must be said of it.
type Corrupted struct {
	Trace
	Step  int
	Field string
}

// Corrupt returns copies of a trace that are no behaviours: one with its second
// step missing, one with its first two steps swapped, and for each field that its
// last step logs one in which that has another value. The trace must end with
// Established.
func (t Trace) Corrupt() []Corrupted {
	copied := func(what string) Trace {
		c := t
		c.ID, c.Steps = t.ID+" "+what, slices.Clone(t.Steps)
		return c
	}
	dropped, swapped := copied("dropped"), copied("swapped")
	dropped.Steps = slices.Delete(dropped.Steps, 1, 2)
	swapped.Steps[0], swapped.Steps[1] = swapped.Steps[1], swapped.Steps[0]
	all := []Corrupted{{dropped, 2, "event"}, {swapped, 1, "event"}}
	for _, f := range fieldsOfStep {
		c := copied("with another " + f.name)
		last := &c.Steps[len(c.Steps)-1]
		if f.change(last) {
			all = append(all, Corrupted{c, len(c.Steps), f.name})
		}
	}
	return all
}

// field is a part of a step: how it looks without it, and with another value
// of it.
type field struct {
	name   string
	omit   func(*Step)
	change func(*Step) bool // false: nothing was logged
}

// fieldsOfStep are all that a step logs but for its event.
var fieldsOfStep = []field{
	worded("state", func(s *Step) *string { return &s.State }, spec.AwaitFinished.String(), spec.Established.String()),
	worded("failure", func(s *Step) *string { return &s.Failure }, spec.FailureTimeout.String(), none),
	{"sent", func(s *Step) { s.Sent = nil }, func(s *Step) bool {
		s.Sent = append(slices.Clone(s.Sent), Sent{Message: spec.HelloRequest.String(), Keyed: none})
		return true
	}},
	worded("received", func(s *Step) *string { return &s.Received }, spec.UserCanceled.String(), none),
	worded("call", func(s *Step) *string { return &s.Call }, spec.CallbackAccept.String(), none),
	worded("named", func(s *Step) *string { return &s.Named }, spec.NamedOffered.String(), none),
	worded("read", func(s *Step) *string { return &s.Read }, spec.OtherKeyExchanged.String(), none),
	worded("write", func(s *Step) *string { return &s.Write }, spec.OtherKeyExchanged.String(), none),
	worded("secret", func(s *Step) *string { return &s.Secret }, spec.OtherKeyExchanged.String(), none),
	worded("resumed", func(s *Step) *string { return &s.Resumed }, spec.ByTicket.String(), spec.BySessionID.String()),
	flagged("pending", func(s *Step) *Flag { return &s.Pending }),
	worded("version", func(s *Step) *string { return &s.Version }, "1.0", "1.1"),
	worded("suite", func(s *Step) *string { return &s.Suite }, "DH_anon_WITH_AES_128_CBC_SHA", "ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
	worded("id", func(s *Step) *string { return &s.ID }, spec.IDEmpty.String(), spec.IDFresh.String()),
	flagged("promised", func(s *Step) *Flag { return &s.Promised }),
	flagged("ems", func(s *Step) *Flag { return &s.EMS }),
	flagged("etm", func(s *Step) *Flag { return &s.EtM }),
	flagged("peerAuth", func(s *Step) *Flag { return &s.PeerAuth }),
	worded("cache", func(s *Step) *string { return &s.Cache }, spec.CacheRemove.String(), none),
	flagged("delivered", func(s *Step) *Flag { return &s.Delivered }),
	variable("client", func(v *Variables) { v.Client = nil }, func(v *Variables) { v.Client = v.Client.other() }),
	variable("server", func(v *Variables) { v.Server = nil }, func(v *Variables) { v.Server = v.Server.other() }),
	variable("toClient", func(v *Variables) { v.ToClient = nil }, func(v *Variables) { v.ToClient = another(v.ToClient) }),
	variable("toServer", func(v *Variables) { v.ToServer = nil }, func(v *Variables) { v.ToServer = another(v.ToServer) }),
	variable("budget", func(v *Variables) { v.Budget = nil }, func(v *Variables) { n := *v.Budget + 1; v.Budget = &n }),
	variable("lost", func(v *Variables) { v.Lost = "" }, func(v *Variables) { v.Lost = v.Lost.not() }),
	variable("inserted", func(v *Variables) { v.Inserted = nil }, func(v *Variables) { v.Inserted = []string{spec.Client.String(), spec.Server.String()} }),
}

func worded(name string, at func(*Step) *string, values ...string) field {
	return field{name, func(s *Step) { *at(s) = "" }, func(s *Step) bool {
		v := at(s)
		if *v == "" {
			return false
		}
		other := values[0]
		if *v == other {
			other = values[1]
		}
		*v = other
		return true
	}}
}

func flagged(name string, at func(*Step) *Flag) field {
	return field{name, func(s *Step) { *at(s) = "" }, func(s *Step) bool {
		v := at(s)
		*v = v.not()
		return *v != ""
	}}
}

func (f Flag) not() Flag {
	switch f {
	case "true":
		return "false"
	case "false":
		return "true"
	}
	return ""
}

func variable(name string, omit, change func(*Variables)) field {
	on := func(do func(*Variables)) func(*Step) bool {
		return func(s *Step) bool {
			if s.Variables == nil {
				return false
			}
			v := *s.Variables
			do(&v)
			s.Variables = &v
			return true
		}
	}
	return field{"variables." + name, func(s *Step) { on(omit)(s) }, on(change)}
}

// other returns what is seen of another endpoint.
func (a *Aside) other() *Aside {
	b := *a
	b.Hello = maps.Clone(a.Hello)
	if b.Hello == nil {
		b.Hello = map[string]string{}
	}
	b.Hello["random"] = "changed"
	return &b
}

func another(q []Sent) []Sent {
	return append(slices.Clone(q), Sent{Message: spec.HelloRequest.String(), Keyed: none})
}

// CorruptSome returns the corrupted copies of the first trace of both ends, and
// of the first of each end alone, that end with both or that one established.
func CorruptSome(traces []Trace) ([]Corrupted, error) {
	var all []Corrupted
	done := map[string]bool{}
	for _, t := range traces {
		kind := fmt.Sprint(t.Sides)
		if done[kind] || !t.completes() {
			continue
		}
		done[kind] = true
		// Alone, an end that gets data might as well get none: an empty record.
		for len(t.Sides) == 1 && t.Steps[len(t.Steps)-1].Delivered == "true" {
			t.Steps = t.Steps[:len(t.Steps)-1]
		}
		all = append(all, t.Corrupt()...)
	}
	if len(done) != 3 {
		return nil, fmt.Errorf("tla: no trace of each kind that could be corrupted ends with both ends established: %v", done)
	}
	return all, nil
}

// completes reports whether every end that was logged comes to Established, and
// none fails.
func (t Trace) completes() bool {
	last := map[spec.Role]string{}
	for _, s := range t.Steps {
		if e, err := spec.ParseEvent(s.Event); err == nil {
			last[e.Role()] = s.State
		}
	}
	for _, side := range t.Sides {
		if last[map[string]spec.Role{"Client": spec.Client, "Server": spec.Server}[side]] != spec.Established.String() {
			return false
		}
	}
	return t.Budget == 0 && len(t.Steps) > 2
}
