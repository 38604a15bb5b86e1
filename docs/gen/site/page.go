package site

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/sesame-tls/sesame/docs/gen/chart"
)

// markdown reads and renders what a Git host does, raw HTML included: all of it
// is the project's own.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.GFM),
	goldmark.WithParserOptions(parser.WithAutoHeadingID()),
	goldmark.WithRendererOptions(html.WithUnsafe(), renderer.WithNodeRenderers(util.Prioritized(charts{}, 1))),
)

// charts renders fenced code: Mermaid's charts as drawings, the rest as it is.
type charts struct{}

// RegisterFuncs implements goldmark's NodeRenderer.
func (charts) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		block := n.(*ast.FencedCodeBlock)
		code := string(block.Lines().Value(source))
		if language := string(block.Language(source)); language == "mermaid" {
			c, err := chart.ParseMermaid(code)
			if err != nil {
				return ast.WalkStop, err
			}
			fmt.Fprintf(w, "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Message sequence chart\">\n%s</div>\n", c.SVG(spoken(c), false))
		} else {
			fmt.Fprintf(w, "<pre tabindex=\"0\"><code>%s</code></pre>\n", template.HTMLEscapeString(code))
		}
		return ast.WalkSkipChildren, nil
	})
}

// spoken tells a chart in words.
func spoken(c chart.Chart) string {
	var said []string
	for _, l := range c.Lines {
		who := l.From
		if l.To != "" {
			who += " to " + l.To
		}
		said = append(said, who+": "+l.Text)
	}
	return strings.Join(said, "; ")
}

// chapter is an entry of the table of contents.
type chapter struct{ Title, Page string }

// section is a heading of the table of contents.
type section struct {
	Title    string
	Chapters []chapter
}

// index reads the table of contents, docs/README.md.
func (b *builder) index() (all []section, err error) {
	const file = "docs/README.md"
	source, err := fs.ReadFile(b.source, file)
	if err != nil {
		return nil, err
	}
	err = ast.Walk(markdown.Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			if n.Level == 2 {
				all = append(all, section{Title: plain(n, source)})
			}
		case *ast.Link:
			if to, ok := b.pages[path.Join(path.Dir(file), string(n.Destination))]; ok && len(all) > 0 {
				last := &all[len(all)-1]
				last.Chapters = append(last.Chapters, chapter{plain(n, source), to})
			}
		}
		return ast.WalkContinue, nil
	})
	return all, err
}

// plain is the text within a node.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Segment.Value(source))
		} else {
			b.WriteString(plain(c, source))
		}
	}
	return b.String()
}

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// page renders a Markdown file.
func (b *builder) page(file string, index []section) ([]byte, error) {
	source, err := fs.ReadFile(b.source, file)
	if err != nil {
		return nil, err
	}
	tree := markdown.Parser().Parse(text.NewReader(source))
	title := ""
	err = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			if title == "" {
				title = plain(n, source)
			}
		case *ast.Link:
			n.Destination = []byte(b.link(file, string(n.Destination)))
		case *ast.Image:
			n.Destination = []byte(b.link(file, string(n.Destination)))
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	if err := markdown.Renderer().Render(&body, source, tree); err != nil {
		return nil, err
	}
	wide := strings.NewReplacer("<table>", `<div class="wide" tabindex="0" role="region" aria-label="Table"><table>`, "</table>", "</table></div>")
	var page bytes.Buffer
	here := b.pages[file]
	err = pageTemplate.Execute(&page, map[string]any{
		"Title": title, "Root": strings.Repeat("../", strings.Count(here, "/")), "Here": here, "Index": index,
		"Body": template.HTML(wide.Replace(body.String())), "Before": beside(index, here, -1), "After": beside(index, here, 1),
	})
	return page.Bytes(), err
}

// link translates a link of a Markdown file into one of its page.
func (b *builder) link(file, to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Path == "" {
		return to
	}
	target := path.Join(path.Dir(file), u.Path)
	place, ok := b.pages[target]
	if !ok {
		place, ok = b.assets[target]
	}
	if !ok {
		u.Path = ""
		return Repository + target + u.String()
	}
	u.Path = strings.Repeat("../", strings.Count(b.pages[file], "/")) + place
	return u.String()
}

// beside returns the chapter that comes by steps after a page, nil for none.
func beside(index []section, here string, by int) *chapter {
	var all []chapter
	for _, s := range index {
		all = append(all, s.Chapters...)
	}
	i := slices.IndexFunc(all, func(c chapter) bool { return c.Page == here })
	if i < 0 || i+by < 0 || i+by >= len(all) {
		return nil
	}
	return &all[i+by]
}
