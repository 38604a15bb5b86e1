package capture

import (
	"net"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// flow is one direction of a made-up TCP connection.
type flow struct {
	from, to net.TCPAddr
	seq      uint32 // of the next octet
}

// segment is an IP packet with one segment of f, which acknowledges all that
// the other direction has sent.
func (f *flow) segment(other *flow, data []byte, tcp layers.TCP) ([]byte, error) {
	tcp.SrcPort, tcp.DstPort = layers.TCPPort(f.from.Port), layers.TCPPort(f.to.Port)
	tcp.Seq, tcp.Window = f.seq, 65535
	if tcp.ACK {
		tcp.Ack = other.seq
	}
	f.seq += uint32(len(data))
	if tcp.SYN || tcp.FIN {
		f.seq++
	}

	var ip interface {
		gopacket.SerializableLayer
		gopacket.NetworkLayer
	}
	if src, dst := f.from.IP.To4(), f.to.IP.To4(); src != nil && dst != nil {
		ip = &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: src, DstIP: dst}
	} else {
		ip = &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolTCP, SrcIP: f.from.IP, DstIP: f.to.IP}
	}
	if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
		return nil, err
	}
	buf := gopacket.NewSerializeBuffer()
	options := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(buf, options, ip, &tcp, gopacket.Payload(data)); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// addressOf is an address of a transport; one that is no TCP stands as
// loopback's port 4433.
func addressOf(a net.Addr) net.TCPAddr {
	if tcp, ok := a.(*net.TCPAddr); ok && tcp.IP != nil {
		return *tcp
	}
	return net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4433}
}
