package record

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/sesame-tls/sesame/spec"
	"github.com/sesame-tls/sesame/spec/vectors"
)

// TestKeyBlock: the published layout of EAP-FAST's key block, and the sizes.
func TestKeyBlock(t *testing.T) {
	block := vectors.ByName("eap-fast-key-derivation").Octets("key_block")
	suite, _ := spec.SuiteByID(0x002f)
	client, server := SplitKeyBlock(block, spec.TLS10, suite)
	want := [][]byte{
		block[:20], block[20:40], block[40:56], block[56:72], block[72:88], block[88:104],
	}
	for i, got := range [][]byte{client.MAC, server.MAC, client.Key, server.Key, client.IV, server.IV} {
		if !bytes.Equal(got, want[i]) {
			t.Errorf("part %d: %x, want %x", i, got, want[i])
		}
		if len(got) != cap(got) {
			t.Errorf("part %d: appending to it would write into the next", i)
		}
	}
	for _, c := range []struct {
		suite   spec.SuiteID
		version spec.Version
		size    int
	}{
		{0x002f, spec.TLS10, 104}, {0x002f, spec.TLS11, 72}, {0x002f, spec.TLS12, 72}, // RFC 4346, Section 6.3
		{0x0035, spec.TLS10, 136}, {0x003d, spec.TLS12, 128}, {0xc028, spec.TLS12, 160},
		{0x009c, spec.TLS12, 40}, {0x009d, spec.TLS12, 72}, {0xcca8, spec.TLS12, 88}, // RFC 5288, RFC 7905
	} {
		suite, _ := spec.SuiteByID(c.suite)
		if got := KeyBlockSize(c.version, suite); got != c.size {
			t.Errorf("%v under %v: %d octets, want %d", c.suite, c.version, got, c.size)
		}
	}
}

func TestPrepareRefuses(t *testing.T) {
	gcm, _ := spec.SuiteByID(0xc02f)
	cbc, _ := spec.SuiteByID(0x002f)
	keys := func(p protection) Keys { return testKeys(p) }
	good := keys(protection{suite: cbc, version: spec.TLS12})
	for name, c := range map[string]struct {
		version spec.Version
		suite   spec.Suite
		keys    Keys
	}{
		"GCM under TLS 1.1":     {spec.TLS11, gcm, keys(protection{suite: gcm, version: spec.TLS12})},
		"SSL 3.0":               {spec.SSL30, cbc, good},
		"TLS 1.3":               {spec.TLS13, cbc, good},
		"a short MAC key":       {spec.TLS12, cbc, Keys{good.MAC[1:], good.Key, nil}},
		"a long key":            {spec.TLS12, cbc, Keys{good.MAC, append(slices.Clone(good.Key), 0), nil}},
		"no IV under TLS 1.0":   {spec.TLS10, cbc, good},
		"an IV under TLS 1.1":   {spec.TLS11, cbc, Keys{good.MAC, good.Key, make([]byte, 16)}},
		"no keys":               {spec.TLS12, cbc, Keys{}},
		"a suite from nowhere":  {spec.TLS12, spec.Suite{MinVersion: spec.TLS10}, Keys{}},
		"a GCM from nowhere":    {spec.TLS12, spec.Suite{Cipher: spec.AES128GCM}, Keys{}},
		"a ChaCha from nowhere": {spec.TLS12, spec.Suite{Cipher: spec.ChaCha20Poly1305}, Keys{}},
	} {
		for _, prepare := range []func(*Half) error{
			func(h *Half) error { return h.PrepareRead(c.version, c.suite, c.keys, false) },
			func(h *Half) error { return h.PrepareWrite(c.version, c.suite, c.keys, false) },
		} {
			var h Half
			if got := alertOf(t, prepare(&h)); got != spec.InternalError {
				t.Errorf("%s: %v", name, got)
			}
			if h.Activate() == nil {
				t.Errorf("%s: there are keys nevertheless", name)
			}
		}
	}
}

// TestActivate: no record is protected without keys, and none is protected
// before its time.
func TestActivate(t *testing.T) {
	p := distinct()[0]
	var h Half
	if got := alertOf(t, h.Activate()); got != spec.InternalError {
		t.Errorf("Activate without keys: %v", got)
	}
	if err := h.PrepareWrite(p.version, p.suite, testKeys(p), p.etm); err != nil {
		t.Fatal(err)
	}
	clear, err := h.Seal(nil, spec.ContentHandshake, []byte("clear"))
	if err != nil || !bytes.Contains(clear, []byte("clear")) || h.Active() {
		t.Errorf("prepared keys are in use: %x, %v", clear, err)
	}
	h.Discard()
	if h.Activate() == nil {
		t.Error("discarded keys came into use")
	}
	aead, _ := spec.SuiteByID(0xc02f)
	if err := h.PrepareWrite(p.version, p.suite, testKeys(p), true); err != nil {
		t.Fatal(err)
	}
	if err := h.PrepareWrite(spec.TLS12, aead, testKeys(protection{suite: aead, version: spec.TLS12}), true); err != nil {
		t.Fatal(err)
	}
	if fresh := (cbc{mac: h.cbc.mac}); *h.cbc != fresh || h.etm {
		t.Error("keys that were replaced are left")
	}
	other := testKeys(p)
	other.Key = bytes.Repeat([]byte{1}, len(other.Key))
	for _, k := range []Keys{other, testKeys(p)} { // the later ones count
		if err := h.PrepareWrite(p.version, p.suite, k, p.etm); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Activate(); err != nil || !h.Active() {
		t.Fatal(err)
	}
	h.Discard() // of nothing
	wire, err := h.Seal(nil, 23, text(3))
	if want := newReference(p).seal(23, text(3), nil, -1); err != nil || !bytes.Equal(wire, want) {
		t.Errorf("%x, want %x, %v", wire, want, err)
	}
	if err := h.PrepareWrite(p.version, p.suite, testKeys(p), p.etm); alertOf(t, err) != spec.InternalError {
		t.Errorf("active keys can be replaced: %v", err)
	}
	if h.Activate() == nil {
		t.Error("ChangeCipherSpec twice")
	}
}

// TestReset: a Half that is used again is a new one, whatever it was.
func TestReset(t *testing.T) {
	var read, write Half
	for _, p := range distinct() {
		write.Rand = new(counting)
		for _, err := range []error{
			read.PrepareRead(p.version, p.suite, testKeys(p), p.etm), read.Activate(),
			write.PrepareWrite(p.version, p.suite, testKeys(p), p.etm), write.Activate(),
		} {
			if err != nil {
				t.Fatalf("%v: %v", p, err)
			}
		}
		wire, err := write.Seal(nil, 23, text(50))
		if err != nil {
			t.Fatal(err)
		}
		if _, data, _, err := read.Open(wire); err != nil || !bytes.Equal(data, text(50)) {
			t.Errorf("%v: %v", p, err)
		}
		for _, h := range []*Half{&read, &write} {
			h.Reset()
			if c := h.cbc; c != nil {
				if fresh := (cbc{mac: c.mac}); *c != fresh {
					t.Errorf("%v: something is left of the MAC", p)
				}
			}
			if *h != (Half{cbc: h.cbc}) {
				t.Errorf("%v: something is left", p)
			}
		}
	}
}

// TestLimits: RFC 9325, Section 4.4, and RFC 5246, Section 6.1.
func TestLimits(t *testing.T) {
	for _, p := range distinct() {
		limit := uint64(math.MaxUint64 - 1<<16)
		if p.suite.Cipher == spec.AES128GCM || p.suite.Cipher == spec.AES256GCM {
			limit = 23726566
		}
		h := newWriter(t, p)
		h.Fragment = 10
		seal := func(typ spec.ContentType, n int) error {
			before := []byte("before")
			wire, err := h.Seal(before, typ, text(n))
			if err != nil && !bytes.Equal(wire, before) {
				t.Errorf("%v: %d octets beside an error", p, len(wire))
			}
			return err
		}
		h.seq = limit - 2
		if err := seal(23, 21); !errors.Is(err, ErrExhausted) || h.seq != limit-2 {
			t.Errorf("%v: three records where two are left: %v", p, err)
		}
		if err := seal(23, 20); err != nil {
			t.Errorf("%v: the last two records: %v", p, err)
		}
		if err := seal(23, 0); !errors.Is(err, ErrExhausted) {
			t.Errorf("%v: one record more: %v", p, err)
		}
		if err := seal(spec.ContentAlert, 2); err != nil {
			t.Errorf("%v: close_notify: %v", p, err)
		}
		h.seq = math.MaxUint64 - 1
		if err := seal(spec.ContentAlert, 2); err != nil || h.seq != math.MaxUint64 {
			t.Errorf("%v: the last sequence number but one: %v", p, err)
		}
		if err := seal(spec.ContentAlert, 2); !errors.Is(err, ErrExhausted) || h.seq != math.MaxUint64 {
			t.Errorf("%v: the sequence number wraps: %v", p, err)
		}

		r := newReader(t, p)
		r.seq = math.MaxUint64
		_, _, _, err := r.Open(newReference(p).seal(23, text(1), text(16), -1))
		if got := alertOf(t, err); got != spec.InternalError {
			t.Errorf("%v: the sequence number wraps on reading: %v", p, got)
		}
	}
	if ErrExhausted.Alert != spec.CloseNotify {
		t.Error("the keys' end is not told by close_notify")
	}
}

func TestNoRandomness(t *testing.T) {
	for _, p := range distinct() {
		h := newWriter(t, p)
		h.Rand = io.LimitReader(new(counting), 15)
		wire, err := h.Seal([]byte("before"), 23, text(5))
		if random := p.cbc() && !p.chained(); random != (err != nil) {
			t.Errorf("%v: %v", p, err)
		}
		if err != nil && (alertOf(t, err) != spec.InternalError || string(wire) != "before") {
			t.Errorf("%v: %q, %v", p, wire, err)
		}
		h = newWriter(t, p)
		h.Rand = nil
		first, _ := h.Seal(nil, 23, text(5))
		if _, data, _, err := newReader(t, p).Open(first); err != nil || !bytes.Equal(data, text(5)) {
			t.Errorf("%v: with an IV of crypto/rand: %v", p, err)
		}
	}
}

// TestIVsDiffer: each CBC record has an IV of its own.
//
// Checks TLS-BASE-15 (must fail: iv-of-zeros).
func TestIVsDiffer(t *testing.T) {
	for _, p := range distinct() {
		if !p.cbc() || p.chained() {
			continue
		}
		h := newWriter(t, p)
		h.Rand = nil
		seen := map[string]bool{}
		for range 20 {
			wire, err := h.Seal(nil, 23, text(5))
			if iv := string(wire[5:21]); err != nil || seen[iv] {
				t.Errorf("%v: the IV %x comes twice, %v", p, iv, err)
			} else {
				seen[iv] = true
			}
		}
	}
}

// TestMemory: what a connection costs while it waits.
func TestMemory(t *testing.T) {
	if n := unsafe.Sizeof(Half{}); n > 256 {
		t.Errorf("a Half has %d octets", n)
	}
	if n := unsafe.Sizeof(cbc{}); n > 1536 {
		t.Errorf("a CBC state has %d octets", n)
	}
}

func TestErrors(t *testing.T) {
	for _, err := range []error{errBadRecordMAC, errOverflow, ErrExhausted, errType(9)} {
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), "record: ") || !strings.HasSuffix(err.Error(), "("+e.Section+")") {
			t.Errorf("%v", err)
		}
	}
}
