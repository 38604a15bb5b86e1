package cases_test

import (
	"bytes"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/cases"
	"github.com/sesame-tls/sesame/spec/requirements"
)

func exported(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := cases.Write(&b, cases.Chosen()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestFresh: the committed file is what the program exports.
func TestFresh(t *testing.T) {
	committed, err := os.ReadFile("cases.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, exported(t)) {
		t.Error("cases.json is not what cases.Write makes: run `make docs`")
	}
}

// TestRead: what is exported is read again as what it was, and a file that holds
// more than this version knows is refused.
func TestRead(t *testing.T) {
	text := exported(t)
	list, err := cases.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(list, cases.Chosen()) {
		t.Error("the cases that were read are others")
	}
	for name, change := range map[string][2]string{
		"another format":  {`"sesame-cases"`, `"other-cases"`},
		"another version": {`"version":2`, `"version":3`},
		"a new member":    {`"message":"ClientHello"`, `"message":"ClientHello","colour":"red"`},
	} {
		changed := strings.Replace(string(text), change[0], change[1], 1)
		if _, err := cases.Read(strings.NewReader(changed)); err == nil || changed == string(text) {
			t.Errorf("%s was read", name)
		}
	}
}

// TestWellFormed: each case has a name of its own, a requirement that exists,
// something that is allowed, and a reason where its grade is below MUST.
func TestWellFormed(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range cases.All() {
		if seen[c.ID] || c.Name == "" || c.System != "server" && c.System != "client" || !strings.HasPrefix(c.ID, c.System+"/") {
			t.Errorf("%s: twice, or not named well", c.ID)
		}
		seen[c.ID] = true
		if !cases.Known(c.ID) {
			t.Errorf("%s is not known", c.ID)
		}
		for _, id := range c.Requirements {
			if _, ok := requirements.ByID(id); !ok {
				t.Errorf("%s: no requirement is %s", c.ID, id)
			}
		}
		if len(c.Requirements) == 0 || (c.Grade != cases.Must) != (c.Why != "") {
			t.Errorf("%s: requirements %q, grade %s, because %q", c.ID, c.Requirements, c.Grade, c.Why)
		}
		for i, s := range c.Steps {
			if len(s.Allow) == 0 || slices.ContainsFunc(s.Allow, func(o cases.Outcome) bool { return len(o.Answers) == 0 && !o.Closed }) {
				t.Errorf("%s: step %d allows nothing, or silence", c.ID, i)
			}
		}
	}
	for _, c := range cases.Chosen() {
		if !seen[c.ID] {
			t.Errorf("%s is chosen, and not among all", c.ID)
		}
	}
}

func reached(list []cases.Case) map[string]bool {
	ids := map[string]bool{}
	for _, c := range list {
		for _, id := range c.Requirements {
			ids[id] = true
		}
	}
	return ids
}

// TestReach: every requirement on the wire is reached, but for those that
// unreached.txt has a reason for. Without its cases, a requirement is missed.
func TestReach(t *testing.T) {
	for _, wrong := range cases.Missed(reached(cases.Chosen())) {
		t.Error(wrong)
	}
	without := slices.DeleteFunc(slices.Clone(cases.Chosen()), func(c cases.Case) bool { return slices.Contains(c.Requirements, "FAST-TLS-07") })
	if wrong := cases.Missed(reached(without)); len(wrong) != 1 || !strings.HasPrefix(wrong[0], "FAST-TLS-07 ") {
		t.Errorf("without the cases of FAST-TLS-07: %q", wrong)
	}
	all := map[string]bool{}
	for _, id := range cases.OnTheWire() {
		all[id] = true
	}
	if wrong := cases.Missed(all); len(wrong) != len(cases.Unreached()) {
		t.Errorf("with all reached: %q", wrong)
	}
}

// paddings counts the lengths of padding that the cases of a prefix send, given
// how many octets stand behind the data.
func paddings(list []cases.Case, prefix string, behind int) int {
	lengths := map[int]bool{}
	for _, c := range list {
		if !strings.HasPrefix(c.ID, prefix) {
			continue
		}
		last := c.Steps[len(c.Steps)-1].Send
		data := last[len(last)-1]
		for _, n := range data.Records {
			lengths[15-(n+behind)%16+16*data.Padding] = true
		}
	}
	return len(lengths)
}

// TestPaddings: every length of padding is sent, 0 to 255; without one case, 16
// are not.
func TestPaddings(t *testing.T) {
	for _, system := range []string{"server", "client"} {
		for flavour, behind := range map[string]int{"cbc-1.2": 20, "cbc-1.0": 20, "encrypt-then-mac": 0} {
			prefix := system + "/rule/padding/" + flavour + "/"
			if n := paddings(cases.Chosen(), prefix, behind); n != 256 {
				t.Errorf("%s: %d lengths", prefix, n)
			}
			without := slices.DeleteFunc(slices.Clone(cases.Chosen()), func(c cases.Case) bool { return c.ID == prefix+"7-blocks" })
			if n := paddings(without, prefix, behind); n != 240 {
				t.Errorf("%s without one: %d lengths", prefix, n)
			}
		}
	}
}

// TestKinds: the chosen kinds have each two settings together, and fewer cases
// than all.
func TestKinds(t *testing.T) {
	count := func(list []cases.Case) int {
		return len(slices.DeleteFunc(slices.Clone(list), func(c cases.Case) bool { return !strings.Contains(c.ID, "/kinds/") }))
	}
	chosen, all := count(cases.Chosen()), count(cases.All())
	if chosen == 0 || all < 10*chosen {
		t.Errorf("%d kinds are chosen of %d", chosen, all)
	}
	for _, part := range []string{"server/kinds/accept/1.0/ECDHE_ECDSA", "client/kinds/decline/1.2/DHE_RSA", "server/kinds/unset/1.1/RSA"} {
		if !slices.ContainsFunc(cases.Chosen(), func(c cases.Case) bool { return strings.HasPrefix(c.ID, part) }) {
			t.Errorf("no chosen case begins with %s", part)
		}
	}
}

// TestJudge: where a step stands.
func TestJudge(t *testing.T) {
	yes := true
	hello := cases.Answer{Message: "ServerHello", SessionIDs: []string{"echo"}, Has: []string{"a"}, Lacks: []string{"b"}, Downgrade: &yes}
	accept := cases.Outcome{Answers: []cases.Answer{hello, {Message: "Finished"}}}
	refuse := cases.Outcome{Answers: []cases.Answer{{Message: "Alert", Alerts: []string{"x", "y"}}}, Closed: true}
	step := cases.Step{Allow: []cases.Outcome{accept, refuse}}
	good := cases.Seen{Message: "ServerHello", SessionID: "echo", Extensions: []string{"a"}, Downgrade: true}
	with := func(f func(*cases.Seen)) cases.Seen { s := good; f(&s); return s }
	finished := cases.Seen{Message: "Finished"}
	fatal := func(name string) cases.Seen { return cases.Seen{Message: "Alert", Level: "fatal", Alert: name} }
	for _, c := range []struct {
		name   string
		seen   []cases.Seen
		closed bool
		want   cases.Standing
		alert  bool
	}{
		{"nothing yet", nil, false, cases.Waiting, false},
		{"half", []cases.Seen{good}, false, cases.Waiting, false},
		{"whole", []cases.Seen{good, finished}, false, cases.Met, false},
		{"whole and closed", []cases.Seen{good, finished}, true, cases.Deviates, false},
		{"too much", []cases.Seen{good, finished, finished}, false, cases.Deviates, false},
		{"another message", []cases.Seen{finished}, false, cases.Deviates, false},
		{"another ID", []cases.Seen{with(func(s *cases.Seen) { s.SessionID = "fresh" })}, false, cases.Deviates, false},
		{"an extension too few", []cases.Seen{with(func(s *cases.Seen) { s.Extensions = nil })}, false, cases.Deviates, false},
		{"an extension too many", []cases.Seen{with(func(s *cases.Seen) { s.Extensions = []string{"a", "b"} })}, false, cases.Deviates, false},
		{"no mark", []cases.Seen{with(func(s *cases.Seen) { s.Downgrade = false })}, false, cases.Deviates, false},
		{"refused", []cases.Seen{fatal("y")}, true, cases.Met, false},
		{"refused, not closed yet", []cases.Seen{fatal("x")}, false, cases.Met, false},
		{"by another alert", []cases.Seen{fatal("z")}, true, cases.Deviates, true},
		{"without an alert", nil, true, cases.Deviates, true},
		{"by a warning", []cases.Seen{{Message: "Alert", Level: "warning", Alert: "x"}}, false, cases.Deviates, false},
		{"refused too late", []cases.Seen{good, fatal("x")}, true, cases.Deviates, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := step.Judge(c.seen, c.closed); got != c.want {
				t.Errorf("standing %d, want %d", got, c.want)
			}
			if got := step.AlertAlone(c.seen, c.closed); c.want == cases.Deviates && got != c.alert {
				t.Errorf("the alert alone: %v", got)
			}
		})
	}
}

// TestEdit: octets are cut, changed, and appended to, and a length is made to
// fit.
func TestEdit(t *testing.T) {
	for name, c := range map[string]struct {
		edit   *cases.Edit
		header bool
		want   []byte
	}{
		"none":               {nil, true, []byte{1, 0, 0, 2, 7, 8}},
		"cut":                {&cases.Edit{Cut: 1}, true, []byte{1, 0, 0, 2, 7}},
		"cut with length":    {&cases.Edit{Cut: 1, Length: true}, true, []byte{1, 0, 0, 1, 7}},
		"first":              {&cases.Edit{Xor: 3}, true, []byte{2, 0, 0, 2, 7, 8}},
		"last":               {&cases.Edit{At: -1, Xor: 1}, true, []byte{1, 0, 0, 2, 7, 9}},
		"beyond":             {&cases.Edit{At: 9, Xor: 1}, true, []byte{1, 0, 0, 2, 7, 8}},
		"appended":           {&cases.Edit{Append: "00ff", Length: true}, true, []byte{1, 0, 0, 4, 7, 8, 0, 255}},
		"filled, no header":  {&cases.Edit{Cut: 9, Fill: 2, Length: true}, false, []byte{0xa5, 0xa5}},
		"more than there is": {&cases.Edit{Cut: 99}, true, []byte{}},
	} {
		if got := c.edit.Apply([]byte{1, 0, 0, 2, 7, 8}, c.header); !bytes.Equal(got, c.want) {
			t.Errorf("%s: % x, want % x", name, got, c.want)
		}
	}
}
