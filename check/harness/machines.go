package harness

import "github.com/sesame-tls/sesame/impl/handshake"

// Machines says where a Pair's machines come from. The zero value of [Pair]
// takes them from the implementation's pool.
type Machines interface {
	Client(*handshake.Config, *handshake.ClientParams) (*handshake.Machine, error)
	Server(*handshake.Config) *handshake.Machine
	// Release takes a machine that is not used any more.
	Release(*handshake.Machine)
}

type pooled struct{}

func (pooled) Client(c *handshake.Config, p *handshake.ClientParams) (*handshake.Machine, error) {
	return handshake.NewClient(c, p)
}

func (pooled) Server(c *handshake.Config) *handshake.Machine { return handshake.NewServer(c) }
func (pooled) Release(m *handshake.Machine)                  { m.Release() }

// Fresh makes machines that nobody has used before.
type Fresh struct{}

// Client returns a machine of its own.
func (Fresh) Client(c *handshake.Config, p *handshake.ClientParams) (*handshake.Machine, error) {
	m := new(handshake.Machine)
	return m, m.ResetClient(c, p)
}

// Server returns a machine of its own.
func (Fresh) Server(c *handshake.Config) *handshake.Machine {
	m := new(handshake.Machine)
	m.ResetServer(c)
	return m
}

// Release leaves the machine to the garbage collector.
func (Fresh) Release(*handshake.Machine) {}

// Kept is one client and one server that are used again and again: each time
// they are reset from wherever the last handshake has left them.
type Kept struct{ client, server handshake.Machine }

// Client resets the client.
func (k *Kept) Client(c *handshake.Config, p *handshake.ClientParams) (*handshake.Machine, error) {
	return &k.client, k.client.ResetClient(c, p)
}

// Server resets the server.
func (k *Kept) Server(c *handshake.Config) *handshake.Machine {
	k.server.ResetServer(c)
	return &k.server
}

// Release leaves the machine as it is.
func (k *Kept) Release(*handshake.Machine) {}
