package target_test

import (
	"context"
	"fmt"

	"github.com/sesame-tls/sesame/check/learn/target"
	"github.com/sesame-tls/sesame/spec"
)

// What a client that has offered a PAC makes of the message after ServerHello,
// learned, and held against the model of a library that has it otherwise.
func Example() {
	ctx := context.Background()
	scenario := target.ScenarioOf(spec.Client, spec.CallbackAccept)
	client, err := target.NewImpl(spec.Client, scenario, 1)
	if err != nil {
		panic(err)
	}
	result, err := target.Learn(ctx, client, nil, target.Options{Walks: 2000})
	if err != nil {
		panic(err)
	}
	hello := "ServerHello sid=empty ticket-extension=off"
	for _, next := range []string{"ChangeCipherSpec", "Certificate", "HelloRequest", "NewSessionTicket"} {
		fmt.Println(next, "/", result.Machine.Run([]string{hello, next})[1])
	}
	libressl, err := spec.ProfileByName("libressl")
	if err != nil {
		panic(err)
	}
	other, err := target.Expect(client, scenario, libressl)
	if err != nil {
		panic(err)
	}
	fmt.Println(target.Differences(result.Machine, other, spec.Client)[0])
	// Output:
	// ChangeCipherSpec / -
	// Certificate / -
	// HelloRequest / -
	// NewSessionTicket / Alert(unexpected_message) closed
	// S->C ServerHello sid=empty ticket-extension=off
	// S->C NewSessionTicket
	// model:   -
	// learned: Alert(unexpected_message) closed
}
