package bench

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/impl/prf"
)

// fixed is a side whose operations take so many nanoseconds, as it says.
func fixed(name string, ns int) Side {
	return Side{name, func(n int) (time.Duration, error) { return time.Duration(n * ns), nil }}
}

func TestMeasure(t *testing.T) {
	row := Row{
		Name:  "row",
		Sides: []Side{fixed("ours", 100), fixed("peer", 400), fixed("floor", 80)},
		Targets: []Target{
			{Against: "peer", AtLeast: 4}, {Against: "peer", AtLeast: 4.1},
			{Against: "floor", AtMost: 1.25}, {Against: "floor", AtMost: 1.2},
			{Against: "absent", AtLeast: 1},
		},
	}
	res, err := Measure(context.Background(), row, Options{Rounds: 3, Slice: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Figures) != 3 || len(res.Ratios) != 4 {
		t.Fatalf("%d figures, %d ratios", len(res.Figures), len(res.Ratios))
	}
	for i, want := range []struct {
		ratio float64
		met   bool
	}{{4, true}, {4, false}, {1.25, true}, {1.25, false}} {
		r := res.Ratios[i]
		if math.Abs(r.Ratio-want.ratio) > 1e-9 || r.Met != want.met || r.Low > r.Ratio || r.High < r.Ratio {
			t.Errorf("ratio %d: %+v", i, r)
		}
	}
}

func TestMeasureFails(t *testing.T) {
	broken := errors.New("broken")
	row := Row{Name: "row", Sides: []Side{{"ours", func(int) (time.Duration, error) { return 0, broken }}}}
	if _, err := Measure(context.Background(), row, Options{}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Measure(ctx, Row{Sides: []Side{fixed("ours", 1)}}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestBootstrapCovers(t *testing.T) {
	res := summarise(Row{Sides: []Side{{Name: "a"}, {Name: "b"}}, Targets: []Target{{Against: "b", AtLeast: 1}}},
		[][]float64{{10, 10, 10, 10, 10}, {18, 19, 20, 21, 22}}, 1)
	if r := res.Ratios[0]; r.Ratio != 2 || r.Low >= 2 || r.High <= 2 || r.Low < 1.8 || r.High > 2.2 {
		t.Errorf("%+v", r)
	}
}

// RFC 5246, Section 5: SHA-256 gives 48 octets in 13 block operations.
func TestCompressions(t *testing.T) {
	for _, test := range []struct{ size, octets, want int }{{32, 48, 13}, {32, 104, 23}, {20, 48, 18}} {
		if got := compressions(test.size, test.octets); got != test.want {
			t.Errorf("%d octets by %d: %d, want %d", test.octets, test.size, got, test.want)
		}
	}
}

func BenchmarkPRF(b *testing.B) {
	for _, h := range []prf.Hash{prf.SHA256, prf.SHA384, prf.MD5SHA1} {
		b.Run(h.String(), func(b *testing.B) { b.ReportAllocs(); fill(h, 48, b.N) })
	}
	b.Run("T-PRF", func(b *testing.B) { b.ReportAllocs(); fillT(48, b.N) })
}

func TestPeer(t *testing.T) {
	program, err := BuildPeer(t.TempDir())
	if errors.Is(err, ErrNoPeer) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	peer, err := StartPeer(program)
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
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
