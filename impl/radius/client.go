package radius

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"time"

	"layeh.com/radius"
	"layeh.com/radius/rfc2865"
	"layeh.com/radius/vendors/microsoft"

	"github.com/sesame-tls/sesame/impl/eap"
)

// ClientConfig is a NAS. It must not be changed while it is in use.
type ClientConfig struct {
	Server     string // host:port; the port is 1812 by convention
	Secret     []byte
	Identifier string        // NAS-Identifier; "": sesame
	Station    string        // Calling-Station-Id; "": 02-00-00-00-00-01
	MTU        int           // Framed-MTU; 0: 1400
	Timeout    time.Duration // of one try; 0: 2 s
	Tries      int           // of one packet; 0: 4
}

// Client is a NAS whose one port is a supplicant's. It authenticates one after
// the other: for more at once, dial more.
type Client struct {
	config ClientConfig
	conn   net.Conn
	id     byte
}

// Dial opens the client's socket.
func Dial(ctx context.Context, c *ClientConfig) (*Client, error) {
	own := *c
	if own.Identifier == "" {
		own.Identifier = "sesame"
	}
	if own.Station == "" {
		own.Station = "02-00-00-00-00-01"
	}
	if own.MTU == 0 {
		own.MTU = 1400
	}
	if own.Timeout == 0 {
		own.Timeout = 2 * time.Second
	}
	if own.Tries == 0 {
		own.Tries = 4
	}
	conn, err := new(net.Dialer).DialContext(ctx, "udp", own.Server)
	if err != nil {
		return nil, err
	}
	return &Client{config: own, conn: conn}, nil
}

// Close closes the socket.
func (c *Client) Close() error { return c.conn.Close() }

// Result is how an authentication has ended.
type Result struct {
	Accepted bool // Access-Accept came, and the peer agrees
	Rounds   int  // requests that were answered
	Repeated int  // requests that had to be sent again
	// KeysAgree says that the NAS got the peer's keys.
	KeysAgree bool
	Keys      eap.Keys // the peer's
}

// ErrNoReply is wrapped by the error for a server that does not answer.
var ErrNoReply = errors.New("radius: the server does not answer")

// Authenticate runs a peer, which has not begun, against the server: it asks it
// for its identity and carries its packets. A rejection is no error.
func (c *Client) Authenticate(ctx context.Context, peer *eap.Peer) (*Result, error) {
	result := new(Result)
	message := eap.Packet{Code: eap.CodeRequest, Type: eap.TypeIdentity}.Append(nil)
	answer, status := peer.Step(nil, message, time.Now())
	var identity string
	if p, ok := eap.Parse(answer); ok {
		identity = string(p.Data)
	}
	var state []byte
	for status == eap.Continue {
		request := c.request(identity, state, answer)
		reply, err := c.exchange(ctx, request, result)
		if err != nil {
			return result, err
		}
		result.Rounds++
		message, _ = eapMessage(reply)
		state = rfc2865.State_Get(reply)
		if reply.Code != radius.CodeAccessChallenge {
			return result, c.end(reply, request, peer, message, result)
		}
		if answer, status = peer.Step(nil, message, time.Now()); status == eap.Discarded {
			return result, errors.New("radius: the peer has nothing to answer to the server's request")
		}
	}
	return result, errors.New("radius: the peer has ended before the server")
}

// end takes Access-Accept and Access-Reject.
func (c *Client) end(reply, request *radius.Packet, peer *eap.Peer, message []byte, result *Result) error {
	_, status := peer.Step(nil, message, time.Now())
	if reply.Code == radius.CodeAccessReject {
		return nil
	}
	if status != eap.Succeeded {
		return errors.New("radius: Access-Accept came, and the peer does not take it for a success")
	}
	result.Accepted, result.Keys = true, peer.Keys()
	recv, send := microsoft.MSMPPERecvKey_Get(reply, request), microsoft.MSMPPESendKey_Get(reply, request)
	msk := result.Keys.MSK
	result.KeysAgree = len(msk) == 64 && subtle.ConstantTimeCompare(append(recv, send...), msk) == 1
	return nil
}

func (c *Client) request(identity string, state, message []byte) *radius.Packet {
	p := radius.New(radius.CodeAccessRequest, c.config.Secret)
	c.id++
	p.Identifier = c.id
	begin(p)
	p.Add(rfc2865.UserName_Type, radius.Attribute(identity))
	p.Add(rfc2865.NASIdentifier_Type, radius.Attribute(c.config.Identifier))
	p.Add(rfc2865.CallingStationID_Type, radius.Attribute(c.config.Station))
	p.Add(rfc2865.FramedMTU_Type, radius.NewInteger(uint32(c.config.MTU)))
	addEAP(p, message)
	if len(state) > 0 {
		p.Add(rfc2865.State_Type, radius.Attribute(state))
	}
	return p
}

// exchange sends a request, again if it must, and returns the reply, which is
// authentic.
func (c *Client) exchange(ctx context.Context, request *radius.Packet, result *Result) (*radius.Packet, error) {
	raw, err := encode(request)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { c.conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	var last error
	for try := range c.config.Tries {
		if try > 0 {
			result.Repeated++
		}
		next := time.NewTimer(c.config.Timeout)
		if _, last = c.conn.Write(raw); last == nil {
			var reply *radius.Packet
			if reply, last = c.receive(ctx, raw); last == nil {
				next.Stop()
				return reply, nil
			}
		}
		select { // a port that is closed says so at once: the server may be about to open it
		case <-ctx.Done():
			next.Stop()
			return nil, ctx.Err()
		case <-next.C:
		}
	}
	return nil, fmt.Errorf("%w: %d tries: %w", ErrNoReply, c.config.Tries, last)
}

// receive returns the first reply that is authentic; others are passed over,
// since anybody can send them.
func (c *Client) receive(ctx context.Context, request []byte) (*radius.Packet, error) {
	deadline := time.Now().Add(c.config.Timeout)
	c.conn.SetReadDeadline(deadline)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	buffer := make([]byte, maxPacket)
	var forged error
	for {
		n, err := c.conn.Read(buffer)
		if err != nil {
			return nil, errors.Join(forged, err)
		}
		reply, err := parseReply(buffer[:n], request, c.config.Secret)
		if err == nil {
			return reply, nil
		}
		forged = err
	}
}

var errReply = errors.New("radius: a reply to another request, or one that is forged")

// parseReply reads a reply. It must answer the request, and have a
// Message-Authenticator: an Access-Accept without one could be forged (RFC 3579,
// Section 3.2, and the attack of 2024 on its absence).
func parseReply(raw, request, secret []byte) (*radius.Packet, error) {
	reply, err := radius.Parse(raw, secret)
	if err != nil {
		return nil, err
	}
	raw = raw[:int(raw[2])<<8|int(raw[3])]
	if reply.Identifier != request[1] || !radius.IsAuthenticResponse(raw, request, secret) {
		return nil, errReply
	}
	if err := checkMessage(raw, secret, [authenticatorSize]byte(request[4:headerSize])); err != nil {
		return nil, err
	}
	switch reply.Code {
	case radius.CodeAccessAccept, radius.CodeAccessReject, radius.CodeAccessChallenge:
		return reply, nil
	}
	return nil, errReply
}
