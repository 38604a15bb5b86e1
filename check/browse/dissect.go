package browse

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// cutter names the fields of some octets one after the other. What does not fit
// is one last field.
type cutter struct {
	octets []byte
	at     int
	depth  int
	parts  []Part
}

// take names the next n octets, and says them by tell; nil says them in
// hexadecimal.
func (c *cutter) take(name string, n int, tell func([]byte) string) []byte {
	n = min(n, len(c.octets)-c.at)
	if n <= 0 {
		return nil
	}
	field := c.octets[c.at : c.at+n]
	value := ""
	switch {
	case tell != nil:
		value = tell(field)
	case n <= 64:
		value = hex.EncodeToString(field)
	default:
		value = fmt.Sprintf("%x… (%d octets)", field[:16], n)
	}
	c.parts = append(c.parts, Part{name, c.at, n, value, c.depth})
	c.at += n
	return field
}

// group names what n octets are, which are cut up next.
func (c *cutter) group(name string, n int, value string) {
	c.parts = append(c.parts, Part{name, c.at, min(n, len(c.octets)-c.at), value, c.depth})
}

func (c *cutter) left() int { return len(c.octets) - c.at }

// number takes n octets as a number.
func (c *cutter) number(name string, n int) int {
	v := 0
	for _, o := range c.take(name, n, func(b []byte) string { return fmt.Sprint(uintOf(b)) }) {
		v = v<<8 | int(o)
	}
	return v
}

func uintOf(b []byte) (v int) {
	for _, o := range b {
		v = v<<8 | int(o)
	}
	return v
}

func versionText(b []byte) string {
	if len(b) < 2 {
		return hex.EncodeToString(b)
	}
	return spec.Version(binary.BigEndian.Uint16(b)).String()
}

var contentNames = map[spec.ContentType]string{
	spec.ContentChangeCipherSpec: "change_cipher_spec", spec.ContentAlert: "alert", spec.ContentHandshake: "handshake",
	spec.ContentApplicationData: "application_data",
}

// dissectRecord names the fields of records. The content of a sealed one is one
// field.
func dissectRecord(octets []byte) []Part {
	c := &cutter{octets: octets}
	for c.left() >= record.HeaderSize {
		kind := spec.ContentType(octets[c.at])
		c.group("record", record.HeaderSize+int(binary.BigEndian.Uint16(octets[c.at+3:])), "")
		c.depth = 1
		c.take("type", 1, func([]byte) string { return contentNames[kind] })
		c.take("version", 2, versionText)
		n := min(c.number("length", 2), c.left())
		body := dissectContent(kind, octets[c.at:c.at+n])
		for _, p := range body {
			p.At, p.Depth = p.At+c.at, p.Depth+1
			c.parts = append(c.parts, p)
		}
		c.at, c.depth = c.at+n, 0
	}
	c.take("rest", c.left(), nil)
	return c.parts
}

// dissectContent names the fields of a record's content in the clear.
func dissectContent(kind spec.ContentType, content []byte) []Part {
	c := &cutter{octets: content, parts: []Part{}}
	switch kind {
	case spec.ContentAlert:
		if len(content) == 2 {
			c.take("level", 1, func(b []byte) string { return spec.AlertLevel(b[0]).String() })
			c.take("description", 1, func(b []byte) string { return spec.AlertDescription(b[0]).String() })
		}
	case spec.ContentHandshake:
		for c.message() {
		}
	case spec.ContentApplicationData:
		c.take("data", len(content), func(b []byte) string { return fmt.Sprintf("%q", b) })
	}
	c.take("content", c.left(), nil)
	return c.parts
}

// message cuts up one handshake message, if it is whole.
func (c *cutter) message() bool {
	h, ok := wire.ParseHeader(c.octets[c.at:])
	if !ok || c.left() < wire.HeaderLen+h.Length {
		return false
	}
	c.group(h.Message.String(), wire.HeaderLen+h.Length, "")
	c.depth++
	c.take("msg_type", 1, func([]byte) string { return h.Message.String() })
	c.number("length", 3)
	end := c.at + h.Length
	switch h.Message {
	case spec.ClientHello:
		c.hello()
		c.listed("cipher_suite", 2, 2, func(b []byte) string { return spec.SuiteID(binary.BigEndian.Uint16(b)).String() })
		c.take("compression_methods", 1+c.peek(1), nil)
		c.extensions(end)
	case spec.ServerHello:
		c.hello()
		c.take("cipher_suite", 2, func(b []byte) string { return spec.SuiteID(uintOf(b)).String() })
		c.take("compression_method", 1, nil)
		c.extensions(end)
	case spec.Finished:
		c.take("verify_data", h.Length, nil)
	}
	c.take("body", end-c.at, nil)
	c.depth--
	return true
}

// hello cuts up what both hellos begin with.
func (c *cutter) hello() {
	c.take("version", 2, versionText)
	c.take("random", 32, nil)
	if n := c.number("session_id length", 1); n > 0 {
		c.take("session_id", n, nil)
	}
}

// peek is the number in the next n octets.
func (c *cutter) peek(n int) int {
	if c.left() < n {
		return 0
	}
	return uintOf(c.octets[c.at : c.at+n])
}

// listed cuts up a list of values of one size behind its length.
func (c *cutter) listed(name string, lengthSize, size int, tell func([]byte) string) {
	n := c.number(name+" length", lengthSize)
	for end := c.at + n; c.at+size <= min(end, len(c.octets)); {
		c.depth++
		c.take(name, size, tell)
		c.depth--
	}
}

// extensions cuts up a hello's extensions.
func (c *cutter) extensions(end int) {
	if c.at+2 > end {
		return
	}
	c.number("extensions length", 2)
	for c.at+4 <= end {
		x := spec.Extension(c.peek(2))
		c.depth++
		n := 0
		if c.left() >= 4 {
			n = int(binary.BigEndian.Uint16(c.octets[c.at+2:]))
		}
		c.group(x.String(), 4+n, "")
		c.depth++
		c.take("type", 2, func([]byte) string { return x.String() })
		c.number("length", 2)
		c.take("data", min(n, end-c.at), nil)
		c.depth -= 2
	}
}
