package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/goccy/go-graphviz"

	"github.com/sesame-tls/sesame/docs/gen/chart"
)

// dot is a graph in Graphviz' language.
type dot struct{ b strings.Builder }

// node adds a node. A class is "", or "new" for what is in red.
func (d *dot) node(id, label, class string) {
	fmt.Fprintf(&d.b, "%q [label=%s class=%q];\n", id, quoted(label), class)
}

// edge adds an edge. A class is "", "new" for what is only there, "gone" for
// what is missing.
func (d *dot) edge(from, to, label, class string) {
	fmt.Fprintf(&d.b, "%q -> %q [label=%s class=%q];\n", from, to, quoted(label), class)
}

func quoted(label string) string {
	return `"` + strings.NewReplacer(`"`, `\"`, "\n", `\n`).Replace(label) + `"`
}

const dotHead = `digraph {
bgcolor=transparent; rankdir=TB; nodesep=0.35; ranksep=0.45; pad=0.3;
node [shape=box style=rounded fontname="Helvetica" fontsize=11 height=0.3 margin="0.16,0.05"];
edge [fontname="Helvetica" fontsize=10 arrowsize=0.7];
`

// diagramStyle is the look of a diagram in the colours of charts.
const diagramStyle = `text{fill:var(--text)}.node path,.node polygon,.node ellipse{stroke:var(--faint);fill:none}.edge path{stroke:var(--faint)}.edge polygon{fill:var(--faint);stroke:var(--faint)}
.new path,.gone path,.node.new path{stroke:var(--bad);stroke-width:1.6}.gone path{stroke-dasharray:5 4}.new polygon,.gone polygon{fill:var(--bad);stroke:var(--bad)}.new text,.gone text{fill:var(--bad)}
`

// draw lays a graph out and keeps it as an SVG file.
func (k *book) draw(path, title string, d *dot) error {
	ctx := context.Background()
	g, err := graphviz.New(ctx)
	if err != nil {
		return err
	}
	defer g.Close()
	graph, err := graphviz.ParseBytes([]byte(dotHead + d.b.String() + "}\n"))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	defer graph.Close()
	var svg bytes.Buffer
	if err := g.Render(ctx, graph, graphviz.SVG, &svg); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	k.files[path], err = styled(svg.String(), title)
	return err
}

// styled puts title and style into what Graphviz has drawn, and takes out what
// only a stand-alone XML document needs.
func styled(svg, title string) ([]byte, error) {
	start := strings.Index(svg, "<svg")
	end := strings.Index(svg[max(start, 0):], ">")
	if start < 0 || end < 0 {
		return nil, fmt.Errorf("no SVG was drawn")
	}
	head, body := svg[start:start+end+1], svg[start+end+1:]
	head = strings.Replace(head, "<svg ", `<svg role="img" `, 1)
	return []byte(fmt.Sprintf("%s\n<title>%s</title>\n<style>%s%s</style>%s", head, title, chart.Colours, diagramStyle, body)), nil
}
