// Package capture writes what passes over connections to a pcapng file with
// the keys in it, so that a protocol analyser opens it decrypted.
//
// Make one [Writer] for a file, give its [Writer.KeyLog] to the TLS stack and
// wrap each transport by [Writer.Conn]. An analyser can open only packets that
// come after their secrets in the file, so a connection's packets are held back
// until [Conn.Release], which is for when its handshake has ended.
//
// The packets are made up: one TCP segment for each read and write, over the
// connection's own addresses, with the opening and closing segments around
// them, so that analysers see an ordinary stream.
package capture

import (
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// Writer writes one pcapng file. It may be used by many connections at once.
type Writer struct {
	// Now says when a packet passes; nil is the clock.
	Now func() time.Time

	mu   sync.Mutex
	file *pcapgo.NgWriter
	err  error // the first one; nothing is written after it
}

// NewWriter begins a file on w.
func NewWriter(w io.Writer) (*Writer, error) {
	file, err := pcapgo.NewNgWriter(w, layers.LinkTypeRaw)
	if err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	capture := &Writer{file: file}
	capture.do(file.Flush)
	return capture, capture.err
}

// KeyLog returns a writer of lines in the NSS key log format.
func (w *Writer) KeyLog() io.Writer { return keyLog{w} }

type keyLog struct{ w *Writer }

func (k keyLog) Write(line []byte) (int, error) {
	k.w.do(func() error { return k.w.file.WriteDecryptionSecretsBlock(pcapgo.DSB_SECRETS_TYPE_TLS, line) })
	return len(line), nil
}

// Flush writes out what is buffered, and returns the first error there was.
// Connections do not fail when the file does.
func (w *Writer) Flush() error {
	w.do(w.file.Flush)
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

func (w *Writer) do(f func() error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		if err := f(); err != nil {
			w.err = fmt.Errorf("capture: %w", err)
		}
	}
}

func (w *Writer) packets(list []packet) {
	w.do(func() error {
		for _, p := range list {
			info := gopacket.CaptureInfo{Timestamp: p.at, CaptureLength: len(p.data), Length: len(p.data)}
			if err := w.file.WritePacket(info, p.data); err != nil {
				return err
			}
		}
		return w.file.Flush()
	})
}

type packet struct {
	at   time.Time
	data []byte
}

// heldMost bounds the octets that a connection holds back: more than any
// handshake has.
const heldMost = 1 << 20

// Conn records a transport. Its methods are those of net.Conn, and as safe for
// concurrent use as the transport's.
type Conn struct {
	net.Conn
	writer *Writer

	mu       sync.Mutex
	near     flow // what this side sends
	far      flow // what it receives
	held     []packet
	heldSize int
	released bool
	closed   bool
}

// Conn records what passes over c. dialled says which side opened it.
func (w *Writer) Conn(c net.Conn, dialled bool) *Conn {
	near, far := addressOf(c.LocalAddr()), addressOf(c.RemoteAddr())
	if far.IP.To4() == nil || near.IP.To4() == nil {
		near.IP, far.IP = near.IP.To16(), far.IP.To16()
	}
	rec := &Conn{Conn: c, writer: w, near: flow{from: near, to: far, seq: 1000}, far: flow{from: far, to: near, seq: 5000}}
	first, second := &rec.far, &rec.near
	if dialled {
		first, second = second, first
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.segment(first, second, nil, layers.TCP{SYN: true})
	rec.segment(second, first, nil, layers.TCP{SYN: true, ACK: true})
	rec.segment(first, second, nil, layers.TCP{ACK: true})
	return rec
}

// Read reads from the transport and records what came.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.record(&c.far, &c.near, p[:n])
	return n, err
}

// Write writes to the transport and records what went.
func (c *Conn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.record(&c.near, &c.far, p[:n])
	return n, err
}

// Release writes the packets held back so far; later ones are written at once.
func (c *Conn) Release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.release()
}

// Close closes the transport and records the end of the stream.
func (c *Conn) Close() error {
	err := c.Conn.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.closed = true
		c.segment(&c.near, &c.far, nil, layers.TCP{FIN: true, ACK: true})
		c.segment(&c.far, &c.near, nil, layers.TCP{FIN: true, ACK: true})
		c.segment(&c.near, &c.far, nil, layers.TCP{ACK: true})
	}
	c.release()
	return err
}

func (c *Conn) record(from, to *flow, data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(data) > 0 {
		n := min(len(data), 1<<15)
		c.segment(from, to, data[:n], layers.TCP{PSH: true, ACK: true})
		data = data[n:]
	}
}

func (c *Conn) release() {
	c.released = true
	if len(c.held) > 0 {
		c.writer.packets(c.held)
	}
	c.held, c.heldSize = nil, 0
}

// segment adds one TCP segment; flags has nothing but flags.
func (c *Conn) segment(from, to *flow, data []byte, flags layers.TCP) {
	octets, err := from.segment(to, data, flags)
	if err != nil {
		c.writer.do(func() error { return err })
		return
	}
	now := time.Now
	if c.writer.Now != nil {
		now = c.writer.Now
	}
	c.held = append(c.held, packet{now(), octets})
	c.heldSize += len(octets)
	if c.released || c.heldSize > heldMost {
		c.release()
	}
}
