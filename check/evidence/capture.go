package evidence

import (
	"bytes"
	"fmt"
	"net"
	"time"

	pcap "github.com/sesame-tls/sesame/check/capture"
	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// capture is one handshake of the real endpoints, with what it follows from.
type capture struct {
	File     string `json:"file"`
	Scenario string `json:"scenario"`
	Seed     uint64 `json:"seed"`
}

// captured are the scenarios of the captures: no attacker, and no RSA key
// exchange, whose padding no seed decides. Their certificates are octets that
// stand for ones.
var captured = []string{
	"ticket=pac server=accept client=accept",
	"ticket=pac server=accept client=accept sid=fresh",
	"ticket=pac server=decline client=accept",
	"ticket=pac server=accept client=accept keys=differ",
	"ticket=pac server=accept client=accept mode=cbc",
	"sid=cached",
	"",
}

// octets plays the handshake and returns its capture, with the keys in it.
func (c *capture) octets() ([]byte, error) {
	sc, err := model.ParseScenario(c.Scenario)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.File, err)
	}
	var file bytes.Buffer
	w, err := pcap.NewWriter(&file)
	if err != nil {
		return nil, err
	}
	at := time.Unix(0, 0)
	w.Now = func() time.Time { at = at.Add(time.Millisecond); return at }
	var wire wire
	conn := w.Conn(&wire, true)
	run := harness.NewRun()
	defer run.Pair.End()
	logged := false
	run.Pair.Sent = func(from spec.Role, octets []byte) {
		if from == spec.Client {
			conn.Write(octets)
		} else {
			wire.coming = octets
			conn.Read(make([]byte, len(octets)))
		}
		if random, master := run.Pair.KeyLog(from); master != nil && !logged {
			logged = true
			fmt.Fprintf(w.KeyLog(), "CLIENT_RANDOM %x %x\n", random, master)
		}
	}
	if err := run.Play(sc, "...\n", c.Seed); err != nil {
		return nil, fmt.Errorf("%s: %w", c.File, err)
	}
	conn.Close()
	return file.Bytes(), w.Flush()
}

// wire is a transport between two made-up addresses of RFC 5737.
type wire struct {
	net.Conn
	coming []byte
}

func (w *wire) Read(p []byte) (int, error)  { return copy(p, w.coming), nil }
func (w *wire) Write(p []byte) (int, error) { return len(p), nil }
func (w *wire) Close() error                { return nil }
func (w *wire) LocalAddr() net.Addr         { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 50000} }
func (w *wire) RemoteAddr() net.Addr        { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 2), Port: 443} }
