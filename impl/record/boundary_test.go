package record

import (
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// TestNotSSLv2: RFC 5246, Appendix E.2: what lacks one mark of an SSLv2
// CLIENT-HELLO is none.
func TestNotSSLv2(t *testing.T) {
	good := []byte{0x80, 0x2e, 1, 3, 1}
	for name, in := range map[string][]byte{
		"no high bit":        {0x01, 0x2e, 1, 3, 1},
		"another type":       {0x80, 0x2e, 2, 3, 1},
		"another version":    {0x80, 0x2e, 1, 4, 2},
		"version 0, not 0.2": {0x80, 0x2e, 1, 0, 1},
	} {
		if _, err := new(Half).Length(in); err == nil || strings.Contains(err.Error(), "SSL 2.0") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := new(Half).Length(good); err == nil || !strings.Contains(err.Error(), "SSL 2.0") {
		t.Errorf("a good one: %v", err)
	}
}

// TestVersionOfLastRecord: the version is that in the header.
func TestVersionOfLastRecord(t *testing.T) {
	var h Half
	if h.Version() != 0 {
		t.Errorf("before the first: %v", h.Version())
	}
	for _, v := range []spec.Version{spec.TLS10, spec.TLS11, spec.TLS12} {
		if _, _, _, err := h.Open([]byte{22, 3, byte(v), 1, 2, 0, 0}[:5:5]); err != nil {
			t.Fatal(err)
		}
		if _, _, n, err := h.Open([]byte{22, 3, byte(v), 0, 1, 9}); err != nil || n != 6 || h.Version() != v {
			t.Errorf("%v after a record of %v (%d octets, %v)", h.Version(), v, n, err)
		}
	}
}

// TestSizeInTheClear: without keys a record is its header and its content.
func TestSizeInTheClear(t *testing.T) {
	var h Half
	for _, n := range []int{1, MaxPlaintext, MaxPlaintext + 1} {
		if out, err := h.Seal(nil, spec.ContentHandshake, text(n)); err != nil || len(out) != h.SealedSize(spec.ContentHandshake, n) {
			t.Errorf("%d octets take %d, and SealedSize says %d (%v)", n, len(out), h.SealedSize(spec.ContentHandshake, n), err)
		}
	}
}

// TestDiscardWipes: the IVs of keys that are given up are overwritten.
func TestDiscardWipes(t *testing.T) {
	for _, id := range []spec.SuiteID{0xc02f, 0xcca8} {
		s, _ := spec.SuiteByID(id)
		p := protection{suite: s, version: spec.TLS12}
		var h Half
		if err := h.PrepareWrite(spec.TLS12, s, testKeys(p), false); err != nil {
			t.Fatal(err)
		}
		if h.Discard(); h.nonce != [12]byte{} || h.fixed != [12]byte{} || h.aead != nil {
			t.Errorf("%v: %x and %x are left", id, h.nonce, h.fixed)
		}
	}
}
