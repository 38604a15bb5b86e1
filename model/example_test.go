package model_test

import (
	"fmt"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// A handshake under a PAC, step by step.
func ExampleSystem() {
	scenario := spec.Scenario{
		Ticket: spec.TicketPAC, ServerCallback: spec.CallbackAccept, ClientCallback: spec.CallbackAccept,
	}
	sys, err := model.New(model.Options{Fix: scenario.WithDefaults()})
	if err != nil {
		fmt.Println(err)
		return
	}
	first := sys.Initial()[0]
	var path []model.Step
	for s := first; ; {
		enabled := sys.Enabled(s)
		if len(enabled) == 0 || enabled[0].Event == spec.ClientSendApplicationData {
			break
		}
		s = sys.Next(s, enabled[0])
		path = append(path, model.Step{Action: enabled[0], To: s})
	}
	fmt.Print(sys.Chart(first, path))
	// Output:
	// handshake ticket=pac server=accept client=accept keys=agree sid=empty named=none preferred=none tickets=off client-version=1.2 server-version=1.2 client-ems=on server-ems=on client-etm=off server-etm=off exchange=ephemeral client-auth=off client-cert=off stands-in=off trust-root=on mode=aead session-ems=on
	// ----
	// C->S ClientHello sid=empty ticket=pac
	// Server callback ticket=pac: accept
	// S->C ServerHello sid=empty suite=ECDHE_RSA_WITH_AES_128_GCM_SHA256
	// S->C ChangeCipherSpec
	// S->C Finished {pac}
	// Client callback ticket=pac: accept
	// C->S ChangeCipherSpec
	// C->S Finished {pac}
	// client established secret=pac resumed=session-secret
	// server established secret=pac resumed=session-secret
}
