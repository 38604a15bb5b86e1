// Package taped makes captures of real connections, for tests of what reads them.
package taped

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"

	"github.com/sesame-tls/sesame/check/capture"
	"github.com/sesame-tls/sesame/impl/tls"
)

// Handshake makes a handshake under a PAC over loopback, and data after it, and
// returns their capture, with the keys in it if withKeys is set.
func Handshake(ctx context.Context, withKeys bool) ([]byte, error) {
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
	passing := w.Conn(conn, true)
	config := &tls.Config{
		ServerName: "server.example",
		OfferTicket: func(context.Context, *tls.TicketRequest) (*tls.TicketOffer, error) {
			return &tls.TicketOffer{Ticket: []byte("a PAC-Opaque"), Secret: func(context.Context, *tls.ServerHelloInfo) (*tls.SessionSecret, error) { return pac, nil }}, nil
		},
	}
	if withKeys {
		config.KeyLogWriter = w.KeyLog()
	}
	client := tls.Client(passing, config)
	err = client.HandshakeContext(ctx)
	if err == nil {
		_, err = client.Write([]byte("open sesame"))
	}
	passing.Release()
	return file.Bytes(), errors.Join(err, client.Close(), <-ended, w.Flush())
}
