package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/impl/prf"
)

// fixed is a side whose operations take so many nanoseconds, as it says.
func fixed(name string, ns int) Side {
	return Side{Name: name, Work: func(n int) (time.Duration, error) { return time.Duration(n * ns), nil }}
}

func TestMeasure(t *testing.T) {
	row := Row{
		Name:    "row",
		Prepare: sides(fixed("ours", 100), fixed("peer", 400), fixed("floor", 80), fixed("other", 500)),
		Targets: []Target{
			{Against: "peer", AtLeast: 4}, {Against: "floor", AtMost: 1.2}, {Against: "absent", AtLeast: 1},
		},
	}
	res, err := Measure(context.Background(), row, Options{Rounds: 3, Slice: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Figures) != 4 || len(res.Ratios) != 3 {
		t.Fatalf("%d figures, %d ratios", len(res.Figures), len(res.Ratios))
	}
	for i, want := range []struct {
		ratio   float64
		verdict Verdict
	}{{4, Met}, {1.25, NotMet}, {5, ""}} {
		r := res.Ratios[i]
		if math.Abs(r.Ratio-want.ratio) > 1e-9 || r.Verdict != want.verdict || r.Low > r.Ratio || r.High < r.Ratio {
			t.Errorf("ratio %d: %+v", i, r)
		}
	}
}

func TestMeasureFails(t *testing.T) {
	broken := errors.New("broken")
	row := Row{Name: "row", Prepare: sides(Side{Name: "ours", Work: func(int) (time.Duration, error) { return 0, broken }})}
	if _, err := Measure(context.Background(), row, Options{}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Measure(ctx, Row{Prepare: sides(fixed("ours", 1))}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestWelch(t *testing.T) {
	a, b := []float64{1, 2, 3, 4, 5}, []float64{2, 3, 4, 5, 6}
	// Means a unit apart, variances of 2.5: 1 / sqrt(2.5/5 + 2.5/5).
	if got := welch(b, a); math.Abs(got-1) > 1e-9 || welch(a, a) != 0 || !math.IsInf(welch([]float64{2, 2}, []float64{1, 1}), 1) {
		t.Errorf("t = %v", got)
	}
}

func TestBootstrapCovers(t *testing.T) {
	res := summarise(Row{Targets: []Target{{Against: "b", AtLeast: 1}}}, []Side{{Name: "a"}, {Name: "b"}},
		[][]float64{{10, 10, 10, 10, 10}, {18, 19, 20, 21, 22}}, 1)
	if r := res.Ratios[0]; r.Ratio != 2 || r.Low >= 2 || r.High <= 2 || r.Low < 1.8 || r.High > 2.2 {
		t.Errorf("%+v", r)
	}
}

// RFC 5246, Section 5: SHA-256 gives 48 octets in 13 block operations.
func TestPRFCosts(t *testing.T) {
	for _, test := range []struct {
		hash   prf.Hash
		octets int
		want   []int
	}{{prf.SHA256, 48, []int{13}}, {prf.SHA256, 104, []int{23}}, {prf.MD5SHA1, 48, []int{18, 18}}} {
		for i, c := range prfCosts(test.hash, test.octets) {
			if c.Count != test.want[i] {
				t.Errorf("%v, %d octets: %d of %s, want %d", test.hash, test.octets, c.Count, c.Unit, test.want[i])
			}
		}
	}
}

// BenchmarkRows measures our side and the others in this process in go test's
// format, for benchstat.
func BenchmarkRows(b *testing.B) {
	for _, row := range Rows(nil, false) {
		if row.Kind == KindExplorer || row.Kind == KindAuthentication || row.Prepare == nil {
			continue // BenchmarkExplore…, and what other processes do
		}
		b.Run(strings.ReplaceAll(row.Name, " ", "_"), func(b *testing.B) { benchmarkRow(b, row) })
	}
}

func benchmarkRow(b *testing.B, row Row) {
	all, err := row.Prepare()
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range all {
		if s.Count == nil {
			continue // another process's
		}
		b.Run(s.Name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(row.Octets))
			took, err := s.Work(b.N)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(took.Nanoseconds())/float64(b.N), "ns/op") // of CPU time
		})
	}
}

func TestPeer(t *testing.T) {
	peer := openPeers(t)[0]
	for _, command := range []string{"prf SHA2-256 48", "prf MD5-SHA1 104", "tprf 48", "pac 1.2 AES128-GCM-SHA256",
		"pac 1.0 AES128-SHA", "record 1.2 AES128-GCM-SHA256 1024"} {
		if d, err := peer.Work(command)(3); err != nil || d <= 0 {
			t.Errorf("%s: %v, %v", command, d, err)
		}
	}
	if _, err := peer.Work("record 1.2 NO-SUCH-SUITE 1024")(1); err == nil {
		t.Error("an unknown suite gives a figure")
	}
}

// What is measured again stands where it stood, and all else stays.
func TestReportKeepsTheOtherRows(t *testing.T) {
	old := &Report{Rows: []Result{{Name: "a"}, {Name: "b"}}, Costs: []Cost{{}}, Timing: []Timing{{}}}
	now := &Report{Rows: []Result{{Name: "b", States: 1}, {Name: "c", States: 2}}}
	now.Keep(old)
	var got []string
	for _, r := range now.Rows {
		got = append(got, fmt.Sprint(r.Name, r.States))
	}
	if want := []string{"a0", "b1", "c2"}; !slices.Equal(got, want) || len(now.Costs) != 1 || len(now.Timing) != 1 {
		t.Errorf("%v, %d costs, %d timings, want %v", got, len(now.Costs), len(now.Timing), want)
	}
	if len(old.Rows) != 2 || old.Rows[1].States != 0 {
		t.Errorf("the earlier report has changed: %+v", old.Rows)
	}
}
