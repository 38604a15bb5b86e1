package endpoint

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// dialPage connects to the page's server.
func dialPage(t *testing.T, address string) *tls.Conn {
	t.Helper()
	conn, err := tls.Dial("tcp", address, insecure())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// What is asked in HTTP is answered in HTTP, and close_notify comes behind the
// last answer.
func TestRequests(t *testing.T) {
	const page, bad = "200 OK", "400 Bad Request"
	address := startPage(t, nil)
	for _, tt := range []struct {
		name, request string
		want          []string // statuses, in order
		lacks         string   // what is nowhere in the answer; "": nothing
	}{
		{"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", []string{page}, ""},
		{"bare line feeds", "GET / HTTP/1.0\n\n", []string{page}, ""},
		{"any path", "GET /?q=%00 HTTP/1.0\r\nX: y\r\n\r\n", []string{page}, ""},
		{"HEAD", "HEAD / HTTP/1.0\r\n\r\n", []string{page}, "extended master secret"},
		{"HTTP/1.1", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", []string{page}, ""},
		{"one after the other", "GET / HTTP/1.1\r\nHost: x\r\n\r\nHEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.0\r\n\r\n", []string{page, page, page}, ""},
		{"kept alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n", []string{page, page}, ""},
		{"POST", "POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nab", []string{"405 Method Not Allowed"}, "extended master secret"},
		{"a long field", "GET / HTTP/1.0\r\nX: " + strings.Repeat("a", 1<<15) + "\r\n\r\n", []string{page}, ""},
		{"no HTTP", "\x00\x01\r\n\r\n", []string{bad}, "200"},
		{"no version", "GET /\r\n\r\n", []string{bad}, "200"},
		{"no host", "GET / HTTP/1.1\r\n\r\n", []string{bad}, "200"},
		{"no field", "GET / HTTP/1.0\r\nnonsense\r\n\r\n", []string{bad}, "200"},
		{"a line without an end", "GET /" + strings.Repeat("a", 1<<20), []string{"431 Request Header Fields Too Large"}, "200"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn := dialPage(t, address)
			go io.WriteString(conn, tt.request) // the server may have had enough before the end
			answer, err := io.ReadAll(conn)
			if err != nil {
				t.Errorf("after %q: %v", answer, err)
			}
			rest := string(answer)
			for _, status := range tt.want {
				_, after, found := strings.Cut(rest, " "+status)
				if !found {
					t.Fatalf("%q is not in %q", status, rest)
				}
				rest = after
			}
			if strings.Contains(rest, "HTTP/1.") || tt.lacks != "" && strings.Contains(string(answer), tt.lacks) {
				t.Errorf("answered %q", answer)
			}
		})
	}
}

// A request that ends too early is a bad one.
func TestHalfARequest(t *testing.T) {
	conn := dialPage(t, startPage(t, nil))
	if _, err := io.WriteString(conn, "GET / HT"); err != nil {
		t.Fatal(err)
	}
	if err := conn.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.Contains(string(answer), " 400 Bad Request\r\n") {
		t.Errorf("%q, %v", answer, err)
	}
}

// unwelcome are records of data in the clear: more than is read before the first
// is refused, and not more than sockets hold.
var unwelcome = bytes.Repeat(append([]byte{byte(spec.ContentApplicationData), 3, 3, 0x10, 0}, make([]byte, 0x1000)...), 16)

// The alert reaches a server that goes on sending, too.
func TestClientAlertIsDelivered(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	type heard struct {
		octets []byte
		err    error
	}
	server := make(chan heard, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			server <- heard{err: err}
			return
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(handshakeTimeout))
		if _, err := conn.Write(unwelcome); err != nil {
			server <- heard{err: err}
			return
		}
		octets, err := io.ReadAll(conn)
		server <- heard{octets, err}
	}()
	c := &Client{Address: l.Addr().String(), Config: insecure(), Log: io.Discard, Recorder: new(Recorder)}
	if err := c.Run(t.Context()); err == nil {
		t.Error("no error")
	}
	got := <-server
	if want := []byte{2, byte(spec.UnexpectedMessage)}; got.err != nil || !bytes.HasSuffix(got.octets, want) {
		t.Errorf("%x, %v", got.octets, got.err)
	}
}

// The alert reaches a client that goes on sending: the connection is not reset
// under it, in the handshake or after.
func TestAlertIsDelivered(t *testing.T) {
	address := startPage(t, nil)
	t.Run("handshake", func(t *testing.T) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(handshakeTimeout))
		if _, err := conn.Write(unwelcome); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(conn)
		if want := []byte{21, 3, 1, 0, 2, 2, byte(spec.UnexpectedMessage)}; err != nil || string(got) != string(want) {
			t.Errorf("%x, %v", got, err)
		}
	})
	t.Run("data", func(t *testing.T) {
		conn := dialPage(t, address)
		if _, err := conn.NetConn().Write(unwelcome); err != nil {
			t.Fatal(err)
		}
		_, err := io.ReadAll(conn)
		var alert *tls.AlertError
		if !errors.As(err, &alert) || alert.Alert != spec.BadRecordMAC || !alert.Received {
			t.Errorf("%v", err)
		}
	})
	if err := get(address, insecure()); err != nil {
		t.Error(fmt.Errorf("the next client: %w", err))
	}
}
