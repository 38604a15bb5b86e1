package endpoint

import (
	"bytes"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// rewriting is a client's transport that changes the flight with its
// ClientKeyExchange.
type rewriting struct {
	net.Conn
	change func(message []byte) (records []byte) // of ClientKeyExchange with its header
}

func (c *rewriting) Write(p []byte) (int, error) {
	const clientKeyExchange = 16
	if p[0] != byte(spec.ContentHandshake) || p[record.HeaderSize] != clientKeyExchange {
		return c.Conn.Write(p)
	}
	n := record.HeaderSize + int(p[3])<<8 + int(p[4])
	// The server may refuse what comes first before the rest is sent, and then says so.
	_, _ = c.Conn.Write(append(c.change(bytes.Clone(p[record.HeaderSize:n])), p[n:]...))
	return len(p), nil
}

// exchange is a way to send ClientKeyExchange under a suite.
type exchange struct {
	name   string
	suite  uint16
	alert  spec.AlertDescription // taken: the handshake is complete
	change func(message []byte) (records []byte)
}

func clearRecord(message []byte) []byte {
	return inRecords(spec.ContentHandshake, spec.TLS12, message, record.MaxPlaintext)
}

// exchangeKeys replaces what ClientKeyExchange holds.
func exchangeKeys(x spec.KeyExchange, octets []byte) func([]byte) []byte {
	return func([]byte) []byte {
		k := wire.ClientKeyExchange{KeyExchange: x, ExchangeKeys: octets}
		return clearRecord(k.Append(nil))
	}
}

// rsaExchanges: RFC 5246, Section 7.4.7.1: whatever is wrong with the premaster
// secret, the answer is the same, and comes where Finished does not open.
func rsaExchanges(key *rsa.PublicKey) (all []exchange) {
	size := key.Size()
	add := func(name string, ciphertext []byte) {
		all = append(all, exchange{name, tls.TLS_RSA_WITH_AES_128_CBC_SHA, spec.BadRecordMAC, exchangeKeys(spec.RSA, ciphertext)})
	}
	for _, n := range []int{0, 1, 128, 255, 256, 257, 384, 512} {
		add("zeros", make([]byte, n))
	}
	add("the modulus", key.N.Bytes())
	add("one", append(make([]byte, size-1), 1))
	encrypted := func(name string, block []byte) {
		c := new(big.Int).Exp(new(big.Int).SetBytes(block), big.NewInt(int64(key.E)), key.N)
		add(name, c.FillBytes(make([]byte, size)))
	}
	// pad is PKCS #1, v1.5 for a premaster secret that begins with two octets.
	pad := func(version spec.Version, n int) []byte {
		block := bytes.Repeat([]byte{0xaa}, size)
		block[0], block[1], block[size-n-1] = 0, 2, 0
		if n > 1 {
			block[size-n], block[size-n+1] = byte(version>>8), byte(version)
		}
		return block
	}
	for name, version := range map[string]spec.Version{"TLS 1.1": 0x0302, "SSL 3.0": 0x0300, "SSL 2.0": 2, "version 0": 0, "TLS 1.3": 0x0304} {
		encrypted("the version "+name, pad(version, 48))
	}
	for _, n := range []int{0, 1, 2, 47, 49, 124, size - 11} {
		encrypted("another length", pad(spec.TLS12, n))
	}
	for name, change := range map[string]func(block []byte){
		"type 1": func(b []byte) { b[1] = 1 }, "type 0": func(b []byte) { b[1] = 0 }, "a first octet": func(b []byte) { b[0] = 1 },
		"an early zero": func(b []byte) { b[6] = 0 }, "a zero at once": func(b []byte) { b[2] = 0 }, "a zero before the last": func(b []byte) { b[size-50] = 0 },
		"no zero": func(b []byte) { b[size-49] = 1 },
	} {
		block := pad(spec.TLS12, 48)
		change(block)
		encrypted(name, block)
	}
	return all
}

// ephemeralExchanges: RFC 7919, Section 4; RFC 8422, Section 5.11.
func ephemeralExchanges() (all []exchange) {
	const dhe, ecdhe = tls.TLS_DHE_RSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
	for name, y := range map[string][]byte{"0": {0}, "1": {1}, "many zeros": make([]byte, 256), "2^8192": append([]byte{1}, make([]byte, 1024)...), "2^2048-1": bytes.Repeat([]byte{0xff}, 256)} {
		all = append(all, exchange{"Y=" + name, dhe, spec.HandshakeFailure, exchangeKeys(spec.DHERSA, y)})
	}
	all = append(all, exchange{"no Y", dhe, spec.DecodeError, exchangeKeys(spec.DHERSA, nil)})
	p := elliptic.P256().Params()
	point := func(x, y *big.Int) []byte {
		return append(append([]byte{4}, x.FillBytes(make([]byte, 32))...), y.FillBytes(make([]byte, 32))...)
	}
	good := point(p.Gx, p.Gy)
	for name, octets := range map[string][]byte{
		"(0, 0)": point(new(big.Int), new(big.Int)), "(0, 1)": point(new(big.Int), big.NewInt(1)), "(x, 0)": point(p.Gx, new(big.Int)),
		"infinity": {0}, "compressed": append([]byte{2 + good[64]&1}, good[1:33]...), "hybrid": append([]byte{6 + good[64]&1}, good[1:]...),
		"raw": good[1:], "an octet short": good[:64], "an octet long": append(bytes.Clone(good), 0), "x = p": point(p.P, p.Gy),
	} {
		all = append(all, exchange{"the point " + name, ecdhe, spec.IllegalParameter, exchangeKeys(spec.ECDHERSA, octets)})
	}
	all = append(all, exchange{"no point", ecdhe, spec.DecodeError, exchangeKeys(spec.ECDHERSA, nil)})
	return all
}

// framings are what may be wrong with ClientKeyExchange under any suite.
func framings(suite uint16) []exchange {
	// of says that the message has so many octets.
	of := func(n int, b []byte) []byte {
		b[1], b[2], b[3] = byte(n>>16), byte(n>>8), byte(n)
		return b
	}
	size := func(b []byte) int { return len(b) - wire.HeaderLen }
	ccs := inRecords(spec.ContentChangeCipherSpec, spec.TLS12, []byte{1}, 1)
	return []exchange{
		{"as it is", suite, taken, clearRecord},
		{"fragments", suite, taken, func(b []byte) []byte { return inRecords(spec.ContentHandshake, spec.TLS12, b, 3) }},
		{"longer", suite, spec.DecodeError, func(b []byte) []byte { return clearRecord(of(size(b)+1, append(b, 0))) }},
		{"shorter", suite, spec.DecodeError, func(b []byte) []byte { return clearRecord(of(size(b)-1, b[:len(b)-1])) }},
		{"16 MiB", suite, spec.IllegalParameter, func(b []byte) []byte { return clearRecord(of(0xffffff, b)) }},
		{"twice", suite, spec.UnexpectedMessage, func(b []byte) []byte { return append(clearRecord(b), clearRecord(b)...) }},
		{"not at all", suite, spec.UnexpectedMessage, func([]byte) []byte { return nil }},
		{"behind ChangeCipherSpec", suite, spec.UnexpectedMessage, func(b []byte) []byte { return append(bytes.Clone(ccs), clearRecord(b)...) }},
		{"around ChangeCipherSpec", suite, spec.UnexpectedMessage, func(b []byte) []byte {
			return append(append(clearRecord(b[:9]), ccs...), clearRecord(b[9:])...)
		}},
		{"a Certificate before it", suite, spec.UnexpectedMessage, func(b []byte) []byte { return append(clearRecord([]byte{11, 0, 0, 3, 0, 0, 0}), clearRecord(b)...) }},
		{"Finished in the clear behind it", suite, spec.UnexpectedMessage, func(b []byte) []byte {
			return append(clearRecord(b), clearRecord(append([]byte{20, 0, 0, 12}, make([]byte, 12)...))...)
		}},
		{"data behind it", suite, spec.UnexpectedMessage, func(b []byte) []byte {
			return append(clearRecord(b), inRecords(spec.ContentApplicationData, spec.TLS12, []byte("data"), 9)...)
		}},
	}
}

func TestExchanges(t *testing.T) {
	address, certificates := startStrict(t)
	all := append(rsaExchanges(certificates[1].Leaf.PublicKey.(*rsa.PublicKey)), ephemeralExchanges()...)
	for _, suite := range []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_DHE_RSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA} {
		all = append(all, framings(suite)...)
	}
	for _, x := range all {
		t.Run(strings.TrimPrefix(tls.CipherSuiteName(x.suite), "TLS_")+"/"+x.name, func(t *testing.T) {
			t.Parallel()
			raw, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			config := insecure()
			config.CipherSuites, config.Groups = []uint16{x.suite}, []spec.Group{spec.Secp256r1, spec.FFDHE2048}
			conn := tls.Client(&rewriting{raw, x.change}, config)
			defer conn.Close()
			wantFatal(t, conn.Handshake(), x.alert)
		})
	}
}

// wantFatal checks that the server has sent a fatal alert, or none.
func wantFatal(t *testing.T, err error, want spec.AlertDescription) {
	t.Helper()
	var alert *tls.AlertError
	switch {
	case want == taken && err != nil:
		t.Errorf("refused: %v", err)
	case want != taken && (!errors.As(err, &alert) || !alert.Received || alert.Alert != want):
		t.Errorf("%v, want %v", err, want)
	}
}

// intruder sends under a client's keys what no Conn would.
type intruder struct {
	*tls.Conn
	write record.Half
}

// intrude connects, and takes the client's place once its handshake is complete.
func intrude(t *testing.T, address string, config *tls.Config) *intruder {
	t.Helper()
	conn, err := tls.Dial("tcp", address, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	i := &intruder{Conn: conn}
	state := conn.ConnectionState()
	suite, _ := spec.SuiteByID(spec.SuiteID(state.CipherSuite))
	block, err := conn.AppendKeyBlock(nil, 0, record.KeyBlockSize(spec.TLS12, suite), 0)
	if err != nil {
		t.Fatal(err)
	}
	own, _ := record.SplitKeyBlock(block, spec.TLS12, suite)
	if err := errors.Join(i.write.PrepareWrite(spec.TLS12, suite, own, state.EncryptThenMAC), i.write.Activate()); err != nil {
		t.Fatal(err)
	}
	i.seal(t, spec.ContentHandshake, nil) // Finished had the first sequence number
	return i
}

func (i *intruder) seal(t *testing.T, kind spec.ContentType, data []byte) []byte {
	t.Helper()
	sealed, err := i.write.Seal(nil, kind, data)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// What comes under the keys of a connection, before a request or within it.
func TestIntrusions(t *testing.T) {
	address, _ := startStrict(t)
	sealed := func(kind spec.ContentType, times int, content []byte) func(*testing.T, *intruder) []byte {
		return func(t *testing.T, i *intruder) (all []byte) {
			for range times {
				all = append(all, i.seal(t, kind, content)...)
			}
			return all
		}
	}
	flipped := func(at func(n int) int) func(*testing.T, *intruder) []byte {
		return func(t *testing.T, i *intruder) []byte {
			all := i.seal(t, spec.ContentApplicationData, []byte("GET"))
			all[at(len(all))] ^= 1
			return all
		}
	}
	handshake := func(kind byte, n int) []byte { return append([]byte{kind, 0, 0, byte(n)}, make([]byte, n)...) }
	const gcm, cbc, chacha = tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
	for _, tt := range []struct {
		name  string
		suite uint16
		send  func(*testing.T, *intruder) []byte
		alert spec.AlertDescription // taken: the request is answered
	}{
		{"nothing", gcm, sealed(spec.ContentApplicationData, 0, nil), taken},
		{"32 empty records", cbc, sealed(spec.ContentApplicationData, 32, nil), taken},
		{"33 empty records", cbc, sealed(spec.ContentApplicationData, 33, nil), spec.UnexpectedMessage},
		{"16 warnings", gcm, sealed(spec.ContentAlert, 16, []byte{1, 90}), taken},
		{"17 warnings", gcm, sealed(spec.ContentAlert, 17, []byte{1, 90}), spec.UnexpectedMessage},
		{"a hello, with secure renegotiation", gcm, sealed(spec.ContentHandshake, 1, helloMessage(asItIs)), taken},
		{"a hello, without", gcm, sealed(spec.ContentHandshake, 1, helloMessage(func(h *wire.ClientHello) { h.HasRenegotiationInfo = false })), taken},
		{"a flood of hellos", gcm, sealed(spec.ContentHandshake, 100, helloMessage(asItIs)), spec.UnexpectedMessage},
		{"HelloRequest", gcm, sealed(spec.ContentHandshake, 1, handshake(0, 0)), spec.UnexpectedMessage},
		{"ClientKeyExchange", cbc, sealed(spec.ContentHandshake, 1, handshake(16, 48)), spec.UnexpectedMessage},
		{"Finished", cbc, sealed(spec.ContentHandshake, 1, handshake(20, 12)), spec.UnexpectedMessage},
		{"KeyUpdate", gcm, sealed(spec.ContentHandshake, 1, handshake(24, 1)), spec.UnexpectedMessage},
		{"ChangeCipherSpec", cbc, sealed(spec.ContentChangeCipherSpec, 1, []byte{1}), spec.UnexpectedMessage},
		{"an empty handshake record", gcm, sealed(spec.ContentHandshake, 1, nil), spec.UnexpectedMessage},
		{"a heartbeat", gcm, sealed(24, 1, []byte{1, 0, 1, 0}), spec.UnexpectedMessage},
		{"an unknown type", cbc, sealed(99, 1, []byte("?")), spec.UnexpectedMessage},
		{"an alert of level 0", gcm, sealed(spec.ContentAlert, 1, []byte{0, 0}), spec.IllegalParameter},
		{"half an alert", gcm, sealed(spec.ContentAlert, 1, []byte{1}), spec.DecodeError},
		{"the first octet changed, CBC", cbc, flipped(func(int) int { return record.HeaderSize }), spec.BadRecordMAC},
		{"the last octet changed, CBC", cbc, flipped(func(n int) int { return n - 1 }), spec.BadRecordMAC},
		{"the explicit nonce changed, GCM", gcm, flipped(func(int) int { return record.HeaderSize }), spec.BadRecordMAC},
		{"the tag changed, GCM", gcm, flipped(func(n int) int { return n - 1 }), spec.BadRecordMAC},
		{"the tag changed, ChaCha20", chacha, flipped(func(n int) int { return n - 16 }), spec.BadRecordMAC},
		{"the version changed", gcm, flipped(func(int) int { return 2 }), spec.ProtocolVersion},
		{"in the clear", gcm, func(*testing.T, *intruder) []byte {
			return inRecords(spec.ContentApplicationData, spec.TLS12, []byte("GET / HTTP/1.0\r\n\r\n"), 100)
		}, spec.BadRecordMAC},
		{"in the clear, CBC", cbc, func(*testing.T, *intruder) []byte {
			return inRecords(spec.ContentApplicationData, spec.TLS12, make([]byte, 48), 100)
		}, spec.BadRecordMAC},
		{"too much for a record", gcm, func(*testing.T, *intruder) []byte {
			return inRecords(spec.ContentApplicationData, spec.TLS12, make([]byte, record.MaxCiphertext+1), 0xffff)
		}, spec.RecordOverflow},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			config := insecure()
			config.CipherSuites = []uint16{tt.suite}
			i := intrude(t, address, config)
			begin := i.seal(t, spec.ContentApplicationData, []byte("GET / HTTP/1.0\r\n")) // half a request
			octets := append(append(begin, tt.send(t, i)...), i.seal(t, spec.ContentApplicationData, []byte("\r\n"))...)
			go i.NetConn().Write(octets)
			page, err := io.ReadAll(i)
			wantFatal(t, err, tt.alert)
			if answered := bytes.Contains(page, []byte("200 OK")); answered != (tt.alert == taken) {
				t.Errorf("answered %q", page)
			}
		})
	}
}
