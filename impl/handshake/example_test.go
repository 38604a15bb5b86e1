package handshake_test

import (
	"fmt"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/spec"
)

// Both ends of a handshake with a session secret, over two buffers. The whole
// of what a caller does is in turn.
func Example() {
	client, err := handshake.NewClient(&handshake.Config{}, &handshake.ClientParams{Ticket: []byte("opaque"), HasSecret: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Release()
	server := handshake.NewServer(&handshake.Config{SessionSecrets: true})
	defer server.Release()

	var toServer, toClient []byte
	for server.State() != spec.Established {
		toServer = turn(client, toClient)
		toClient = turn(server, toServer)
	}
	fmt.Println(client.Info().Resumed, client.Info().Version)

	sealed, err := client.Seal(nil, []byte("hello"))
	if err != nil {
		fmt.Println(err)
		return
	}
	turn(server, sealed)
	// Output:
	// session-secret TLS 1.2
	// the data is "hello"
}

// turn gives octets to a machine until it wants more, and returns what it sends.
func turn(m *handshake.Machine, in []byte) (out []byte) {
	for {
		var n int
		var ev handshake.Event
		var err error
		out, n, ev, err = m.Step(out, in)
		if err != nil {
			fmt.Println(err) // out holds the alert
			return out
		}
		in = in[n:]
		switch ev {
		case handshake.NeedInput:
			return out
		case handshake.SecretWanted:
			// RFC 4851, Section 5.1: what both sides make of the PAC-Key.
			var secret [prf.MasterSecretSize]byte
			new(prf.PRF).SessionSecret(secret[:], []byte("the key that goes with the ticket"), m.ServerRandom(), m.ClientRandom())
			m.AcceptSecret(secret[:], 0)
		case handshake.Data:
			fmt.Printf("the data is %q\n", m.Data())
		}
	}
}

// The table says what a machine does: here, what a client makes of the message
// after ServerHello.
func ExampleRows() {
	for _, r := range handshake.Rows(spec.Client) {
		if r.State == spec.AwaitServerFlight && r.On != spec.HelloRequest {
			fmt.Printf("%v %v: %v\n", r.On, r.If, r.Next)
		}
	}
	// Output:
	// ChangeCipherSpec [ticketPending anonymousSuite]: Failed
	// ChangeCipherSpec [ticketPending]: AwaitFinishedAbbreviated
	// Certificate [ephemeralSuite]: AwaitServerKeyExchange
	// Certificate []: AwaitCertificateRequest
	// ServerKeyExchange [anonymousSuite]: AwaitCertificateRequest
	// ChangeCipherSpec [ticketAlone]: AwaitFinishedAbbreviated
	// NewSessionTicket [ticketAlone ticketPromised]: AwaitChangeCipherSpecAbbreviated
}

func ExampleError() {
	m := handshake.NewServer(&handshake.Config{})
	defer m.Release()
	// A handshake record with a Finished, from nowhere.
	_, _, _, err := m.Step(nil, append([]byte{22, 3, 3, 0, 16, 20, 0, 0, 12}, make([]byte, 12)...))
	fmt.Println(err)
	// Output: tls: unexpected Finished in AwaitClientHello (RFC 5246, Section 7.3; TLS-ALERT-01)
}
