package record

import (
	"bytes"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// A record of application data is opened into the slice that has room for it,
// any other one in place, and a bad one leaves nothing behind.
func TestOpenInto(t *testing.T) {
	for _, p := range distinct() {
		for _, test := range []struct {
			name  string
			typ   spec.ContentType
			room  int
			spoil bool
		}{
			{"just room", spec.ContentApplicationData, 100, false},
			{"no room", spec.ContentApplicationData, 99, false},
			{"an alert", spec.ContentAlert, 100, false},
			{"spoilt", spec.ContentApplicationData, 100, true},
		} {
			write, read := newWriter(t, p), newReader(t, p)
			want := text(100)
			wire, err := write.Seal(nil, test.typ, want)
			if err != nil {
				t.Fatal(err)
			}
			if test.spoil {
				wire[len(wire)-1] ^= 1
			}
			dst := make([]byte, test.room)
			typ, data, n, err := read.OpenInto(dst, wire)
			for err == nil && n < len(wire) && len(data) < 100 { // 1/n-1 splitting
				wire = wire[n:]
				want = want[len(data):]
				typ, data, n, err = read.OpenInto(dst, wire)
			}
			if test.spoil {
				if err == nil || !bytes.Equal(dst, make([]byte, test.room)) {
					t.Errorf("%v, %s: %v, and %x is left", p, test.name, err, dst)
				}
				continue
			}
			if err != nil || typ != test.typ || !bytes.Equal(data, want) {
				t.Errorf("%v, %s: %v, type %v, %d octets", p, test.name, err, typ, len(data))
				continue
			}
			if into := &data[0] == &dst[0]; into != (!p.cbc() && test.name == "just room") {
				t.Errorf("%v, %s: opened into the slice: %v", p, test.name, into)
			}
		}
	}
}
