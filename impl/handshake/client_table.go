package handshake

import "github.com/sesame-tls/sesame/spec"

// clientTable is all that a client does.
var clientTable = newTable([]row{
	{State: spec.Start, On: decided, Do: do(sendClientHello), Next: spec.AwaitServerHello},

	// RFC 5246, Section 7.4.1.1: HelloRequest is ignored while a handshake runs. It decides nothing.
	{State: spec.AwaitServerHello, On: spec.HelloRequest, Do: do(ignore), Next: spec.AwaitServerHello},
	{State: spec.AwaitServerFlight, On: spec.HelloRequest, Do: do(ignore), Next: spec.AwaitServerFlight},
	{State: spec.AwaitServerKeyExchange, On: spec.HelloRequest, Do: do(ignore), Next: spec.AwaitServerKeyExchange},
	{State: spec.AwaitCertificateRequest, On: spec.HelloRequest, Do: do(ignore), Next: spec.AwaitCertificateRequest},
	{State: spec.AwaitServerHelloDone, On: spec.HelloRequest, Do: do(ignore), Next: spec.AwaitServerHelloDone},
	{State: spec.AwaitNewSessionTicket, On: spec.HelloRequest, Do: do(ignore), Next: spec.AwaitNewSessionTicket},
	{State: spec.AwaitNewSessionTicketAbbreviated, On: spec.HelloRequest, Do: do(ignore), Next: spec.AwaitNewSessionTicketAbbreviated},
	{State: spec.AwaitChangeCipherSpec, On: spec.HelloRequest, Do: do(ignore), Next: spec.AwaitChangeCipherSpec},
	{State: spec.AwaitChangeCipherSpecAbbreviated, On: spec.HelloRequest, Do: do(ignore), Next: spec.AwaitChangeCipherSpecAbbreviated},

	{State: spec.AwaitServerHello, On: spec.ServerHello, Do: do(readServerHello), Next: deciding},
	{State: spec.AwaitServerHello, On: decided, If: sessionNamed | ticketPromised, Do: do(takeUpSession), Next: spec.AwaitNewSessionTicketAbbreviated},
	{State: spec.AwaitServerHello, On: decided, If: sessionNamed, Do: do(takeUpSession), Next: spec.AwaitChangeCipherSpecAbbreviated},
	{State: spec.AwaitServerHello, On: decided, If: ticketWithSecret, Do: do(askSecret, armTicket), Next: spec.AwaitServerFlight},
	{State: spec.AwaitServerHello, On: decided, Next: spec.AwaitServerFlight},

	// RFC 4851, Section 3.2.3: ChangeCipherSpec right after ServerHello means that the ticket was accepted,
	// any other message that it was not.
	{State: spec.AwaitServerFlight, On: spec.ChangeCipherSpec, If: ticketPending | anonymousSuite, Do: do(refuseAnonymousTicket), Next: spec.Failed},
	{State: spec.AwaitServerFlight, On: spec.ChangeCipherSpec, If: ticketPending, Do: do(useSessionSecret, activateRead), Next: spec.AwaitFinishedAbbreviated},
	{State: spec.AwaitServerFlight, On: spec.Certificate, If: ephemeralSuite, Unless: anonymousSuite | idEchoed,
		Do: do(dropSessionSecret, readServerCertificate, takeServerKey), Next: spec.AwaitServerKeyExchange},
	{State: spec.AwaitServerFlight, On: spec.Certificate, Unless: anonymousSuite | idEchoed,
		Do: do(dropSessionSecret, readServerCertificate, takeServerKey), Next: spec.AwaitCertificateRequest},
	{State: spec.AwaitServerFlight, On: spec.ServerKeyExchange, If: anonymousSuite, Unless: idEchoed,
		Do: do(dropSessionSecret, readServerKeyExchange), Next: spec.AwaitCertificateRequest},

	// RFC 5077, Section 3.4: a session's ticket with an empty Session ID is accepted in the same way.
	{State: spec.AwaitServerFlight, On: spec.ChangeCipherSpec, If: ticketAlone, Unless: ticketPromised,
		Do: do(takeUpSession, activateRead), Next: spec.AwaitFinishedAbbreviated},
	{State: spec.AwaitServerFlight, On: spec.NewSessionTicket, If: ticketAlone | ticketPromised,
		Do: do(takeUpSession, readNewSessionTicket), Next: spec.AwaitChangeCipherSpecAbbreviated},

	// RFC 5246, Section 7.3, Figure 1: the full handshake.
	{State: spec.AwaitServerKeyExchange, On: spec.ServerKeyExchange, Do: do(readServerKeyExchange), Next: spec.AwaitCertificateRequest},
	{State: spec.AwaitCertificateRequest, On: spec.CertificateRequest, If: anonymousSuite, Do: do(refuseAnonymousRequest), Next: spec.Failed},
	{State: spec.AwaitCertificateRequest, On: spec.CertificateRequest, Do: do(readCertificateRequest), Next: spec.AwaitServerHelloDone},
	{State: spec.AwaitCertificateRequest, On: spec.ServerHelloDone, If: ticketPromised, Do: flightWithoutCertificate, Next: spec.AwaitNewSessionTicket},
	{State: spec.AwaitCertificateRequest, On: spec.ServerHelloDone, Do: flightWithoutCertificate, Next: spec.AwaitChangeCipherSpec},
	{State: spec.AwaitServerHelloDone, On: spec.ServerHelloDone, If: ticketPromised, Do: flightWithCertificate, Next: spec.AwaitNewSessionTicket},
	{State: spec.AwaitServerHelloDone, On: spec.ServerHelloDone, Do: flightWithCertificate, Next: spec.AwaitChangeCipherSpec},

	// RFC 5077, Section 3.3: NewSessionTicket comes before ChangeCipherSpec, if ServerHello has announced it.
	{State: spec.AwaitNewSessionTicket, On: spec.NewSessionTicket, Do: do(readNewSessionTicket), Next: spec.AwaitChangeCipherSpec},
	{State: spec.AwaitNewSessionTicketAbbreviated, On: spec.NewSessionTicket, Do: do(readNewSessionTicket), Next: spec.AwaitChangeCipherSpecAbbreviated},

	// RFC 5246, Section 7.4.9: Finished, and nothing else, follows ChangeCipherSpec.
	{State: spec.AwaitChangeCipherSpec, On: spec.ChangeCipherSpec, Do: do(activateRead), Next: spec.AwaitFinished},
	{State: spec.AwaitFinished, On: spec.Finished, Do: do(verifyFinished, askConfirmation, issueSession), Next: spec.Established},
	// RFC 5246, Section 7.3, Figure 2: in a shortened handshake the server's Finished comes first.
	{State: spec.AwaitChangeCipherSpecAbbreviated, On: spec.ChangeCipherSpec, Do: do(activateRead), Next: spec.AwaitFinishedAbbreviated},
	{State: spec.AwaitFinishedAbbreviated, On: spec.Finished,
		Do: do(verifyFinished, askConfirmation, sendChangeCipherSpec, sendFinished, issueSession), Next: spec.Established},

	{State: spec.Established, On: spec.ApplicationData, Do: do(deliver), Next: spec.Established},
	{State: spec.Established, On: spec.HelloRequest, Do: do(refuseRenegotiation), Next: spec.Established},
})

// The client's flight after ServerHelloDone.
var (
	flightWithoutCertificate = do(readServerHelloDone, sendClientKeyExchange, deriveMasterSecret, sendChangeCipherSpec, sendFinished)
	flightWithCertificate    = do(readServerHelloDone, askCertificate, sendClientCertificate, sendClientKeyExchange, deriveMasterSecret,
		askClientSignature, sendCertificateVerify, sendChangeCipherSpec, sendFinished)
)

func do(actions ...action) []action { return actions }
