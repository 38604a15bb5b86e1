package ui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"

	"github.com/sesame-tls/sesame/check/capture"
	"github.com/sesame-tls/sesame/check/tla"
	"github.com/sesame-tls/sesame/impl/tls"
)

// files are what the page is given.
type files struct {
	dir     string
	trace   string // three runs of the implementation, in lockstep with the model
	capture string // a connection under a PAC, with its keys
	nothing string // of no kind that is known
}

// makeFiles makes them anew in a folder.
func makeFiles(ctx context.Context) (f files, err error) {
	if f.dir, err = os.MkdirTemp("", "sesame-files-*"); err != nil {
		return f, err
	}
	f.trace, f.capture, f.nothing = filepath.Join(f.dir, "run.ndjson"), filepath.Join(f.dir, "run.pcapng"), filepath.Join(f.dir, "notes.txt")
	traces, err := tla.Record(rand.New(rand.NewPCG(1, 2)), 3, 1)
	if err != nil {
		return f, err
	}
	var text bytes.Buffer
	if err := tla.WriteTraces(&text, traces); err != nil {
		return f, err
	}
	packets, err := record(ctx)
	if err != nil {
		return f, err
	}
	return f, errors.Join(os.WriteFile(f.trace, text.Bytes(), 0o600), os.WriteFile(f.capture, packets, 0o600), os.WriteFile(f.nothing, []byte("nothing"), 0o600))
}

// record makes a handshake under a PAC over loopback, and returns its capture.
func record(ctx context.Context) ([]byte, error) {
	var file bytes.Buffer
	w, err := capture.NewWriter(&file)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer l.Close()
	pac := &tls.SessionSecret{Secret: bytes.Repeat([]byte{7}, 48)}
	ended := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			ended <- err
			return
		}
		defer c.Close()
		server := tls.Server(c, &tls.Config{AcceptTicket: func(context.Context, *tls.TicketHello) (*tls.SessionSecret, error) { return pac, nil }})
		_, err = io.Copy(io.Discard, server)
		ended <- err
	}()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return nil, err
	}
	taped := w.Conn(conn, true)
	client := tls.Client(taped, &tls.Config{
		ServerName: "server.example", KeyLogWriter: w.KeyLog(),
		OfferTicket: func(context.Context, *tls.TicketRequest) (*tls.TicketOffer, error) {
			return &tls.TicketOffer{Ticket: []byte("a PAC-Opaque"), Secret: func(context.Context, *tls.ServerHelloInfo) (*tls.SessionSecret, error) { return pac, nil }}, nil
		},
	})
	err = client.HandshakeContext(ctx)
	if err == nil {
		_, err = client.Write([]byte("open sesame"))
	}
	taped.Release()
	return file.Bytes(), errors.Join(err, client.Close(), <-ended, w.Flush())
}
