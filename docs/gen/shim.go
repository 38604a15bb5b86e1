package main

import (
	"bytes"
	"fmt"

	"github.com/sesame-tls/sesame/check/sut"
)

func shimPage(b *bytes.Buffer) error {
	fmt.Fprintf(b, `A *shim* is a program that drives one TLS library for Sesame. Whoever owns the library writes it once, in any language, in
at most 200 lines; shims for OpenSSL, wolfSSL and their common part in C are in check/sut/shims, to be taken without any condition. This
is version %d of the protocol.

1. The shim prints a greeting on standard output, a line of JSON:
   `+"`"+`{"shim":%[1]d,"library":"OpenSSL 3.0.19 27 Jan 2026","can":["client","server","callback"]}`+"`"+`. The library is in its own words.
2. It reads lines from standard input. A line is a connection to make: options as `+"`NAME=VALUE`"+`, separated by spaces. Options
   that it does not know it leaves alone. Sessions, tickets and their keys last from one connection to the next.
3. It connects to the address of `+"`connect`"+` by TCP, whichever end of TLS it is to be, and plays its part: the handshake; the
   data; an orderly end. When it is done it half-closes, and waits until the other end has closed, so that its last alert is not overtaken.
4. It prints the verdict, a line of JSON. If the library cannot be what an option asks for, the verdict is
   `+"`"+`{"connection":N,"refused":"OPTION"}`+"`"+` and there is no connection.
5. At the end of standard input it ends with status 0.

Standard error is free. A shim that ends otherwise has crashed; one that says nothing for the time of `+"`timeout`"+` hangs; one that prints
anything else lies. Each is an outcome of the connection, and the shim is started anew. A line has at most a megabyte.

A shim of the library's owner can also be run by hand: with options as arguments it makes one connection, and with
`+"`listen=IP:PORT`"+` instead of connect it listens, and prints `+"`"+`{"port":N}`+"`"+` first.

`, sut.ProtocolVersion)
	fmt.Fprintf(b, "## What it can do\n\nThe words of the greeting's `can`. What a shim cannot do is not asked of it.\n\n")
	docTable(b, []string{"Word", "Meaning"}, sut.Capabilities)
	fmt.Fprintf(b, "## Options\n\n")
	docTable(b, []string{"Option", "Values", "Meaning"}, sut.OptionDocs())
	fmt.Fprintf(b, "The secret is T-PRF(PAC-Key, \"PAC to master secret label hash\", server_random || client_random, 48) "+
		"(RFC 4851, Sections 5.1 and 5.5); a callback that gives N octets gives the first of them, or more that are not looked at.\n\n")
	fmt.Fprintf(b, "## Verdict\n\nMembers that are not required may be left out.\n\n")
	docTable(b, []string{"Member", "Meaning"}, sut.ReportDocs)
	return nil
}

// docTable writes what describes words of the protocol.
func docTable(b *bytes.Buffer, head []string, docs []sut.Doc) {
	var rows [][]string
	for _, d := range docs {
		row := []string{"`" + d.Name + "`"}
		if len(head) == 3 {
			row = append(row, "`"+d.Values+"`")
		}
		rows = append(rows, append(row, d.Text))
	}
	table(b, head, rows)
}
