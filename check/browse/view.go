package browse

import (
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// View is what the page shows of a place.
type View struct {
	Setting Setting `json:"setting"`
	Link    string  `json:"link"`  // the address of this place, as a query
	Start   string  `json:"start"` // of the same system without a path
	// Scenario is what is chosen so far, all of it; Open has the dimensions that
	// are not.
	Scenario string   `json:"scenario"`
	Open     []string `json:"open"`
	Steps    []Shown  `json:"steps"`
	Client   []Field  `json:"client"`
	Server   []Field  `json:"server"`
	ToClient []Lying  `json:"toClient"`
	ToServer []Lying  `json:"toServer"`
	Attacker Attacker `json:"attacker"`
	Enabled  []Choice `json:"enabled"`
	Broken   []Broken `json:"broken"` // properties that the path violates
	Attacks  []Broken `json:"attacks"`
	Met      []string `json:"met"` // properties that the path exercises
}

// Shown is one step of a path.
type Shown struct {
	Name     string   `json:"name"`  // as traces have it
	Label    string   `json:"label"` // as people say it
	Role     string   `json:"role"`  // who acts
	To       string   `json:"to"`    // an attacker's: whose stream
	Link     string   `json:"link"`  // the address of the state after it
	Narrows  string   `json:"narrows,omitempty"`
	Call     string   `json:"call,omitempty"` // of a callback
	Sent     []Sent   `json:"sent"`
	Client   string   `json:"client"` // the states after it
	Server   string   `json:"server"`
	Ends     string   `json:"ends,omitempty"` // how the one who acts has ended
	Violated []string `json:"violated"`
	Attacks  []string `json:"attacks"`
}

// Sent is one message as it is sent.
type Sent struct {
	Message string   `json:"message"`
	Detail  []string `json:"detail"`
	Keyed   string   `json:"keyed,omitempty"` // the secret that seals it
	Alert   bool     `json:"alert,omitempty"`
}

// Lying is a message on a stream.
type Lying struct {
	Text   string `json:"text"`
	Origin string `json:"origin"`
	Keyed  string `json:"keyed,omitempty"`
}

// Field is one thing that an endpoint holds.
type Field struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Changed bool   `json:"changed,omitempty"` // by the last step
}

// Attacker is what the attacker has.
type Attacker struct {
	Budget int      `json:"budget"` // moves left
	Plays  []string `json:"plays"`  // whose part
	Lost   bool     `json:"lost"`   // something was taken off a stream
}

// Choice is an action that is enabled.
type Choice struct {
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Role     string   `json:"role"`
	Kind     string   `json:"kind"` // of the attacker's
	To       string   `json:"to"`
	Narrows  string   `json:"narrows,omitempty"` // what it chooses of the scenario
	Link     string   `json:"link"`              // of the state after it
	Leads    string   `json:"leads"`             // where the one who acts is then
	Violates []string `json:"violates"`
}

// Broken is a property that a path violates, or an attack that happens on it.
type Broken struct {
	Name string `json:"name"`
	Step int    `json:"step"` // from 1; 0 is the first state
}

// view describes the end of the walk.
func (w *walk) view() *View {
	st := w.end()
	sc := w.sys.Scenario(st)
	v := &View{
		Setting: w.setting, Link: w.link(len(w.steps)), Start: w.link(0), Scenario: model.ScenarioString(sc), Open: openIn(sc),
		Steps: w.shown(), Client: w.fields(spec.Client), Server: w.fields(spec.Server),
		ToClient: w.lying(spec.Client), ToServer: w.lying(spec.Server),
		Attacker: Attacker{Budget: int(st.Budget), Plays: []string{}, Lost: st.Lost}, Enabled: w.choices(),
		Broken: []Broken{}, Attacks: []Broken{}, Met: []string{},
	}
	if st.TakenClient {
		v.Attacker.Plays = append(v.Attacker.Plays, spec.Client.String())
	}
	if st.TakenServer {
		v.Attacker.Plays = append(v.Attacker.Plays, spec.Server.String())
	}
	v.judge(w)
	return v
}

// openIn lists the dimensions that a scenario leaves open.
func openIn(sc spec.Scenario) []string {
	all := []string{}
	chosen := " " + model.ScenarioString(sc)
	for _, d := range dimensions() {
		if !strings.Contains(chosen, " "+d.Name+"=") {
			all = append(all, d.Name)
		}
	}
	return all
}

// judge notes what the properties say about the path, each at the first step
// that shows it.
func (v *View) judge(w *walk) {
	met, seen := map[string]bool{}, map[string]bool{}
	note := func(step int, j model.Judgement) (fresh model.Judgement) {
		for _, name := range j.Checked {
			if !met[name] {
				met[name] = true
				v.Met = append(v.Met, name)
			}
		}
		for _, name := range j.Violated {
			if !seen[name] {
				seen[name] = true
				v.Broken = append(v.Broken, Broken{name, step})
				fresh.Violated = append(fresh.Violated, name)
			}
		}
		for _, name := range j.Attacks {
			if !seen[name] {
				seen[name] = true
				v.Attacks = append(v.Attacks, Broken{name, step})
				fresh.Attacks = append(fresh.Attacks, name)
			}
		}
		return fresh
	}
	note(0, w.sys.JudgeState(w.first))
	for i, step := range w.steps {
		edge := note(i+1, w.sys.JudgeStep(w.at(i), step.Action))
		state := note(i+1, w.sys.JudgeState(step.To))
		v.Steps[i].Violated = append(append([]string{}, edge.Violated...), state.Violated...)
		v.Steps[i].Attacks = append([]string{}, state.Attacks...)
	}
}

// shown describes the steps.
func (w *walk) shown() []Shown {
	all := []Shown{}
	for i, o := range w.sys.ObservePath(w.first, w.steps) {
		a, before, after := w.steps[i].Action, w.at(i), w.steps[i].To
		s := Shown{
			Name: a.String(), Label: label(w.sys, before, a), Role: a.Event.Role().String(), To: a.To.String(), Link: w.link(i + 1),
			Narrows: narrowed(w.sys, before, after), Client: after.Client.State.String(), Server: after.Server.State.String(),
			Sent: []Sent{}, Violated: []string{}, Attacks: []string{},
		}
		if o.Call.Made {
			s.Call = "callback ticket=" + o.Call.Ticket.String() + ": " + o.Call.Result.String()
		}
		for _, sent := range o.Sent {
			s.Sent = append(s.Sent, sentOf(sent))
		}
		if was, is := stateOf(before, o.Role), stateOf(after, o.Role); o.Role != spec.Attacker && was != is && is.Ended() {
			s.Ends = ended(o)
		}
		all = append(all, s)
	}
	return all
}

func stateOf(st model.State, r spec.Role) spec.State {
	if r == spec.Server {
		return st.Server.State
	}
	return st.Client.State
}

func ended(o spec.Observation) string {
	if o.State == spec.Failed {
		return "failed: " + o.Failure.String()
	}
	return "established, secret=" + o.Secret.String() + " resumed=" + o.Resumed.String()
}

// narrowed says what of the scenario a step has chosen.
func narrowed(sys *model.System, before, after model.State) string {
	had := map[string]bool{}
	for _, word := range strings.Fields(model.ScenarioString(sys.Scenario(before))) {
		had[word] = true
	}
	var more []string
	for _, word := range strings.Fields(model.ScenarioString(sys.Scenario(after))) {
		if !had[word] {
			more = append(more, word)
		}
	}
	return strings.Join(more, " ")
}

func sentOf(s spec.Sent) Sent {
	m := Sent{Message: s.Message.String(), Detail: []string{}}
	add := func(words ...string) { m.Detail = append(m.Detail, words...) }
	switch s.Message {
	case spec.ClientHello:
		add("sid="+s.ID.String(), "ticket="+s.Ticket.String())
	case spec.ServerHello:
		add("sid=" + s.ID.String())
		if s.Suite != 0 {
			add(s.Suite.String())
		}
		for _, x := range s.Extensions {
			if x == spec.SessionTicket {
				add(x.String())
			}
		}
	case spec.Alert:
		m.Alert = true
		add(s.Level.String(), s.Alert.String())
	}
	if s.Keyed != spec.NoSecret {
		m.Keyed = s.Keyed.String()
	}
	return m
}

// lying describes what is on the stream that r reads.
func (w *walk) lying(r spec.Role) []Lying {
	all := []Lying{}
	for _, m := range w.sys.Queue(w.end(), r) {
		l := Lying{Origin: m.Origin.String()}
		if m.Keyed != spec.NoSecret {
			l.Keyed = m.Keyed.String()
		}
		m.Keyed, m.Origin = spec.NoSecret, model.Honest
		l.Text = m.String()
		all = append(all, l)
	}
	return all
}
