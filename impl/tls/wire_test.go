package tls_test

import (
	"io"
	"net"
)

// rewriter copies a stream of records, and may change it on the way.
type rewriter func(to io.Writer, from io.Reader) error

// wire is a connection with somebody in the middle of it.
type wire struct {
	client, server net.Conn // the ends
	inner          [2]net.Conn
}

func newWire(toServer, toClient rewriter) *wire {
	client, a := net.Pipe()
	b, server := net.Pipe()
	w := &wire{client, server, [2]net.Conn{a, b}}
	go w.carry(toServer, b, a)
	go w.carry(toClient, a, b)
	return w
}

// carry ends one direction when it has an error, and so that direction only.
func (w *wire) carry(rewrite rewriter, to, from net.Conn) {
	if rewrite(to, from) != nil {
		to.Close()
	}
}

func (w *wire) Close() {
	for _, c := range []net.Conn{w.client, w.server, w.inner[0], w.inner[1]} {
		c.Close()
	}
}

// readRecord reads one record, header included.
func readRecord(from io.Reader) ([]byte, error) {
	header := make([]byte, 5)
	if _, err := io.ReadFull(from, header); err != nil {
		return nil, err
	}
	record := append(header, make([]byte, int(header[3])<<8|int(header[4]))...)
	_, err := io.ReadFull(from, record[5:])
	return record, err
}

// reframer joins the handshake records in the clear of one flight, splits them
// anew, and delivers all octets in portions.
type reframer struct {
	sizes     []int // of the new records' contents, over and over
	portions  []int // of the octets that are written at once, over and over
	s, p      int
	protected bool
}

func (r *reframer) rewrite(to io.Writer, from io.Reader) error {
	buf := make([]byte, 1<<17)
	for {
		n, err := from.Read(buf) // one Write, and so whole records
		if err != nil {
			return err
		}
		if err := r.deliver(to, r.reframe(buf[:n])); err != nil {
			return err
		}
	}
}

func (r *reframer) reframe(flight []byte) (out []byte) {
	var version, joined []byte
	for len(flight) > 0 {
		n := 5 + int(flight[3])<<8 + int(flight[4])
		record := flight[:n]
		flight = flight[n:]
		const changeCipherSpec, handshake = 20, 22
		if record[0] == handshake && !r.protected {
			version, joined = record[1:3], append(joined, record[5:]...)
			continue
		}
		r.protected = r.protected || record[0] == changeCipherSpec
		out = append(r.split(out, version, joined), record...)
		joined = nil
	}
	return r.split(out, version, joined)
}

// split appends records of the sizes.
func (r *reframer) split(out, version, content []byte) []byte {
	for len(content) > 0 {
		n := min(r.sizes[r.s%len(r.sizes)], len(content))
		r.s++
		out = append(out, 22, version[0], version[1], byte(n>>8), byte(n))
		out = append(out, content[:n]...)
		content = content[n:]
	}
	return out
}

func (r *reframer) deliver(to io.Writer, octets []byte) error {
	for len(octets) > 0 {
		n := min(r.portions[r.p%len(r.portions)], len(octets))
		r.p++
		if _, err := to.Write(octets[:n]); err != nil {
			return err
		}
		octets = octets[n:]
	}
	return nil
}

// flipper flips one bit of a stream, and counts what the stream has before the
// application data.
type flipper struct {
	bit       int // from the stream's begin; negative: none
	at        int // octets that have passed
	first     int // octets of the first record
	handshake int // octets up to application data
	data      bool
}

func (f *flipper) rewrite(to io.Writer, from io.Reader) error {
	for {
		record, err := readRecord(from)
		if err != nil {
			return err
		}
		const applicationData, alert = 23, 21
		f.data = f.data || record[0] == applicationData || record[0] == alert
		if f.first == 0 {
			f.first = len(record)
		}
		if !f.data {
			f.handshake += len(record)
		}
		if i := f.bit/8 - f.at; f.bit >= 0 && i >= 0 && i < len(record) {
			record[i] ^= 1 << (f.bit % 8)
		}
		f.at += len(record)
		if _, err := to.Write(record); err != nil {
			return err
		}
	}
}
