package kx_test

import (
	"bytes"
	"fmt"

	"github.com/sesame-tls/sesame/impl/internal/kx"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// A client and a server agree on a premaster secret in a group of the server's
// choice.
func Example() {
	listed := wire.MakeList(spec.Secp521r1, spec.X25519)
	group, _ := kx.ChooseCurve(kx.Groups(), listed)
	server, err := kx.GenerateKey(nil, group)
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := kx.GenerateKey(nil, group)
	if err != nil {
		fmt.Println(err)
		return
	}
	ours, _ := server.Premaster(nil, client.Public())
	theirs, _ := client.Premaster(nil, server.Public())
	fmt.Println(group, len(ours), bytes.Equal(ours, theirs))

	_, err = server.Premaster(nil, make([]byte, 32))
	fmt.Println(err.(*kx.Error).Alert)
	// Output:
	// x25519 32 true
	// illegal_parameter
}
