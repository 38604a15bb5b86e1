package radius

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"layeh.com/radius"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
)

// More packets than one batch holds, some of them no RADIUS, wait in the socket
// when the server begins: each sender gets the reply to its own.
func TestBatches(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(address, func(t *testing.T) {
			conn, err := net.ListenPacket("udp", address)
			if err != nil {
				t.Skipf("there is no such address here: %v", err)
			}
			c := config(t)
			c.Clients = append(c.Clients, NAS{loopback6, secret})
			server, err := NewServer(c)
			if err != nil {
				t.Fatal(err)
			}
			var senders [100]net.Conn
			var requests [len(senders)][]byte
			for i := range senders {
				if senders[i], err = net.Dial("udp", conn.LocalAddr().String()); err != nil {
					t.Fatal(err)
				}
				defer senders[i].Close()
				requests[i] = identityRequest(t, secret)
				for _, packet := range [][]byte{requests[i][:i%20], requests[i]} {
					if _, err := senders[i].Write(packet); err != nil {
						t.Fatal(err)
					}
				}
			}
			start(t, server, conn.(*net.UDPConn))
			for i, sender := range senders {
				buffer := make([]byte, maxPacket)
				n, err := sender.Read(buffer)
				if err != nil {
					t.Fatal(err)
				}
				if reply := parse(t, buffer[:n], requests[i]); reply.Code != radius.CodeAccessChallenge {
					t.Errorf("sender %d got %v", i, reply.Code)
				}
			}
		})
	}
}

// A worker that has not come to the end of what is there for long calls for
// help, and one that is called answers all that is there.
func TestHelp(t *testing.T) {
	server, err := NewServer(config(t))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	sender, err := net.Dial("udp", conn.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	socket, err := takeOver(conn)
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	sent := 0
	send := func(packets int) {
		sent += packets
		for range packets {
			if _, err := sender.Write(identityRequest(t, secret)); err != nil {
				t.Fatal(err)
			}
		}
	}
	busy := make(chan struct{}, 1)
	w := server.newWorker(socket, busy)
	for _, c := range []struct {
		name    string
		packets int
		emptied time.Duration // ago
		calls   int
	}{
		{"more packets, for long", batchSize, 2 * strain, 1},
		{"more packets, not for long", batchSize, -time.Hour, 0},
		{"the last packets", 1, 2 * strain, 0},
	} {
		send(c.packets)
		w.cost = 0
		n, err := w.read(true, w.size())
		if err != nil || n != c.packets {
			t.Fatalf("%s: %d packets, %v", c.name, n, err)
		}
		w.emptied = time.Now().Add(-c.emptied)
		w.batch(n)
		if len(busy) != c.calls {
			t.Errorf("%s: %d calls for help", c.name, len(busy))
		}
		for len(busy) > 0 {
			<-busy
		}
	}

	send(batchSize + 1)
	ctx, cancel := context.WithCancel(t.Context())
	var helper sync.WaitGroup
	helper.Go(func() { server.newWorker(socket, busy).help(ctx) })
	busy <- struct{}{}
	for range sent {
		if _, err := sender.Read(make([]byte, maxPacket)); err != nil {
			t.Fatal(err)
		}
	}
	if n := server.Sessions(); n != sent {
		t.Errorf("%d of %d packets were taken", n, sent)
	}
	cancel()
	helper.Wait()
}

// start lets a server serve until the test ends, or the result is called.
func start(t *testing.T, server *Server, conn *net.UDPConn) (cancel func(), done <-chan struct{}) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := server.Serve(ctx, conn); err != nil {
			t.Errorf("Serve: %v", err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return cancel, ended
}

// A session that is under way when the server is to end goes on, and the server
// ends with it; without Drain it does not.
func TestDrain(t *testing.T) {
	for name, drain := range map[string]time.Duration{"drained": time.Hour, "cut off": 0} {
		t.Run(name, func(t *testing.T) {
			c := config(t)
			c.Drain = drain
			server, err := NewServer(c)
			if err != nil {
				t.Fatal(err)
			}
			conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
			if err != nil {
				t.Fatal(err)
			}
			cancel, ended := start(t, server, conn)
			client := dial(t, ClientConfig{Server: conn.LocalAddr().String(), Secret: secret, Timeout: 20 * time.Millisecond, Tries: 1})
			if drain > 0 {
				client.config.Timeout, client.config.Tries = time.Second, 10
			}
			result, err := client.Authenticate(t.Context(), interrupted(func() {
				cancel()
				if drain == 0 {
					<-ended
				}
			}))
			if drain == 0 {
				if !errors.Is(err, ErrNoReply) {
					t.Errorf("%+v, %v", result, err)
				}
				return
			}
			if err != nil || !result.Accepted || !result.KeysAgree {
				t.Errorf("%+v, %v", result, err)
			}
			<-ended
		})
	}
}

// interrupted is a peer that calls f in the middle.
func interrupted(f func()) *eap.Peer {
	var r eap.Registry[eap.PeerMethod]
	r.Add(eap.TypeFAST, func() eap.PeerMethod {
		return &interruptedMethod{fast.NewPeer(peerConfig("ali", nil, "open sesame")), f, 0}
	})
	return eap.NewPeer(&eap.PeerConfig{Identity: []byte("anonymous"), Methods: &r, MTU: 1400})
}

type interruptedMethod struct {
	eap.PeerMethod
	f     func()
	steps int
}

func (m *interruptedMethod) Step(out, data []byte, t *eap.Turn) ([]byte, eap.PeerState) {
	if m.steps++; m.steps == 3 {
		m.f()
	}
	return m.PeerMethod.Step(out, data, t)
}

// While sessions are drained none begins, and those under way go on.
func TestNoSessionBeginsWhileOthersDrain(t *testing.T) {
	server, err := NewServer(config(t))
	if err != nil {
		t.Fatal(err)
	}
	request := identityRequest(t, secret)
	if server.Handle(request, from, time.Now()) == nil {
		t.Fatal("no session begins")
	}
	none := server.sessions.drain()
	if server.Handle(identityRequest(t, secret), from, time.Now()) != nil || server.Sessions() != 1 {
		t.Errorf("a session has begun: there are %d", server.Sessions())
	}
	select {
	case <-none:
		t.Error("all have ended")
	default:
	}
	server.Expire(time.Now().Add(DefaultTimeout))
	<-none
	<-server.sessions.drain() // again: they stay drained
}
