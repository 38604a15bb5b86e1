package wire_test

import (
	"fmt"

	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// A handshake message is taken off the stream by its header, and its body goes
// to the Parse method of its type.
func Example() {
	sent := wire.ClientHello{
		Version: spec.TLS12, Suites: wire.MakeList[spec.SuiteID](0xc02f, 0x002f), Compression: []byte{0},
		ExtendedMasterSecret: true, HasTicket: true, Ticket: []byte("opaque"),
	}
	stream := sent.Append(nil)

	h, ok := wire.ParseHeader(stream)
	if !ok || h.Length > wire.MaxLength(h.Message) {
		return
	}
	var got wire.ClientHello
	fmt.Println(h.Message, got.Parse(stream[wire.HeaderLen:wire.HeaderLen+h.Length]))
	for s := range got.Suites.All() {
		fmt.Println(s)
	}
	for e, data := range got.Extensions.All() {
		fmt.Printf("%v %q\n", e, data)
	}
	// Output:
	// ClientHello true
	// ECDHE_RSA_WITH_AES_128_GCM_SHA256
	// RSA_WITH_AES_128_CBC_SHA
	// extended_master_secret ""
	// session_ticket "opaque"
}
