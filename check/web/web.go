// Package web serves pages to people on this machine: what a browser should be
// told to be careful with, and how such a server ends.
//
// Use [Secure] around the handler and [Serve] on a listener; a handler with
// answers of its own to what Secure refuses calls [SetHeaders] and [Ours].
package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/netutil"
)

// The bounds of a server.
const (
	maxConnections = 128
	maxHeader      = 16 << 10 // octets
	readTime       = 30 * time.Second
	endTime        = 5 * time.Second // to answer what is being answered
)

// Secure returns a handler that sets the headers which keep a page to itself,
// policy as its Content-Security-Policy, and that refuses requests for names
// other than localhost and addresses, unless anyHost: a name of somebody else's
// that leads here would let their pages read ours.
func Secure(next http.Handler, policy string, anyHost bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		SetHeaders(w.Header(), policy)
		if !anyHost && !Ours(r.Host) {
			http.Error(w, "ask for this page as localhost or by its address", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// SetHeaders sets the headers that [Secure] sets.
func SetHeaders(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// Ours reports whether a Host is localhost or an address.
func Ours(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}

// Loopback says what is wrong with an address to serve on that is to be
// reached from this machine alone; nil: nothing.
func Loopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%q is no address; give HOST:PORT, for instance 127.0.0.1:8080", address)
	}
	if ip, err := netip.ParseAddr(host); !strings.EqualFold(host, "localhost") && (err != nil || !ip.IsLoopback()) {
		return fmt.Errorf("%s can be reached from other machines; give 127.0.0.1:PORT", address)
	}
	return nil
}

// Serve serves on l until ctx ends, lets what is being answered be answered, and
// returns nil. It closes l. An answer may take as long as answer.
func Serve(ctx context.Context, l net.Listener, h http.Handler, answer time.Duration) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: readTime, WriteTimeout: readTime + answer,
		IdleTimeout: time.Minute, MaxHeaderBytes: maxHeader,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.Background(), endTime)
		defer cancel()
		if server.Shutdown(end) != nil {
			server.Close()
		}
	}()
	if err := server.Serve(netutil.LimitListener(l, maxConnections)); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-stopped
	return nil
}
