package tls

import (
	"context"
	"errors"
	"net"
	"strings"
)

// Client returns a client over conn. The Config needs a ServerName, or
// InsecureSkipVerify. The handshake runs with the first Read or Write, or with
// [Conn.HandshakeContext].
func Client(conn net.Conn, config *Config) *Conn { return newConn(conn, config, true) }

// Server returns a server over conn. The Config needs a certificate, or a way to
// do without: AcceptTicket or AllowAnonymous.
func Server(conn net.Conn, config *Config) *Conn { return newConn(conn, config, false) }

// Dial connects, and completes the handshake. A Config without ServerName gets
// the host of addr.
func Dial(network, addr string, config *Config) (*Conn, error) {
	return (&Dialer{Config: config}).dial(context.Background(), network, addr)
}

// Dialer dials TLS connections.
type Dialer struct {
	NetDialer *net.Dialer // nil is a zero net.Dialer
	Config    *Config     // nil is a zero Config
}

// DialContext connects, and completes the handshake; its result is a [*Conn].
// ctx bounds both, and nothing after them.
func (d *Dialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := d.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (d *Dialer) dial(ctx context.Context, network, addr string) (*Conn, error) {
	dialer := d.NetDialer
	if dialer == nil {
		dialer = new(net.Dialer)
	}
	if dialer.Timeout != 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, dialer.Timeout)
		defer cancel()
	}
	if !dialer.Deadline.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, dialer.Deadline)
		defer cancel()
	}
	raw, err := dialer.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	conn := Client(raw, d.Config)
	if conn.serverName == "" {
		conn.serverName = host(addr)
	}
	if err := conn.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, err
	}
	return conn, nil
}

// host is the host of an address.
func host(addr string) string {
	h, _, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return h
}

// Listen listens for TLS connections. See [NewListener].
func Listen(network, laddr string, config *Config) (net.Listener, error) {
	if config == nil {
		return nil, errors.New("tls: a listener needs a Config")
	}
	if err := config.checkServer(); err != nil {
		return nil, err
	}
	if _, err := config.derive(); err != nil {
		return nil, err
	}
	l, err := net.Listen(network, laddr)
	if err != nil {
		return nil, err
	}
	return NewListener(l, config), nil
}

// NewListener returns a listener whose connections are [Server] over inner's.
// Accept does not wait for the handshake.
func NewListener(inner net.Listener, config *Config) net.Listener {
	return &listener{inner, config}
}

type listener struct {
	net.Listener
	config *Config
}

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return Server(c, l.config), nil
}

// hostname is name as it may stand in a server_name extension: "" for an
// address literal, and without a trailing dot (RFC 6066, Section 3).
func hostname(name string) string {
	host := strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	if i := strings.LastIndexByte(host, '%'); i > 0 {
		host = host[:i]
	}
	// An address ends in a digit or has a colon; most names need no closer look.
	if host != "" && (host[len(host)-1] <= '9' || strings.IndexByte(host, ':') >= 0) && net.ParseIP(host) != nil {
		return ""
	}
	return strings.TrimSuffix(name, ".")
}
