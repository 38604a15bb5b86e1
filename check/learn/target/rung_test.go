package target

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/internal/faulty"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/learn"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// TestRung learns the six machines.
func TestRung(t *testing.T) {
	run := ladder.NewRun(1)
	if err := climb(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	counts := run.Counts()
	if i := slices.IndexFunc(counts, func(c ladder.Count) bool { return c.What == "machines" }); i < 0 || counts[i].N != 6 {
		t.Errorf("counted %v", counts)
	}
}

// TestMachines learns the six, led by the model.
func TestMachines(t *testing.T) {
	for _, m := range short() {
		learned, system := quick(t, m.role, m.scenario, nil)
		for _, d := range Differences(learned, expected(t, system, m.scenario, model.Options{}), m.role) {
			t.Errorf("%v\n%s", m, d)
		}
	}
}

// TestScenarios: every machine of a long run has a system and a model, and no
// two are the same.
func TestScenarios(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range append(short(), long()...) {
		system, err := NewImpl(m.role, m.scenario, 1)
		if err != nil {
			t.Errorf("%v: %v", m, err)
			continue
		}
		if _, err := Expect(system, m.scenario, spec.Profile{}); err != nil {
			t.Errorf("%v: %v", m, err)
		}
		seen[m.String()] = true
	}
	if len(seen) < 50 {
		t.Errorf("%d machines", len(seen))
	}
}

// quick learns one machine, led by the model's.
func quick(t *testing.T, r spec.Role, sc spec.Scenario, want *Machine) (*Machine, *Impl) {
	t.Helper()
	system, err := NewImpl(r, sc, 1)
	if err != nil {
		t.Fatal(err)
	}
	if want == nil {
		want = expected(t, system, sc, model.Options{})
	}
	result, err := Learn(t.Context(), system, want, Options{Equivalence: "model", Walks: 50})
	if err != nil {
		t.Fatal(err)
	}
	return result.Machine, system
}

func expected(t *testing.T, s Endpoint, sc spec.Scenario, o model.Options) *Machine {
	t.Helper()
	want, err := expect(s, sc, o)
	if err != nil {
		t.Fatal(err)
	}
	return want
}

// TestDeterministic: the same seed asks the same and learns the same.
func TestDeterministic(t *testing.T) {
	var first *Result
	for range 2 {
		system, err := NewImpl(spec.Server, ScenarioOf(spec.Server, spec.CallbackAccept), 7)
		if err != nil {
			t.Fatal(err)
		}
		result, err := Learn(t.Context(), system, nil, Options{Seed: 7})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = result
		}
		if result.Counts != first.Counts || result.Machine.DOT() != first.Machine.DOT() {
			t.Errorf("%+v, then %+v", first.Counts, result.Counts)
		}
	}
}

// TestFaultyModels is the must-fail twin from the other side: a model with a
// fault is not what is learned, and the word that tells so is shortest.
func TestFaultyModels(t *testing.T) {
	for _, c := range []struct {
		mutant   string
		role     spec.Role
		callback spec.Callback
		inputs   int
	}{
		{"no-echo", spec.Server, spec.CallbackAccept, 1},
		{"decline-aborts", spec.Server, spec.CallbackDecline, 1},
		{"early-change-cipher-spec", spec.Client, spec.CallbackUnset, 1},
		{"lost-lookahead", spec.Client, spec.CallbackAccept, 2},
		{"finished-unverified", spec.Client, spec.CallbackAccept, 3},
	} {
		t.Run(c.mutant, func(t *testing.T) {
			sc := ScenarioOf(c.role, c.callback)
			learned, system := quick(t, c.role, sc, nil)
			bad := expected(t, system, sc, model.Options{Mutant: c.mutant})
			all := Differences(learned, bad, c.role)
			if len(all) == 0 {
				t.Fatal("no difference")
			}
			told := all[0]
			arrow := map[spec.Role]string{spec.Server: "C->S ", spec.Client: "S->C "}[c.role]
			if got := strings.Count(told, arrow); got != c.inputs {
				t.Errorf("told by %d inputs, want %d:\n%s", got, c.inputs, told)
			}
			if !strings.Contains(told, "\nmodel:   ") || !strings.Contains(told, "\nlearned: ") {
				t.Errorf("told as %q", told)
			}
		})
	}
}

// TestFaultsInTheSourceAreFound builds the implementation with a fault and
// wants a shortest word.
func TestFaultsInTheSourceAreFound(t *testing.T) {
	for _, c := range []struct {
		name string
		edit faulty.Edit
		want string // the end of the conversation
	}{
		{"ChangeCipherSpec after ServerHello without a ticket", faulty.Edit{File: "client_table.go",
			Right: "On: spec.ChangeCipherSpec, If: ticketPending, Do: do(useSessionSecret, activateRead)",
			Wrong: "On: spec.ChangeCipherSpec, Do: do(useSessionSecret, activateRead)"}, "S->C ChangeCipherSpec\nmodel:   Alert(unexpected_message) closed"},
		{"no echo of the Session ID", faulty.Edit{File: "server_hello.go",
			Right: "	m.idLen = copy(m.id[:], m.hello.SessionID)", Wrong: "	m.idLen = 0"},
			"C->S ClientHello ticket=none sid=cached\nmodel:   ServerHello(sid=echo) ChangeCipherSpec Finished"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := faulty.Test(t, "../../../impl/handshake", []faulty.Edit{c.edit}, "^TestMachines$")
			switch {
			case err == nil:
				t.Fatal("not found")
			case !strings.Contains(strings.ReplaceAll(out, "\n        ", "\n"), c.want):
				t.Fatalf("it failed for another reason:\n%s", out)
			}
		})
	}
}

// fickle changes its mind about ChangeCipherSpec.
type fickle struct {
	*Impl
	resets int
}

func (f *fickle) Reset(ctx context.Context) error { f.resets++; return f.Impl.Reset(ctx) }

func (f *fickle) Step(ctx context.Context, in string) (string, error) {
	out, err := f.Impl.Step(ctx, in)
	if in == "ChangeCipherSpec" && f.resets > 30 {
		return "Alert(internal_error) closed", err
	}
	return out, err
}

// TestNondeterminism: an endpoint that answers one word in two ways is told,
// with the word.
func TestNondeterminism(t *testing.T) {
	system, err := NewImpl(spec.Client, ScenarioOf(spec.Client, spec.CallbackAccept), 1)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Learn(t.Context(), &fickle{Impl: system}, nil, Options{})
	var changed *learn.Nondeterminism[string, string]
	if !errors.As(err, &changed) || changed.Is != "Alert(internal_error) closed" || len(changed.Word) == 0 {
		t.Errorf("%v", err)
	}
}

// late says the first thing that ends its connection one input too late, until
// it is waited for.
type late struct {
	*Impl
	patient bool
	owed    string
}

func (l *late) Reset(ctx context.Context) error { l.owed = ""; return l.Impl.Reset(ctx) }

func (l *late) Step(ctx context.Context, in string) (string, error) {
	if owed := l.owed; owed != "" {
		l.owed = ""
		return owed, nil
	}
	out, err := l.Impl.Step(ctx, in)
	if !l.patient && strings.HasSuffix(out, " closed") {
		l.owed = out
		return Silent, err
	}
	return out, err
}

func (l *late) Slower() bool {
	was := l.patient
	l.patient = true
	return !was
}

func (l *late) Prove(ctx context.Context, word, _ []string) (last string, err error) {
	if err := l.Impl.Reset(ctx); err != nil {
		return "", err
	}
	for _, in := range word {
		if last, err = l.Impl.Step(ctx, in); err != nil {
			return "", err
		}
	}
	return last, nil
}

// TestLate: answers that come too late agree with each other, and are found out
// nevertheless.
func TestLate(t *testing.T) {
	sc := ScenarioOf(spec.Server, spec.CallbackAccept)
	system, err := NewImpl(spec.Server, sc, 1)
	if err != nil {
		t.Fatal(err)
	}
	result, err := Learn(t.Context(), &late{Impl: system}, nil, Options{Walks: 2000})
	if err != nil {
		t.Fatal(err)
	}
	if result.Restarts != 1 || result.Proved == 0 {
		t.Errorf("%d restarts, %d answers proved", result.Restarts, result.Proved)
	}
	for _, d := range Differences(result.Machine, expected(t, system, sc, model.Options{}), spec.Server) {
		t.Error(d)
	}
}

// TestOptions: a name that is none is an error that lists the names.
func TestOptions(t *testing.T) {
	system, err := NewImpl(spec.Client, spec.Scenario{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{Algorithm: "ttt"}, {Equivalence: "perfect"}, {Equivalence: "model"}} {
		if _, err := Learn(t.Context(), system, nil, o); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
