package model

import "github.com/sesame-tls/sesame/spec"

var conductProperties = []Property{
	{
		Name: "server-callback-when-due",
		Text: "The server's callback is called for a ClientHello in order that has a ticket, and for no other, unless a " +
			"required client certificate stands above it; what it answers is done.",
		Requirements: []string{"FAST-TLS-17", "FAST-SEC-03"},
		Local:        true,
		needs:        needHello,
		on:           deliveriesTo(spec.Server),
		edge:         serverCallbackDue,
	},
	{
		Name: "client-callback-when-due",
		Text: "The client's callback is called for a ServerHello in order after a ClientHello with an opaque ticket, and " +
			"for no other; a failure or a wrong length is internal_error.",
		Requirements: []string{"FAST-TLS-12"},
		Local:        true,
		needs:        needHello,
		on:           deliveriesTo(spec.Client),
		edge: func(e *edge) (bool, bool) {
			if e.before.State != spec.AwaitServerHello {
				return e.out.call != spec.CallbackOpen, false
			}
			if e.out.event != spec.ClientReceiveServerHello && e.out.event != spec.ClientReject {
				return false, true
			}
			if e.out.event == spec.ClientReject {
				failed := e.out.call == spec.CallbackFail || e.out.call == spec.CallbackWrongLength
				return true, e.out.call == spec.CallbackOpen || failed && e.alert() == spec.InternalError
			}
			due := e.to.certain(dimTicket, of(spec.TicketPAC)) && !e.to.possible(dimClientCallback, of(spec.CallbackUnset))
			return true, (e.out.call == spec.CallbackAccept) == due && e.after.Pending == due &&
				(due || e.out.call == spec.CallbackOpen)
		},
	},
	{
		Name:         "data-after-finished",
		Text:         "Application data is sent and taken only by a side that has sent its Finished and verified the other's.",
		Requirements: []string{"FAST-TLS-23", "FAST-SEC-02", "FAST-TLS-33"},
		Local:        true,
		on: []spec.Event{
			spec.ClientSendApplicationData, spec.ServerSendApplicationData,
			spec.ClientReceiveApplicationData, spec.ServerReceiveApplicationData,
		},
		edge: func(e *edge) (bool, bool) { return true, e.before.State == spec.Established },
	},
	{
		Name: "finished-follows-change-cipher-spec",
		Text: "After the other side's ChangeCipherSpec an endpoint goes on with a Finished that opens and verifies, and with " +
			"nothing else.",
		Requirements: []string{"FAST-TLS-21", "FAST-TLS-22", "TLS-ALERT-08"},
		Local:        true,
		needs:        needFinished,
		on:           deliveries,
		edge: func(e *edge) (bool, bool) {
			return true, e.after.State == spec.Failed ||
				e.in.typ == spec.Finished && e.in.sealed && e.in.class == classGood && e.after.State == spec.Established
		},
	},
	{
		Name: "finished-in-order",
		Text: "In a full handshake the client's Finished comes first, in a shortened one the server's, and each right after " +
			"ChangeCipherSpec.",
		Requirements: []string{"FAST-TLS-20", "FAST-TLS-22"},
		Local:        true,
		needs:        needFlight,
		on:           deliveries,
		edge:         finishedInOrder,
	},
	{
		Name:         "recorded-never-opens",
		Budget:       1,
		Text:         "A protected record of another session never opens: each session has keys of its own.",
		Requirements: []string{"FAST-SEC-05", "FAST-SEC-02", "TLS-ALERT-02"},
		needs:        needForeign,
		on:           deliveries,
		edge: func(e *edge) (bool, bool) {
			return e.in.origin == Recorded && e.in.sealed, e.after.State == spec.Failed && (e.alert() == spec.BadRecordMAC) ==
				e.before.State.ReadProtected()
		},
	},
	{
		Name:         "warnings-change-nothing",
		Budget:       1,
		Text:         "HelloRequest and warning alerts during a handshake neither decide nor disarm anything.",
		Requirements: []string{"FAST-TLS-10", "TLS-BASE-18"},
		Local:        true,
		on:           []spec.Event{spec.ClientReceiveHelloRequest, spec.ClientReceiveWarning, spec.ServerReceiveWarning},
		edge:         func(e *edge) (bool, bool) { return true, *e.before == *e.after },
	},
	{
		Name: "failure-is-final",
		Text: "After a fatal alert, sent or received, an endpoint has failed, and the session that it was resuming or has added " +
			"cannot be resumed.",
		Requirements: []string{"TLS-ALERT-13"},
		Local:        true,
		on:           []spec.Event{spec.ClientReject, spec.ServerReject, spec.ClientReceiveFatalAlert, spec.ServerReceiveFatalAlert},
		edge: func(e *edge) (bool, bool) {
			return true, e.after.State == spec.Failed && !e.after.HasAdded && !(e.after.Resumed == spec.BySessionID && e.after.HasCached)
		},
	},
	{
		Name: "alert-fits",
		Text: "A record that does not open is answered with bad_record_mac, a Finished or signature that does not verify with " +
			"decrypt_error, and a message that belongs elsewhere with unexpected_message.",
		Requirements: []string{"TLS-ALERT-01", "TLS-ALERT-02", "TLS-ALERT-08", "FAST-TLS-11", "FAST-TLS-12"},
		Local:        true,
		on:           rejects,
		edge:         alertFits,
	},
	{
		Name:         "resumption-keeps-ems",
		Text:         "A session is resumed only where it was made with extended_master_secret and this handshake has negotiated it.",
		Requirements: []string{"TLS-BASE-26"},
		Local:        true,
		on:           []spec.Event{spec.ServerReceiveClientHello},
		edge: func(e *edge) (bool, bool) {
			if e.after.Resumed != spec.BySessionID && e.after.Resumed != spec.ByTicket || !e.readsHello() {
				return false, true
			}
			offered := e.after.Hello.EMS == spec.On ||
				e.after.Hello.EMS == spec.SwitchOpen && e.to.certain(dimEMS, ems(func(c, _ spec.Switch) bool { return c != spec.Off }))
			return true, offered && e.to.certain(dimSessionEMS, of(spec.On)) &&
				e.to.certain(dimEMS, ems(func(_, s spec.Switch) bool { return s != spec.Off }))
		},
	},
	{
		Name: "server-hello-extensions",
		Text: "Under a PAC ServerHello has no extensions but renegotiation_info, extended_master_secret and encrypt_then_mac, " +
			"and renegotiation_info wherever the client has signalled it.",
		Requirements: []string{"FAST-TLS-27", "FAST-TLS-39", "TLS-BASE-06"},
		Local:        true,
		on:           []spec.Event{spec.ServerReceiveClientHello},
		edge: func(e *edge) (bool, bool) {
			signalled := e.after.Hello.Renegotiation != RenegotiationStripped
			return e.after.Resumed == spec.BySessionSecret && e.readsHello(),
				!e.out.serverName && !e.after.Promised && e.out.renegotiation == signalled
		},
	},
	{
		Name:         "progress",
		Text:         "Every message that is read takes its endpoint further or leaves less to be read, so that every run ends.",
		Requirements: []string{"FAST-SEC-18"},
		on:           deliveries,
		edge: func(e *edge) (bool, bool) {
			return true, e.after.State > e.before.State ||
				e.to.toClient.len()+e.to.toServer.len() < e.from.toClient.len()+e.from.toServer.len()
		},
	},
	{
		Name: "no-needless-alert",
		Text: "On an unchanged wire a handshake fails only for a reason that lies in its scenario, and with the alert that " +
			"belongs to it.",
		Requirements: []string{"FAST-TLS-09", "FAST-TLS-17", "FAST-TLS-18", "TLS-ALERT-04", "TLS-ALERT-08"},
		needs:        needUntouched,
		on:           rejects,
		edge:         func(e *edge) (bool, bool) { return true, e.refusalDue() },
	},
}

// deliveries are the events in which an endpoint reads a message.
var deliveries = func() (all []spec.Event) {
	for e := spec.Event(0); int(e) < spec.Events; e++ {
		switch e {
		case spec.NoEvent, spec.ClientStart, spec.ClientSendApplicationData, spec.ServerSendApplicationData,
			spec.ClientTimeout, spec.ServerTimeout:
			continue
		}
		if e.Role() != spec.Attacker {
			all = append(all, e)
		}
	}
	return all
}()

// deliveriesTo returns those of r.
func deliveriesTo(r spec.Role) (all []spec.Event) {
	for _, e := range deliveries {
		if e.Role() == r {
			all = append(all, e)
		}
	}
	return all
}

// serverCallbackDue is the property server-callback-when-due. The hello is the
// one that the server has received.
func serverCallbackDue(e *edge) (premise, holds bool) {
	called := e.out.call != spec.CallbackOpen
	if e.before.State != spec.AwaitClientHello || e.out.event != spec.ServerReceiveClientHello && e.out.event != spec.ServerReject {
		return called, false
	}
	st, h := e.to, e.after.Hello
	ticket := h.Ticket >= TicketGarbage || h.Ticket == SameTicket && st.certain(dimTicket, of(spec.TicketPAC, spec.TicketSession))
	set := !st.possible(dimServerCallback, of(spec.CallbackUnset))
	waived := st.certain(dimClientAuth, of(spec.ClientAuthRequire)) && st.certain(dimStandsIn, of(spec.Off))
	if called && (!ticket || !set || waived) {
		return true, false
	}
	failed := e.out.call == spec.CallbackFail || e.out.call == spec.CallbackWrongLength
	if e.out.event == spec.ServerReject {
		// A hello that is refused before the callback's moment, after it, or by it.
		return called, !failed || e.alert() == spec.InternalError
	}
	return true, !failed && called == (ticket && set && !waived) &&
		(e.out.call == spec.CallbackAccept) == (e.after.Resumed == spec.BySessionSecret)
}

// finishedInOrder is the property finished-in-order.
func finishedInOrder(e *edge) (premise, holds bool) {
	if !e.sent(spec.Finished) {
		return false, true
	}
	last := spec.NoMessage
	for _, o := range e.out.sent[:e.out.n] {
		m := symbols[o].typ
		if m == spec.Finished && last != spec.ChangeCipherSpec {
			return true, false
		}
		last = m
	}
	abbreviated := e.after.Resumed != spec.Full
	switch e.out.event {
	case spec.ClientReceiveServerHelloDone:
		return true, !abbreviated
	case spec.ClientReceiveFinished:
		return true, abbreviated && e.before.State == spec.AwaitFinishedAbbreviated
	case spec.ServerReceiveClientHello:
		return true, abbreviated
	case spec.ServerReceiveFinished:
		return true, !abbreviated && e.before.State == spec.AwaitFinished
	}
	return true, false
}

// alertFits is the property alert-fits.
func alertFits(e *edge) (premise, holds bool) {
	switch alert := e.alert(); {
	case e.in.class == classBadMAC:
		return true, alert == spec.BadRecordMAC
	case e.in.class == classBadVerify:
		// Under another version it may not even have the right form.
		return true, alert == spec.DecryptError || alert == spec.DecodeError
	case e.in.class == classGarbage:
		return true, alert == spec.UnexpectedMessage
	case legal(e.before.State, e.in.typ):
		return false, true
	default:
		return true, alert == spec.UnexpectedMessage || alert == spec.HandshakeFailure && e.in.typ == spec.CertificateRequest
	}
}

// legal reports whether a message of type m has a place in a state at all, so
// that only what it says can be wrong.
func legal(s spec.State, m spec.Message) bool {
	switch s {
	case spec.AwaitServerHello:
		return m == spec.ServerHello
	case spec.AwaitServerFlight:
		return m == spec.Certificate || m == spec.ChangeCipherSpec || m == spec.ServerKeyExchange || m == spec.NewSessionTicket
	case spec.AwaitServerKeyExchange:
		return m == spec.ServerKeyExchange
	case spec.AwaitCertificateRequest:
		return m == spec.CertificateRequest || m == spec.ServerHelloDone
	case spec.AwaitServerHelloDone:
		return m == spec.ServerHelloDone
	case spec.AwaitClientHello:
		return m == spec.ClientHello
	case spec.AwaitClientCertificate:
		return m == spec.Certificate
	case spec.AwaitClientKeyExchange, spec.AwaitClientKeyExchangeVerify:
		return m == spec.ClientKeyExchange
	case spec.AwaitCertificateVerify:
		return m == spec.CertificateVerify
	case spec.AwaitNewSessionTicket, spec.AwaitNewSessionTicketAbbreviated:
		return m == spec.NewSessionTicket
	case spec.AwaitChangeCipherSpec, spec.AwaitChangeCipherSpecAbbreviated:
		return m == spec.ChangeCipherSpec
	case spec.AwaitFinished, spec.AwaitFinishedAbbreviated:
		return m == spec.Finished
	}
	return false
}
