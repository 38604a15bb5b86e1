package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// Example records a connection whose keys come while its packets are held.
func Example() {
	var file bytes.Buffer
	w, err := NewWriter(&file)
	if err != nil {
		fmt.Println(err)
	}
	near, far := net.Pipe()
	c := w.Conn(near, true)
	go func() { far.Write([]byte("ServerHello")) }()
	c.Read(make([]byte, 100))
	fmt.Fprintln(w.KeyLog(), "CLIENT_RANDOM 00 11")
	c.Release()
	c.Close()
	fmt.Println(w.Flush(), file.Len() > 0)
	// Output: <nil> true
}

func record(t *testing.T, near, far net.Conn) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := NewWriter(&file)
	if err != nil {
		t.Fatal(err)
	}
	c := w.Conn(near, true)
	done := make(chan error, 1)
	go func() {
		buf := make([]byte, 70000)
		if _, err := io.ReadFull(far, buf); err != nil {
			done <- err
			return
		}
		_, err := far.Write([]byte("answer"))
		done <- err
	}()
	if _, err := c.Write(bytes.Repeat([]byte("x"), 70000)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, make([]byte, 6)); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(w.KeyLog(), "CLIENT_RANDOM 00 11")
	c.Release()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func loopback(t *testing.T, address string) (near, far net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Skipf("no listener on %s: %v", address, err)
	}
	defer l.Close()
	near, err = net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	far, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	return near, far
}

func TestFileIsAStreamThatAReaderFollows(t *testing.T) {
	pipe := func(*testing.T, string) (net.Conn, net.Conn) { return net.Pipe() }
	for _, c := range []struct {
		name, address string
		conns         func(*testing.T, string) (net.Conn, net.Conn)
	}{{"IPv4", "127.0.0.1:0", loopback}, {"IPv6", "[::1]:0", loopback}, {"pipe", "", pipe}} {
		t.Run(c.name, func(t *testing.T) {
			near, far := c.conns(t, c.address)
			checkStream(t, record(t, near, far))
		})
	}
}

// checkStream reassembles both directions and checks sequence numbers.
func checkStream(t *testing.T, file []byte) {
	t.Helper()
	r, err := pcapgo.NewNgReader(bytes.NewReader(file), pcapgo.DefaultNgReaderOptions)
	if err != nil {
		t.Fatal(err)
	}
	next, sent, segments := map[uint32]bool{}, map[byte]int{}, 0
	for {
		data, _, err := r.ReadPacketData()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		first := gopacket.Decoder(layers.LayerTypeIPv4)
		if data[0]>>4 == 6 {
			first = layers.LayerTypeIPv6
		}
		p := gopacket.NewPacket(data, first, gopacket.Default)
		if p.ErrorLayer() != nil {
			t.Fatal(p.ErrorLayer().Error())
		}
		tcp := p.TransportLayer().(*layers.TCP)
		if segments > 1 && !next[tcp.Seq] {
			t.Errorf("segment %d has sequence number %d", segments, tcp.Seq)
		}
		end := tcp.Seq + uint32(len(tcp.Payload))
		if tcp.SYN || tcp.FIN {
			end++
		}
		next[end] = true
		if len(tcp.Payload) > 0 {
			sent[tcp.Payload[0]] += len(tcp.Payload)
		}
		segments++
	}
	if sent['x'] != 70000 || sent['a'] != 6 {
		t.Errorf("the streams have %v", sent)
	}
	if segments < 3+3+1+3 {
		t.Errorf("%d segments", segments)
	}
}

// blocks returns the types of a file's blocks in order.
func blocks(t *testing.T, file []byte) (types []uint32) {
	t.Helper()
	for len(file) >= 12 {
		n := binary.LittleEndian.Uint32(file[4:])
		if n < 12 || int(n) > len(file) {
			t.Fatalf("a block of %d octets in %d", n, len(file))
		}
		types = append(types, binary.LittleEndian.Uint32(file))
		file = file[n:]
	}
	return types
}

const (
	blockSecrets = 10
	blockPacket  = 6
)

func TestSecretsStandBeforeThePackets(t *testing.T) {
	near, far := net.Pipe()
	types := blocks(t, record(t, near, far))
	if i := bytes.IndexByte(bytesOf(types), blockSecrets); i < 0 || bytes.IndexByte(bytesOf(types), blockPacket) < i {
		t.Errorf("the blocks are of types %v", types)
	}
}

func bytesOf(types []uint32) []byte {
	out := make([]byte, len(types))
	for i, v := range types {
		out[i] = byte(v)
	}
	return out
}

func TestHeldPacketsAreBounded(t *testing.T) {
	var file bytes.Buffer
	w, err := NewWriter(&file)
	if err != nil {
		t.Fatal(err)
	}
	near, far := net.Pipe()
	defer far.Close()
	c := w.Conn(near, false)
	defer c.Close()
	go io.Copy(io.Discard, far)
	for range 2 * heldMost >> 15 {
		if _, err := c.Write(make([]byte, 1<<15)); err != nil {
			t.Fatal(err)
		}
	}
	if c.heldSize > heldMost {
		t.Errorf("%d octets are held", c.heldSize)
	}
}

type brokenFile struct{ after int }

func (b *brokenFile) Write(p []byte) (int, error) {
	if b.after -= len(p); b.after < 0 {
		return 0, errors.New("disk full")
	}
	return len(p), nil
}

func TestABrokenFileDoesNotBreakTheConnection(t *testing.T) {
	w, err := NewWriter(&brokenFile{after: 1 << 12})
	if err != nil {
		t.Fatal(err)
	}
	near, far := net.Pipe()
	defer far.Close()
	go io.Copy(io.Discard, far)
	c := w.Conn(near, true)
	c.Release()
	for range 100 {
		if _, err := c.Write(make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := w.Flush(); err == nil {
		t.Error("nothing was said about the full disk")
	}
}
