package record

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// TestHeader says what each header means to a Half in the clear, before its
// body has come.
//
// Checks FAST-TLS-01 (must fail: ssl2-hello-unrecognised).
// Checks TLS-BASE-02 (must fail: record-version-of-hello-checked).
// Checks TLS-BASE-13, TLS-ALERT-03 (must fail: long-records-taken).
func TestHeader(t *testing.T) {
	for _, c := range []struct {
		name    string
		version spec.Version // that was negotiated
		header  []byte
		want    spec.AlertDescription // AlertNone: the header is good
	}{
		{"ClientHello of TLS 1.0's record version", 0, []byte{22, 3, 1, 0, 5}, spec.AlertNone},
		{"of SSL 3.0's", 0, []byte{22, 3, 0, 0, 5}, spec.AlertNone},
		{"of TLS 1.3's", 0, []byte{22, 3, 4, 0, 5}, spec.AlertNone},
		{"of 3.255", 0, []byte{22, 3, 255, 0, 5}, spec.AlertNone},
		{"of 2.0", 0, []byte{22, 2, 0, 0, 5}, spec.ProtocolVersion},
		{"of 4.0", 0, []byte{22, 4, 0, 0, 5}, spec.ProtocolVersion},
		{"of 0.3", 0, []byte{22, 0, 3, 0, 5}, spec.ProtocolVersion},
		{"DTLS", 0, []byte{22, 0xfe, 0xfd, 0, 0}, spec.ProtocolVersion},
		{"empty", 0, []byte{22, 3, 1, 0, 0}, spec.AlertNone},
		{"longest", 0, []byte{22, 3, 1, 0x40, 0}, spec.AlertNone},
		{"one octet more", 0, []byte{22, 3, 1, 0x40, 1}, spec.RecordOverflow},
		{"longest of any ciphertext", 0, []byte{22, 3, 1, 0x48, 0}, spec.RecordOverflow},
		{"longest of all", 0, []byte{22, 3, 1, 0xff, 0xff}, spec.RecordOverflow},
		{"type 19", 0, []byte{19, 3, 1, 0, 5}, spec.UnexpectedMessage},
		{"type 24, heartbeat", 0, []byte{24, 3, 1, 0, 5}, spec.UnexpectedMessage},
		{"type 0", 0, []byte{0, 3, 1, 0, 5}, spec.UnexpectedMessage},
		{"type 255", 0, []byte{255, 3, 1, 0, 5}, spec.UnexpectedMessage},
		{"SSLv2 ClientHello", 0, []byte{0x80, 0x2e, 1, 3, 1}, spec.ProtocolVersion},
		{"SSLv2 ClientHello of 2.0", 0, []byte{0x80, 0x2e, 1, 0, 2}, spec.ProtocolVersion},
		{"not even that", 0, []byte{0x80, 0x2e, 9, 0, 2}, spec.UnexpectedMessage},
		{"HTTP", 0, []byte("GET / HTTP/1.1"), spec.UnexpectedMessage},
		{"SSH", 0, []byte("SSH-2.0-x"), spec.UnexpectedMessage},

		{"the negotiated version", spec.TLS12, []byte{22, 3, 3, 0, 5}, spec.AlertNone},
		{"a lower one", spec.TLS12, []byte{22, 3, 1, 0, 5}, spec.ProtocolVersion},
		{"a higher one", spec.TLS11, []byte{20, 3, 3, 0, 1}, spec.ProtocolVersion},
		{"an alert from a peer that does not know it", spec.TLS12, []byte{21, 3, 1, 0, 2}, spec.AlertNone},
		{"an alert of 2.0", spec.TLS12, []byte{21, 2, 0, 0, 2}, spec.ProtocolVersion},
	} {
		t.Run(c.name, func(t *testing.T) {
			var h Half
			if c.version != 0 {
				h.SetVersion(c.version)
			}
			for n := range HeaderSize {
				if length, err := h.Length(c.header[:n]); length != 0 || err != nil {
					t.Errorf("%d octets of it: %d, %v", n, length, err)
				}
			}
			length, err := h.Length(c.header)
			if got := alertOf(t, err); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
			if want := HeaderSize + int(c.header[3])<<8 + int(c.header[4]); err == nil && length != want || err != nil && length != 0 {
				t.Errorf("%d octets, want %d", length, want)
			}
		})
	}
}

// TestProtectedHeader: with keys, the type means nothing until the record has
// authenticated, and the version is the negotiated one for alerts too.
func TestProtectedHeader(t *testing.T) {
	for _, p := range distinct() {
		h := newReader(t, p)
		major, minor := byte(p.version>>8), byte(p.version)
		for _, c := range []struct {
			header []byte
			want   spec.AlertDescription
		}{
			{[]byte{99, major, minor, 0x48, 0}, spec.AlertNone},
			{[]byte{23, major, minor, 0x48, 1}, spec.RecordOverflow},
			{[]byte{23, major, minor + 1, 0, 50}, spec.ProtocolVersion},
			{[]byte{21, major, minor - 1, 0, 50}, spec.ProtocolVersion},
		} {
			_, err := h.Length(c.header)
			if got := alertOf(t, err); got != c.want {
				t.Errorf("%v: %x: %v, want %v", p, c.header, got, c.want)
			}
		}
		for _, typ := range []spec.ContentType{0, 19, 24, 255} {
			wire := newReference(p).seal(typ, text(5), text(16), -1)
			_, _, _, err := newReader(t, p).Open(wire)
			if got := alertOf(t, err); got != spec.UnexpectedMessage {
				t.Errorf("%v: authentic record of type %d: %v", p, typ, got)
			}
		}
	}
}

// TestPlaintextOverflow: a record that authenticates and holds more than 2^14 octets.
//
// Checks TLS-ALERT-03 (must fail: long-plaintext-taken).
func TestPlaintextOverflow(t *testing.T) {
	for _, p := range distinct() {
		for n, want := range map[int]spec.AlertDescription{
			MaxPlaintext: spec.AlertNone, MaxPlaintext + 1: spec.RecordOverflow, MaxPlaintext + 1900: spec.RecordOverflow,
		} {
			_, _, _, err := newReader(t, p).Open(newReference(p).seal(23, text(n), text(16), -1))
			if got := alertOf(t, err); got != want {
				t.Errorf("%v: %d octets: %v, want %v", p, n, got, want)
			}
		}
	}
}

// TestOnlyTheFirstRecordIsAnotherProtocol: later on it is merely a wrong type.
func TestOnlyTheFirstRecordIsAnotherProtocol(t *testing.T) {
	var h Half
	_, _, _, err := h.Open([]byte("GET / HTTP/1.1\r\n"))
	if err == nil || !strings.Contains(err.Error(), "HTTP") {
		t.Errorf("first: %v", err)
	}
	_, _, _, err = h.Open([]byte{0x80, 0x2e, 1, 3, 1})
	if err == nil || !strings.Contains(err.Error(), "SSL 2.0") {
		t.Errorf("first: %v", err)
	}
	if _, _, _, err = h.Open([]byte{22, 3, 1, 0, 1, 0}); err != nil {
		t.Fatal(err)
	}
	_, _, _, err = h.Open([]byte("GET / HTTP/1.1\r\n"))
	if err == nil || !strings.Contains(err.Error(), "content type 71") {
		t.Errorf("second: %v", err)
	}
}

// TestClear writes and reads without keys, in pieces and one after another.
func TestClear(t *testing.T) {
	var write, read Half
	var wire []byte
	for i, want := range []string{"16030100050001020304", "16030300050001020304"} {
		if i == 1 {
			write.SetVersion(spec.TLS12)
		}
		var err error
		wire, err = write.Seal(wire, spec.ContentHandshake, []byte{0, 1, 2, 3, 4})
		if got := fmt.Sprintf("%x", wire[10*i:]); got != want || err != nil {
			t.Errorf("%s, want %s, %v", got, want, err)
		}
	}
	for n := range 10 {
		if _, data, used, err := read.Open(wire[:n]); data != nil || used != 0 || err != nil {
			t.Errorf("%d octets: %x, %d, %v", n, data, used, err)
		}
	}
	for range 2 {
		typ, data, n, err := read.Open(wire)
		if typ != spec.ContentHandshake || !bytes.Equal(data, []byte{0, 1, 2, 3, 4}) || n != 10 || err != nil {
			t.Errorf("%v %x %d %v", typ, data, n, err)
		}
		wire = wire[n:]
	}
}

// TestOpenStaysInside: nothing behind the first record is read or written.
func TestOpenStaysInside(t *testing.T) {
	for _, p := range distinct() {
		wire := newReference(p).seal(23, text(33), text(16), -1)
		guard := bytes.Repeat([]byte{0xa5}, 64)
		buf := slices.Concat(guard, wire, guard)
		_, data, n, err := newReader(t, p).Open(buf[64:])
		if err != nil || n != len(wire) || cap(data) > n {
			t.Fatalf("%v: %d octets, capacity %d: %v", p, n, cap(data), err)
		}
		if !bytes.Equal(buf[:64], guard) || !bytes.Equal(buf[64+n:], guard) {
			t.Errorf("%v: octets outside of the record are changed", p)
		}
	}
}
