package radius

import (
	"errors"
	"net"
	"testing"
)

// A socket that is closed is not touched any more: its number may be another's.
func TestSocketIsClosedOnce(t *testing.T) {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	ours, err := takeOver(conn)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the connection that was handed over: %v", err)
	}
	if err := ours.Close(); err != nil {
		t.Fatal(err)
	}
	other, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}) // takes the number, most likely
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	ours.unblock()
	if err := ours.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed again: %v", err)
	}
	sender, err := net.Dial("udp", other.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	if _, err := sender.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if n, err := other.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("another socket reads %d, %v", n, err)
	}
}
