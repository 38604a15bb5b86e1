package browse

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestProblems(t *testing.T) {
	s := New()
	for _, c := range []struct {
		name, path string
		status     int
		where      string
	}{
		{"unknown profile", "/api/walk?profile=openssl", 400, paramProfile},
		{"unknown mutant", "/api/walk?mutant=x", 400, paramMutant},
		{"budget is no number", "/api/walk?budget=many", 400, paramBudget},
		{"budget too large", "/api/walk?budget=4", 400, paramBudget},
		{"unknown dimension", "/api/walk?scenario=colour%3Dred", 400, paramScenario},
		{"unknown value", "/api/walk?scenario=ticket%3Dblue", 400, paramScenario},
		{"what excludes each other", "/api/walk?scenario=ticket%3Dpac+sid%3Dcached", 400, paramScenario},
		{"path is no numbers", "/api/walk?path=0.x", 400, paramPath},
		{"negative number", "/api/walk?path=-1", 400, paramPath},
		{"no such action", "/api/walk?path=0.99", 400, paramPath},
		{"path too long", "/api/walk?path=" + strings.Repeat("0.", maxPath) + "0", 400, paramPath},
		{"another version's mark", "/api/walk?path=0&mark=00000000", 400, paramMark},
		{"address too long", "/api/walk?scenario=" + strings.Repeat("x", maxAddress), 414, "the address"},
		{"no search", "/api/search?q=", 400, "q"},
		{"search too long", "/api/search?q=" + strings.Repeat("x", queryMost+1), 400, "q"},
		{"no such node", "/api/node?node=100000", 400, "node"},
		{"node is no number", "/api/node?node=x", 400, "node"},
		{"compared with itself", "/api/compare?path=0", 400, paramProfile},
		{"compared with nothing known", "/api/compare?other-profile=x", 400, paramProfile},
		{"too many states", "/api/graph?budget=3", 422, "the system"},
		{"no such page", "/nothing", 404, "/nothing"},
		{"a folder", "/lib", 404, "/lib"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p Problem
			r := get(t, s, c.path, &p)
			if r.StatusCode != c.status || p.Where != c.where || p.What == "" || p.Do == "" {
				t.Errorf("%s: %+v", r.Status, p)
			}
			if len(p.Error()) > 1000 || strings.Contains(p.Error(), "\n") {
				t.Errorf("the problem is long: %v", &p)
			}
		})
	}
	for _, c := range []struct {
		name string
		file []byte
	}{
		{"empty", nil}, {"no file of any kind", []byte("hello")}, {"JSON of something else", []byte(`{"a":1}`)},
		{"step before a trace", []byte(`{"event":"ClientStart"}`)}, {"unknown event", []byte(`{"trace":"a"}` + "\n" + `{"event":"Nothing"}`)},
		{"cut off capture", []byte("\x0a\x0d\x0d\x0a\xff\xff\xff\x7f\x4d\x3c\x2b\x1a")}, {"too large", bytes.Repeat([]byte("{"), maxPosted+1)},
	} {
		t.Run("file "+c.name, func(t *testing.T) {
			if _, p := post(t, s, c.file); p == nil || p.What == "" || p.Do == "" {
				t.Errorf("answered by %+v", p)
			}
		})
	}
}

func TestHygiene(t *testing.T) {
	s := New()
	for _, path := range []string{"/", "/app.js", "/style.css", "/lib/dagre.esm.js", "/api/about", "/nothing"} {
		h := get(t, s, path, nil).Header
		if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: Content-Security-Policy %q", path, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Type") == "" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", path, h)
		}
	}
	for host, want := range map[string]int{
		"127.0.0.1:80": 200, "localhost:80": 200, "[::1]:80": 200, "::1": 200, "LOCALHOST": 200,
		"evil.example": 421, "localhost.evil.example:80": 421, "": 421,
	} {
		r := httptest.NewRequest(http.MethodGet, "/api/about", nil)
		r.Host = host
		if got := do(t, s, r, nil).StatusCode; got != want {
			t.Errorf("Host %q: %d, want %d", host, got, want)
		}
		if got := do(t, &Server{AnyHost: true, mux: s.mux}, r, nil).StatusCode; got != 200 {
			t.Errorf("Host %q of a public server: %d", host, got)
		}
	}
	for _, c := range []struct {
		method, path, site string
		want               int
	}{
		{http.MethodPost, "/api/load", "cross-site", 403}, {http.MethodGet, "/api/verify", "cross-site", 403},
		{http.MethodGet, "/api/verify", "same-site", 403}, {http.MethodGet, "/?path=0", "cross-site", 200},
		{http.MethodGet, "/api/walk", "same-origin", 200}, {http.MethodGet, "/api/walk", "none", 200},
	} {
		r := httptest.NewRequest(c.method, "http://127.0.0.1"+c.path, strings.NewReader("x"))
		r.Header.Set("Sec-Fetch-Site", c.site)
		if got := do(t, s, r, nil).StatusCode; got != c.want {
			t.Errorf("%s %s from %s: %d, want %d", c.method, c.path, c.site, got, c.want)
		}
	}
	if got := do(t, s, httptest.NewRequest(http.MethodPost, "http://127.0.0.1/api/walk", nil), nil).StatusCode; got != http.StatusMethodNotAllowed {
		t.Errorf("a walk can be posted: %d", got)
	}
}

func TestBusy(t *testing.T) {
	s := New()
	for range cap(s.busy) {
		s.busy <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var p Problem
	r := do(t, s, httptest.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1/api/about", nil), &p)
	if r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" || p.Do == "" {
		t.Errorf("%s: %+v", r.Status, p)
	}
}

func TestGivesUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	set := Setting{Profile: "rfc", Scenario: firstScenario}
	if _, err := set.verify(ctx); problemOf(err).Status != http.StatusUnprocessableEntity {
		t.Errorf("verify: %v", err)
	}
	if _, err := new(graphs).of(ctx, set); problemOf(err).Status != http.StatusUnprocessableEntity {
		t.Errorf("graph: %v", err)
	}
}

func TestPanic(t *testing.T) {
	s := New()
	s.mux.HandleFunc("GET /panic", s.answer(func(context.Context, *http.Request) (any, error) { panic("broken") }))
	var p Problem
	if r := get(t, s, "/panic", &p); r.StatusCode != http.StatusInternalServerError || !strings.Contains(p.What, "broken") {
		t.Errorf("%s: %+v", r.Status, p)
	}
}

func TestGraphsAreFew(t *testing.T) {
	var g graphs
	var last *reached
	for i, sc := range []string{"", "sid=cached", "exchange=rsa", "mode=cbc", "trust-root=off"} {
		r, err := g.of(t.Context(), Setting{Profile: "rfc", Scenario: sc})
		if err != nil {
			t.Fatal(err)
		}
		if len(g.kept) != min(i+1, keepMost) {
			t.Errorf("%d graphs are kept", len(g.kept))
		}
		last = r
	}
	if again, _ := g.of(t.Context(), Setting{Profile: "rfc", Scenario: "trust-root=off"}); again != last {
		t.Error("the last graph was not kept")
	}
}

func TestServe(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, l, New()) }()
	client := &http.Client{Timeout: time.Minute}
	r, err := client.Get("http://" + l.Addr().String() + "/api/about")
	if err != nil {
		t.Fatal(err)
	}
	var a About
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil || len(a.Profiles) == 0 {
		t.Errorf("%+v, %v", a, err)
	}
	io.Copy(io.Discard, r.Body)
	r.Body.Close()
	client.CloseIdleConnections()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("the server still listens")
	}
}

func TestPlaceComesBack(t *testing.T) {
	p := Place{Setting{Profile: "openssl-3.0", Mutant: "no-echo", Budget: 2, WireOnly: true, Scenario: "ticket=pac sid=?"}, []int{0, 3, 12}, "abc"}
	got, err := ParsePlace(p.Values())
	if err != nil || fmt.Sprint(got) != fmt.Sprint(p) {
		t.Errorf("%+v, %v, want %+v", got, err, p)
	}
}

func FuzzPlace(f *testing.F) {
	for _, q := range []string{"", "path=0.0.0&budget=1", "scenario=ticket%3D%3F&path=0", "scenario=a%3Db%3Dc&path=.", "profile=%00&mutant=no-echo", "path=99999999999999999999", "budget=1&path=0.7.3&mark=x"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		p, err := ParsePlace(q)
		if err != nil {
			problemOf(err)
			return
		}
		w, err := p.walk()
		if err != nil {
			if problemOf(err).Status >= 500 {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		v := w.view()
		if again, err := ParsePlace(must(url.ParseQuery(v.Link))); err != nil || pathText(again.Path) != pathText(p.Path) {
			t.Errorf("%q became %q: %v", text, v.Link, err)
		}
	})
}

func must(q url.Values, err error) url.Values {
	if err != nil {
		panic(err)
	}
	return q
}
