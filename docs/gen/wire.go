package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

func (k *book) wirePage(b *bytes.Buffer) error {
	r, err := newPACRun()
	if err != nil {
		return err
	}
	first := r.sent[spec.Client][0]
	w := &dissection{in: append(bytes.Clone(first.header), first.body...)}
	w.record()
	if w.err != nil {
		return w.err
	}
	if !bytes.Equal(w.ticket, r.clientHello.Ticket) || w.at != len(w.in) {
		return fmt.Errorf("the record has %d octets more, and the ticket %x", len(w.in)-w.at, w.ticket)
	}
	fmt.Fprintf(b, "The first record of the run whose [keys](keys.md) are shown: %d octets, of which %d are the PAC-Opaque. "+
		"The extension's data is the ticket itself, without a length of its own (RFC 5077, Section 3.2 and Appendix A: "+
		"RFC 4507 had one, and implementations that follow it do not understand each other).\n\n", len(w.in), len(w.ticket))
	table(b, []string{"Offset", "Octets", "Field", "Meaning"}, w.rows)
	fmt.Fprintf(b, "ServerHello answers with the suite, `renegotiation_info` and `extended_master_secret`, and with no SessionTicket extension: whether the ticket was accepted, "+
		"[the next message says](handshake.md).\n\n")
	answer := r.sent[spec.Server]
	for i, what := range []string{"ServerHello", "ChangeCipherSpec", "Finished, sealed"} {
		if i < len(answer) {
			fmt.Fprintf(b, "- %s: %s\n", what, hexa(append(bytes.Clone(answer[i].header), answer[i].body...)))
		}
	}
	return nil
}

// dissection walks along a ClientHello in its record, and writes a row for each
// field.
type dissection struct {
	in     []byte
	at     int
	rows   [][]string
	ticket []byte
	err    error
}

// take writes the row of the next n octets, and returns them.
func (w *dissection) take(n int, field string, meaning func(octets []byte) string) []byte {
	if w.err == nil && len(w.in)-w.at < n {
		w.err = fmt.Errorf("the hello ends within %s", field)
	}
	if w.err != nil || n == 0 {
		return nil
	}
	octets := w.in[w.at : w.at+n]
	text := ""
	if meaning != nil {
		text = meaning(octets)
	}
	w.rows = append(w.rows, []string{fmt.Sprint(w.at), hexa(octets), field, text})
	w.at += n
	return octets
}

// length takes a length field of width octets.
func (w *dissection) length(width int, field string) (n int) {
	for _, o := range w.take(width, field+", length", func(octets []byte) string { return fmt.Sprint(number(octets)) }) {
		n = n<<8 | int(o)
	}
	return n
}

func number(octets []byte) (n int) {
	for _, o := range octets {
		n = n<<8 | int(o)
	}
	return n
}

func says(text string) func([]byte) string { return func([]byte) string { return text } }

func version(octets []byte) string { return spec.Version(number(octets)).String() }

func (w *dissection) record() {
	w.take(1, "ContentType", says("handshake"))
	w.take(2, "ProtocolVersion of the record", version)
	w.length(2, "record")
	w.take(1, "HandshakeType", says(spec.ClientHello.String()))
	w.length(3, "ClientHello")
	w.take(2, "client_version", version)
	w.take(32, "random", says("client_random"))
	if n := w.length(1, "session_id"); n > 0 {
		w.take(n, "session_id", nil)
	}
	for n := w.length(2, "cipher_suites"); n > 0; n -= 2 {
		w.take(2, "CipherSuite", func(o []byte) string { return "TLS_" + spec.SuiteID(number(o)).String() })
	}
	w.take(w.length(1, "compression_methods"), "compression_methods", says("null"))
	w.length(2, "extensions")
	for w.err == nil && w.at < len(w.in) {
		w.extension()
	}
}

func (w *dissection) extension() {
	typ := w.take(2, "ExtensionType", func(o []byte) string { return spec.Extension(number(o)).String() })
	n := w.length(2, "extension")
	if typ == nil || w.err != nil {
		return
	}
	e := spec.Extension(binary.BigEndian.Uint16(typ))
	data := w.take(n, e.String(), func(o []byte) string { return extensionMeaning(e, o) })
	if e == spec.SessionTicket {
		w.ticket = data
	}
}

// extensionMeaning says what an extension's data is.
func extensionMeaning(e spec.Extension, data []byte) string {
	list := func(name func(n int) string) string {
		var names []string
		for i := 2; i+1 < len(data); i += 2 {
			names = append(names, name(number(data[i:i+2])))
		}
		return strings.Join(names, ", ")
	}
	switch e {
	case spec.SupportedGroups:
		return list(func(n int) string { return spec.Group(n).String() })
	case spec.SignatureAlgorithms:
		return list(func(n int) string { return spec.SignatureScheme(n).String() })
	case spec.ECPointFormats:
		return "uncompressed"
	case spec.SessionTicket:
		return "**the PAC-Opaque**, as it is"
	case spec.RenegotiationInfo:
		return "empty: the first handshake"
	}
	return ""
}
