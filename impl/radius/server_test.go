package radius

import (
	"net/netip"
	"testing"
	"time"

	"layeh.com/radius"
)

func TestConfigIsChecked(t *testing.T) {
	for name, change := range map[string]func(*ServerConfig){
		"no methods": func(c *ServerConfig) { c.Methods = nil },
		"no secret":  func(c *ServerConfig) { c.Clients[0].Secret = nil },
		"no network": func(c *ServerConfig) { c.Clients[0].Network = netip.Prefix{} },
	} {
		c := config(t)
		change(c)
		if _, err := NewServer(c); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func FuzzHandle(f *testing.F) {
	server, err := NewServer(config(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{2, 3, 0, 5, 1})
	f.Add([]byte{2, 3, 0, 6, 43, 1})
	// What comes inside of an authentic packet.
	f.Fuzz(func(t *testing.T, message []byte) {
		if len(message) > 3000 {
			return
		}
		p := begin(radius.New(radius.CodeAccessRequest, secret))
		addEAP(p, message)
		raw, err := encode(p)
		if err != nil {
			t.Skip("it does not fit")
		}
		server.Handle(raw, from, time.Now())
	})
}
