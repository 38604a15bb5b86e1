package web

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestSecure(t *testing.T) {
	hello := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })
	for _, c := range []struct {
		host    string
		anyHost bool
		want    int
	}{
		{"localhost:8080", false, 200}, {"127.0.0.1:8080", false, 200}, {"[::1]:8080", false, 200}, {"LOCALHOST", false, 200},
		{"sesame.example", false, 421}, {"127.0.0.1.example:8080", false, 421}, {"sesame.example", true, 200},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = c.host
		w := httptest.NewRecorder()
		Secure(hello, "default-src 'none'", c.anyHost).ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: status %d, want %d", c.host, w.Code, c.want)
		}
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"} {
			if w.Header().Get(name) == "" {
				t.Errorf("%s: no %s", c.host, name)
			}
		}
	}
}

func TestLoopback(t *testing.T) {
	for address, fine := range map[string]bool{
		"127.0.0.1:0": true, "127.1.2.3:80": true, "[::1]:8080": true, "localhost:8080": true,
		"0.0.0.0:8080": false, ":8080": false, "192.0.2.1:80": false, "example.com:80": false, "127.0.0.1": false, "": false,
	} {
		if err := Loopback(address); (err == nil) != fine {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// TestServeEnds: what is being answered when the context ends is answered.
func TestServeEnds(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	asked, release := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- Serve(ctx, l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(asked)
			<-release
			io.WriteString(w, "answered")
		}), time.Second)
	}()
	got := make(chan string, 1)
	go func() {
		r, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			got <- err.Error()
			return
		}
		defer r.Body.Close()
		text, _ := io.ReadAll(r.Body)
		got <- string(text)
	}()
	<-asked
	cancel()
	close(release)
	if text := <-got; text != "answered" {
		t.Errorf("got %q", text)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := http.Get("http://" + l.Addr().String()); err == nil {
		t.Error("it still answers")
	}
}
