package wire

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// message is what every type of this package is.
type message interface {
	Append(dst []byte) []byte
	Parse(body []byte) bool
}

// golden is a message beside its octets, which were written by hand from the
// RFCs' definitions. empty is what Parse starts from.
type golden struct {
	name  string
	octet string // in hex, blanks are free; the header included
	value message
	empty message
}

func random32(first byte) (r [32]byte) {
	for i := range r {
		r[i] = first + byte(i)
	}
	return r
}

const (
	clientRandomHex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	serverRandomHex = "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
)

var fullClientHello = ClientHello{
	Version: spec.TLS12, Random: random32(0), SessionID: []byte{0xaa, 0xbb},
	Suites:      MakeList[spec.SuiteID](0xc02f, 0x002f, spec.EmptyRenegotiationInfoSCSV),
	Compression: []byte{0},
	ServerName:  []byte("a.test"),
	Groups:      MakeList(spec.X25519, spec.FFDHE2048), PointFormats: []byte{0},
	Schemes: MakeList(spec.RSAPSSRSAESHA256, spec.Ed25519), ALPN: MakeProtocols("h2", "x"),
	EncryptThenMAC: true, ExtendedMasterSecret: true, HasTicket: true, Ticket: []byte{1, 2, 3},
	HasRenegotiationInfo: true, RenegotiationInfo: []byte{},
}

const fullClientHelloHex = "01 000079 0303" + clientRandomHex + "02 aabb  0006 c02f 002f 00ff  01 00  0048" +
	"0000 000b 0009 00 0006 612e74657374" + // server_name
	"000a 0006 0004 001d 0100" + // supported_groups
	"000b 0002 01 00" + // ec_point_formats
	"000d 0006 0004 0804 0807" + // signature_algorithms
	"0010 0007 0005 02 6832 01 78" + // ALPN
	"0016 0000" + "0017 0000" + // encrypt_then_mac, extended_master_secret
	"0023 0003 010203" + // session_ticket: no length of its own (FAST-TLS-04)
	"ff01 0001 00" // renegotiation_info

var fullServerHello = ServerHello{
	Version: spec.TLS12, Random: random32(0x40), SessionID: []byte{0xcc}, Suite: 0xc014,
	ServerName: true, PointFormats: []byte{0}, ALPN: []byte("h2"), EncryptThenMAC: true,
	ExtendedMasterSecret: true, Ticket: true, HasRenegotiationInfo: true, RenegotiationInfo: []byte{},
}

const fullServerHelloHex = "02 00004d 0303" + serverRandomHex + "01 cc  c014 00  0024" +
	"0000 0000" + "000b 0002 01 00" + "0010 0005 0003 02 6832" + "0016 0000" + "0017 0000" + "0023 0000" + "ff01 0001 00"

var goldens = []golden{
	{"HelloRequest", "00 000000", &HelloRequest{}, &HelloRequest{}},
	{"ClientHello", fullClientHelloHex, &fullClientHello, &ClientHello{}},
	{"ClientHello without extensions", "01 000029 0301" + clientRandomHex + "00  0002 0034  01 00",
		&ClientHello{Version: spec.TLS10, Random: random32(0), SessionID: []byte{}, Suites: MakeList[spec.SuiteID](0x0034), Compression: []byte{0}},
		&ClientHello{}},
	{"ClientHello that asks for a ticket", "01 00002f 0303" + clientRandomHex + "00  0002 002f  01 00  0004 0023 0000",
		&ClientHello{Version: spec.TLS12, Random: random32(0), SessionID: []byte{}, Suites: MakeList[spec.SuiteID](0x002f), Compression: []byte{0}, HasTicket: true, Ticket: []byte{}},
		&ClientHello{}},
	{"ServerHello", fullServerHelloHex, &fullServerHello, &ServerHello{}},
	{"ServerHello without extensions", "02 000026 0302" + serverRandomHex + "00  0033 00",
		&ServerHello{Version: spec.TLS11, Random: random32(0x40), SessionID: []byte{}, Suite: 0x0033}, &ServerHello{}},
	{"Certificate", "0b 00000c 000009 000001 aa 000002 bbcc", &Certificate{MakeChain([]byte{0xaa}, []byte{0xbb, 0xcc})}, &Certificate{}},
	{"Certificate, empty", "0b 000003 000000", &Certificate{MakeChain()}, &Certificate{}},
	{"ServerKeyExchange, DHE signed under TLS 1.2", "0c 000010 0001 17 0001 05 0001 08  0401 0003 aabbcc",
		&ServerKeyExchange{KeyExchange: spec.DHERSA, Version: spec.TLS12, P: []byte{23}, G: []byte{5}, Public: []byte{8},
			Params: unhex("0001 17 0001 05 0001 08"), Scheme: spec.RSAPKCS1SHA256, Signature: []byte{0xaa, 0xbb, 0xcc}},
		&ServerKeyExchange{KeyExchange: spec.DHERSA, Version: spec.TLS12}},
	{"ServerKeyExchange, DH_anon", "0c 000009 0001 17 0001 05 0001 08",
		&ServerKeyExchange{KeyExchange: spec.DHAnon, Version: spec.TLS12, P: []byte{23}, G: []byte{5}, Public: []byte{8},
			Params: unhex("0001 17 0001 05 0001 08")},
		&ServerKeyExchange{KeyExchange: spec.DHAnon, Version: spec.TLS12}},
	{"ServerKeyExchange, ECDHE under TLS 1.2", "0c 00000b 03 001d 02 0102  0807 0001 ee",
		&ServerKeyExchange{KeyExchange: spec.ECDHEECDSA, Version: spec.TLS12, Group: spec.X25519, Public: []byte{1, 2},
			Params: unhex("03 001d 02 0102"), Scheme: spec.Ed25519, Signature: []byte{0xee}},
		&ServerKeyExchange{KeyExchange: spec.ECDHEECDSA, Version: spec.TLS12}},
	{"ServerKeyExchange, ECDHE under TLS 1.1", "0c 000008 03 0017 01 04  0001 ee",
		&ServerKeyExchange{KeyExchange: spec.ECDHERSA, Version: spec.TLS11, Group: spec.Secp256r1, Public: []byte{4},
			Params: unhex("03 0017 01 04"), Signature: []byte{0xee}},
		&ServerKeyExchange{KeyExchange: spec.ECDHERSA, Version: spec.TLS11}},
	{"CertificateRequest of TLS 1.2", "0d 000010 02 01 40  0004 0804 0403  0005 0003 300100",
		&CertificateRequest{Version: spec.TLS12, Types: []byte{CertificateTypeRSASign, CertificateTypeECDSASign},
			Schemes: MakeList(spec.RSAPSSRSAESHA256, spec.ECDSASecp256r1SHA256), Authorities: MakeNames([]byte{0x30, 1, 0})},
		&CertificateRequest{Version: spec.TLS12}},
	{"CertificateRequest of TLS 1.0", "0d 000004 01 01 0000",
		&CertificateRequest{Version: spec.TLS10, Types: []byte{1}, Authorities: MakeNames()},
		&CertificateRequest{Version: spec.TLS10}},
	{"ServerHelloDone", "0e 000000", &ServerHelloDone{}, &ServerHelloDone{}},
	{"CertificateVerify of TLS 1.2", "0f 000006 0804 0002 aabb",
		&CertificateVerify{Version: spec.TLS12, Scheme: spec.RSAPSSRSAESHA256, Signature: []byte{0xaa, 0xbb}},
		&CertificateVerify{Version: spec.TLS12}},
	{"CertificateVerify of TLS 1.0", "0f 000004 0002 aabb",
		&CertificateVerify{Version: spec.TLS10, Signature: []byte{0xaa, 0xbb}}, &CertificateVerify{Version: spec.TLS10}},
	{"ClientKeyExchange, RSA", "10 000004 0002 aabb", &ClientKeyExchange{spec.RSA, []byte{0xaa, 0xbb}}, &ClientKeyExchange{KeyExchange: spec.RSA}},
	{"ClientKeyExchange, DHE", "10 000003 0001 08", &ClientKeyExchange{spec.DHERSA, []byte{8}}, &ClientKeyExchange{KeyExchange: spec.DHERSA}},
	{"ClientKeyExchange, DH_anon", "10 000003 0001 08", &ClientKeyExchange{spec.DHAnon, []byte{8}}, &ClientKeyExchange{KeyExchange: spec.DHAnon}},
	{"ClientKeyExchange, ECDHE", "10 000003 02 0102", &ClientKeyExchange{spec.ECDHERSA, []byte{1, 2}}, &ClientKeyExchange{KeyExchange: spec.ECDHERSA}},
	{"NewSessionTicket", "04 000008 00000e10 0002 aabb", &NewSessionTicket{3600, []byte{0xaa, 0xbb}}, &NewSessionTicket{}},
	{"NewSessionTicket, empty", "04 000006 00000000 0000", &NewSessionTicket{0, []byte{}}, &NewSessionTicket{}},
	{"Finished", "14 00000c 000102030405060708090a0b", &Finished{[12]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}}, &Finished{}},
	{"Alert", "02 28", &Alert{spec.LevelFatal, spec.HandshakeFailure}, &Alert{}},
	{"ChangeCipherSpec", "01", &ChangeCipherSpec{}, &ChangeCipherSpec{}},
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// bodyOf strips the header of a handshake message, and nothing of the two
// messages that have none.
func bodyOf(m message, octets []byte) []byte {
	switch m.(type) {
	case *Alert, *ChangeCipherSpec:
		return octets
	}
	return octets[HeaderLen:]
}

// fieldsOnly returns m without the raw extension block, so that two hellos are
// compared, and written, by their fields.
func fieldsOnly(m message) message {
	switch h := m.(type) {
	case *ClientHello:
		c := *h
		c.Extensions = nil
		return &c
	case *ServerHello:
		c := *h
		c.Extensions = nil
		return &c
	}
	return m
}

// Checks TLS-BASE-09 (must fail: anonymous-and-signed).
func TestGolden(t *testing.T) {
	for _, g := range goldens {
		t.Run(g.name, func(t *testing.T) {
			octets := unhex(g.octet)
			if got := g.value.Append([]byte{0xfe}); !bytes.Equal(got, append([]byte{0xfe}, octets...)) {
				t.Errorf("Append\n got %x\nwant fe%x", got, octets)
			}
			body := bodyOf(g.value, octets)
			if !g.empty.Parse(body) {
				t.Fatal("Parse refuses its own octets")
			}
			if got := fieldsOnly(g.empty); !reflect.DeepEqual(got, g.value) {
				t.Errorf("Parse\n got %+v\nwant %+v", got, g.value)
			}
			if len(body) == len(octets) {
				return
			}
			h, ok := ParseHeader(octets)
			if !ok || h.Length != len(body) || !strings.HasPrefix(g.name, h.Message.String()) {
				t.Errorf("ParseHeader: %+v, %v", h, ok)
			}
			if h.Length > MaxLength(h.Message) {
				t.Errorf("MaxLength(%v) = %d forbids it", h.Message, MaxLength(h.Message))
			}
		})
	}
}

// TestTruncatedAndPadded holds every message against every shorter length and
// against octets that trail: none of them parses, but for what the syntax makes
// a shorter message of its own (TLS-ALERT-07).
func TestTruncatedAndPadded(t *testing.T) {
	for _, g := range goldens {
		t.Run(g.name, func(t *testing.T) {
			body := bodyOf(g.value, unhex(g.octet))
			for n := range body {
				if !g.empty.Parse(body[:n:n]) {
					continue
				}
				// RFC 5246, Section 7.4.1.4: the extension block may be missing.
				switch h := g.empty.(type) {
				case *ClientHello:
					if h.Extensions == nil && n == 2+32+1+len(h.SessionID)+2+len(h.Suites)+1+len(h.Compression) {
						continue
					}
				case *ServerHello:
					if h.Extensions == nil && n == 2+32+1+len(h.SessionID)+3 {
						continue
					}
				}
				t.Errorf("%d octets of %d parse", n, len(body))
			}
			if g.empty.Parse(append(bytes.Clone(body), 0)) {
				t.Error("an octet may trail")
			}
		})
	}
}
