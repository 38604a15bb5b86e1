package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// node is where the model may be: a state, what its endpoints have sent that
// the wire has not shown yet, and how it has come there.
type node struct {
	state model.State
	sent  [2][]spec.Message
	way   *model.Way
}

func (n *node) key() string { return fmt.Sprint(n.state, n.sent) }

// walk follows the messages of a first phase on the model, in every scenario at
// once.
type walk struct {
	sys   *model.System
	nodes []node
}

func newWalk(sys *model.System) *walk {
	w := &walk{sys: sys}
	for _, st := range sys.Initial() {
		w.nodes = append(w.nodes, node{state: st})
	}
	return w
}

// next takes one message, and reports whether the model can send it now; if not,
// what it can send.
func (w *walk) next(r spec.Role, m spec.Message) (ok bool, instead []spec.Message) {
	var on []node
	seen := map[string]bool{}
	queue := slices.Clone(w.nodes)
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		if key := n.key(); seen[key] {
			continue
		} else {
			seen[key] = true
		}
		if list := n.sent[r]; len(list) > 0 {
			if list[0] == m {
				n.sent[r] = list[1:]
				on = append(on, n)
			} else if !slices.Contains(instead, list[0]) {
				instead = append(instead, list[0])
			}
			continue
		}
		for _, a := range w.sys.Enabled(n.state) {
			to := w.sys.Next(n.state, a)
			o := w.sys.Observe(n.state, a, to)
			if !ordinary(o.Event) {
				continue
			}
			after := node{state: to, sent: n.sent, way: &model.Way{Last: a, Before: n.way}}
			for _, s := range o.Sent {
				after.sent[o.Role] = append(slices.Clone(after.sent[o.Role]), s.Message)
			}
			queue = append(queue, after)
		}
	}
	if len(on) == 0 {
		slices.Sort(instead)
		return false, instead
	}
	w.nodes = on
	return true, nil
}

// ordinary leaves out what ends a handshake from outside, and what follows it.
func ordinary(e spec.Event) bool {
	switch e {
	case spec.ClientTimeout, spec.ServerTimeout, spec.ClientSendApplicationData, spec.ServerSendApplicationData,
		spec.ClientReceiveEndOfStream, spec.ServerReceiveEndOfStream:
		return false
	}
	return e < spec.AttackerDrop
}

// deviation walks the first phase along the model: without quirks, and where
// that does not do, with each profile's.
func (s *story) deviation() *Diagnosis {
	x, instead := s.follow(spec.Profiles()[0])
	if x == nil {
		return nil
	}
	who := server
	if x.fromPeer {
		who = peer
	}
	why := fmt.Sprintf("it sends %v, where %s is due", x.message, anyOf(instead))
	var as []string
	for _, p := range spec.Profiles()[1:] {
		if y, _ := s.follow(p); y == nil {
			as = append(as, p.Name)
		}
	}
	if len(as) > 0 {
		why += "; so does " + strings.Join(as, ", ")
	}
	return &Diagnosis{Who: who, Where: x.number, Why: why}
}

// follow returns the first message that the model does not have, nil if it has
// them all.
func (s *story) follow(p spec.Profile) (*said, []spec.Message) {
	sys, err := model.New(model.Options{Profile: p})
	if err != nil {
		return nil, nil
	}
	w := newWalk(sys)
	for i := range s.tunnel.said {
		x := &s.tunnel.said[i]
		if x.message == spec.ApplicationData || x.message == spec.Alert {
			return nil, nil // the first phase is over
		}
		if ok, instead := w.next(x.role(), x.message); !ok {
			return x, instead
		}
	}
	return nil, nil
}

func anyOf(list []spec.Message) string {
	if len(list) == 0 {
		return "nothing"
	}
	words := make([]string, len(list))
	for i, m := range list {
		words[i] = m.String()
	}
	return strings.Join(words, " or ")
}
