//go:build !linux

package radius

import (
	"net"
	"net/netip"
	"time"
)

// socket is a UDP socket of our own.
type socket struct{ *net.UDPConn }

func takeOver(conn *net.UDPConn) (*socket, error) { return &socket{conn}, nil }

// unblock lets reads return, from now on.
func (s *socket) unblock() { s.SetReadDeadline(time.Unix(1, 0)) }

// batchSize is how many packets one system call reads or writes.
const batchSize = 1

// datagrams reads and writes packets, one by one.
type datagrams struct {
	conn   *socket
	buffer [maxPacket]byte
	n      int
	from   netip.AddrPort
	out    []byte
}

func newDatagrams(conn *socket) *datagrams { return &datagrams{conn: conn} }

// read waits for a packet, always, and returns 1.
func (d *datagrams) read(bool, int) (n int, err error) {
	d.n, d.from, err = d.conn.ReadFromUDPAddrPort(d.buffer[:])
	if err != nil && d.n == 0 {
		return 0, err
	}
	return 1, nil
}

// packet returns the packet that read has brought, and its sender.
func (d *datagrams) packet(int) ([]byte, netip.AddrPort) { return d.buffer[:d.n], d.from }

// reply sends something to the sender of the packet, with the next sendAll.
func (d *datagrams) reply(_ int, data []byte) { d.out = data }

// sendAll sends what reply was given, and tells what cannot be sent.
func (d *datagrams) sendAll(failed func(to net.Addr, err error)) {
	if d.out == nil {
		return
	}
	if _, err := d.conn.WriteToUDPAddrPort(d.out, d.from); err != nil {
		failed(net.UDPAddrFromAddrPort(d.from), err)
	}
	d.out = nil
}
