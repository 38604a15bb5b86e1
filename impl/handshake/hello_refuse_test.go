package handshake_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// replaced returns a block with the data of one extension changed, or with that
// extension behind the others.
func replaced(x wire.Extensions, e spec.Extension, data []byte) (all wire.Extensions) {
	found := false
	for have, old := range x.All() {
		if have == e {
			old, found = data, true
		}
		all = wire.AppendExtension(all, have, old)
	}
	if !found {
		all = wire.AppendExtension(all, e, data)
	}
	return all
}

// blockOf returns the block of extensions that a hello's fields make.
func blockOf(h interface{ Append(dst []byte) []byte }) wire.Extensions {
	body := h.Append(nil)[wire.HeaderLen:]
	if _, ok := h.(*wire.ServerHello); ok {
		var s wire.ServerHello
		s.Parse(body)
		return s.Extensions
	}
	var c wire.ClientHello
	c.Parse(body)
	return c.Extensions
}

// extensionForm is an extension's data, in hexadecimal.
type extensionForm struct {
	e     spec.Extension
	name  string
	data  string
	alert spec.AlertDescription
}

// clientExtensionRefusals: TLS-ALERT-04, -06, -07; TLS-BASE-05; RFC 6066,
// Section 3; RFC 7301, Section 3; RFC 8422, Section 5.1; RFC 8701.
func clientExtensionRefusals() (all []refusal) {
	const ok, decode, illegal = spec.AlertNone, spec.DecodeError, spec.IllegalParameter
	for _, f := range []extensionForm{
		{spec.ServerName, "empty", "", decode},
		{spec.ServerName, "an empty list", "0000", decode},
		{spec.ServerName, "an empty name", "0003 00 0000", decode},
		{spec.ServerName, "a name that is cut off", "0004 00 0002 61", decode},
		{spec.ServerName, "a list that is cut off", "0005 00 0001 61", decode},
		{spec.ServerName, "a name of another host", "0008 00 0005 6f74686572", ok},
		{spec.ServerName, "a name of another type", "0004 07 0001 61", ok},
		{spec.ServerName, "two types of name", "0008 07 0001 61 00 0001 62", ok},
		{spec.ServerName, "two names of a type", "0008 00 0001 61 00 0001 62", illegal},
		{spec.ServerName, "NUL", "0006 00 0003 610062", illegal},
		{spec.ServerName, "a dot behind", "0005 00 0002 612e", illegal},
		{spec.ServerName, "UTF-8", "0005 00 0002 c3a4", illegal},
		{spec.SupportedGroups, "empty", "", decode},
		{spec.SupportedGroups, "an empty list", "0000", decode},
		{spec.SupportedGroups, "half a group", "0003 001d00", decode},
		{spec.SupportedGroups, "longer than it says", "0002 001d 00", decode},
		{spec.SupportedGroups, "GREASE and one that is known", "0006 0a0a fafa 001d", ok},
		{spec.SupportedGroups, "one group many times", "00c8" + strings.Repeat("0017", 100), ok},
		{spec.SupportedGroups, "GREASE alone", "0004 0a0a fafa", spec.HandshakeFailure},
		{spec.ECPointFormats, "empty", "", decode},
		{spec.ECPointFormats, "an empty list", "00", decode},
		{spec.ECPointFormats, "shorter than it says", "02 00", decode},
		{spec.ECPointFormats, "all that there were", "03 01 02 00", ok},
		{spec.ECPointFormats, "unknown ones too", "03 fa 77 00", ok},
		{spec.ECPointFormats, "compressed ones alone", "02 01 02", illegal},
		{spec.SignatureAlgorithms, "empty", "", decode},
		{spec.SignatureAlgorithms, "an empty list", "0000", decode},
		{spec.SignatureAlgorithms, "half a scheme", "0003 040104", decode},
		{spec.SignatureAlgorithms, "longer than it says", "0002 0401 00", decode},
		{spec.SignatureAlgorithms, "shorter than it says", "0004 0401", decode},
		{spec.SignatureAlgorithms, "unknown ones alone", "0006 0000 0a0a fefe", spec.HandshakeFailure},
		{spec.SignatureAlgorithms, "MD5 and DSA alone", "0006 0101 0202 0402", spec.HandshakeFailure},
		{spec.SignatureAlgorithms, "of another key alone", "0004 0403 0807", spec.HandshakeFailure},
		{spec.SignatureAlgorithms, "the last is known", "0006 0000 0a0a 0401", ok},
		{spec.SignatureAlgorithms, "very many before one that is known", "fe00" + strings.Repeat("0202", 0x7eff) + "0401", ok},
		{spec.ALPN, "empty", "", decode},
		{spec.ALPN, "an empty list", "0000", decode},
		{spec.ALPN, "an empty name", "0004 02 6832 00", decode},
		{spec.ALPN, "a name that is cut off", "0003 03 6832", decode},
		{spec.ALPN, "longer than it says", "0003 02 6832 00", decode},
		{spec.ALPN, "GREASE before one that is known", "0006 02 0a0a 02 6832", ok},
		{spec.ALPN, "GREASE alone", "0003 02 0a0a", spec.NoApplicationProtocol},
		{spec.EncryptThenMAC, "with data", "00", decode},
		{spec.ExtendedMasterSecret, "with data", "00", decode},
		{spec.RenegotiationInfo, "empty", "", decode},
		{spec.RenegotiationInfo, "longer than it says", "00 00", decode},
		{spec.RenegotiationInfo, "shorter than it says", "0c 00", decode},
		{spec.RenegotiationInfo, "of a handshake before", "0c" + strings.Repeat("11", 12), spec.HandshakeFailure},
		{spec.SessionTicket, "RFC 4507's inner length", "0004 01020304", ok},
		// Unknown here: maximum fragment length, OCSP, heartbeat, SCT, padding, record size, TLS 1.3, NPN, GREASE.
		{1, "max_fragment_length", "01", ok}, {5, "status_request", "01 0000 0000", ok}, {15, "heartbeat", "01", ok},
		{18, "signed_certificate_timestamp", "", ok}, {21, "padding", "0000", ok}, {28, "record_size_limit", "0040", ok},
		{43, "supported_versions", "02 0304", ok}, {45, "psk_key_exchange_modes", "01 01", ok}, {51, "key_share", "0000", ok},
		{13172, "next_protocol_negotiation", "", ok}, {0x0a0a, "GREASE", "00", ok}, {0xffff, "the last number", "", ok},
	} {
		data := unhex(f.data)
		all = append(all, refusal{name: fmt.Sprintf("%v: %s", f.e, f.name), on: spec.ClientHello, alert: f.alert,
			config: func(c, s *handshake.Config) {
				suites(ecdhe)(c, s)
				c.Protocols, s.Protocols = []string{"h2"}, []string{"h2"}
			},
			change: clientHello(func(h *wire.ClientHello) { h.Extensions = replaced(blockOf(h), f.e, data) })})
	}
	return all
}

// serverExtensionRefusals: TLS-BASE-06, TLS-ALERT-07, TLS-ALERT-12, of a server's
// answer to a client that has asked for everything.
func serverExtensionRefusals() (all []refusal) {
	const decode, unasked = spec.DecodeError, spec.UnsupportedExtension
	for _, f := range []extensionForm{
		{spec.ServerName, "with data", "0000", decode},
		{spec.ECPointFormats, "an empty list", "00", decode},
		{spec.ECPointFormats, "compressed ones alone", "01 01", spec.IllegalParameter},
		{spec.ALPN, "empty", "", decode},
		{spec.ALPN, "an empty list", "0000", decode},
		{spec.ALPN, "an empty name", "0001 00", decode},
		{spec.ALPN, "two names", "0006 02 6832 02 6833", decode},
		{spec.ALPN, "one that was not offered", "0003 02 6833", spec.IllegalParameter},
		{spec.EncryptThenMAC, "with data", "00", decode},
		{spec.EncryptThenMAC, "with AEAD", "", spec.IllegalParameter},
		{spec.ExtendedMasterSecret, "with data", "00", decode},
		{spec.SessionTicket, "with data", "00", decode},
		{spec.RenegotiationInfo, "empty", "", decode},
		{spec.RenegotiationInfo, "of a handshake before", "01 11", spec.HandshakeFailure},
		{1, "max_fragment_length", "01", unasked}, {5, "status_request", "", unasked}, {13, "signature_algorithms", "0002 0401", unasked},
		{15, "heartbeat", "01", unasked}, {18, "signed_certificate_timestamp", "0000", unasked}, {43, "supported_versions", "0304", unasked},
		{13172, "next_protocol_negotiation", "", unasked}, {0x1a1a, "GREASE", "", unasked}, {0xffff, "the last number", "", unasked},
	} {
		data := unhex(f.data)
		all = append(all, refusal{name: fmt.Sprintf("%v: %s", f.e, f.name), on: spec.ServerHello, alert: f.alert,
			params: handshake.ClientParams{ServerName: "server.example"},
			config: func(c, s *handshake.Config) {
				c.Suites, s.Suites = []spec.SuiteID{ecdhe, 0xc013}, []spec.SuiteID{ecdhe, 0xc013} // a CBC suite is offered
				c.Protocols, c.Tickets = []string{"h2"}, true
			},
			change: serverHello(func(h *wire.ServerHello) { h.Extensions = replaced(blockOf(h), f.e, data) })})
	}
	return all
}

// largeHellos: TLS-BASE-05: as large as the syntax lets a hello be, and what is
// at its borders.
func largeHellos() (all []refusal) {
	add := func(name string, alert spec.AlertDescription, f func(h *wire.ClientHello)) {
		all = append(all, refusal{name: name, config: suites(ecdhe, staticRSA), on: spec.ClientHello, alert: alert, change: clientHello(f)})
	}
	grease := wire.List[spec.SuiteID](bytes.Repeat([]byte{0x0a, 0x0a}, 0x7fff-2))
	add("32767 suites", spec.AlertNone, func(h *wire.ClientHello) { h.Suites = append(grease, h.Suites...) })
	add("255 compression methods", spec.AlertNone, func(h *wire.ClientHello) { h.Compression = append(bytes.Repeat([]byte{0xe0}, 254), 0) })
	add("an extension of 65000 octets", spec.AlertNone, func(h *wire.ClientHello) {
		h.Extensions = replaced(blockOf(h), 0x0a0a, make([]byte, 65000))
	})
	add("16000 extensions", spec.AlertNone, func(h *wire.ClientHello) {
		h.Extensions = blockOf(h)
		for i := range 16000 {
			h.Extensions = wire.AppendExtension(h.Extensions, spec.Extension(0x4000+i), nil)
		}
	})
	add("a ticket of 65000 octets", spec.AlertNone, func(h *wire.ClientHello) { h.HasTicket, h.Ticket = true, make([]byte, 65000) })
	add("an empty block of extensions", spec.AlertNone, func(h *wire.ClientHello) { h.Extensions = wire.Extensions{} })
	for _, n := range []int{1, 31, 32} {
		add(fmt.Sprintf("Session ID of %d octets", n), spec.AlertNone, func(h *wire.ClientHello) { h.SessionID = make([]byte, n) })
	}
	for _, n := range []int{33, 64, 255} {
		add(fmt.Sprintf("Session ID of %d octets", n), spec.DecodeError, func(h *wire.ClientHello) { h.SessionID = make([]byte, n) })
	}
	for _, v := range []spec.Version{0, 2, 0x0200, 0x02ff, 0x0300, 0x0301, 0x0302} {
		add(fmt.Sprintf("client_version %04x", uint16(v)), spec.ProtocolVersion, func(h *wire.ClientHello) { h.Version = v })
	}
	for _, v := range []spec.Version{0x0304, 0x03ff, 0x0400, 0x7f1c, 0xfefd, 0xffff} {
		add(fmt.Sprintf("client_version %04x", uint16(v)), spec.AlertNone, func(h *wire.ClientHello) { h.Version = v })
	}
	// RFC 7465: RC4; and export, NULL and single DES beside it (TLS-BASE-01, TLS-ALERT-10).
	for name, ids := range map[string][]spec.SuiteID{"RC4": {4, 5, 0xc007, 0xc011}, "NULL": {0, 1, 2, 0x3b}, "export and DES": {3, 6, 8, 9}, "TLS 1.3's": {0x1301, 0x1302, 0x1303}} {
		add(name+" alone", spec.HandshakeFailure, func(h *wire.ClientHello) { h.Suites = wire.MakeList(ids...) })
	}
	return all
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}
