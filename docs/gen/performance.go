package main

import (
	"bytes"
	"fmt"
	"path"
	"slices"

	"github.com/sesame-tls/sesame/bench"
	"github.com/sesame-tls/sesame/bench/plots"
)

// plotFolder is where the plots are, below docs/.
const plotFolder = "plots"

// plotTitles say what each plot shows.
var plotTitles = map[string]string{
	"handshakes": "Shortened handshakes for each second of CPU time",
	"throughput": "Throughput by the size of a record",
	"prf":        "The PRFs by the length of their output",
	"explorer":   "The explorer by workers",
}

// drawPlots adds the plots to the generated files.
func drawPlots(files map[string][]byte) error {
	results, err := bench.Results()
	if err != nil {
		return err
	}
	drawn, err := plots.Draw(results)
	if err != nil {
		return err
	}
	for name, octets := range drawn {
		files[path.Join(plotFolder, name)] = octets
	}
	return nil
}

func image(b *bytes.Buffer, folder, name string) {
	fmt.Fprintf(b, "![%s](%s)\n\n", plotTitles[name], path.Join(folder, plotFolder, name+".svg"))
}

var kindTitles = []struct {
	kind  bench.Kind
	title string
	about string
}{
	{bench.KindPRF, "The PRFs", "The secret is keyed inside each call. *Primitives* are the block operations that the computation cannot do without, done in one go."},
	{bench.KindHandshake, "Handshakes", "Both sides, on one core. Ours take another PAC each time, open its PAC-Opaque, compute T-PRF and draw fresh randoms; nothing is kept by PAC. " +
		"The peers' figures leave PAC and T-PRF out. *Calls* are the calls of the PRF, the hash, the AEAD and the random numbers, without any handshake; *primitives* are the block operations and key schedules alone. " +
		"OpenSSL is driven over BIO pairs, with its callback. With Conn, ours and crypto/tls run over the same in-memory pipe, and close their connections."},
	{bench.KindRecord, "The record layer", "Sealing and opening one record after the other, beside the raw cipher, which makes no record. OpenSSL's stitched assembly for AES-CBC and SHA-1 stands below: Go has none."},
	{bench.KindConn, "From Conn to Conn", "One Write and one Read for each record over an in-memory pipe, crypto/tls without its dynamic record sizes. *Raw* is the cipher alone, at both ends; *raw, piped* besides sends what is sealed over the same pipe: " +
		"what is above that no implementation on these ciphers reaches. For ChaCha20-Poly1305 the cipher alone leaves too little to win, so that its rows have no target."},
	{bench.KindAuthentication, "EAP-FAST", "The CPU time that a RADIUS server needs for one authentication, a PAC run with MSCHAPv2 inside: `sesame radius` and hostapd, each in a process of its own, under the same client with 64 conversations at once. " +
		"hostapd writes no log, ours a line for each authentication."},
	{bench.KindExplorer, "The explorer", "The small system is the dining philosophers of [bench/small.pml](../bench/small.pml), the large one the model of the handshake."},
}

func performancePage(b *bytes.Buffer) error {
	r, err := bench.Results()
	if err != nil {
		return err
	}
	targets, missed := r.Summary()
	fmt.Fprintf(b, "Measured by `make bench`, all sides of a row in turn, by CPU time: %s. A ratio is how many times faster ours is, or, against *primitives* and *calls*, how many times their time it takes; "+
		"it is the median of the rounds' ratios, with a 95 %% bootstrap interval.\n\n", r.Circumstances())
	fmt.Fprintf(b, "%d of %d targets are met.", targets-len(missed), targets)
	if len(missed) > 0 {
		fmt.Fprintf(b, " Not met:\n\n")
		for _, m := range missed {
			fmt.Fprintf(b, "- %s\n", m)
		}
		fmt.Fprintf(b, "\nWhere the time goes is in the [profiles](profile.md).")
	}
	fmt.Fprintf(b, "\n\n")
	for _, name := range plots.Names() {
		image(b, "", name)
	}
	for _, k := range kindTitles {
		lines := r.LinesOf(k.kind)
		if len(lines) == 0 {
			continue
		}
		fmt.Fprintf(b, "## %s\n\n%s\n\n", k.title, k.about)
		ratioTable(b, lines)
	}
	timingTable(b, r)
	return nil
}

func ratioTable(b *bytes.Buffer, lines []bench.Line) {
	var rows [][]string
	for _, l := range lines {
		rows = append(rows, []string{l.Row, l.Ours, l.Against, l.Theirs, l.Ratio, l.Interval, l.Target, l.Verdict})
	}
	table(b, []string{"What", "Ours", "Against", "Theirs", "Ratio", "95 %", "Target", "Verdict"}, rows)
}

func timingTable(b *bytes.Buffer, r *bench.Report) {
	if len(r.Timing) == 0 {
		return
	}
	fmt.Fprintf(b, "## Constant time\n\nRecords of two classes, of one length, are opened in a random order, and Welch's *t* of the times tells whether they differ, the slowest tenth left out; "+
		"the median of three runs. Up to %g, they are not told apart. The classes are such as no attacker may tell apart; that a record is refused is no secret, since the alert says so. "+
		"The last row is an opener that looks at the MAC only where the padding is right: it must be told.\n\n", bench.MaxT)
	var rows [][]string
	for _, t := range r.Timing {
		rows = append(rows, []string{t.Protection, t.Pair, fmt.Sprintf("%.1f", t.T), string(t.Verdict)})
	}
	table(b, []string{"Protection", "Classes", "t", "Verdict"}, rows)
}

// costPage is the cost model of a PAC handshake.
func costPage(b *bytes.Buffer) error {
	r, err := bench.Results()
	if err != nil {
		return err
	}
	units := map[string]float64{}
	for _, row := range r.Rows {
		if row.Kind == bench.KindUnit {
			units[row.Name] = row.Figures[0].Nanoseconds
		}
	}
	fmt.Fprintf(b, "A handshake of both sides under TLS 1.2 with AES-128-GCM, each primitive counted and priced by the unit costs of the same run (%s).\n\n", r.Circumstances())
	var rows [][]string
	total := 0.0
	for _, c := range r.Costs {
		ns := float64(c.Count) * units[c.Unit]
		total += ns
		rows = append(rows, []string{c.For, c.Unit, fmt.Sprint(c.Count), fmt.Sprintf("%.0f", units[c.Unit]), fmt.Sprintf("%.0f", ns)})
	}
	rows = append(rows, []string{"**together**", "", "", "", fmt.Sprintf("%.0f", total)})
	table(b, []string{"For", "Primitive", "Times", "ns each", "ns"}, rows)
	i := slices.IndexFunc(r.Rows, func(row bench.Result) bool { return row.Name == "PAC handshake, TLS 1.2 AES-128-GCM" })
	if i < 0 {
		return nil
	}
	fmt.Fprintf(b, "What it does cost:\n\n")
	rows = nil
	for _, side := range []struct{ name, what string }{
		{bench.Floor, "these primitives, one after the other"},
		{bench.Calls, "the calls of the PRF, the hash, the AEAD and the random numbers"},
		{bench.Ours, "the handshake: two machines, no input and output"},
		{bench.OpenSSL, "OpenSSL's, with its callback, without PAC and T-PRF"},
	} {
		if f, ok := r.Rows[i].Figure(side.name); ok {
			objects, octets := "", ""
			if f.Objects != nil {
				objects, octets = fmt.Sprintf("%g", *f.Objects), fmt.Sprintf("%.0f", *f.Allocated)
			}
			rows = append(rows, []string{side.what, fmt.Sprintf("%.0f", f.Nanoseconds), fmt.Sprintf("%.2f", f.Nanoseconds/total), objects, octets})
		}
	}
	table(b, []string{"What", "ns", "Times the sum", "Objects allocated", "Octets"}, rows)
	fmt.Fprintf(b, "Eight objects are the cipher objects of the standard library, two for each direction of each side, which it has no way to key anew; the others belong to the PAC-Opaque that is opened. "+
		"The machines, their buffers and hash objects are pooled and wiped.\n")
	return nil
}

// profilePage is where the time goes.
func profilePage(b *bytes.Buffer) error {
	p, err := bench.Profiles()
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "The ten functions with most of the time of their own, and with most of the objects, on each hot path, by `make profile` (%s; %s). The profiles themselves are left in `bin/profiles`.\n\n", p.CPU, p.Go)
	if found := p.Unexplained(); len(found) > 0 {
		fmt.Fprintf(b, "Above 5 %%, and neither a primitive nor needed:\n\n")
		for _, f := range found {
			fmt.Fprintf(b, "- %s\n", f)
		}
		b.WriteByte('\n')
	} else {
		fmt.Fprintf(b, "Nothing above 5 %% is neither a primitive nor needed.\n\n")
	}
	for _, h := range p.Paths {
		fmt.Fprintf(b, "## %s\n\n", h.Name)
		var rows [][]string
		for _, e := range h.CPU {
			rows = append(rows, []string{fmt.Sprintf("%.1f %%", e.Percent), "`" + e.Function + "`", e.Why()})
		}
		table(b, []string{"Time", "Function", "What for"}, rows)
		rows = nil
		for _, e := range h.Allocations {
			if e.Percent >= 0.5 {
				rows = append(rows, []string{fmt.Sprintf("%.1f %%", e.Percent), "`" + e.Function + "`"})
			}
		}
		if len(rows) > 0 {
			table(b, []string{"Objects", "Function"}, rows)
		}
	}
	return nil
}

// readmeResults is the README's table and plot.
func readmeResults() ([]byte, error) {
	r, err := bench.Results()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteByte('\n')
	image(&b, "docs", "handshakes")
	var lines []bench.Line
	var row, ours string // of the lines that follow, until another begins
	for _, l := range r.Lines() {
		if l.Row != "" {
			row, ours = l.Row, l.Ours
		}
		l.Row, l.Ours = row, ours
		if l.Target != "" && l.Against != "allocations" && l.Against != "allocated octets" && l.Against != bench.Raw {
			lines = append(lines, l)
		}
	}
	targets, missed := r.Summary()
	fmt.Fprintf(&b, "%s. %d of %d targets are met; [all rows](docs/performance.md).\n\n<details><summary>The targets</summary>\n\n", r.Circumstances(), targets-len(missed), targets)
	ratioTable(&b, lines)
	fmt.Fprintf(&b, "</details>\n")
	return b.Bytes(), nil
}
