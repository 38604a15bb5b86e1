package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// sequel is what must follow from one connection for the next, or from its end.
type sequel struct {
	name string
	play func(ctx context.Context, a *authority) error
}

var sequels = []sequel{
	{"the transport ends without close_notify", func(ctx context.Context, a *authority) error {
		l := newLink(a)
		l.truncated = true
		if client, _ := l.run(ctx); !errors.Is(client.err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("the client must notice; it has %v", client.err)
		}
		return nil
	}},
	resumption("by ticket", spec.ByTicket, func(*authority, *link) {}),
	resumption("by Session ID", spec.BySessionID, func(*authority, *link) {}),
	resumption("by ticket, after the server's lifetime", spec.Full, func(a *authority, l *link) {
		l.client.SessionLifetime = 100 * time.Hour
		a.now = a.now.Add(30 * time.Minute)
	}),
	resumption("by Session ID, after the server's lifetime", spec.Full, func(a *authority, l *link) {
		l.client.SessionLifetime = 100 * time.Hour
		a.now = a.now.Add(30 * time.Minute)
	}),
	resumption("by ticket, in another context", spec.Full, func(_ *authority, l *link) { l.server.SessionContext = "another" }),
	resumption("by ticket, with another key", spec.Full, func(_ *authority, l *link) { l.server.SetSessionTicketKeys([][32]byte{{2}}) }),
	resumption("by Session ID, unknown to the server", spec.Full, func(_ *authority, l *link) {
		l.server.ServerSessionCache = tls.NewLRUServerSessionCache(0)
	}),
	resumption("by ticket, where a client certificate is required", spec.Full, func(a *authority, l *link) {
		l.server.ClientAuth = tls.RequireAnyClientCert
		l.client.Certificates = l.server.Certificates
	}),
	{"an exporter after a handshake without extended master secret", func(ctx context.Context, a *authority) error {
		l := newLink(a)
		l.client.ExtendedMasterSecret = tls.Never
		l.after = func(c *tls.Conn) error {
			if _, err := c.ExportKeyingMaterial("EXPORTER x", nil, 16); err == nil {
				return errors.New("it exports")
			}
			return nil
		}
		client, server := l.run(ctx)
		return errors.Join(client.err, server.err)
	}},
}

// resumption is a second connection, changed, after a full one: it must be
// resumed so.
func resumption(name string, want spec.Shortening, change func(*authority, *link)) sequel {
	byID := len(name) >= 13 && name[:13] == "by Session ID"
	return sequel{"resumption " + name, func(ctx context.Context, a *authority) error {
		start := a.now
		defer func() { a.now = start }()
		cache, sessions := tls.NewLRUClientSessionCache(0), tls.NewLRUServerSessionCache(0)
		certificates := newLink(a).server.Certificates
		next := func() *link {
			l := newLink(a)
			l.client.ClientSessionCache, l.server.Certificates, l.server.SessionLifetime = cache, certificates, 10*time.Minute
			if byID {
				l.server.ServerSessionCache, l.server.SessionTicketsDisabled = sessions, true
			} else {
				l.server.SetSessionTicketKeys([][32]byte{{1}})
			}
			return l
		}
		for i, want := range []spec.Shortening{spec.Full, want} {
			l := next()
			if i > 0 {
				change(a, l)
			}
			client, server := l.run(ctx)
			if err := errors.Join(client.err, server.err); err != nil {
				return err
			}
			if c, s := client.state.ResumedBy, server.state.ResumedBy; c != want || s != want {
				return fmt.Errorf("connection %d is resumed by %v and %v, not %v", i+1, c, s, want)
			}
		}
		return nil
	}}
}
