package site

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"github.com/sesame-tls/sesame"
)

// elsewhere are the hosts that pages may link to. Nothing is fetched from them.
var elsewhere = []string{"www.rfc-editor.org", "pkg.go.dev", "github.com"}

// parsed is an HTML page's links, and what can be linked to in it.
type parsed struct {
	links []string
	ids   map[string]bool
}

func parse(text []byte) (p parsed, err error) {
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return p, err
	}
	p.ids = map[string]bool{}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			switch a.Key {
			case "href", "src":
				p.links = append(p.links, a.Val)
			case "id":
				p.ids[a.Val] = true
			}
		}
	}
	return p, nil
}

// broken walks all links of a site, and says which lead nowhere: within the
// site, to a heading, or to a file of the tree.
func broken(s *Site, tree fs.FS) (problems []string, walked int, err error) {
	pages := map[string]parsed{}
	for name, text := range s.files {
		if path.Ext(name) == ".html" {
			if pages[name], err = parse(text); err != nil {
				return nil, 0, err
			}
		}
	}
	for name, p := range pages {
		for _, link := range p.links {
			walked++
			if problem := follow(s, pages, tree, name, link); problem != "" {
				problems = append(problems, fmt.Sprintf("%s: %s: %s", name, link, problem))
			}
		}
	}
	return problems, walked, nil
}

func follow(s *Site, pages map[string]parsed, tree fs.FS, from, link string) string {
	if file, ok := strings.CutPrefix(link, Repository); ok {
		file, _, _ = strings.Cut(file, "#")
		if _, err := fs.Stat(tree, file); err != nil {
			return "no such file in the tree"
		}
		return ""
	}
	u, err := url.Parse(link)
	switch {
	case err != nil:
		return err.Error()
	case u.IsAbs():
		for _, host := range elsewhere {
			if u.Scheme == "https" && u.Host == host {
				return ""
			}
		}
		return "a host that nobody has allowed here"
	case u.Host != "" || strings.HasPrefix(u.Path, "/"):
		return "not relative"
	}
	target := from
	if u.Path != "" {
		target = path.Join(path.Dir(from), u.Path)
	}
	if _, ok := s.files[target]; !ok {
		return "no such page"
	}
	if u.Fragment != "" && !pages[target].ids[u.Fragment] {
		return "no such heading"
	}
	return ""
}

func TestLinks(t *testing.T) {
	s, err := Build(sesame.Docs)
	if err != nil {
		t.Fatal(err)
	}
	problems, walked, err := broken(s, os.DirFS("../../.."))
	if err != nil {
		t.Fatal(err)
	}
	if walked < 500 {
		t.Errorf("only %d links were walked", walked)
	}
	for _, p := range problems {
		t.Error(p)
	}
}

// small is a tree with one page, whose body is given.
func small(body string) fs.FS {
	return fstest.MapFS{
		"README.md":        {Data: []byte("# Sesame\n\nSee [docs](docs/README.md).\n")},
		"LICENSE":          {Data: []byte("as you like")},
		"docs/README.md":   {Data: []byte("# Contents\n\n## First\n\n- [One](one.md): the page\n- [Two](a/two.md): another\n")},
		"docs/one.md":      {Data: []byte("# One\n\n" + body + "\n")},
		"docs/a/two.md":    {Data: []byte("# Two\n\n## Here it is\n\n![d](../d/x.svg) [up](../one.md) [root](../../README.md) [licence](../../LICENSE)\n")},
		"docs/d/x.svg":     {Data: []byte("<svg/>")},
		"docs/gen/main.go": {Data: []byte("package main")},
	}
}

func TestBrokenLinksAreFound(t *testing.T) {
	for _, c := range []struct {
		body  string
		wrong bool
	}{
		{"[two](a/two.md)", false}, {"[two](a/two.md#here-it-is)", false}, {"[source](gen/main.go)", false}, {"[rfc](https://www.rfc-editor.org/rfc/rfc4851)", false},
		{"[three](three.md)", true}, {"[two](a/two.md#there)", true}, {"[source](gen/other.go)", true}, {"[elsewhere](https://elsewhere.example/)", true},
		{"![none](d/y.svg)", true}, {"<a href=\"/one.html\">absolute</a>", true}, {"[old](http://www.rfc-editor.org/)", true},
	} {
		tree := small(c.body)
		s, err := Build(tree)
		if err != nil {
			t.Fatal(err)
		}
		problems, _, err := broken(s, tree)
		if err != nil || (len(problems) > 0) != c.wrong {
			t.Errorf("%s: %v, %v", c.body, problems, err)
		}
	}
}

// TestPages: what a page has in Markdown it has in HTML, and around it the way
// to all others.
func TestPages(t *testing.T) {
	s, err := Build(small("```mermaid\nsequenceDiagram\n    participant Client\n    participant Server\n    Client->>Server: ClientHello\n```\n\n| A | B |\n|---|---|\n| <1> | 2 |\n"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(s.files["one.html"])
	for _, want := range []string{
		"<title>One – Sesame</title>", "<svg", "Client to Server: ClientHello", `<a rel="next" href="a/two.html">`, `aria-current="page"`,
		`<table>`, `href="readme.html"`, `href="style.css"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
	if strings.Contains(page, "<script") {
		t.Error("there is a script")
	}
	if two := string(s.files["a/two.html"]); !strings.Contains(two, `src="../d/x.svg"`) || !strings.Contains(two, `href="`+Repository+`LICENSE"`) || !strings.Contains(two, `href="../style.css"`) {
		t.Error(two)
	}
	if _, err := Build(small("```mermaid\nflowchart TD\n```")); err == nil {
		t.Error("a chart that cannot be drawn was left out")
	}
}

func TestServe(t *testing.T) {
	s, err := Build(small("text"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, target string
		status         int
		typ            string
	}{
		{"GET", "/", 200, "text/html"}, {"HEAD", "/a/two.html", 200, "text/html"}, {"GET", "/d/x.svg", 200, "image/svg+xml"}, {"GET", "/style.css", 200, "text/css"},
		{"GET", "/none.html", 404, ""}, {"GET", "/../../etc/passwd", 404, ""}, {"POST", "/", 405, ""}, {"DELETE", "/one.html", 405, ""},
	} {
		r := httptest.NewRequest(c.method, "http://127.0.0.1:8080/", nil)
		r.URL.Path = c.target
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != c.status || !strings.HasPrefix(w.Header().Get("Content-Type"), c.typ) || w.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%s %s: %d, %v", c.method, c.target, w.Code, w.Header())
		}
	}
}

func TestWrite(t *testing.T) {
	s, err := Build(small("text"))
	if err != nil {
		t.Fatal(err)
	}
	dir := path.Join(t.TempDir(), "new", "folder")
	if err := s.Write(dir); err != nil {
		t.Fatal(err)
	}
	for name, text := range s.Files() {
		if have, err := os.ReadFile(path.Join(dir, name)); err != nil || !bytes.Equal(have, text) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Write(path.Join(dir, "index.html")); err == nil {
		t.Error("it was written into a file")
	}
}
