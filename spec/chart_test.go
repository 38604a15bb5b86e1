package spec

import (
	"fmt"
	"testing"
)

func ExampleSent_Line() {
	fmt.Println(Sent{Message: ClientHello, ID: IDEmpty, Ticket: TicketPAC}.Line(Client))
	fmt.Println(Sent{Message: ServerHello, ID: IDFresh, Suite: 0xc02f}.Line(Server))
	fmt.Println(Sent{Message: Finished, Keyed: PAC}.Line(Server))
	fmt.Println(Sent{Message: Alert, Level: LevelFatal, Alert: BadRecordMAC, Keyed: PAC}.Line(Client))
	// Output:
	// C->S ClientHello sid=empty ticket=pac
	// S->C ServerHello sid=fresh suite=ECDHE_RSA_WITH_AES_128_GCM_SHA256
	// S->C Finished {pac}
	// C->S Alert fatal bad_record_mac {pac}
}

func TestReadLine(t *testing.T) {
	for want, o := range map[string]Observation{
		"":                                    {Role: Client, Event: ClientStart},
		"S->C ServerHello":                    {Role: Client, Event: ClientReceiveServerHello},
		"S->C ChangeCipherSpec":               {Role: Client, Event: ClientReceiveChangeCipherSpec, Read: PAC},
		"S->C Finished {pac}":                 {Role: Client, Event: ClientReceiveFinished, Read: PAC},
		"C->S ClientHello":                    {Role: Server, Event: ServerReceiveClientHello},
		"C->S Alert warning close_notify":     {Role: Server, Event: ServerReceiveWarning, Received: AlertSeen{LevelWarning, CloseNotify}},
		"S->C Alert fatal unexpected_message": {Role: Client, Event: ClientReceiveFatalAlert, Received: AlertSeen{LevelFatal, UnexpectedMessage}},
	} {
		if got := o.ReadLine(); got != want {
			t.Errorf("%v: %q, want %q", o.Event, got, want)
		}
	}
	if got := (Observation{Role: Client, Event: ClientReceiveEndOfStream}).ReadLine(); got != "" {
		t.Errorf("the end of the stream reads as %q", got)
	}
}

func TestEventMessageInvertsReceive(t *testing.T) {
	for _, r := range []Role{Client, Server} {
		for m := range Message(Messages) {
			if e := Receive(r, m); e != ClientReject && e != ServerReject && e.Message() != m {
				t.Errorf("%v is for %v, not %v", e, m, e.Message())
			}
		}
	}
	if m := AttackerDrop.Message(); m != NoMessage {
		t.Errorf("an attacker's move takes %v", m)
	}
}
