package radius

import (
	"errors"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/net/ipv4"
)

// batchSize is how many packets one system call reads or writes at most.
const batchSize = 32

// datagrams reads and writes several packets by one system call. IPv6 is no
// other: only the addresses' family tells them apart.
type datagrams struct {
	conn    *ipv4.PacketConn
	in, out []ipv4.Message
}

func newDatagrams(conn *socket) *datagrams {
	d := &datagrams{conn: ipv4.NewPacketConn(conn), in: make([]ipv4.Message, batchSize), out: make([]ipv4.Message, 0, batchSize)}
	buffers := make([]byte, batchSize*maxPacket)
	for i := range d.in {
		d.in[i].Buffers = [][]byte{buffers[i*maxPacket:][:maxPacket]}
	}
	return d
}

// read returns how many packets there are, at most so many. It waits for one, or
// returns 0 where there is none.
func (d *datagrams) read(wait bool, most int) (int, error) {
	flags := syscall.MSG_DONTWAIT
	if wait {
		flags = syscall.MSG_WAITFORONE
	}
	n, err := d.conn.ReadBatch(d.in[:most], flags)
	if err != nil {
		return 0, err
	}
	return n, nil
}

// packet returns a packet that read has brought, and its sender.
func (d *datagrams) packet(i int) ([]byte, netip.AddrPort) {
	m := &d.in[i]
	return m.Buffers[0][:m.N], m.Addr.(*net.UDPAddr).AddrPort()
}

// reply sends something to the sender of a packet, with the next sendAll.
func (d *datagrams) reply(i int, data []byte) {
	d.out = append(d.out, ipv4.Message{Buffers: [][]byte{data}, Addr: d.in[i].Addr})
}

// sendAll sends what reply was given, and tells what cannot be sent.
func (d *datagrams) sendAll(failed func(to net.Addr, err error)) {
	for left := d.out; len(left) > 0; {
		n, err := d.conn.WriteBatch(left, 0)
		if err != nil {
			failed(left[max(n, 0)].Addr, errors.Unwrap(err))
			n = max(n, 0) + 1
		}
		left = left[n:]
	}
	clear(d.out)
	d.out = d.out[:0]
}
