package browse

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"path"
	"runtime"
	"strings"
	"time"

	"github.com/sesame-tls/sesame/check/web"
)

// What one question may cost.
const (
	maxTime    = 15 * time.Second
	maxMemory  = 256 << 20 // of an exploration, in octets
	maxPosted  = 8 << 20   // octets
	maxAddress = 8 << 10   // octets of an address
)

//go:embed assets
var assets embed.FS

// Server answers the page and its questions. It is an http.Handler.
type Server struct {
	// AnyHost lets the page be asked for under any name, not only under the names
	// and addresses of this machine: for a server behind another one.
	AnyHost bool

	mux    *http.ServeMux
	about  *About
	graphs graphs
	busy   chan struct{} // has a place for each question that is answered at once
}

// New returns a server.
func New() *Server {
	s := &Server{mux: http.NewServeMux(), about: about(), busy: make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))}
	s.mux.HandleFunc("GET /", s.asset)
	for path, f := range map[string]question{
		"GET /api/about":  func(context.Context, *http.Request) (any, error) { return s.about, nil },
		"GET /api/walk":   onWalk(func(_ context.Context, w *walk, _ *http.Request) (any, error) { return w.view(), nil }),
		"GET /api/verify": s.verify,
		"GET /api/graph":  s.onGraph(func(ctx context.Context, r *reached, _ Setting, _ *http.Request) (any, error) { return r.draw(ctx) }),
		"GET /api/nodes":  s.nodes,
		"GET /api/node":   s.onGraph(node),
		"GET /api/search": s.onGraph(func(_ context.Context, r *reached, set Setting, q *http.Request) (any, error) {
			return r.search(set, q.FormValue("q"))
		}),
		"GET /api/visits":  s.onGraph(visits),
		"GET /api/real":    onWalk(func(_ context.Context, w *walk, _ *http.Request) (any, error) { return w.actual() }),
		"GET /api/compare": onWalk(compare),
		"POST /api/load":   s.load,
	} {
		s.mux.HandleFunc(path, s.answer(f))
	}
	return s
}

// policy lets the page have what comes from here, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	web.Secure(http.HandlerFunc(s.serve), policy, s.AnyHost).ServeHTTP(w, r)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/") && foreign(r):
		// Their pages cannot read the answers, but could make this machine work.
		tell(w, &Problem{http.StatusForbidden, "another site asks", "Sec-Fetch-Site", "ask from the page itself"})
	case len(r.URL.String()) > maxAddress:
		tell(w, &Problem{http.StatusRequestURITooLong, fmt.Sprintf("the address has more than %d octets", maxAddress), "the address", "give a shorter one"})
	default:
		s.mux.ServeHTTP(w, r)
	}
}

// foreign reports whether a browser asks for another site's page.
func foreign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return false
	}
	return true
}

// types are those of the assets, whatever the machine makes of their names.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8",
}

// asset serves the page and what belongs to it.
func (s *Server) asset(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if name == "" {
		name = "index.html"
	}
	octets, err := fs.ReadFile(assets, "assets/"+name)
	if err != nil {
		tell(w, &Problem{http.StatusNotFound, "there is no such page", short(r.URL.Path), "go to /"})
		return
	}
	w.Header().Set("Content-Type", types[path.Ext(name)])
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(octets)
}

// question is what the page can ask.
type question func(context.Context, *http.Request) (any, error)

// answer bounds a question, and writes what comes of it as JSON.
func (s *Server) answer(f question) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), maxTime)
		defer cancel()
		r.Body = http.MaxBytesReader(w, r.Body, maxPosted)
		select {
		case s.busy <- struct{}{}:
			defer func() { <-s.busy }()
		case <-ctx.Done():
			w.Header().Set("Retry-After", "5")
			tell(w, &Problem{http.StatusServiceUnavailable, "other questions are being answered", "the server", "ask again"})
			return
		}
		v, err := guarded(ctx, f, r)
		if err != nil {
			tell(w, problemOf(err))
			return
		}
		write(w, http.StatusOK, v)
	}
}

// guarded turns a panic into an error: others go on asking.
func guarded(ctx context.Context, f question, r *http.Request) (v any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f(ctx, r)
}

func tell(w http.ResponseWriter, p *Problem) { write(w, p.Status, p) }

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) // its only error is that nobody reads any more
}

// onWalk asks about a place.
func onWalk(f func(context.Context, *walk, *http.Request) (any, error)) question {
	return func(ctx context.Context, r *http.Request) (any, error) {
		p, err := ParsePlace(r.URL.Query())
		if err != nil {
			return nil, err
		}
		w, err := p.walk()
		if err != nil {
			return nil, err
		}
		return f(ctx, w, r)
	}
}

// onGraph asks about the graph of a setting.
func (s *Server) onGraph(f func(context.Context, *reached, Setting, *http.Request) (any, error)) question {
	return func(ctx context.Context, r *http.Request) (any, error) {
		set, err := parseSetting(r.URL.Query())
		if err != nil {
			return nil, err
		}
		g, err := s.graphs.of(ctx, set)
		if err != nil {
			return nil, err
		}
		return f(ctx, g, set, r)
	}
}

func (s *Server) verify(ctx context.Context, r *http.Request) (any, error) {
	set, err := parseSetting(r.URL.Query())
	if err != nil {
		return nil, err
	}
	return set.verify(ctx)
}

// nodes says where the graph has the states of a place.
func (s *Server) nodes(ctx context.Context, r *http.Request) (any, error) {
	return onWalk(func(ctx context.Context, w *walk, _ *http.Request) (any, error) {
		g, err := s.graphs.of(ctx, w.setting)
		if err != nil {
			return nil, err
		}
		return map[string][]int{"nodes": g.nodesOf(w)}, nil
	})(ctx, r)
}

// node returns the address of a node, by a shortest path.
func node(_ context.Context, g *reached, set Setting, r *http.Request) (any, error) {
	var n int
	if _, err := fmt.Sscan(r.FormValue("node"), &n); err != nil || n < 0 || n >= g.graph.Len() {
		return nil, wrong("node", fmt.Sprintf("give 0 to %d", g.graph.Len()-1), "there is no node %q", short(r.FormValue("node")))
	}
	path := g.pathTo(n)
	return map[string]any{"link": linkTo(set, g.sys, path), "steps": len(path), "facts": strings.Split(g.graph.State[n].String(), " | ")}, nil
}

func visits(ctx context.Context, g *reached, set Setting, _ *http.Request) (any, error) {
	return g.visits(set, func() bool { return ctx.Err() != nil })
}

// compare holds a place against the system with another profile or mutant.
func compare(ctx context.Context, w *walk, r *http.Request) (any, error) {
	other := w.setting
	other.Mutant = r.FormValue("other-mutant")
	if other.Profile = r.FormValue("other-profile"); other.Profile == "" {
		other.Profile = w.setting.Profile
	}
	return w.compare(ctx, other)
}

// load walks a file that is posted. It is not kept.
func (s *Server) load(ctx context.Context, r *http.Request) (any, error) {
	set, err := parseSetting(r.URL.Query())
	if err != nil {
		return nil, err
	}
	file, err := io.ReadAll(r.Body)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &Problem{http.StatusRequestEntityTooLarge, fmt.Sprintf("it has more than %d MiB", maxPosted>>20), "the file", "cut the conversation out of it"}
	case err != nil:
		return nil, wrong("the file", "send it again", "it did not arrive whole: %v", err)
	case len(file) == 0:
		return nil, wrong("the file", "give NDJSON traces, a report, or a pcap or pcapng file", "it is empty")
	}
	return load(ctx, set, file)
}

// Serve serves on l until ctx ends, lets what is being answered be answered, and
// returns nil. It closes l.
func Serve(ctx context.Context, l net.Listener, s *Server) error {
	return web.Serve(ctx, l, s, maxTime)
}
