package endpoint

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// The families of public conformance suites, as a client sees them over TCP: the
// exact alert arrives, the connection then ends without a reset, and the next
// client is served. Every message in every state, and what is within messages,
// is impl/handshake's to test.
//
// Where suites want different things, or something else than the texts, the
// texts decide: a finite-field value out of range is handshake_failure (RFC
// 7919, Section 4); a message that claims more than any has is refused at its
// header; a session whose suite is not offered any more leads to a full
// handshake, and so does one without extended master secret (RFC 7627, Section
// 5.3), unless --resume-without-ems says otherwise; up to 16 warnings pass.

// startStrict serves pages from TLS 1.0 on.
func startStrict(t *testing.T) (address string, certificates []tls.Certificate) {
	t.Helper()
	address = startPage(t, func(s *Server) {
		s.Config.Groups = tls.Groups()
		certificates = s.Config.Certificates
	})
	return address, certificates
}

// inRecords puts content into records of n octets.
func inRecords(t spec.ContentType, v spec.Version, content []byte, n int) (out []byte) {
	for first := true; first || len(content) > 0; first = false {
		k := min(n, len(content))
		out = append(out, byte(t), byte(v>>8), byte(v), byte(k>>8), byte(k))
		out = append(out, content[:k]...)
		content = content[k:]
	}
	return out
}

// handshakeRecord puts a handshake message of any type into records.
func handshakeRecord(kind byte, body []byte) []byte {
	message := append([]byte{kind, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
	return inRecords(spec.ContentHandshake, spec.TLS10, message, record.MaxPlaintext)
}

// helloMessage is a ClientHello for a suite of each kind, changed.
func helloMessage(change func(h *wire.ClientHello)) []byte {
	h := wire.ClientHello{
		Version: spec.TLS12, Random: [32]byte{1}, Compression: []byte{0}, HasRenegotiationInfo: true,
		Suites: wire.MakeList[spec.SuiteID](0xc013, 0x0033, 0x002f),
		Groups: wire.MakeList(spec.Secp256r1, spec.FFDHE2048), Schemes: wire.MakeList(spec.RSAPKCS1SHA256),
	}
	change(&h)
	return h.Append(nil)
}

func asItIs(*wire.ClientHello) {}

func helloRecord(change func(h *wire.ClientHello)) []byte {
	return inRecords(spec.ContentHandshake, spec.TLS10, helloMessage(change), record.MaxPlaintext)
}

// answerTo sends octets, ends that direction, and returns the records that come
// back until the server ends its own.
func answerTo(t *testing.T, address string, octets []byte) (records [][]byte) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(handshakeTimeout))
	go func() {
		conn.Write(octets) // the server may have heard enough
		conn.(*net.TCPConn).CloseWrite()
	}()
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Errorf("after %x: %v", answer, err)
	}
	for len(answer) > 0 {
		n := record.HeaderSize + int(answer[3])<<8 + int(answer[4])
		records, answer = append(records, answer[:n]), answer[n:]
	}
	return records
}

// taken stands for a ServerHello instead of an alert.
const taken = spec.AlertNone

// opening is what a client begins with.
type opening struct {
	name   string
	octets []byte
	alert  spec.AlertDescription // fatal; taken: ServerHello
}

// recordOpenings: RFC 5246, Section 6 and Appendix E.
func recordOpenings() (all []opening) {
	add := func(alert spec.AlertDescription, name string, octets []byte) {
		all = append(all, opening{name, octets, alert})
	}
	hello := helloMessage(asItIs)
	for _, n := range []int{1, 2, 20, 127, 128} {
		add(taken, fmt.Sprintf("fragments of %d octets", n), inRecords(spec.ContentHandshake, spec.TLS10, hello, n))
	}
	for _, v := range []spec.Version{0x0300, 0x0303, 0x0304, 0x03ff} {
		add(taken, fmt.Sprintf("a record of version %04x", uint16(v)), inRecords(spec.ContentHandshake, v, hello, 1000))
	}
	for _, v := range []spec.Version{0, 0x0200, 0x0203, 0x0400, 0xffff} {
		add(spec.ProtocolVersion, fmt.Sprintf("a record of version %04x", uint16(v)), inRecords(spec.ContentHandshake, v, hello, 1000))
	}
	for _, kind := range []spec.ContentType{0, 1, 19, 24, 25, 0x7f, 0x80, 0xff} {
		add(spec.UnexpectedMessage, fmt.Sprintf("a record of type %d", kind), inRecords(kind, spec.TLS10, hello, 1000))
	}
	for _, kind := range []spec.ContentType{spec.ContentChangeCipherSpec, spec.ContentAlert, spec.ContentHandshake, spec.ContentApplicationData} {
		add(spec.UnexpectedMessage, fmt.Sprintf("an empty record of type %d", kind), inRecords(kind, spec.TLS10, nil, 1))
	}
	add(spec.UnexpectedMessage, "an empty record between fragments",
		append(inRecords(spec.ContentHandshake, spec.TLS10, hello[:9], 9), inRecords(spec.ContentHandshake, spec.TLS10, nil, 1)...))
	add(spec.UnexpectedMessage, "data between fragments",
		append(inRecords(spec.ContentHandshake, spec.TLS10, hello[:9], 9), inRecords(spec.ContentApplicationData, spec.TLS10, []byte("data"), 9)...))
	add(spec.UnexpectedMessage, "ChangeCipherSpec first", inRecords(spec.ContentChangeCipherSpec, spec.TLS10, []byte{1}, 1))
	add(spec.UnexpectedMessage, "data first", inRecords(spec.ContentApplicationData, spec.TLS10, []byte("GET / HTTP/1.0\r\n\r\n"), 100))
	for _, n := range []int{record.MaxPlaintext + 1, record.MaxCiphertext + 1, 0xffff} {
		add(spec.RecordOverflow, fmt.Sprintf("a record of %d octets", n), inRecords(spec.ContentHandshake, spec.TLS10, make([]byte, n), n))
	}
	// RFC 5246, Appendix E.2: SSL 2.0's hello, and what is shorter than one.
	ssl2 := append([]byte{0x83, 0x29, 1, 3, 3, 3, 0, 0, 0, 0, 32}, make([]byte, 800)...)
	add(spec.ProtocolVersion, "a hello of SSL 2.0 for TLS", ssl2)
	add(spec.ProtocolVersion, "a hello of SSL 2.0", append([]byte{0x80, 0x2e, 1, 0, 2}, make([]byte, 44)...))
	add(spec.ProtocolVersion, "no more than its version", append([]byte{0x80, 3, 1, 3, 3}, ssl2...))
	for name, begin := range map[string][]byte{"an empty record": {0x80, 0}, "a record of a zero": {0x80, 1, 0}, "a record of a one": {0x80, 1, 1}} {
		add(spec.UnexpectedMessage, name+" of SSL 2.0", append(begin, ssl2...))
	}
	return all
}

// messageOpenings: RFC 5246, Section 7.
func messageOpenings() (all []opening) {
	add := func(alert spec.AlertDescription, name string, octets []byte) {
		all = append(all, opening{name, octets, alert})
	}
	body := helloMessage(asItIs)[wire.HeaderLen:]
	for kind := range 256 {
		if kind != 1 && (kind < 26 || kind%50 == 5) {
			add(spec.UnexpectedMessage, fmt.Sprintf("a message of type %d", kind), handshakeRecord(byte(kind), body))
		}
	}
	for _, n := range []int{1, 2, 3, 256, 4096, 1 << 16} {
		add(spec.DecodeError, fmt.Sprintf("%d octets behind the extensions", n), handshakeRecord(1, append(bytes.Clone(body), make([]byte, n)...)))
	}
	// Longer than any hello can be: said at its header, while its end is still on the way.
	for _, n := range []int{1<<17 + 512, 1<<24 - 1 - len(body)} {
		add(spec.IllegalParameter, fmt.Sprintf("%d octets behind the extensions", n), handshakeRecord(1, append(bytes.Clone(body), make([]byte, n)...)))
	}
	for n := 1; n < len(body); n += 7 {
		add(spec.DecodeError, fmt.Sprintf("%d octets of a hello", n), handshakeRecord(1, body[:n]))
	}
	alert := func(content ...byte) []byte { return inRecords(spec.ContentAlert, spec.TLS10, content, 100) }
	add(spec.DecodeError, "half an alert", alert(1))
	add(spec.DecodeError, "two alerts in a record", alert(1, 90, 1, 90))
	add(spec.IllegalParameter, "an alert of level 0", alert(0, 0))
	add(spec.IllegalParameter, "an alert of level 3", alert(3, 40))
	warnings := func(n int) []byte { return bytes.Repeat(alert(1, byte(spec.UnsupportedCertificate)), n) }
	add(taken, "some warnings first", append(warnings(4), helloRecord(asItIs)...))
	add(spec.UnexpectedMessage, "a flood of warnings", append(helloRecord(asItIs), warnings(100)...))
	second := inRecords(spec.ContentHandshake, spec.TLS12, helloMessage(asItIs), 1000)
	add(spec.UnexpectedMessage, "the hello twice", append(helloRecord(asItIs), second...))
	add(spec.ProtocolVersion, "a record of another version behind the hello", append(helloRecord(asItIs), helloRecord(asItIs)...))
	return all
}

// helloOpenings: RFC 5246, Section 7.4.1 and Appendix E; RFC 7507; RFC 7919.
func helloOpenings() (all []opening) {
	add := func(alert spec.AlertDescription, name string, change func(h *wire.ClientHello)) {
		all = append(all, opening{name, helloRecord(change), alert})
	}
	add(taken, "as it is", asItIs)
	for _, v := range []spec.Version{0, 1, 2, 0x0100, 0x0102, 0x0103, 0x0200, 0x02ff, 0x0300} {
		add(spec.ProtocolVersion, fmt.Sprintf("client_version %04x", uint16(v)), func(h *wire.ClientHello) { h.Version = v })
	}
	for _, v := range []spec.Version{0x0301, 0x0302, 0x0304, 0x03fe, 0x03ff, 0x0400, 0xffff} {
		add(taken, fmt.Sprintf("client_version %04x", uint16(v)), func(h *wire.ClientHello) { h.Version = v })
	}
	add(spec.InappropriateFallback, "a fallback", func(h *wire.ClientHello) {
		h.Version, h.Suites = spec.TLS11, append(h.Suites, wire.MakeList(spec.FallbackSCSV)...)
	})
	add(spec.HandshakeFailure, "suites of a later version", func(h *wire.ClientHello) {
		h.Version, h.Suites = spec.TLS11, wire.MakeList[spec.SuiteID](0xc02f, 0xc027, 0x009c, 0x003c)
	})
	add(spec.HandshakeFailure, "RC4, NULL and export alone", func(h *wire.ClientHello) { h.Suites = wire.MakeList[spec.SuiteID](5, 2, 3, 0x14) })
	add(spec.IllegalParameter, "no null compression", func(h *wire.ClientHello) { h.Compression = []byte{1, 64} })
	add(taken, "the largest of all", func(h *wire.ClientHello) {
		h.SessionID = make([]byte, 32)
		h.Suites = append(bytes.Repeat([]byte{0xfa, 0xfa}, 0x7fff-3), h.Suites...)
		h.Compression = make([]byte, 255)
		h.ALPN = append(bytes.Repeat(append([]byte{255}, make([]byte, 255)...), 255), wire.MakeProtocols("http/1.1")...)
	})
	add(spec.DecodeError, "an extension twice", func(h *wire.ClientHello) {
		h.Extensions = wire.AppendExtension(wire.AppendExtension(nil, 0x1234, nil), 0x1234, nil)
	})
	add(spec.NoApplicationProtocol, "another protocol", func(h *wire.ClientHello) { h.ALPN = wire.MakeProtocols("http/1.2") })
	const mlkem = 0x11ec
	onlyGroups := func(suites wire.List[spec.SuiteID], groups ...spec.Group) func(*wire.ClientHello) {
		return func(h *wire.ClientHello) { h.Suites, h.Groups = suites, wire.MakeList(groups...) }
	}
	ecdhe, dhe, both := wire.MakeList[spec.SuiteID](0xc013), wire.MakeList[spec.SuiteID](0x0033), wire.MakeList[spec.SuiteID](0x0033, 0x002f)
	add(spec.HandshakeFailure, "unknown curves alone", onlyGroups(ecdhe, mlkem, 1, 11200))
	add(taken, "unknown curves, and a finite field", onlyGroups(wire.MakeList[spec.SuiteID](0xc013, 0x0033), mlkem, 1, 11200))
	add(spec.InsufficientSecurity, "an unknown finite field alone", onlyGroups(dhe, 511))
	add(taken, "an unknown finite field, and RSA", onlyGroups(both, 511))
	for g := spec.FFDHE2048; g <= spec.FFDHE8192; g++ {
		add(taken, g.String(), onlyGroups(dhe, 511, g))
	}
	add(taken, "no extensions", func(h *wire.ClientHello) {
		*h = wire.ClientHello{Version: h.Version, Random: h.Random, Suites: h.Suites, Compression: h.Compression}
	})
	return all
}

func TestOpenings(t *testing.T) {
	address, _ := startStrict(t)
	for family, openings := range map[string][]opening{"records": recordOpenings(), "messages": messageOpenings(), "hellos": helloOpenings()} {
		for _, o := range openings {
			t.Run(family+"/"+o.name, func(t *testing.T) {
				t.Parallel()
				records := answerTo(t, address, o.octets)
				if len(records) == 0 {
					t.Fatal("no answer")
				}
				first, last := records[0], records[len(records)-1]
				switch {
				case o.alert == taken:
					if spec.ContentType(last[0]) != spec.ContentHandshake || first[record.HeaderSize] != 2 {
						t.Errorf("answered by %x", last)
					}
				case !bytes.Equal(last[record.HeaderSize:], []byte{byte(spec.LevelFatal), byte(o.alert)}) || spec.ContentType(last[0]) != spec.ContentAlert:
					t.Errorf("answered by %x, want %v", last, o.alert)
				}
			})
		}
	}
}
