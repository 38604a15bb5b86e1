package tls_test

import (
	"errors"
	"net"
	"testing"

	"golang.org/x/net/nettest"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/tls"
)

// Conn is a net.Conn by the rules that golang.org/x/net tests all of them by:
// deadlines past, present and future, and concurrent use of every method.
func TestNetConn(t *testing.T) {
	nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, nil, nil, err
		}
		defer l.Close()
		a, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			return nil, nil, nil, err
		}
		b, err := l.Accept()
		if err != nil {
			a.Close()
			return nil, nil, nil, err
		}
		c, s := tls.Client(a, clientConfig()), tls.Server(b, serverConfig(testcert.Ed25519))
		clientErr, serverErr := handshakes(c, s)
		stop := func() {
			c.Close()
			s.Close()
		}
		return c, s, stop, errors.Join(clientErr, serverErr)
	})
}
