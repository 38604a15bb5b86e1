package eap

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	impl "github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/gtc"
	"github.com/sesame-tls/sesame/impl/mschapv2"
	"github.com/sesame-tls/sesame/impl/radius"
)

type oneUser struct{ fast.User }

func (u *oneUser) Find(name string) *fast.User {
	if name != u.Name {
		return nil
	}
	return &u.User
}

// server is Sesame's RADIUS server, with a clock that may run ahead.
type server struct {
	conn    *net.UDPConn
	port    int
	done    chan struct{}
	mu      sync.Mutex
	reports []fast.Report
}

// startServer starts one for a step.
func startServer(p *place, c *Case, s Step, ring *fast.KeyRing, ahead time.Duration) (*server, error) {
	hash, err := mschapv2.HashPassword(password)
	if err != nil {
		return nil, err
	}
	config := &fast.ServerConfig{
		AuthorityID: authority, AuthorityInfo: "Sesame", Keys: ring, Users: &oneUser{fast.User{Name: user, Hash: hash}},
		Certificate:  p.pki.server,
		Provisioning: s.serverProvision(), MinVersion: c.version(), MaxVersion: c.version(), Lifetime: s.Short, Quirks: c.Quirks, Piggyback: c.Piggyback,
	}
	if s.Refresh {
		config.RefreshWithin = 8 * 24 * time.Hour
	}
	if s.Short != 0 {
		config.RefreshWithin = -1
	}
	engine, err := fast.NewServer(config)
	if err != nil {
		return nil, err
	}
	var methods impl.Registry[impl.ServerMethod]
	methods.Add(impl.TypeFAST, func() impl.ServerMethod { return engine.NewSession() })
	x := &server{done: make(chan struct{})}
	handler, err := radius.NewServer(&radius.ServerConfig{
		Methods: &methods, Clients: []radius.NAS{{Network: netip.MustParsePrefix("127.0.0.1/32"), Secret: []byte(secret)}},
		Observe: func(o radius.Observation) {
			if o.Session != nil {
				x.mu.Lock()
				defer x.mu.Unlock()
				x.reports = append(x.reports, *o.Session)
			}
		},
	})
	if err != nil {
		return nil, err
	}
	if x.conn, err = net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
		return nil, err
	}
	x.port = x.conn.LocalAddr().(*net.UDPAddr).Port
	go x.loop(handler, ahead)
	return x, nil
}

func (x *server) loop(handler *radius.Server, ahead time.Duration) {
	defer close(x.done)
	buffer := make([]byte, 4096)
	for {
		n, from, err := x.conn.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return // stop has closed it
		}
		if reply := handler.Handle(buffer[:n], from, time.Now().Add(ahead)); reply != nil {
			x.conn.WriteToUDPAddrPort(reply, from)
		}
	}
}

// stop ends the server, and returns what its sessions have come to, in words
// too.
func (x *server) stop() ([]fast.Report, string) {
	x.conn.Close()
	<-x.done
	var b strings.Builder
	for _, r := range x.reports {
		fmt.Fprintf(&b, "Sesame: %+v\n", r)
	}
	return x.reports, b.String()
}

// runPeer runs Sesame's peer against a server.
func runPeer(ctx context.Context, p *place, c *Case, s Step, store fast.Store, port int) (got, error) {
	config := &fast.PeerConfig{
		Identity: user, Password: password, Store: store, Provisioning: s.Provision,
		MinVersion: c.version(), MaxVersion: c.version(), Methods: []impl.Type{mschapv2.Type}, Quirks: c.Quirks,
	}
	if s.Inner == "GTC" {
		config.Methods = []impl.Type{gtc.Type}
	}
	if !s.NoRoots {
		config.Roots, config.ServerName = p.pki.roots, ""
	}
	peer := fast.NewPeer(config)
	var methods impl.Registry[impl.PeerMethod]
	methods.Add(impl.TypeFAST, func() impl.PeerMethod { return peer })
	client, err := radius.Dial(ctx, &radius.ClientConfig{Server: fmt.Sprintf("127.0.0.1:%d", port), Secret: []byte(secret), Timeout: 100 * time.Millisecond, Tries: 100})
	if err != nil {
		return got{}, err
	}
	defer client.Close()
	result, err := client.Authenticate(ctx, impl.NewPeer(&impl.PeerConfig{Identity: []byte("anonymous"), Methods: &methods, MTU: 1400}))
	r := peer.Report()
	g := got{Log: fmt.Sprintf("Sesame: %+v\nSesame: %v\n", r, err)}
	if result != nil {
		g.Want = Want{Access: result.Accepted, Resumed: r.Tunnel == fast.ByPAC, NewPAC: r.Provisioned(fast.TunnelPAC)}
		g.Keys = result.KeysAgree
	}
	return g, nil
}
