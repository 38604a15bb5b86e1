package plots

import (
	"bytes"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/bench"
)

func draw1(t *testing.T, r *bench.Report) map[string][]byte {
	t.Helper()
	files, err := Draw(r)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// The same results give the same octets, other results others.
func TestDraw(t *testing.T) {
	r, err := bench.Results()
	if err != nil {
		t.Fatal(err)
	}
	first, again := draw1(t, r), draw1(t, r)
	if len(first) != 2*len(Names()) {
		t.Errorf("%d files", len(first))
	}
	for i := range r.Rows {
		for j := range r.Rows[i].Figures {
			r.Rows[i].Figures[j].Nanoseconds *= 1 + float64(j)
		}
	}
	other := draw1(t, r)
	for _, name := range Names() {
		for _, format := range []string{".svg", ".png"} {
			if f := name + format; !bytes.Equal(first[f], again[f]) || bytes.Equal(first[f], other[f]) {
				t.Errorf("%s: the same again: %v, for other results: %v", f, bytes.Equal(first[f], again[f]), bytes.Equal(first[f], other[f]))
			}
		}
	}
}

// A report without peers has plots too.
func TestDrawOursAlone(t *testing.T) {
	r, err := bench.Results()
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Rows {
		f := &r.Rows[i].Figures
		*f = slices.DeleteFunc(*f, func(f bench.Figure) bool { return f.Side != bench.Ours })
	}
	draw1(t, r)
}
