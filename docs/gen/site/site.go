// Package site makes one static site of the project's Markdown: light and dark,
// without scripts, and without anything from elsewhere.
//
// Use [Build] on a tree with README.md and docs/, and [Site.Write] or, as an
// http.Handler, the site itself.
package site

import (
	"bytes"
	_ "embed"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/sesame-tls/sesame/check/web"
	"github.com/sesame-tls/sesame/docs/gen/chart"
)

// Repository is where links to files lead that are no part of the site.
const Repository = "https://github.com/sesame-tls/sesame/blob/main/"

// Site is all files of a site by their paths, with slashes.
type Site struct {
	files   map[string][]byte
	handler http.Handler
}

//go:embed style.css
var style string

//go:embed icon.svg
var icon []byte

// Build makes the site of a tree: its Markdown files at the root and below
// docs/, with the drawings there.
func Build(source fs.FS) (*Site, error) {
	s := &Site{files: map[string][]byte{"style.css": []byte(chart.Colours + style + chart.Style), "icon.svg": icon}}
	b := &builder{source: source, pages: map[string]string{}, assets: map[string]string{}}
	if err := b.find(); err != nil {
		return nil, err
	}
	for file, to := range b.assets {
		text, err := fs.ReadFile(source, file)
		if err != nil {
			return nil, err
		}
		s.files[to] = text
	}
	index, err := b.index()
	if err != nil {
		return nil, err
	}
	for file, to := range b.pages {
		text, err := b.page(file, index)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		s.files[to] = text
	}
	s.handler = web.Secure(http.HandlerFunc(s.serve), "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", false)
	return s, nil
}

// builder knows what becomes of which file.
type builder struct {
	source fs.FS
	pages  map[string]string // a Markdown file's page
	assets map[string]string // a drawing's place in the site
}

// find lists the files of the site.
func (b *builder) find() error {
	return fs.WalkDir(b.source, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		below, inDocs := strings.CutPrefix(file, "docs/")
		if !inDocs && strings.Contains(file, "/") {
			return nil
		}
		switch path.Ext(file) {
		case ".md":
			to := strings.TrimSuffix(below, ".md") + ".html"
			if !inDocs {
				to = strings.ToLower(to)
			}
			if file == "docs/README.md" {
				to = "index.html"
			}
			b.pages[file] = to
		case ".svg":
			if inDocs {
				b.assets[file] = below
			}
		}
		return nil
	})
}

// Files returns the site's files by their paths.
func (s *Site) Files() map[string][]byte { return s.files }

// Write writes the site into a folder, which it makes.
func (s *Site) Write(dir string) error {
	for name, text := range s.files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// ServeHTTP answers with a file of the site. It reads nothing that is sent.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

func (s *Site) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "this site can only be read", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if name == "" {
		name = "index.html"
	}
	text, ok := s.files[name]
	if !ok {
		http.Error(w, "there is no such page; the table of contents is at /", http.StatusNotFound)
		return
	}
	if path.Ext(name) == ".svg" { // a drawing brings its style along
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(text))
}
