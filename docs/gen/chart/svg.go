package chart

import (
	"fmt"
	"html"
	"slices"
	"strings"
)

// Sizes in the SVG's units, which are pixels at its own size.
const (
	rowHeight = 34
	letter    = 7.3 // of the monospaced type that texts are set in
	margin    = 90  // beside the outer lifelines
	closest   = 220 // two lifelines
	headY     = 14
	firstY    = 62
)

// Colours are the colours of drawings and pages, light and dark.
const Colours = `:root{--text:#1f2328;--faint:#59636e;--back:#fff;--panel:#f6f8fa;--line:#d1d9e0;--link:#0969da;--bad:#d1242f}
@media(prefers-color-scheme:dark){:root{--text:#f0f6fc;--faint:#9198a1;--back:#0d1117;--panel:#151b23;--line:#3d444d;--link:#58a6ff;--bad:#ff7b72}}
`

// Style is the look of charts, in those colours. A page that has charts in it
// needs both in its style sheet.
const Style = `.chart text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:var(--text);text-anchor:middle}
.chart .who{font-weight:bold}
.chart line,.chart rect,.chart path{stroke:var(--faint);fill:none}
.chart .life{stroke-dasharray:3 3}
.chart .head{fill:var(--faint)}
.chart .note{fill:var(--panel)}
.chart .bad text{fill:var(--bad)}
.chart .bad line,.chart .bad rect,.chart .bad .head{stroke:var(--bad)}
.chart .bad .head{fill:var(--bad)}
`

// SVG returns the chart as an SVG element with a title for those who cannot
// see it. Alone says that it is a file of its own and brings its style along.
func (c Chart) SVG(title string, alone bool) string {
	who := c.lifelines()
	gap := c.gap(who)
	width := max(2*margin+int(gap)*(len(who)-1), c.widestNote())
	height := firstY + rowHeight*len(c.Lines)
	x := func(name string) float64 { return margin + gap*float64(slices.Index(who, name)) }

	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" width="%d" height="%d" viewBox="0 0 %d %d">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, "<title>%s</title>\n", html.EscapeString(title))
	if alone {
		fmt.Fprintf(&b, "<style>%s%s</style>\n", Colours, Style)
	}
	for _, w := range who {
		fmt.Fprintf(&b, `<text class="who" x="%.0f" y="%d">%s</text>`, x(w), headY, w)
		fmt.Fprintf(&b, `<line class="life" x1="%.0f" y1="24" x2="%.0f" y2="%d"/>`+"\n", x(w), x(w), height)
	}
	for i, l := range c.Lines {
		y := firstY + rowHeight*i
		if l.Bad {
			b.WriteString(`<g class="bad">`)
		}
		if l.To == "" {
			note(&b, x(l.From), float64(width), y, l.Text)
		} else {
			arrow(&b, x(l.From), x(l.To), y, l.Text)
		}
		if l.Bad {
			b.WriteString(`</g>`)
		}
		b.WriteByte('\n')
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// gap returns the distance of two neighbouring lifelines that leaves room for
// every message.
func (c Chart) gap(who []string) float64 {
	gap := float64(closest)
	for _, l := range c.Lines {
		if l.To == "" {
			continue
		}
		apart := slices.Index(who, l.To) - slices.Index(who, l.From)
		gap = max(gap, (letter*float64(len(l.Text))+30)/float64(max(apart, -apart)))
	}
	return gap
}

func arrow(b *strings.Builder, from, to float64, y int, text string) {
	back := -8.0
	if to < from {
		back = 8
	}
	fmt.Fprintf(b, `<text x="%.0f" y="%d">%s</text>`, (from+to)/2, y-5, html.EscapeString(text))
	fmt.Fprintf(b, `<line x1="%.0f" y1="%d" x2="%.0f" y2="%d"/>`, from, y, to, y)
	fmt.Fprintf(b, `<path class="head" d="M%.0f %d l%.0f -4 v8 z"/>`, to, y, back)
}

// widestNote is the width that the longest note needs.
func (c Chart) widestNote() (width int) {
	for _, l := range c.Lines {
		if l.To == "" {
			width = max(width, int(noteWidth(l.Text))+4)
		}
	}
	return width
}

func noteWidth(text string) float64 { return letter*float64(len(text)) + 12 }

// note writes a text in a box over a lifeline, within the drawing.
func note(b *strings.Builder, at, width float64, y int, text string) {
	half := noteWidth(text) / 2
	at = min(max(at, half+2), width-half-2)
	fmt.Fprintf(b, `<rect class="note" x="%.0f" y="%d" width="%.0f" height="20" rx="4"/><text x="%.0f" y="%d">%s</text>`, at-half, y-14, 2*half, at, y, html.EscapeString(text))
}
