package ui

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/browse"
)

// start starts the browser, or skips the test where there is none.
func start(t *testing.T) context.Context {
	t.Helper()
	if _, err := find(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%v: %s", err, Tool.Get)
		}
		t.Skipf("%v: %s", err, Tool.Get)
	}
	ctx, stop, err := browser(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return ctx
}

// planted is the page with something added to its end, and one more script.
func planted(t *testing.T, html, script string) string {
	t.Helper()
	inner := browse.New()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			page := httptest.NewRecorder()
			inner.ServeHTTP(page, r)
			for name, values := range page.Header() {
				w.Header()[name] = values
			}
			w.Write([]byte(strings.Replace(page.Body.String(), "</body>", html+`<script src="/planted.js"></script></body>`, 1)))
		case "/planted.js":
			w.Header().Set("Content-Type", "text/javascript")
			w.Write([]byte(script))
		default:
			inner.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestPage: the page steps, and what is planted into it is found: a barrier, an
// error on the console, an exception, a script against the policy, and a feature
// that does not work.
func TestPage(t *testing.T) {
	ctx := start(t)
	step := script{visit("/"), click("button.choice"), steps(1)}
	walk := append(step[:len(step):len(step)], inspect("page"))
	for _, c := range []struct {
		name, html, js string
		script         script
		want           []string // of the error; none: it passes
	}{
		{name: "as it is", script: walk},
		{
			name: "barriers", html: `<img src="/icon.svg" width="9" height="9"><p id="low">low</p>`,
			js:     `const l = document.getElementById('low'); l.style.color = '#777'; l.style.background = '#888'`,
			script: walk, want: []string{"image-alt", "color-contrast"},
		},
		{
			name: "a console that speaks", html: `<button onclick="alert(1)">x</button>`,
			js:     `console.error('planted', 7); fetch('/api/walk?budget=9').then(() => { window.answered = true }); throw new Error('mishap')`,
			script: append(step[:len(step):len(step)], until(`window.answered`)), want: []string{"console.error", "planted", "exception: Uncaught Error: mishap", "Content Security Policy", "Failed to load resource"},
		},
		{
			name: "no chart", js: `new MutationObserver(() => document.querySelector('.chart')?.remove()).observe(document.body, { childList: true, subtree: true })`,
			script: script{visit("/"), click("button.choice"), until(`document.body.dataset.place.includes('path')`), is(`document.querySelectorAll('.chart > li').length === 1`)},
			want:   []string{"step 4: it is not so"},
		},
		{name: "a page that goes away", script: script{visit("/"), perform(`setTimeout(() => { location.href = '/?path=0' }, 100)`), steps(1), inspect("page")}},
		{name: "no refusal", script: script{visit("/"), refused}, want: []string{"the console does not say"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			n, err := drive(ctx, planted(t, c.html, c.js), dir, feature{c.name, c.script})
			if len(c.want) == 0 && (err != nil || n != 2) {
				t.Errorf("%d inspections, %v", n, err)
			}
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error %v, want %q", err, want)
				}
			}
			if _, err := os.Stat(filepath.Join(dir, "failed "+c.name+".png")); (err == nil) != (len(c.want) > 0) {
				t.Errorf("the screenshot of a failure: %v", err)
			}
		})
	}
}

// TestFeaturesAreNamed: no two features leave the same screenshots.
func TestFeaturesAreNamed(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range features(files{}) {
		if seen[f.name] || f.name == "" || len(f.script) < 3 {
			t.Errorf("feature %q has %d steps, or a name of another", f.name, len(f.script))
		}
		seen[f.name] = true
	}
}
