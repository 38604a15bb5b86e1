package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// forger is a server that knows a session's or a ticket's secret, and makes of it
// by itself what ours makes, or what no server of ours does.
type forger struct {
	session *handshake.Session
	out     record.Half
}

// answer returns a flight that resumes the session, with a ticket if one is
// given, and with verify_data that differs in an octet if at is one.
func (f *forger) answer(client *side, ticket []byte, at int) []byte {
	suite, _ := spec.SuiteByID(f.session.Suite)
	hash := prf.Of(f.session.Version, suite)
	hello := client.Hello()
	h := wire.ServerHello{
		Version: f.session.Version, SessionID: hello.SessionID, Suite: f.session.Suite, ExtendedMasterSecret: f.session.ExtendedMasterSecret,
		HasRenegotiationInfo: true, Ticket: ticket != nil,
	}
	messages := [][]byte{h.Append(nil)}
	if ticket != nil {
		messages = append(messages, (&wire.NewSessionTicket{LifetimeHint: 60, Ticket: ticket}).Append(nil))
	}
	var p prf.PRF
	var t prf.Transcript
	t.Choose(hash)
	t.Write(hello.Append(nil))
	var flight []byte
	for _, m := range messages {
		t.Write(m)
		flight = append(flight, inClear(spec.ContentHandshake, m)...)
	}
	flight = append(flight, inClear(spec.ContentChangeCipherSpec, []byte{1})...)
	block := make([]byte, record.KeyBlockSize(h.Version, suite))
	p.KeyBlock(block, hash, f.session.Secret[:], h.Random[:], hello.Random[:])
	_, own := record.SplitKeyBlock(block, h.Version, suite)
	f.out = record.Half{}
	if err := errors.Join(f.out.PrepareWrite(h.Version, suite, own, false), f.out.Activate()); err != nil {
		panic(err)
	}
	var finished wire.Finished
	p.VerifyData(finished.VerifyData[:], hash, f.session.Secret[:], spec.Server, t.Sum(nil))
	if at >= 0 {
		finished.VerifyData[at] ^= 0x80
	}
	return append(flight, f.seal(spec.ContentHandshake, finished.Append(nil))...)
}

func (f *forger) seal(t spec.ContentType, content []byte) []byte {
	out, err := f.out.Seal(nil, t, content)
	if err != nil {
		panic(err)
	}
	return out
}

// forgeries are what a client meets at such a server.
func forgeries(session *handshake.Session) error {
	f := forger{session: session}
	next := func(ticket []byte, at int) (*side, error) {
		c, err := handshake.NewClient(&handshake.Config{Suites: []spec.SuiteID{session.Suite}, Tickets: true}, &handshake.ClientParams{Session: session})
		if err != nil {
			return nil, err
		}
		client := newSide(c)
		client.step(nil)
		client.step(f.answer(client, ticket, at))
		return client, nil
	}
	for at := range prf.VerifyDataSize {
		client, err := next(nil, at)
		if err == nil {
			err = client.refuses(spec.DecryptError)
		}
		if err != nil {
			return fmt.Errorf("octet %d of verify_data is wrong: %w", at, err)
		}
	}
	if err := forgedPAC(session.Suite); err != nil {
		return err
	}
	client, err := next([]byte("renewed"), -1)
	if err != nil {
		return err
	}
	if client.State() != spec.Established || client.count(handshake.SessionIssued) != 1 || !bytes.Equal(client.Session().Ticket, []byte("renewed")) {
		return fmt.Errorf("a renewed ticket is not handed up in %v: %v", client.State(), client.err)
	}
	client.step(f.seal(spec.ContentAlert, []byte{byte(spec.LevelWarning), byte(spec.CloseNotify)}))
	client.step(f.seal(spec.ContentApplicationData, []byte("late")))
	if client.count(handshake.CloseNotify) == 0 || client.count(handshake.Data) > 0 {
		return fmt.Errorf("data after close_notify is delivered (RFC 5246, Section 7.2.1)")
	}
	return nil
}

// forgedPAC is a server that knows the ticket's secret: the client takes what it
// has made of it by itself.
func forgedPAC(suite spec.SuiteID) error {
	c, err := handshake.NewClient(&handshake.Config{Suites: []spec.SuiteID{suite}}, &handshake.ClientParams{Ticket: ticket, HasSecret: true})
	if err != nil {
		return err
	}
	f := forger{session: &handshake.Session{Version: spec.TLS12, Suite: suite, ExtendedMasterSecret: true, Secret: [48]byte(secret)}}
	client := newSide(c)
	client.step(nil)
	client.step(f.answer(client, nil, -1))
	if client.State() != spec.Established || client.Info().Resumed != spec.BySessionSecret {
		return fmt.Errorf("a server with the ticket's secret is not understood in %v: %w", client.State(), client.err)
	}
	return nil
}
