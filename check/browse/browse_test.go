package browse

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/model"
)

// get asks a server, and returns the status and the answer.
func get(t *testing.T, h http.Handler, path string, into any) *http.Response {
	t.Helper()
	return do(t, h, httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+path, nil), into)
}

func do(t *testing.T, h http.Handler, r *http.Request, into any) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if into != nil {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			t.Fatalf("%s: %v: %s", r.URL, err, w.Body)
		}
	}
	return w.Result()
}

// ask gets an answer that is a success.
func ask[T any](t *testing.T, h http.Handler, path string) *T {
	t.Helper()
	var v T
	var raw json.RawMessage
	if r := get(t, h, path, &raw); r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s: %s", path, r.Status, raw)
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return &v
}

// runOn takes the first action of an endpoint until there is none.
func runOn(t *testing.T, h http.Handler, v *View) *View {
	t.Helper()
	for {
		i := slices.IndexFunc(v.Enabled, func(c Choice) bool { return c.Role != "Attacker" })
		if i < 0 {
			return v
		}
		v = ask[View](t, h, "/api/walk?"+v.Enabled[i].Link)
	}
}

func query(scenario string, more ...string) string {
	q := url.Values{"scenario": {scenario}}
	for i := 0; i < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return q.Encode()
}

// TestWalk: the chart of a PAC handshake grows step by step, and each address on
// the way leads to where it was taken.
func TestWalk(t *testing.T) {
	s := New()
	v := runOn(t, s, ask[View](t, s, "/api/walk"))
	var sent []string
	for _, step := range v.Steps {
		for _, m := range step.Sent {
			sent = append(sent, m.Message+m.Keyed)
		}
	}
	want := "ClientHello ServerHello ChangeCipherSpec Finishedpac ChangeCipherSpec Finishedpac ApplicationDatapac ApplicationDatapac"
	if strings.Join(sent, " ") != want {
		t.Errorf("sent %q, want %q", sent, want)
	}
	if c, s := v.Client[0].Value, v.Server[0].Value; c != "Established" || s != "Established" {
		t.Errorf("the ends are %s and %s", c, s)
	}
	if len(v.Broken) > 0 || len(v.Met) < 10 {
		t.Errorf("violated %v, met %v", v.Broken, v.Met)
	}
	for i, step := range v.Steps {
		again := ask[View](t, s, "/api/walk?"+step.Link)
		if again.Link != step.Link || len(again.Steps) != i+1 || again.Steps[i].Name != step.Name {
			t.Errorf("the address of step %d leads to step %d", i+1, len(again.Steps))
		}
	}
	if back := ask[View](t, s, "/api/walk?"+v.Start); len(back.Steps) != 0 {
		t.Errorf("the first state has %d steps", len(back.Steps))
	}
}

// TestOpenScenario: what a step chooses of an open scenario is told.
func TestOpenScenario(t *testing.T) {
	s := New()
	v := ask[View](t, s, "/api/walk?"+query("ticket=? client=accept server=accept"))
	v = ask[View](t, s, "/api/walk?"+v.Enabled[0].Link)
	var narrows []string
	for _, c := range v.Enabled {
		narrows = append(narrows, c.Narrows)
	}
	if !slices.Contains(narrows, "ticket=pac") || slices.Contains(v.Open, "server") || !slices.Contains(v.Open, "ticket") {
		t.Errorf("actions choose %q, open are %q", narrows, v.Open)
	}
}

// TestViolation: a mutant's violation lights up, and a shortest counterexample
// is where the answer says.
func TestViolation(t *testing.T) {
	s := New()
	q := query("", paramMutant, "early-change-cipher-spec", paramBudget, "1")
	found := ask[Verified](t, s, "/api/verify?"+q)
	violated := 0
	for _, p := range found.Properties {
		if p.Verdict != string(model.Violated) {
			continue
		}
		violated++
		v := ask[View](t, s, "/api/walk?"+p.Shortest)
		if len(v.Steps) != p.Steps || !slices.ContainsFunc(v.Broken, func(b Broken) bool { return b.Name == p.Name && b.Step == p.Steps }) {
			t.Errorf("%s: after %d steps, not %d, is violated %v", p.Name, len(v.Steps), p.Steps, v.Broken)
		}
		// Whoever stands before it is warned.
		before := ask[View](t, s, "/api/walk?"+prefix(t, p.Shortest))
		if !slices.ContainsFunc(before.Enabled, func(c Choice) bool {
			return slices.Contains(c.Violates, p.Name) && c.Name == v.Steps[len(v.Steps)-1].Name
		}) {
			t.Errorf("%s: no action before it says so", p.Name)
		}
	}
	if violated == 0 {
		t.Errorf("nothing is violated: %+v", found)
	}
	if clean := ask[Verified](t, s, "/api/verify?"+query("")); slices.ContainsFunc(clean.Properties, func(v Verdict) bool { return v.Violations > 0 }) {
		t.Error("the sound system violates something")
	}
}

// prefix is the address of the step before.
func prefix(t *testing.T, link string) string {
	t.Helper()
	q, err := url.ParseQuery(link)
	if err != nil {
		t.Fatal(err)
	}
	path := q.Get(paramPath)
	q.Set(paramPath, path[:max(0, strings.LastIndexByte(path, '.'))])
	q.Del(paramMark)
	return q.Encode()
}

// TestGraph: the graph is the model's, a large one comes laid out, and a path's
// states are found in it.
func TestGraph(t *testing.T) {
	s := New()
	small := ask[Graph](t, s, "/api/graph?"+query(firstScenario))
	if small.Drawn || len(small.Nodes) < 10 || small.Nodes[0].Layer != 0 {
		t.Errorf("%d nodes, drawn: %v", len(small.Nodes), small.Drawn)
	}
	large := ask[Graph](t, s, "/api/graph?"+query("ticket=? server=? client=? keys=? sid=?", paramBudget, "1"))
	if !large.Drawn || len(large.Nodes) < 10_000 {
		t.Fatalf("%d nodes, drawn: %v", len(large.Nodes), large.Drawn)
	}
	seen := map[[2]int]bool{}
	for _, n := range large.Nodes {
		if at := [2]int{n.Layer, n.Order}; seen[at] {
			t.Fatalf("two nodes stand at %v", at)
		} else {
			seen[at] = true
		}
	}
	v := runOn(t, s, ask[View](t, s, "/api/walk"))
	nodes := ask[struct{ Nodes []int }](t, s, "/api/nodes?"+v.Link).Nodes
	if len(nodes) != len(v.Steps)+1 || slices.Contains(nodes, -1) {
		t.Errorf("the path is at %v", nodes)
	}
	at := ask[struct {
		Link  string
		Facts []string
	}](t, s, fmt.Sprintf("/api/node?%s&node=%d", query(firstScenario), nodes[len(nodes)-1]))
	if end := ask[View](t, s, "/api/walk?"+at.Link); end.Client[0].Value != "Established" || !strings.HasPrefix(at.Facts[0], "client Established secret=pac") {
		t.Errorf("the last node is %q", at.Facts)
	}
}

// TestVisits: the implementation's runs visit all of a small graph, and differ
// from a mutant.
// TestSearch finds states by their words.
func TestSearch(t *testing.T) {
	s := New()
	h := ask[Hits](t, s, "/api/search?"+query(firstScenario, "q", "client=Established SECRET=pac"))
	if h.Total == 0 || len(h.Hits) != min(h.Total, hitsMost) {
		t.Fatalf("%d found, %d listed", h.Total, len(h.Hits))
	}
	for _, hit := range h.Hits {
		if v := ask[View](t, s, "/api/walk?"+hit.Link); v.Client[0].Value != "Established" || len(v.Steps) != hit.Steps {
			t.Errorf("%s is not what its address leads to", hit.Text)
		}
	}
	if h := ask[Hits](t, s, "/api/search?"+query(firstScenario, "q", "client=Nowhere")); h.Total != 0 {
		t.Errorf("%d states found", h.Total)
	}
}

// TestCompare: a profile's quirk shows where it is, and equal systems show none.
func TestCompare(t *testing.T) {
	s := New()
	for _, c := range []struct {
		name, scenario, path       string
		profile, mutant            string
		field                      string // of the nearest difference; empty: none
		agreed                     int
		budget                     string
		onlyHere, onlyThere, after bool
	}{
		{name: "a quirk in the suite", scenario: firstScenario + " sid=fresh", path: "0.0", mutant: "no-echo", field: "Sent", agreed: 1},
		{name: "a quirk that does not show", scenario: "", path: "0.0", mutant: "no-echo", agreed: 2},
		{name: "a crash", scenario: firstScenario, path: "0.0.0", profile: "openssl-3.2.1", field: "Sent", agreed: 1},
		{name: "an attack", scenario: "", path: "0", mutant: "early-change-cipher-spec", budget: "1", field: "enabled", agreed: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := query(c.scenario, paramPath, c.path, paramBudget, c.budget, "other-profile", c.profile, "other-mutant", c.mutant)
			got := ask[Compared](t, s, "/api/compare?"+q)
			switch {
			case got.Agreed != c.agreed:
				t.Errorf("%d steps agree, not %d: %+v", got.Agreed, c.agreed, got.Difference)
			case c.field == "" && got.Nearest != nil:
				t.Errorf("they differ: %+v", got.Nearest)
			case c.field != "" && got.Nearest == nil:
				t.Error("no difference was found")
			}
			if got.Nearest == nil {
				return
			}
			here, there := ask[View](t, s, "/api/walk?"+got.Shortest), ask[View](t, s, "/api/walk?"+got.ShortestThere)
			if there.Setting != got.Other || here.Setting == there.Setting {
				t.Errorf("the addresses are of %+v and %+v", here.Setting, there.Setting)
			}
		})
	}
}

// TestReal: the implementation goes the path, with octets and what is in them.
// TestAttackIsReal: what the attacker does is done on octets.
// post loads a file.
// TestLoadTraces: traces of the implementation are behaviours of the model, of
// both ends and of one, and one that was tampered with is not.
// TestLoadCounterexamples: a report of the explorer's is walked.
// TestLoadCaptures: recorded conversations are walked along the model.
// TestProblems: a bad question is answered by what was wrong, where, and what to
// do instead.
// TestHygiene: every answer has the headers that keep others out, and nobody
// asks under another name.
// TestBusy: a question for which there is no place gives up with its asker.
// TestGivesUp: work ends with its asker.
// TestPanic: a question that panics is a problem of its own.
// TestGraphsAreFew: no more graphs are kept than there is room for, and the one
// that was asked for last is.
// TestServe: a server ends when it is told to, and lets answers be answered.
// TestPlaceComesBack: an address says the place it was made from.
// FuzzPlace: whatever stands in an address, it is refused or walked.
// FuzzLoad: whatever is posted, it is refused or walked, in bounds.
// TestDissect: the fields of octets cover them, in order, whatever they are.
