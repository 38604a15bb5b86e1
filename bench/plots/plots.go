// Package plots draws the results of package bench: [Draw] gives each plot as
// SVG and as PNG, the same octets for the same results.
package plots

import (
	"bytes"
	"fmt"
	"image/color"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/sesame-tls/sesame/bench"
)

const width, height = 7 * vg.Inch, 4.2 * vg.Inch

// The colours of the sides, told apart without colour vision too.
var colours = map[string]color.Color{
	bench.Ours:      color.RGBA{0x00, 0x5a, 0xb5, 0xff},
	bench.CryptoTLS: color.RGBA{0xdc, 0x32, 0x20, 0xff},
	bench.OpenSSL:   color.RGBA{0x40, 0xa0, 0x40, 0xff},
	bench.Floor:     color.Gray{0x80},
	bench.Raw:       color.Gray{0x80},
	bench.OneWorker: color.Gray{0x80},
}

var dashes = [][]vg.Length{nil, {vg.Points(6), vg.Points(3)}, {vg.Points(1.5), vg.Points(2)}}

// Names are the plots, in the order in which they are shown.
func Names() []string { return []string{"handshakes", "throughput", "prf", "explorer"} }

// Draw draws all plots of a report, by their file names.
func Draw(r *bench.Report) (map[string][]byte, error) {
	files := map[string][]byte{}
	for name, of := range map[string]func(*bench.Report) (*plot.Plot, error){
		"handshakes": handshakes, "throughput": throughput, "prf": prfs, "explorer": explorer,
	} {
		p, err := of(r)
		if err != nil {
			return nil, fmt.Errorf("plots: %s: %w", name, err)
		}
		for _, format := range []string{"svg", "png"} {
			if files[name+"."+format], err = render(p, format); err != nil {
				return nil, fmt.Errorf("plots: %s: %w", name, err)
			}
		}
	}
	return files, nil
}

// render draws a plot with a margin.
func render(p *plot.Plot, format string) ([]byte, error) {
	canvas, err := draw.NewFormattedCanvas(width, height, format)
	if err != nil {
		return nil, err
	}
	const margin = 10
	p.Draw(draw.Crop(draw.New(canvas), margin, -2*margin, margin, -margin))
	var b bytes.Buffer
	_, err = canvas.WriteTo(&b)
	return b.Bytes(), err
}

func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Y.Min = 0
	p.Title.Padding, p.Legend.Padding = vg.Points(8), vg.Points(2)
	p.Add(plotter.NewGrid())
	return p
}

// curves adds a line for each side and each name that rows share, of what
// measure makes of a time.
func curves(p *plot.Plot, rows []bench.Result, sides []string, measure func(r bench.Result, ns float64) float64) error {
	var names []string // what is before the comma
	for _, r := range rows {
		if name, _, _ := strings.Cut(r.Name, ","); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, side := range sides {
		for i, name := range names {
			var xy plotter.XYs
			for _, r := range rows {
				f, ok := r.Figure(side)
				if n, _, _ := strings.Cut(r.Name, ","); ok && n == name {
					xy = append(xy, plotter.XY{X: float64(r.Octets), Y: measure(r, f.Nanoseconds)})
				}
			}
			if xy == nil {
				continue
			}
			line, points, err := plotter.NewLinePoints(xy)
			if err != nil {
				return err
			}
			line.Color, points.Color = colours[side], colours[side]
			line.Dashes = dashes[i%len(dashes)]
			p.Add(line, points)
			p.Legend.Add(side+", "+strings.TrimPrefix(strings.TrimPrefix(name, "Conn to Conn "), "PRF "), line)
		}
	}
	return nil
}

func ofKind(r *bench.Report, k bench.Kind) (rows []bench.Result) {
	for _, row := range r.Rows {
		if row.Kind == k {
			rows = append(rows, row)
		}
	}
	return rows
}

// ticks are the octets that rows have, on a logarithmic axis.
func ticks(rows []bench.Result) plot.ConstantTicks {
	var t plot.ConstantTicks
	for _, r := range rows {
		x := float64(r.Octets)
		if !slices.ContainsFunc(t, func(have plot.Tick) bool { return have.Value == x }) {
			t = append(t, plot.Tick{Value: x, Label: fmt.Sprint(r.Octets)})
		}
	}
	return t
}

func throughput(r *bench.Report) (*plot.Plot, error) {
	p := newPlot("From Conn to Conn, TLS 1.2, one core", "octets in one Write", "GB for each second of CPU time")
	rows := ofKind(r, bench.KindConn)
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, ticks(rows)
	p.Legend.Top, p.Legend.Left = true, true
	return p, curves(p, rows, []string{bench.Ours, bench.CryptoTLS, bench.OpenSSL},
		func(r bench.Result, ns float64) float64 { return float64(r.Octets) / ns })
}

func prfs(r *bench.Report) (*plot.Plot, error) {
	p := newPlot("The PRFs of TLS 1.2 (SHA256) and of 1.0 and 1.1 (MD5-SHA1)", "octets of output", "microseconds")
	rows := slices.DeleteFunc(ofKind(r, bench.KindPRF), func(r bench.Result) bool { return !strings.HasPrefix(r.Name, "PRF ") })
	p.X.Tick.Marker = ticks(rows)
	p.Legend.Top, p.Legend.Left = true, true
	return p, curves(p, rows, []string{bench.OpenSSL, bench.Ours, bench.Floor},
		func(_ bench.Result, ns float64) float64 { return ns / 1e3 })
}

// bar is where a bar's figure is: the beginning of a row's name, and a side.
type bar struct{ row, side string }

// bars draws a group of bars for each label, in it one for each of the series.
func bars(p *plot.Plot, labels, series []string, colour []color.Color, value func(label, series string) (float64, bool)) error {
	thick := vg.Points(16)
	for i, s := range series {
		values, some := make(plotter.Values, len(labels)), false
		for j, label := range labels {
			v, ok := value(label, s)
			values[j], some = v, some || ok
		}
		if !some {
			continue
		}
		b, err := plotter.NewBarChart(values, thick)
		if err != nil {
			return err
		}
		b.Color, b.LineStyle.Width = colour[i], 0
		b.Offset = thick * vg.Length(float64(i)-float64(len(series)-1)/2)
		p.Add(b)
		p.Legend.Add(s, b)
	}
	if len(labels) > 0 {
		p.NominalX(labels...)
	}
	p.Legend.Top = true
	p.Y.Max *= 1.1 // above the highest, for the legend
	return nil
}

// perSecond is how often a side does a row's operation in a second, in
// thousands.
func perSecond(r *bench.Report, row, side string) (float64, bool) {
	for _, have := range r.Rows {
		if f, ok := have.Figure(side); ok && have.Name == row {
			return 1e6 / f.Nanoseconds, true
		}
	}
	return 0, false
}

func handshakes(r *bench.Report) (*plot.Plot, error) {
	p := newPlot("Shortened handshakes, both sides", "", "thousands for each second of CPU time")
	labels := []string{"TLS 1.2 AES-128-GCM", "TLS 1.2 AES-128-CBC-SHA", "TLS 1.0 AES-128-CBC-SHA"}
	light := color.RGBA{0x80, 0xb4, 0xe6, 0xff}
	of := map[string]bar{
		"sesame, PAC":           {"PAC handshake, ", bench.Ours},
		"sesame, PAC, Conn":     {"PAC handshake, Conn, ", bench.Ours},
		"crypto/tls, ticket":    {"PAC handshake, Conn, ", bench.CryptoTLS},
		"openssl, callback":     {"PAC handshake, ", bench.OpenSSL},
		"the primitives of PAC": {"PAC handshake, ", bench.Floor},
	}
	series := []string{"the primitives of PAC", "sesame, PAC", "sesame, PAC, Conn", "crypto/tls, ticket", "openssl, callback"}
	colour := []color.Color{colours[bench.Floor], colours[bench.Ours], light, colours[bench.CryptoTLS], colours[bench.OpenSSL]}
	return p, bars(p, labels, series, colour, func(label, s string) (float64, bool) {
		return perSecond(r, of[s].row+label, of[s].side)
	})
}

func explorer(r *bench.Report) (*plot.Plot, error) {
	p := newPlot("The explorer, by workers", "", "millions of states for each second")
	var labels []string
	for _, row := range ofKind(r, bench.KindExplorer) {
		if _, ok := row.Figure(bench.OneWorker); ok {
			labels = append(labels, strings.TrimPrefix(row.Name, "explorer, two workers, "))
		}
	}
	return p, bars(p, labels, []string{"one worker", "two workers"}, []color.Color{colours[bench.OneWorker], colours[bench.Ours]},
		func(label, s string) (float64, bool) {
			side := bench.OneWorker
			if s == "two workers" {
				side = bench.Ours
			}
			for _, row := range ofKind(r, bench.KindExplorer) {
				if f, ok := row.Figure(side); ok && row.Name == "explorer, two workers, "+label {
					return float64(row.States) / f.Nanoseconds * 1e3, true
				}
			}
			return 0, false
		})
}
