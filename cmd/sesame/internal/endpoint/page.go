package endpoint

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"

	"github.com/sesame-tls/sesame/impl/tls"
)

// maxHeader bounds a request's line and header, in octets; net/http lets some
// more pass.
const maxHeader = 1 << 16

// page answers HTTP requests, whatever they ask for, with the connection's
// facts, until the client or HTTP ends it. What is no request is answered with a
// status of 4xx. It leaves the connection open.
func page(conn *tls.Conn) error {
	text := facts(conn.ConnectionState())
	c := &borrowed{Conn: conn, returned: make(chan struct{})}
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet && r.Method != http.MethodHead {
				w.Header().Set("Allow", "GET, HEAD")
				w.WriteHeader(http.StatusMethodNotAllowed)
				return
			}
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("Content-Length", strconv.Itoa(len(text)))
			_, _ = io.WriteString(w, text) // an error is the connection's, and Read finds it
		}),
		ReadTimeout: idleTimeout, WriteTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: log.New(io.Discard, "", 0), // it has nothing to say but that a client was rude
		ConnState: func(_ net.Conn, state http.ConnState) {
			if state == http.StateClosed {
				close(c.returned)
			}
		},
	}
	if err := server.Serve(&single{conn: c}); err != io.EOF {
		return err
	}
	return c.err
}

// borrowed is a connection that its lender closes. It remembers why there was
// nothing more to read.
type borrowed struct {
	*tls.Conn
	err      error
	returned chan struct{} // closed once HTTP has done with it
}

// Close does nothing.
func (*borrowed) Close() error { return nil }

// Read reads from the connection. net/http has one Read at a time.
func (c *borrowed) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		c.err = err
	}
	return n, err
}

// single is a listener of one connection. It ends with that.
type single struct {
	conn     *borrowed
	accepted bool
}

// Accept returns the connection, and once that has been returned io.EOF.
func (l *single) Accept() (net.Conn, error) {
	if !l.accepted {
		l.accepted = true
		return l.conn, nil
	}
	<-l.conn.returned
	return nil, io.EOF
}

// Close does nothing.
func (*single) Close() error { return nil }

// Addr returns the connection's own address.
func (l *single) Addr() net.Addr { return l.conn.LocalAddr() }
