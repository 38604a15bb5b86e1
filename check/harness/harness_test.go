package harness

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

func Example() {
	run := NewRun()
	sc := spec.Scenario{Ticket: spec.TicketPAC, ServerCallback: spec.CallbackAccept, ClientCallback: spec.CallbackAccept}
	err := run.Play(sc, "ClientStart\nServerReceiveClientHello\nAttackerChangeRandom to Client: ServerHello random=changed\n...", 1)
	fmt.Println(run.Conversation(), err)
	// Output:
	// handshake ticket=pac server=accept client=accept
	// ----
	// C->S ClientHello sid=empty ticket=pac
	// server callback ticket=pac: accept
	// S->C ServerHello sid=empty suite=ECDHE_RSA_WITH_AES_128_GCM_SHA256
	// S->C ChangeCipherSpec
	// S->C Finished {pac}
	// S->C AttackerChangeRandom to Client: ServerHello random=changed
	// client callback ticket=pac: accept
	// C->S Alert fatal bad_record_mac
	// client failed: sent alert
	// server failed: received alert
	//  <nil>
}

// TestEveryFieldIsCompared: an observation with one other field is not equal,
// and the difference is named.
func TestEveryFieldIsCompared(t *testing.T) {
	var plain spec.Observation
	for i := range reflect.TypeFor[spec.Observation]().NumField() {
		other := plain
		field := reflect.ValueOf(&other).Elem().Field(i)
		name := reflect.TypeFor[spec.Observation]().Field(i).Name
		change(t, field)
		if equal(&plain, &other) || !equal(&other, &other) {
			t.Errorf("%s is not compared", name)
		}
		if got, _, _ := differing(&plain, &other); !strings.HasPrefix(got, name) {
			t.Errorf("%s: the difference is told as %q", name, got)
		}
	}
	for i := range reflect.TypeFor[spec.Sent]().NumField() {
		var one, other spec.Sent
		change(t, reflect.ValueOf(&other).Elem().Field(i))
		name := reflect.TypeFor[spec.Sent]().Field(i).Name
		if equalSent(one, other) {
			t.Errorf("Sent.%s is not compared", name)
		}
		if sentText(one) == sentText(other) {
			t.Errorf("Sent.%s is not told", name)
		}
	}
}

// change gives a field another value than zero.
func change(t *testing.T, field reflect.Value) {
	t.Helper()
	switch field.Kind() {
	case reflect.Bool:
		field.SetBool(true)
	case reflect.Int:
		field.SetInt(1)
	case reflect.Uint8, reflect.Uint16:
		field.SetUint(1)
	case reflect.Slice:
		field.Set(reflect.MakeSlice(field.Type(), 1, 1))
	case reflect.Struct:
		change(t, field.Field(0))
	default:
		t.Fatalf("a field of kind %v", field.Kind())
	}
}

// TestWhatTheModelHasIsSupported: the harness configures every value of every
// dimension, and says so of one that it does not know.
func TestWhatTheModelHasIsSupported(t *testing.T) {
	most := reflect.ValueOf(supported)
	for field, v := range values() {
		name := most.Type().Field(field).Name
		if name == "ClientCallback" || name == "Preferred" {
			continue // some values are the server's alone
		}
		if uint64(v) != most.Field(field).Uint() {
			t.Errorf("%s: the model has values up to %d, the harness up to %d", name, v, most.Field(field).Uint())
		}
	}
	if err := NewPair().Begin(spec.Scenario{Mode: spec.ModeCBC + 1}, 1); err == nil {
		t.Error("an unknown mode was configured")
	}
}

// TestDrawFindsEveryValue: each value of each dimension is drawn, and 0 each
// time is the plainest scenario.
func TestDrawFindsEveryValue(t *testing.T) {
	if got := Draw(func(int) int { return 0 }); got != (spec.Scenario{}).WithDefaults() {
		t.Errorf("the plainest scenario is %s", model.ScenarioString(got))
	}
	r := rand.New(rand.NewPCG(1, 2))
	seen := make([]map[uint64]bool, len(values()))
	for range 3000 {
		sc := Draw(r.IntN)
		if !exists(sc) {
			t.Fatalf("no such scenario: %s", model.ScenarioString(sc))
		}
		for field := range seen {
			if seen[field] == nil {
				seen[field] = map[uint64]bool{}
			}
			seen[field][reflect.ValueOf(sc).Field(field).Uint()] = true
		}
	}
	for field, most := range values() {
		for v := uint8(1); v <= most; v++ {
			if exists(with(spec.Scenario{}, field, v)) && !seen[field][uint64(v)] {
				t.Errorf("%s was never drawn", model.ScenarioString(with(spec.Scenario{}, field, v)))
			}
		}
	}
}

func TestBeginNeedsOneScenario(t *testing.T) {
	sys, err := model.New(model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := NewRun().Begin(sys, 1); err == nil {
		t.Error("a system of all scenarios was begun")
	}
}

func TestScriptsThatCannotBePlayed(t *testing.T) {
	run := NewRun()
	for _, script := range []string{"ServerReceiveClientHello", "ClientStart\nClientStart", "no such thing"} {
		if err := run.Play(spec.Scenario{}, script, 1); err == nil {
			t.Errorf("%q was played", script)
		}
	}
}

// TestFollow: a path that was found with everything open is followed in a
// scenario that it belongs to, on both sides.
func TestFollow(t *testing.T) {
	open, err := model.New(model.Options{Budget: 1})
	if err != nil {
		t.Fatal(err)
	}
	r, run := rand.New(rand.NewPCG(3, 4)), NewRun()
	for range 500 {
		var path []model.Action
		at := open.Initial()[0]
		for {
			all := open.Enabled(at)
			if len(all) == 0 {
				break
			}
			a := all[r.IntN(len(all))]
			path, at = append(path, a), open.Next(at, a)
		}
		fixed, err := model.New(model.Options{Budget: 1, Fix: open.Complete(at, r.IntN)})
		if err != nil {
			t.Fatal(err)
		}
		if err := run.Begin(fixed, 1); err != nil {
			t.Fatal(err)
		}
		if _, err := run.Follow(path); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTracerSaysTheSame: what the machine tells its Tracer is what the harness
// sees of it, as far as one endpoint can know.
func TestTracerSaysTheSame(t *testing.T) {
	run := NewRun()
	var traced []spec.Observation
	tracer := func(o *spec.Observation) {
		kept := *o
		kept.Sent = slices.Clone(o.Sent)
		traced = append(traced, kept)
	}
	p := run.Pair
	p.clientConfigs, p.serverConfigs = newConfigs(&p.clientSource, tracer), newConfigs(&p.serverSource, tracer)
	r := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		sys, err := model.New(model.Options{Fix: Draw(r.IntN), Budget: r.IntN(2)})
		if err != nil {
			t.Fatal(err)
		}
		if err := run.Begin(sys, 1); err != nil {
			t.Fatal(err)
		}
		for all := run.Enabled(); len(all) > 0; all = run.Enabled() {
			traced = traced[:0]
			a := all[0]
			if len(all) > 2 && r.IntN(4) == 0 {
				a = all[r.IntN(len(all))]
			}
			// Garbage may look like any number of messages.
			reads := needed(a) > 0 && a.Event.Role() != spec.Attacker && !run.garbage(a)
			if err := run.Step(a); err != nil {
				t.Fatal(err)
			}
			if !reads && a.Event != spec.ClientStart {
				continue
			}
			// Under TLS 1.0 application data comes in two records.
			if len(traced) != 1 && (len(traced) != 2 || traced[0].Delivered == 0) {
				t.Fatalf("%s\n%v was traced %d times", run.Conversation(), a, len(traced))
			}
			seen, told := asOneSays(p.end(a.To).observed), asOneSays(traced[len(traced)-1])
			if !equal(&seen, &told) {
				field, saw, says := differing(&seen, &told)
				t.Fatalf("%s\n%v: %s\nseen:   %s\ntraced: %s", run.Conversation(), a, field, saw, says)
			}
		}
	}
}

// asOneSays returns what the endpoint itself can know of an observation: not
// whose secret it is, nor what a ticket is good for.
func asOneSays(o spec.Observation) spec.Observation {
	own := map[spec.Secret]spec.Secret{spec.OtherPAC: spec.PAC, spec.OtherKeyExchanged: spec.KeyExchanged}
	for _, s := range []*spec.Secret{&o.Read, &o.Write, &o.Secret} {
		if mine, ok := own[*s]; ok {
			*s = mine
		}
	}
	o.Sent = slices.Clone(o.Sent)
	for i := range o.Sent {
		s := &o.Sent[i]
		if mine, ok := own[s.Keyed]; ok {
			s.Keyed = mine
		}
		s.Extensions = slices.DeleteFunc(slices.Clone(s.Extensions), func(x spec.Extension) bool { return !isDecisive(x) })
	}
	if o.Call.Made {
		o.Call.Ticket = spec.TicketPAC
		// A suite may be of more than one class.
		o.Call.Named = min(o.Call.Named, spec.NamedOffered)
	}
	return o
}

// TestRecordsAreOpened: each record of a handshake under a PAC is told, the sealed
// ones opened, and what waits on a stream is what was sent.
func TestRecordsAreOpened(t *testing.T) {
	run := NewRun()
	sealed := 0
	run.Pair.Records = func(r Record) {
		opened := r.Sent[0].Keyed != spec.NoSecret
		if opened {
			sealed++
		}
		if same := bytes.HasSuffix(r.Octets, r.Content); same == opened {
			t.Errorf("%v of the %v: opened %v, and the content is the octets': %v", r.Sent[0].Message, r.From, opened, same)
		}
		if waiting := run.Pair.Waiting(r.From.Peer()); len(waiting) > 0 && len(waiting[0]) == 0 {
			t.Error("the stream has ended")
		}
	}
	sc := spec.Scenario{Ticket: spec.TicketPAC, ServerCallback: spec.CallbackAccept, ClientCallback: spec.CallbackAccept}
	if err := run.Play(sc, "ClientStart", 1); err != nil {
		t.Fatal(err)
	}
	if waiting := run.Pair.Waiting(spec.Server); len(waiting) != 1 || waiting[0][0] != byte(spec.ContentHandshake) {
		t.Errorf("%d messages wait", len(waiting))
	}
	if err := run.Finish(); err != nil {
		t.Fatal(err)
	}
	if sealed != 4 {
		t.Errorf("%d records were opened", sealed)
	}
}
