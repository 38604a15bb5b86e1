package record_test

import (
	"fmt"

	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/spec"
)

// Two ends of one direction: keys out of a key block, a record sealed and opened.
func Example() {
	suite, _ := spec.SuiteByID(0xc02f)
	block := make([]byte, record.KeyBlockSize(spec.TLS12, suite)) // from prf.PRF.KeyBlock
	client, _ := record.SplitKeyBlock(block, spec.TLS12, suite)

	var write, read record.Half
	if err := write.PrepareWrite(spec.TLS12, suite, client, false); err != nil {
		fmt.Println(err)
	}
	if err := read.PrepareRead(spec.TLS12, suite, client, false); err != nil {
		fmt.Println(err)
	}
	// Each at its ChangeCipherSpec:
	write.Activate()
	read.Activate()

	wire, _ := write.Seal(nil, spec.ContentApplicationData, []byte("open sesame"))
	fmt.Println(len(wire), "octets on the wire")
	_, data, n, err := read.Open(wire)
	fmt.Println(n, string(data), err)
	// Output:
	// 40 octets on the wire
	// 40 open sesame <nil>
}

// What a peer is told about a record that is refused.
func ExampleHalf_Open() {
	var read record.Half
	_, _, _, err := read.Open([]byte("GET / HTTP/1.1\r\n"))
	fmt.Println(err)
	_, _, n, err := read.Open([]byte{22, 3, 1, 0, 4, 0, 0})
	fmt.Println(n, err)
	// Output:
	// record: the peer speaks HTTP without TLS (RFC 5246, Section 6)
	// 0 <nil>
}
