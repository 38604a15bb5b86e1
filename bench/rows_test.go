package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// openPeers builds and starts the OpenSSL peers, or says why not.
func openPeers(t *testing.T) []*Peer {
	t.Helper()
	peers, end, err := OpenPeers()
	t.Cleanup(end)
	if errors.Is(err, ErrNoPeer) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return peers
}

// TestInstalledIn: a release of OpenSSL is taken from where it is installed, and
// not from where it is not.
func TestInstalledIn(t *testing.T) {
	prefix := t.TempDir()
	if flags := installedIn(prefix); flags != nil {
		t.Errorf("an empty folder: %q", flags)
	}
	for _, file := range []string{"include/openssl/ssl.h", "lib64/libssl.so"} {
		file = filepath.Join(prefix, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"-I" + prefix + "/include", "-L" + prefix + "/lib64", "-Wl,-rpath," + prefix + "/lib64"}
	if flags := installedIn(prefix); !slices.Equal(flags, want) {
		t.Errorf("%q", flags)
	}
}

// Two releases are two sides, with the same target.
func TestTwoPeers(t *testing.T) {
	row := Row{Prepare: sides(fixed(Ours, 1))}
	row.with([]*Peer{{Name: OpenSSL}, {Name: NewestOpenSSL}}, "pac", 5)
	all, err := row.Prepare()
	if err != nil || len(all) != 3 || all[1].Name != OpenSSL || all[2].Name != NewestOpenSSL {
		t.Errorf("sides %v, %v", all, err)
	}
	if want := []Target{{Against: OpenSSL, AtLeast: 5}, {Against: NewestOpenSSL, AtLeast: 5}}; !slices.Equal(row.Targets, want) {
		t.Errorf("targets %v", row.Targets)
	}
}

// TestEveryRow measures every row that does not take minutes, shortly, and holds
// its result to what the row says.
func TestEveryRow(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	for _, row := range Rows(openPeers(t), false) {
		r, err := Measure(context.Background(), row, Options{Rounds: 1, Slice: time.Millisecond})
		if err != nil {
			t.Error(err)
			continue
		}
		if row.Prepare != nil && (len(r.Figures) == 0 || r.Figures[0].Side != Ours || r.Figures[0].Nanoseconds <= 0) {
			t.Errorf("%s: figures %v", row.Name, r.Figures)
		}
		for _, target := range row.Targets {
			i := slices.IndexFunc(r.Ratios, func(q Ratio) bool { return q.Against == target.Against })
			if missing := target.Against == Spin && i < 0; missing {
				continue // not on every machine
			}
			if i < 0 || r.Ratios[i].Verdict == "" || r.Ratios[i].AtLeast != target.AtLeast || r.Ratios[i].AtMost != target.AtMost {
				t.Errorf("%s: no verdict on the target against %s: %v", row.Name, target.Against, r.Ratios)
			}
		}
		if row.Limit != nil && len(r.Counts) == 0 {
			t.Errorf("%s: nothing was counted", row.Name)
		}
	}
}

// TestResultsHaveTheRows: the committed results are of the rows that there are.
func TestResultsHaveTheRows(t *testing.T) {
	r, err := Results()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, row := range Rows(nil, true) {
		names = append(names, row.Name)
	}
	for _, line := range Changed(r.Names(), names) {
		t.Errorf("bench/results.json: %s: run make bench", line)
	}
	if len(r.Timing) == 0 || len(r.Costs) == 0 {
		t.Error("bench/results.json has no constant time, or no costs: run make bench")
	}
}

// TestModelStates: the rates of the explorer are of as many states as it finds.
func TestModelStates(t *testing.T) {
	text, err := os.ReadFile("../model/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var entries []struct {
		Profile, Open  string
		Budget, States int
	}
	if err := json.Unmarshal(text, &entries); err != nil {
		t.Fatal(err)
	}
	found := map[int]int{}
	for _, e := range entries {
		if _, measured := modelStates[e.Budget]; measured && e.Profile == "rfc" && e.Open == "" {
			found[e.Budget] = e.States
		}
	}
	if !maps.Equal(found, modelStates) {
		t.Errorf("the model has %v states by budget, the rows %v", found, modelStates)
	}
}

func TestChangedRowsAreTold(t *testing.T) {
	got := Changed([]string{"a", "b"}, []string{"b", "c"})
	if want := []string{"no longer measured: a", "not yet in the results: c"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// report is one of a slow row.
func report() *Report {
	row := Row{Name: "row", Kind: KindHandshake, Targets: []Target{{Against: OpenSSL, AtLeast: 5}}, Limit: &Limit{Objects: 3}}
	res := summarise(row, []Side{{Name: Ours}, {Name: OpenSSL}, {Name: Floor}}, [][]float64{{1000, 1000}, {4000, 4400}, {500, 500}}, 1)
	objects, octets := 4.0, 100.0
	res.Figures[0].Objects, res.Figures[0].Allocated = &objects, &octets
	res.Counts = row.Limit.hold(res)
	return &Report{Go: "go", CPU: "cpu", Rounds: 2, Rows: []Result{res},
		Timing: []Timing{newTiming("AES", pair{name: "two classes"}, false, 30)}}
}

func TestMissedTargetsAreNamed(t *testing.T) {
	targets, missed := report().Summary()
	want := []string{"row: 4.20x openssl, at least 5; primitives alone: 8.40x", "row: 4 allocations, at most 3", "constant time, AES, two classes: |t| = 30.0"}
	if targets != 3 || !slices.Equal(missed, want) {
		t.Errorf("%d targets, %q", targets, missed)
	}
	var b bytes.Buffer
	report().Print(&b)
	for _, want := range []string{"4.20", "at least 5    not met", "0 of 3 targets met", "1000.0 k/s"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

func TestReportSurvives(t *testing.T) {
	var b, again bytes.Buffer
	if err := report().Write(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	r, err := ReadReport(&b)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Write(&again); err != nil || again.String() != text {
		t.Errorf("%v\n%s", err, again.String())
	}
	if _, err := ReadReport(strings.NewReader(`{"rows": [], "unknown": 1}`)); err == nil {
		t.Error("an unknown field is taken")
	}
}

func TestLimits(t *testing.T) {
	objects, more, octets := 20.0, 21.0, 99.0
	for _, test := range []struct {
		name  string
		limit *Limit
		want  []Verdict
	}{
		{"none", nil, nil},
		{"objects", &Limit{Objects: 20}, []Verdict{Met}},
		{"fewer objects", &Limit{Objects: 19}, []Verdict{NotMet}},
		{"octets", &Limit{Objects: 20, Octets: 98}, []Verdict{Met, NotMet}},
		{"as another", &Limit{As: "other"}, []Verdict{Met}},
		{"as one that was not counted", &Limit{As: "absent"}, nil},
	} {
		r := Result{Figures: []Figure{{Side: Ours, Objects: &objects, Allocated: &octets}, {Side: "other", Objects: &more}}}
		var got []Verdict
		for _, c := range test.limit.hold(r) {
			got = append(got, c.Verdict)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

// TestWithoutTracing: what the tracer row compares with has no tracing left.
func TestWithoutTracing(t *testing.T) {
	source := "package p\n\nfunc (t *trace) called() { t.n++ }\n\nfunc f() {\n\tif m.config.Tracer != nil {\n\t\tm.trace.sent = 1\n\t}\n}\n"
	text, n, err := withoutTracing([]byte(source))
	if err != nil || n != 3 || bytes.Contains(text, []byte("Tracer")) || bytes.Contains(text, []byte("t.n++")) || bytes.Contains(text, []byte("sent")) {
		t.Errorf("%d changes, %v:\n%s", n, err, text)
	}
	if _, n, err := withoutTracing([]byte("package p\n")); n != 0 || err != nil {
		t.Errorf("%d changes in a file without any, %v", n, err)
	}
}

func TestParseTop(t *testing.T) {
	const text = "Type: cpu\n      flat  flat%   sum%        cum   cum%\n     0.81s 60.82% 60.82%      0.81s 60.82%  crypto/sha256.block (inline)\n" +
		"     0.10s  7.00% 67.82%      0.81s 60.82%  example.f[go.shape.[]uint8 T]\n         0     0% 67.82%      0.81s 60.82%  main.main\n"
	entries, err := parseTop([]byte(text))
	if want := []Entry{{"crypto/sha256.block", 60.82}, {"example.f[go.shape.[]uint8 T]", 7}}; err != nil || !slices.Equal(entries, want) {
		t.Errorf("%v, %v", entries, err)
	}
	if _, err := parseTop([]byte("nothing")); err == nil {
		t.Error("no table is no error")
	}
	p := Profile{Paths: []HotPath{{Name: "path", CPU: entries}}}
	if got := p.Unexplained(); !slices.Equal(got, []string{"path: example.f[go.shape.[]uint8 T], 7.0 %"}) {
		t.Errorf("%q", got)
	}
}
