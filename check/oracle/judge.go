package oracle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/learn/target"
	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/graph"
	"github.com/sesame-tls/sesame/spec"
)

// attackers is the budget of the attacker on random walks.
const attackers = 3

// Options say how a system is judged.
type Options struct {
	PKI     *interop.PKI
	Classes []Class
	Profile *spec.Profile // the system's own; nil: by its library's words
	Walks   int           // random walks in each class
	Most    int           // unexplained words of a class that are looked at; 0: 100
	Seed    uint64
	// Progress is told of each class that is begun; may be nil.
	Progress func(at string)
}

// Judged is what became of a system.
type Judged struct {
	Library     string
	Profile     string
	Classes     int
	Skipped     []string // classes that the shim cannot be, with what it lacks
	Words       int      // of inputs
	Steps       int      // inputs that were answered
	Connections int
	Restarts    int // of the shim
	Notes       []string

	Deviating   int // words on which the library is not as rfc
	Deviations  map[spec.Quirk]*Deviation
	Properties  map[string]*Kept // the local ones that a word has put to the test
	Unexplained []Unexplained
	Crashes     map[string]int // by what was said of each
}

// Deviation is a difference to profile rfc that the library's own predicts.
type Deviation struct {
	Quirk spec.Quirk
	Words int
	// Example is a shortest conversation that shows it.
	Example string
	length  int
}

// Unexplained is a difference to the library's own profile.
type Unexplained struct {
	Class        Class
	Scenario     spec.Scenario
	Word         []string
	At           int // which input's answer it is
	Got, RFC     string
	Own          string
	Conversation string
}

// String tells it in full.
func (u Unexplained) String() string {
	return fmt.Sprintf("%v\n%sanswered: %s\nown profile: %s\nrfc: %s", u.Class, u.Conversation, u.Got, u.Own, u.RFC)
}

// Judge drives a system in every class that it can be, and holds its answers
// against both predictions. The error is ctx's, or one of our own.
func Judge(ctx context.Context, s *sut.System, o Options) (*Judged, error) {
	own := interop.ProfileOf(s.Library())
	if o.Profile != nil {
		own = *o.Profile
	}
	j := &Judged{Library: s.Library(), Profile: own.Name, Deviations: map[spec.Quirk]*Deviation{}, Properties: map[string]*Kept{},
		Crashes: map[string]int{}}
	for _, c := range o.Classes {
		if lacks := c.lacks(s); lacks != "" {
			j.Skipped = append(j.Skipped, fmt.Sprintf("%v: it has no %s", c, lacks))
			continue
		}
		if o.Progress != nil {
			o.Progress(fmt.Sprintf("%s: %v", s.Name(), c))
		}
		if err := j.class(ctx, s, c, own.Only(c.Role), o); err != nil {
			return nil, fmt.Errorf("oracle: %s, %v: %w", s.Name(), c, err)
		}
		j.Classes++
	}
	j.Restarts = s.Restarts()
	return j, nil
}

// lacks names what the shim would need to be of a class.
func (c Class) lacks(s *sut.System) string {
	for _, need := range append([]string{strings.ToLower(c.Role.String())}, c.Needs...) {
		if !s.Can(need) {
			return need
		}
	}
	return ""
}

// court judges one class.
type court struct {
	*Judged
	player   *Player
	rfc, own *target.Machine
	profile  spec.Profile
	without  map[spec.Quirk]*target.Machine // own, less one quirk
	machine  *model.Machine                 // own's
	letters  map[string]model.Input
	cut      map[spec.Quirk]bool // why words were cut
}

func (j *Judged) class(ctx context.Context, s *sut.System, c Class, own spec.Profile, o Options) error {
	player, err := NewPlayer(ctx, s, c, o.PKI)
	var f *sut.Fault
	if errors.As(err, &f) {
		if f.Verdict.Kind == sut.Refused {
			j.Skipped = append(j.Skipped, fmt.Sprintf("%v: it refuses %s", c, f.Verdict.Report.Refused))
			return nil
		}
		j.Unexplained = append(j.Unexplained, Unexplained{Class: c, Got: f.Verdict.String(), RFC: "a handshake", Own: "a handshake"})
		return nil
	}
	if err != nil {
		return err
	}
	if c.BesideID && player.scenario.SessionID == spec.IDEmpty {
		j.Skipped = append(j.Skipped, fmt.Sprintf("%v: it sends none", c))
		return nil
	}
	k := &court{Judged: j, player: player, profile: own, without: map[spec.Quirk]*target.Machine{}, cut: map[spec.Quirk]bool{}}
	if k.rfc, err = player.Machine(spec.Profile{Name: "rfc"}); err == nil {
		k.own, err = player.Machine(own)
	}
	if err != nil {
		return err
	}
	if err := k.study(); err != nil {
		return err
	}
	for _, n := range player.endpoint.Notes() {
		j.Notes = append(j.Notes, fmt.Sprintf("%v: %s", c, n))
	}
	words, err := k.words(o)
	if err != nil {
		return err
	}
	before, most := len(j.Unexplained), cmp.Or(o.Most, 100)
	for _, word := range words {
		if len(j.Unexplained)-before >= most {
			j.Notes = append(j.Notes, fmt.Sprintf("%v: the first %d differences are enough", c, most))
			break
		}
		if err := k.hear(ctx, word); err != nil {
			return err
		}
	}
	for _, q := range slices.Sorted(maps.Keys(k.cut)) {
		j.Notes = append(j.Notes, fmt.Sprintf("%v: %s", c, Unforeseen[q]))
	}
	j.Connections += player.Connections()
	return nil
}

// words are the tours of both machines, and what random walks read.
func (k *court) words(o Options) ([][]string, error) {
	words := append(tour(k.rfc), tour(k.own)...)
	c := k.player.class
	rng := rand.New(rand.NewPCG(o.Seed, uint64(len(c.String()))))
	walks, err := model.Walks(c.Role, k.player.scenario, model.Options{Profile: k.profile, Budget: attackers}, rng)
	if err != nil {
		return nil, err
	}
	left := o.Walks
	for word := range walks {
		if left--; left < 0 {
			break
		}
		word = slices.DeleteFunc(word, func(in string) bool { return !slices.Contains(k.own.Inputs, in) })
		words = append(words, word)
	}
	seen := map[string]bool{"": true}
	return slices.DeleteFunc(words, func(word []string) bool {
		key := strings.Join(word, "\n")
		was := seen[key]
		seen[key] = true
		return was
	}), nil
}

// waits are how long an answer is waited for that is not the predicted one: it may
// have been late. Two answers that are alike are believed.
var waits = []time.Duration{100 * time.Millisecond, 400 * time.Millisecond, 2 * time.Second}

// hear plays a word and judges the answers. Where they are not the own
// profile's, they may have come too late: it is played again, patiently.
func (k *court) hear(ctx context.Context, word []string) error {
	word = answered(k.own, k.foreseen(word))
	if len(word) == 0 {
		return nil
	}
	own := k.own.Run(word)
	played, err := k.player.Play(ctx, word, own, 0)
	var again []string
	for _, wait := range waits {
		if err != nil {
			return err
		}
		at := k.differs(word, own, played.Answers)
		if at < 0 {
			break
		}
		// What was answered before is known; a silence may not have been one.
		known := at
		for known > 0 && own[known-1] == target.Silent {
			known--
		}
		word = word[:at+1]
		played, err = k.player.Play(ctx, word, own[:known], wait)
		if err == nil && wait > waits[0] && slices.Equal(played.Answers, again) {
			break
		}
		again = played.Answers
	}
	if err != nil {
		return err
	}
	k.Words++
	k.Steps += len(word)
	if v := played.Verdict; v.Kind != sut.Reported {
		k.Crashes[v.String()]++
	}
	k.judge(word, own, played)
	return nil
}

// judge finds the first difference to either prediction.
func (k *court) judge(word, own []string, played Played) {
	rfc := k.rfc.Run(word)
	if at := k.differs(word, own, played.Answers); at >= 0 {
		k.Unexplained = append(k.Unexplained, Unexplained{
			Class: k.player.class, Scenario: k.player.scenario, Word: word, At: at, Got: played.Answers[at], RFC: rfc[at], Own: own[at],
			Conversation: k.conversation(word[:at+1], played.Answers),
		})
		return
	}
	k.properties(word, played.Answers)
	at := k.differs(word, rfc, played.Answers)
	if at < 0 {
		return
	}
	k.Deviating++
	quirk := k.blame(word[:at+1], rfc)
	d := k.Deviations[quirk]
	if d == nil {
		d = &Deviation{Quirk: quirk, length: 1 << 30}
		k.Deviations[quirk] = d
	}
	if d.Words++; at < d.length {
		d.length = at
		d.Example = fmt.Sprintf("%v\n%sanswered: %s\nrfc: %s", k.player.class, k.conversation(word[:at+1], played.Answers), played.Answers[at], rfc[at])
	}
}

// differs returns the place of the first answer that is not as predicted, -1 if
// all are.
func (k *court) differs(word, predicted, got []string) int {
	for i := range word {
		want := visible(predicted[i])
		switch {
		case got[i] == want:
		case got[i] == Crashed && want == graph.Closed && k.profile.Has(spec.QuirkAcceptCrashes):
			return -1
		case word[i] == spec.Garbage.String() && slices.Contains(garbageAlerts, got[i]) && slices.Contains(garbageAlerts, want):
			return -1 // what follows is closed
		default:
			return i
		}
	}
	return -1
}

// garbageAlerts are how a protected record may be answered where no keys are
// active.
var garbageAlerts = []string{
	"Alert(unexpected_message) closed", "Alert(illegal_parameter) closed", "Alert(decode_error) closed",
}

// Several stands for differences that no single quirk makes.
const Several spec.Quirk = "several"

// blame returns the quirk without which the own profile answers the last input as
// rfc does.
func (k *court) blame(word, rfc []string) spec.Quirk {
	last := len(word) - 1
	for _, q := range k.profile.Quirks {
		m := k.without[q]
		if m == nil {
			less := spec.Profile{Name: k.profile.Name, Quirks: slices.DeleteFunc(slices.Clone(k.profile.Quirks), func(have spec.Quirk) bool { return have == q })}
			var err error
			if m, err = k.player.Machine(less); err != nil {
				continue
			}
			k.without[q] = m
		}
		if m.Run(word)[last] == rfc[last] {
			return q
		}
	}
	return Several
}

func (k *court) conversation(word, answers []string) string {
	toSystem, fromSystem := "C->S ", "S->C "
	if k.player.class.Role == spec.Client {
		toSystem, fromSystem = fromSystem, toSystem
	}
	var b strings.Builder
	for i, in := range word {
		b.WriteString(toSystem + in + "\n")
		if i < len(word)-1 && answers[i] != target.Silent {
			b.WriteString(fromSystem + answers[i] + "\n")
		}
	}
	return b.String()
}
