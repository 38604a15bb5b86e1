package endpoint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/sesame-tls/sesame/impl/tls"
)

// Example has a client and a server share a PAC.
func Example() {
	certificates, err := SelfSigned()
	if err != nil {
		fmt.Println(err)
		return
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	pac := &PAC{Key: make([]byte, keySize), Opaque: []byte("opaque")}
	server := &Server{
		Config: &tls.Config{Certificates: certificates}, PAC: pac, Answer: Echo, Accept: 1,
		Log: io.Discard, Recorder: new(Recorder),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Run(context.Background(), l) }()

	var conversation strings.Builder
	client := &Client{
		Address: l.Addr().String(), Config: &tls.Config{InsecureSkipVerify: true}, PAC: pac,
		In: strings.NewReader("hello"), Out: io.Discard, Log: &conversation, Recorder: new(Recorder),
	}
	if err := client.Run(context.Background()); err != nil {
		fmt.Println(err)
	}
	fmt.Print(conversation.String())
	fmt.Println(<-ended)
	// Output:
	// C->S ClientHello sid=empty ticket=pac
	// S->C ServerHello
	//      callback: accept
	// S->C ChangeCipherSpec
	// S->C Finished {pac}
	// C->S ChangeCipherSpec
	// C->S Finished {pac}
	// established TLS 1.2 TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 resumed=session-secret
	// <nil>
}

// listen returns a listener on a free port, and certificates for a server there.
func listen(t *testing.T) (net.Listener, []tls.Certificate) {
	t.Helper()
	certificates, err := SelfSigned()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l, certificates
}

// lockedBuffer may be written by the server while the test waits for it.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
	grew chan struct{}
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.grew <- struct{}{}
	return b.text.Write(p)
}

// A server that is told to stop ends the connections that are open, and returns
// once they have.
func TestServerStops(t *testing.T) {
	l, certificates := listen(t)
	log := &lockedBuffer{grew: make(chan struct{}, 10)}
	server := &Server{Config: &tls.Config{Certificates: certificates}, Out: io.Discard, Log: log, Recorder: new(Recorder)}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx, l) }()

	idle, err := net.Dial("tcp", l.Addr().String()) // never says hello
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	conn, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	<-log.grew // established
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("the connection went on")
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("the server still listens")
	}
}

func TestDialErrors(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	c := &Client{Address: address, Config: &tls.Config{InsecureSkipVerify: true}, Log: io.Discard, Recorder: new(Recorder)}
	var dial *DialError
	if err := c.Run(t.Context()); !errors.As(err, &dial) {
		t.Errorf("got %v", err)
	}
}

func TestTruncationIsTold(t *testing.T) {
	l, certificates := listen(t)
	defer l.Close()
	go func() {
		raw, err := l.Accept()
		if err != nil {
			return
		}
		defer raw.Close() // without close_notify
		_ = tls.Server(raw, &tls.Config{Certificates: certificates}).Handshake()
	}()
	hold, stop := io.Pipe()
	defer stop.Close()
	c := &Client{
		Address: l.Addr().String(), Config: &tls.Config{InsecureSkipVerify: true},
		In: hold, Out: io.Discard, Log: io.Discard, Recorder: new(Recorder),
	}
	if err := c.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "without close_notify") {
		t.Errorf("got %v", err)
	}
}

func TestFactsOfAnEmptyState(t *testing.T) {
	text := facts(tls.ConnectionState{Version: tls.VersionTLS12, ServerName: "a", SessionID: []byte{1}, TicketState: "pac"})
	for _, want := range []string{"version                TLS 1.2\n", "server name            a\n", "session ID             01\n", "session secret         pac\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}
