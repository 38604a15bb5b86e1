package endpoint

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"

	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// Client connects, tells the handshake as a conversation, and then carries
// data both ways.
type Client struct {
	Address   string // host:port
	Config    *tls.Config
	PAC       *PAC      // offered if it is there
	Reconnect int       // connect so many times more, before data is carried
	In        io.Reader // what is sent
	Out       io.Writer // what is received
	Log       io.Writer // the conversation
	Recorder  *Recorder

	mu sync.Mutex // guards Log
}

// DialError says that the transport could not be had.
type DialError struct{ Err error }

// Error says why.
func (e *DialError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *DialError) Unwrap() error { return e.Err }

// Run connects Reconnect + 1 times, and carries data over the last connection
// until the server ends it. Sessions are resumed as the server lets it.
func (c *Client) Run(ctx context.Context) error {
	config := c.Recorder.config(c.Config)
	config.Tracer = c.tell
	if c.PAC != nil {
		config.OfferTicket = c.PAC.offer
	}
	if config.ClientSessionCache == nil {
		config.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	}
	for range c.Reconnect {
		if err := c.once(ctx, config, (*tls.Conn).Close); err != nil {
			return err
		}
	}
	return c.once(ctx, config, func(conn *tls.Conn) error { return c.carry(ctx, conn) })
}

// once makes one connection, and uses it.
func (c *Client) once(ctx context.Context, config *tls.Config, use func(*tls.Conn) error) (err error) {
	config, traced := c.Recorder.traced(config, spec.Client)
	defer func() {
		if traceErr := traced(); traceErr != nil {
			err = errors.Join(err, fmt.Errorf("--trace: %w", traceErr))
		}
	}()
	conn, err := c.connect(ctx, config)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	return use(conn)
}

func (c *Client) connect(ctx context.Context, config *tls.Config) (*tls.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", c.Address)
	if err != nil {
		return nil, &DialError{err}
	}
	transport, handshakeEnded := c.Recorder.over(raw, true)
	defer handshakeEnded()
	conn := tls.Client(transport, config)
	if err := conn.HandshakeContext(ctx); err != nil {
		end(conn, raw)
		return nil, err
	}
	fmt.Fprintln(c.Log, brief(conn.ConnectionState()))
	return conn, nil
}

// tell is the Tracer: it writes the handshake as it goes, and later a fatal
// alert if there is one, but neither data nor the end.
func (c *Client) tell(o *spec.Observation) {
	if o.State == spec.Established && o.Event.Message() != spec.Finished {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if line := o.ReadLine(); line != "" {
		fmt.Fprintln(c.Log, line)
	}
	if o.Call.Made {
		fmt.Fprintf(c.Log, "     callback: %v\n", o.Call.Result)
	}
	for _, s := range o.Sent {
		fmt.Fprintln(c.Log, s.Line(o.Role))
	}
}

// carry sends In and writes what comes to Out, until the server has ended its
// side. What is left of In is then not sent.
func (c *Client) carry(ctx context.Context, conn *tls.Conn) error {
	sent := make(chan error, 1)
	go func() {
		_, err := io.Copy(conn, c.In)
		sent <- errors.Join(err, conn.CloseWrite())
	}()
	_, err := io.Copy(c.Out, conn)
	if ctx.Err() != nil {
		return nil
	}
	// A server that ends the connection while data is being sent has said what
	// it had to say by what was read.
	select {
	case sendErr := <-sent:
		if err == nil && !errors.Is(sendErr, net.ErrClosed) {
			err = sendErr
		}
	default:
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the connection ended without close_notify: what was received may be cut short")
	}
	return err
}
