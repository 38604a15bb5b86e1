package probe

import (
	"context"
	"fmt"

	"github.com/sesame-tls/sesame/check/cases"
	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/learn/mapper"
	"github.com/sesame-tls/sesame/spec"
)

func say(names ...string) (all []cases.Message) {
	for _, n := range names {
		all = append(all, cases.Message{Message: n})
	}
	return all
}

func answers(names ...string) cases.Outcome {
	var o cases.Outcome
	for _, n := range names {
		o.Answers = append(o.Answers, cases.Answer{Message: n})
	}
	return o
}

// prime makes the session that a case's player has, and returns the word with
// which a client is told to offer it.
func (p *player) prime(ctx context.Context, s System, c *cases.Case) (word string, err error) {
	u := c.Setup
	kind := u.Session
	u.Session = ""
	if c.System == "client" {
		u.Callback, u.Ticket = "", "" // a session is made without a PAC
		return p.primeClient(ctx, s, u, kind == "id-without-ems")
	}
	if kind == "both" {
		if err := p.primeServer(ctx, s, u, "id"); err != nil {
			return "", err
		}
		id := p.session
		err := p.primeServer(ctx, s, u, "ticket")
		p.session.ID, p.session.IDSecret = id.ID, id.IDSecret
		return "", err
	}
	if err := p.primeServer(ctx, s, u, kind); err != nil {
		return "", err
	}
	if kind != "id-beside-failed-pac" {
		return "", nil
	}
	hello := cases.Message{Message: "ClientHello", Hello: &cases.Hello{Ticket: "pac", SessionID: "cached"}}
	_, err = p.converse(ctx, s, spec.Server, u, []cases.Step{
		{Send: []cases.Message{hello}, Allow: []cases.Outcome{answers("ServerHello", "ChangeCipherSpec", "Finished")}},
		{Send: []cases.Message{{Message: "ChangeCipherSpec"}, {Message: "Finished", Wrong: true}}, Allow: []cases.Outcome{{Answers: answers("Alert").Answers, Closed: true}}},
	})
	return "", err
}

// converse makes a connection that has to go as it is said. A system that does
// otherwise gives no session.
func (p *player) converse(ctx context.Context, s System, system spec.Role, u cases.Setup, steps []cases.Step) (Ending, error) {
	conn, err := s.Connect(ctx, system, u, "")
	if err != nil {
		return Ending{}, err
	}
	p.begin(conn)
	found, err := p.play(ctx, steps)
	end := conn.End()
	switch {
	case err != nil:
		return end, err
	case end.Fault != "":
		return end, &Missing{"the system makes no session: " + end.Fault}
	case found.step >= 0:
		return end, &Missing{fmt.Sprintf("the system makes no session: it answers %s", found.got)}
	}
	return end, nil
}

// primeServer makes a full handshake with a server.
func (p *player) primeServer(ctx context.Context, s System, u cases.Setup, kind string) error {
	hello := &cases.Hello{Suites: u.Suites}
	switch kind {
	case "id-without-ems":
		hello.EMS = "off"
	case "id-by-name":
		hello.Name = interop.ServerName
	}
	flight := []string{"ServerHello", "Certificate", "ServerKeyExchange", "ServerHelloDone"}
	var proof []string
	if u.Verify != "" {
		flight = []string{"ServerHello", "Certificate", "ServerKeyExchange", "CertificateRequest", "ServerHelloDone"}
		proof = []string{"Certificate"}
	}
	end := answers("ChangeCipherSpec", "Finished")
	if kind == "ticket" {
		hello.Ticket = "empty"
		end = answers("NewSessionTicket", "ChangeCipherSpec", "Finished")
	}
	keys := append(proof, "ClientKeyExchange")
	if proof != nil {
		keys = append(keys, "CertificateVerify")
	}
	goodbye := cases.Message{Message: "Alert", Level: "warning", Alert: "close_notify"}
	if kind == "id-after-alert" {
		goodbye = cases.Message{Message: "Alert", Level: "fatal", Alert: "handshake_failure"}
	}
	steps := []cases.Step{
		{Send: []cases.Message{{Message: "ClientHello", Hello: hello}}, Allow: []cases.Outcome{answers(flight...)}},
		{Send: say(append(keys, "ChangeCipherSpec", "Finished")...), Allow: []cases.Outcome{end}},
		{Send: []cases.Message{goodbye}, Allow: []cases.Outcome{{Closed: true}, {Answers: []cases.Answer{{Message: "Alert", Level: "warning"}}}}},
	}
	if _, err := p.converse(ctx, s, spec.Server, u, steps); err != nil {
		return err
	}
	o, _ := p.mapper.Established()
	p.session = mapper.Session{ID: o.ID, IDSecret: o.Secret}
	if kind == "ticket" {
		p.session = mapper.Session{Ticket: o.Ticket, TicketSecret: o.Secret}
	} else if len(o.ID) == 0 {
		return &Missing{"the system gives its sessions no ID"}
	}
	return nil
}

// primeClient makes a full handshake with a client.
func (p *player) primeClient(ctx context.Context, s System, u cases.Setup, withoutEMS bool) (string, error) {
	hello := &cases.Hello{SessionID: "fresh"}
	if withoutEMS {
		hello.EMS = "off"
	}
	steps := []cases.Step{
		{Allow: []cases.Outcome{answers("ClientHello")}},
		{Send: append([]cases.Message{{Message: "ServerHello", Hello: hello}}, say("Certificate", "ServerKeyExchange", "ServerHelloDone")...),
			Allow: []cases.Outcome{answers("ClientKeyExchange", "ChangeCipherSpec", "Finished")}},
		{Send: say("ChangeCipherSpec", "Finished"), Allow: []cases.Outcome{answers("ApplicationData")}},
		{Send: say("ApplicationData"), Allow: []cases.Outcome{{Answers: []cases.Answer{{Message: "Alert", Level: "warning"}}}}},
	}
	end, err := p.converse(ctx, s, spec.Client, u, steps)
	if err != nil {
		return "", err
	}
	if end.Session == "" {
		return "", &Missing{"the system keeps no session"}
	}
	o, _ := p.mapper.Established()
	p.session = mapper.Session{ID: o.ID, IDSecret: o.Secret}
	return end.Session, nil
}
