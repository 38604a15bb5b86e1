package explain

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// Datagram is one UDP datagram.
type Datagram struct {
	At       time.Time
	From, To netip.AddrPort
	Data     []byte
}

// KeyLog has master secrets by client random: lines in the NSS key log format.
type KeyLog map[[32]byte][]byte

// Read adds the CLIENT_RANDOM lines of a key log. Others are passed over.
func (k KeyLog) Read(r io.Reader) error {
	s := bufio.NewScanner(r)
	for n := 1; s.Scan(); n++ {
		words := strings.Fields(s.Text())
		if len(words) != 3 || words[0] != "CLIENT_RANDOM" {
			continue
		}
		random, err1 := hex.DecodeString(words[1])
		master, err2 := hex.DecodeString(words[2])
		if err1 != nil || err2 != nil || len(random) != 32 || len(master) != 48 {
			return fmt.Errorf("line %d of the key log is no CLIENT_RANDOM with 32 octets and a secret of 48", n)
		}
		k[[32]byte(random)] = master
	}
	return s.Err()
}

// maxDatagrams bounds a capture, which is held in memory.
const maxDatagrams = 1 << 20

// packets is what both readers of package pcapgo have.
type packets interface {
	ReadPacketData() ([]byte, gopacket.CaptureInfo, error)
	LinkType() layers.LinkType
}

// maxCapture bounds a file, which is held in memory.
const maxCapture = 1 << 28

// readCapture returns the packets of a pcap or pcapng file, and adds the secrets
// in it to keys.
func readCapture(r io.Reader, keys KeyLog) (packets, error) {
	whole, err := io.ReadAll(io.LimitReader(r, maxCapture+1))
	switch {
	case err != nil:
		return nil, err
	case len(whole) > maxCapture:
		return nil, fmt.Errorf("the capture has more than %d octets; cut the conversation out of it", maxCapture)
	case bytes.HasPrefix(whole, sectionHeader):
		file, err := pcapgo.NewNgReader(bytes.NewReader(whole), pcapgo.DefaultNgReaderOptions)
		if err != nil {
			return nil, fmt.Errorf("the pcapng file: %w", err)
		}
		return file, readSecrets(whole, keys)
	}
	file, err := pcapgo.NewReader(bytes.NewReader(whole))
	if err != nil {
		return nil, fmt.Errorf("the file is neither pcap nor pcapng: %w", err)
	}
	return file, nil
}

// What of the pcapng format the reader of package pcapgo does not give out.
var sectionHeader = []byte{0x0a, 0x0d, 0x0d, 0x0a}

const (
	byteOrderMagic    = 0x1a2b3c4d
	secretsBlock      = 10
	secretsTypeTLS    = 0x544c534b
	secretsBlockFixed = 16 // type, length, secrets type, secrets length
)

// readSecrets adds the TLS key logs in a pcapng file.
func readSecrets(file []byte, keys KeyLog) error {
	var order binary.ByteOrder = binary.LittleEndian
	for len(file) >= secretsBlockFixed {
		if bytes.HasPrefix(file, sectionHeader) && binary.LittleEndian.Uint32(file[8:]) != byteOrderMagic {
			order = binary.BigEndian
		}
		n := int(order.Uint32(file[4:]))
		if n < 12 || n > len(file) {
			return errors.New("the pcapng file is cut off")
		}
		if block := file[:n]; order.Uint32(block) == secretsBlock && n >= secretsBlockFixed && order.Uint32(block[8:]) == secretsTypeTLS {
			if size := int(order.Uint32(block[12:])); size <= n-secretsBlockFixed {
				if err := keys.Read(bytes.NewReader(block[secretsBlockFixed : secretsBlockFixed+size])); err != nil {
					return err
				}
			}
		}
		file = file[n:]
	}
	return nil
}

// eachPacket calls f with the packets of a file that have an address.
func eachPacket(file packets, f func(gopacket.Packet)) error {
	for n := 1; ; n++ {
		data, info, err := file.ReadPacketData()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("packet %d: %w", n, err)
		}
		if n > maxDatagrams {
			return fmt.Errorf("more than %d packets", maxDatagrams)
		}
		p := gopacket.NewPacket(data, file.LinkType(), gopacket.NoCopy)
		p.Metadata().CaptureInfo = info
		if p.NetworkLayer() != nil {
			f(p)
		}
	}
}

func datagrams(file packets) (list []Datagram, err error) {
	err = eachPacket(file, func(p gopacket.Packet) {
		if d, ok := datagram(p); ok {
			list = append(list, d)
		}
	})
	return list, err
}

// datagram returns the UDP datagram in a packet, if there is one.
func datagram(p gopacket.Packet) (d Datagram, ok bool) {
	udp, ok := p.Layer(layers.LayerTypeUDP).(*layers.UDP)
	if !ok {
		return d, false
	}
	flow := p.NetworkLayer().NetworkFlow()
	from, _ := netip.AddrFromSlice(flow.Src().Raw())
	to, _ := netip.AddrFromSlice(flow.Dst().Raw())
	return Datagram{
		At: p.Metadata().Timestamp, From: netip.AddrPortFrom(from, uint16(udp.SrcPort)), To: netip.AddrPortFrom(to, uint16(udp.DstPort)),
		Data: bytes.Clone(udp.Payload),
	}, true
}
