package handshake

import "github.com/sesame-tls/sesame/spec"

// serverTable is all that a server does.
var serverTable = newTable([]row{
	{State: spec.AwaitClientHello, On: spec.ClientHello, Do: do(readClientHello, askSession, considerSession), Next: deciding},

	// RFC 5246, Section 7.3, Figure 2: the shortened handshake, by the callback's secret or by a session's.
	{State: spec.AwaitClientHello, On: decided, If: secretGiven, Do: do(chooseTicketSuite, sendServerHello, deriveKeys, sendChangeCipherSpec, sendFinished),
		Next: spec.AwaitChangeCipherSpecAbbreviated},
	{State: spec.AwaitClientHello, On: decided, If: sessionFound, Do: do(sendServerHello, deriveKeys, sendChangeCipherSpec, sendFinished),
		Next: spec.AwaitChangeCipherSpecAbbreviated},

	// RFC 5246, Section 7.3, Figure 1: the full handshake. RFC 5246, Section 7.4.4: an anonymous server asks for no certificate.
	{State: spec.AwaitClientHello, On: decided, Unless: suiteChosen, Do: do(askServerCertificate, chooseSuite), Next: deciding},
	{State: spec.AwaitClientHello, On: decided, If: anonymousSuite,
		Do: do(makeServerKey, sendServerHello, sendServerKeyExchange, sendServerHelloDone), Next: spec.AwaitClientKeyExchange},
	{State: spec.AwaitClientHello, On: decided, If: ephemeralSuite | clientAsked,
		Do:   do(makeServerKey, askServerSignature, sendServerHello, sendServerCertificate, sendServerKeyExchange, sendCertificateRequest, sendServerHelloDone),
		Next: spec.AwaitClientCertificate},
	{State: spec.AwaitClientHello, On: decided, If: ephemeralSuite,
		Do:   do(makeServerKey, askServerSignature, sendServerHello, sendServerCertificate, sendServerKeyExchange, sendServerHelloDone),
		Next: spec.AwaitClientKeyExchange},
	{State: spec.AwaitClientHello, On: decided, If: clientAsked,
		Do: do(sendServerHello, sendServerCertificate, sendCertificateRequest, sendServerHelloDone), Next: spec.AwaitClientCertificate},
	{State: spec.AwaitClientHello, On: decided, Do: do(sendServerHello, sendServerCertificate, sendServerHelloDone), Next: spec.AwaitClientKeyExchange},

	{State: spec.AwaitClientCertificate, On: spec.Certificate, Do: do(readClientCertificate, takeClientKey), Next: deciding},
	{State: spec.AwaitClientCertificate, On: decided, If: certificateCame, Next: spec.AwaitClientKeyExchangeVerify},
	{State: spec.AwaitClientCertificate, On: decided, Next: spec.AwaitClientKeyExchange},
	{State: spec.AwaitClientKeyExchange, On: spec.ClientKeyExchange, Do: do(readClientKeyExchange, deriveMasterSecret), Next: spec.AwaitChangeCipherSpec},
	// RFC 5246, Section 7.4.8: CertificateVerify follows if the client has sent a certificate, and only then.
	{State: spec.AwaitClientKeyExchangeVerify, On: spec.ClientKeyExchange, Do: do(readClientKeyExchange, deriveMasterSecret), Next: spec.AwaitCertificateVerify},
	{State: spec.AwaitCertificateVerify, On: spec.CertificateVerify, Do: do(verifyCertificateVerify), Next: spec.AwaitChangeCipherSpec},

	// RFC 5246, Section 7.4.9: Finished, and nothing else, follows ChangeCipherSpec.
	{State: spec.AwaitChangeCipherSpec, On: spec.ChangeCipherSpec, Do: do(activateRead), Next: spec.AwaitFinished},
	// RFC 5077, Section 3.3: NewSessionTicket once the client's Finished has verified, and before ChangeCipherSpec.
	{State: spec.AwaitFinished, On: spec.Finished, If: ticketPromised,
		Do: do(verifyFinished, askConfirmation, askTicket, sendNewSessionTicket, sendChangeCipherSpec, sendFinished, issueSession), Next: spec.Established},
	{State: spec.AwaitFinished, On: spec.Finished,
		Do: do(verifyFinished, askConfirmation, sendChangeCipherSpec, sendFinished, issueSession), Next: spec.Established},
	{State: spec.AwaitChangeCipherSpecAbbreviated, On: spec.ChangeCipherSpec, Do: do(activateRead), Next: spec.AwaitFinishedAbbreviated},
	{State: spec.AwaitFinishedAbbreviated, On: spec.Finished, Do: do(verifyFinished, askConfirmation), Next: spec.Established},

	{State: spec.Established, On: spec.ApplicationData, Do: do(deliver), Next: spec.Established},
	{State: spec.Established, On: spec.ClientHello, Do: do(refuseRenegotiation), Next: spec.Established},
})
