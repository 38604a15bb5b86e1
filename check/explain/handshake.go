package explain

import (
	"fmt"
	"io"
	"maps"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/reassembly"

	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Handshake is one TLS handshake in a capture: in EAP-FAST over RADIUS, or of
// its own over TCP.
type Handshake struct {
	Name  string // from whom to whom
	Heard []Heard
	// Scenarios are what it may be of, as far as the hellos tell; the rest is open.
	// There are two where a ticket may be a PAC or a session's: on the wire they
	// look alike.
	Scenarios []spec.Scenario
	Broken    error // what could not be read; nothing after it was heard
}

// Heard is one message as it passes.
type Heard struct {
	Packet  int // its number in the file, among those that carry RADIUS or TCP, from 1
	From    spec.Role
	Message spec.Message
	Alert   wire.Alert // of an alert in the clear, or that keys have opened
	Sealed  bool       // no key opens it: of a handshake record, Message is a guess
}

// handshakesMost bounds the handshakes of one capture.
const handshakesMost = 1000

// Handshakes returns those in a pcap or pcapng file, opened with the keys in it
// and in o.
func Handshakes(r io.Reader, o Options) ([]Handshake, error) {
	o.Keys = maps.Clone(o.Keys)
	if o.Keys == nil {
		o.Keys = KeyLog{}
	}
	file, err := readCapture(r, o.Keys)
	if err != nil {
		return nil, err
	}
	var list []Datagram
	tcp := newStreams(&o)
	err = eachPacket(file, func(p gopacket.Packet) {
		if d, ok := datagram(p); ok {
			list = append(list, d)
		}
		tcp.packet(p)
	})
	if err != nil {
		return nil, err
	}
	var all []Handshake
	for _, c := range conversations(list, o.Secret) {
		s := &story{conversation: c, tunnel: tunnel{keys: o.Keys, pacs: o.PACs}}
		for i := range c.turns {
			s.read(&c.turns[i])
		}
		all = append(all, s.tunnel.handshake("EAP-FAST, "+c.String(), s.broken))
	}
	for _, s := range tcp.all {
		all = append(all, s.tunnel.handshake("TCP, "+s.name, s.broken))
	}
	heard := all[:0]
	for _, h := range all {
		if len(h.Heard) > 0 {
			heard = append(heard, h)
		}
	}
	return heard, nil
}

func (t *tunnel) handshake(name string, broken error) Handshake {
	h := Handshake{Name: name, Broken: broken, Scenarios: make([]spec.Scenario, 1)}
	for i := range t.said {
		x := &t.said[i]
		h.Heard = append(h.Heard, Heard{Packet: x.number, From: x.role(), Message: x.message, Alert: x.alert, Sealed: x.sealed})
	}
	if !t.hello[spec.Client] {
		return h
	}
	sc := &h.Scenarios[0]
	switch {
	case len(t.ticket) > 0:
		sc.Ticket = spec.TicketPAC
	case t.client.Extensions.Has(spec.SessionTicket):
		sc.Ticket = spec.TicketEmpty
	default:
		sc.Ticket = spec.TicketAbsent
	}
	if len(t.client.SessionID) == 0 {
		sc.SessionID = spec.IDEmpty
	}
	if v := t.client.Version; v >= spec.TLS10 && v <= spec.TLS12 {
		sc.ClientVersion = spec.Offer(v - spec.SSL30)
	}
	sc.ClientEtM = spec.Off
	if t.client.EncryptThenMAC {
		sc.ClientEtM = spec.On
	}
	if !t.client.ExtendedMasterSecret {
		sc.ClientEMS = spec.Off
	}
	if sc.Ticket == spec.TicketPAC && t.plain {
		other := *sc
		other.Ticket = spec.TicketSession
		h.Scenarios = append(h.Scenarios, other)
	}
	return h
}

// Follow walks the handshake along a system of the model. It returns the
// actions that lead to as much of it as the model has, how many messages that
// is, and what the model would send instead of the next one. Where data follow,
// or the sides close, the handshake is over. Of several paths it is the one whose
// end costs least.
func (h *Handshake) Follow(sys *model.System, cost func(model.State) int) (path []model.Action, agreed int, instead []spec.Message) {
	w := newWalk(sys)
	over, ok := false, true
	for ; agreed < len(h.Heard) && !over; agreed++ {
		x := h.Heard[agreed]
		if over = x.over(); over {
			break
		}
		if ok, instead = w.next(x.From, x.Message); !ok {
			break
		}
	}
	n := w.nodes[0]
	for _, other := range w.nodes[1:] {
		if cost(other.state) < cost(n.state) {
			n = other
		}
	}
	if over {
		w.settle(&n)
	}
	return n.way.Actions(), agreed, instead
}

// over reports whether the handshake is over when x is heard.
func (x *Heard) over() bool {
	return x.Message == spec.ApplicationData || x.Message == spec.Alert && x.Alert.Level != spec.LevelNone && x.Alert.Description == spec.CloseNotify
}

// Over reports whether the message at n follows the handshake.
func (h *Handshake) Over(n int) bool { return h.Heard[n].over() }

// settle lets what is on the way arrive, where that makes nobody send.
func (w *walk) settle(n *node) {
	for moved := true; moved; {
		moved = false
		for _, a := range w.sys.Enabled(n.state) {
			to := w.sys.Next(n.state, a)
			if o := w.sys.Observe(n.state, a, to); ordinary(o.Event) && len(o.Sent) == 0 {
				n.state, n.way, moved = to, &model.Way{Last: a, Before: n.way}, true
				break
			}
		}
	}
}

// streams puts TCP together again.
type streams struct {
	options   *Options
	assembler *reassembly.Assembler
	all       []*connection
	number    int
}

func newStreams(o *Options) *streams {
	s := &streams{options: o}
	s.assembler = reassembly.NewAssembler(reassembly.NewStreamPool(s))
	s.assembler.MaxBufferedPagesTotal, s.assembler.MaxBufferedPagesPerConnection = 4096, 256
	return s
}

func (s *streams) packet(p gopacket.Packet) {
	if tcp, ok := p.Layer(layers.LayerTypeTCP).(*layers.TCP); ok {
		s.number++
		s.assembler.AssembleWithContext(p.NetworkLayer().NetworkFlow(), tcp, at(p.Metadata().CaptureInfo))
	}
}

// at is when a packet passed, as the assembler wants to be told.
type at gopacket.CaptureInfo

// GetCaptureInfo makes at a reassembly.AssemblerContext.
func (a at) GetCaptureInfo() gopacket.CaptureInfo { return gopacket.CaptureInfo(a) }

// New makes streams a reassembly.StreamFactory.
func (s *streams) New(network, transport gopacket.Flow, _ *layers.TCP, _ reassembly.AssemblerContext) reassembly.Stream {
	c := &connection{
		streams: s, name: fmt.Sprintf("%v:%v to %v:%v", network.Src(), transport.Src(), network.Dst(), transport.Dst()),
		tunnel: tunnel{keys: s.options.Keys, pacs: s.options.PACs, plain: true},
	}
	if len(s.all) < handshakesMost {
		s.all = append(s.all, c)
	}
	return c
}

// connection is TLS on one TCP connection.
type connection struct {
	streams *streams
	name    string
	tunnel  tunnel
	broken  error
}

// Accept takes every segment.
func (c *connection) Accept(_ *layers.TCP, _ gopacket.CaptureInfo, _ reassembly.TCPFlowDirection, _ reassembly.Sequence, start *bool, _ reassembly.AssemblerContext) bool {
	*start = true
	return true
}

// ReassembledSG reads the next octets of one direction.
func (c *connection) ReassembledSG(sg reassembly.ScatterGather, _ reassembly.AssemblerContext) {
	direction, _, _, _ := sg.Info()
	n, _ := sg.Lengths()
	role := spec.Client
	if direction == reassembly.TCPDirServerToClient {
		role = spec.Server
	}
	if c.broken == nil && n > 0 {
		c.broken = c.tunnel.octets(c.streams.number, role, sg.Fetch(n))
	}
}

// ReassemblyComplete lets the assembler forget the connection.
func (c *connection) ReassemblyComplete(reassembly.AssemblerContext) bool { return true }
