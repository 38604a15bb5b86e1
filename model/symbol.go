package model

import "github.com/sesame-tls/sesame/spec"

// symbol is a message as it lies on a stream, interned in one octet.
type symbol struct {
	typ    spec.Message
	origin Origin
	sealed bool // protected with its sender's keys
	level  spec.AlertLevel
	alert  spec.AlertDescription
	empty  bool // a Certificate without a certificate
	second bool // a forged hello of the second kind: ClientHello with a PAC of the attacker's own, ServerHello with an anonymous suite
}

// The alerts that an endpoint sends with level fatal.
var fatalAlerts = [...]spec.AlertDescription{
	spec.UnexpectedMessage, spec.BadRecordMAC, spec.HandshakeFailure, spec.BadCertificate, spec.IllegalParameter,
	spec.UnknownCA, spec.DecodeError, spec.DecryptError, spec.ProtocolVersion, spec.InternalError,
	spec.InappropriateFallback, spec.UnsupportedExtension, spec.RecordOverflow,
	spec.CertificateUnknown, spec.DecryptionFailed, // the last three as quirks alone
}

// symbols holds every message; a symbol's octet is its index, and 0 is none.
var symbols = func() []symbol {
	all := []symbol{{}}
	for _, m := range []spec.Message{
		spec.HelloRequest, spec.ClientHello, spec.ServerHello, spec.Certificate, spec.ServerKeyExchange,
		spec.CertificateRequest, spec.ServerHelloDone, spec.ClientKeyExchange, spec.CertificateVerify,
		spec.NewSessionTicket, spec.ChangeCipherSpec, spec.EmptyHandshake, spec.EndOfStream,
	} {
		all = append(all, symbol{typ: m})
	}
	all = append(all, symbol{typ: spec.Certificate, empty: true})
	for _, m := range []spec.Message{
		spec.ClientHello, spec.ServerHello, spec.Certificate, spec.ServerKeyExchange, spec.ClientKeyExchange,
		spec.CertificateVerify, spec.NewSessionTicket, spec.Finished, spec.ApplicationData,
	} {
		all = append(all, symbol{typ: m, origin: Forged})
	}
	all = append(all, symbol{typ: spec.ClientHello, origin: Forged, second: true},
		symbol{typ: spec.ServerHello, origin: Forged, second: true},
		symbol{typ: spec.ClientHello, origin: Recorded})
	for _, m := range []spec.Message{spec.Finished, spec.ApplicationData} {
		for _, o := range []Origin{Honest, Recorded, Forged} {
			all = append(all, symbol{typ: m, origin: o, sealed: true})
		}
	}
	for _, sealed := range []bool{false, true} {
		for _, a := range fatalAlerts {
			all = append(all, symbol{typ: spec.Alert, level: spec.LevelFatal, alert: a, sealed: sealed})
		}
		all = append(all,
			symbol{typ: spec.Alert, level: spec.LevelWarning, alert: spec.UserCanceled, sealed: sealed},
			symbol{typ: spec.Alert, level: spec.LevelWarning, alert: spec.NoRenegotiation, sealed: sealed})
	}
	return all
}()

// octet returns a symbol's octet.
func octet(s symbol) uint8 {
	for i, have := range symbols {
		if have == s {
			return uint8(i)
		}
	}
	panic("model: no such message: " + s.typ.String())
}

// The octets that steps send or look for.
var (
	symClientHello     = octet(symbol{typ: spec.ClientHello})
	symServerHello     = octet(symbol{typ: spec.ServerHello})
	symCertificate     = octet(symbol{typ: spec.Certificate})
	symCertEmpty       = octet(symbol{typ: spec.Certificate, empty: true})
	symServerKX        = octet(symbol{typ: spec.ServerKeyExchange})
	symCertRequest     = octet(symbol{typ: spec.CertificateRequest})
	symHelloDone       = octet(symbol{typ: spec.ServerHelloDone})
	symClientKX        = octet(symbol{typ: spec.ClientKeyExchange})
	symCertVerify      = octet(symbol{typ: spec.CertificateVerify})
	symForgedCert      = octet(symbol{typ: spec.Certificate, origin: Forged})
	symForgedServerKX  = octet(symbol{typ: spec.ServerKeyExchange, origin: Forged})
	symForgedClientKX  = octet(symbol{typ: spec.ClientKeyExchange, origin: Forged})
	symForgedTicket    = octet(symbol{typ: spec.NewSessionTicket, origin: Forged})
	symForgedFinished  = octet(symbol{typ: spec.Finished, origin: Forged, sealed: true})
	symForgedSealed    = octet(symbol{typ: spec.ApplicationData, origin: Forged, sealed: true})
	symTicket          = octet(symbol{typ: spec.NewSessionTicket})
	symCCS             = octet(symbol{typ: spec.ChangeCipherSpec})
	symFinished        = octet(symbol{typ: spec.Finished, sealed: true})
	symData            = octet(symbol{typ: spec.ApplicationData, sealed: true})
	symEnd             = octet(symbol{typ: spec.EndOfStream})
	symForgedHello     = octet(symbol{typ: spec.ClientHello, origin: Forged})
	symForgedHelloPAC  = octet(symbol{typ: spec.ClientHello, origin: Forged, second: true})
	symForgedAnswer    = octet(symbol{typ: spec.ServerHello, origin: Forged})
	symForgedAnonymous = octet(symbol{typ: spec.ServerHello, origin: Forged, second: true})
	symRecordedHello   = octet(symbol{typ: spec.ClientHello, origin: Recorded})
	symNoRenegotiation = octet(symbol{typ: spec.Alert, level: spec.LevelWarning, alert: spec.NoRenegotiation, sealed: true})

	// alertSymbols holds the octet of each fatal alert, in the clear and sealed.
	alertSymbols = func() (t [2][256]uint8) {
		for _, a := range fatalAlerts {
			t[0][a] = octet(symbol{typ: spec.Alert, level: spec.LevelFatal, alert: a})
			t[1][a] = octet(symbol{typ: spec.Alert, level: spec.LevelFatal, alert: a, sealed: true})
		}
		return t
	}()
)

// receiveEvents is spec.Receive as a table.
var receiveEvents = func() (t [2][spec.Messages]spec.Event) {
	for _, r := range [...]spec.Role{spec.Client, spec.Server} {
		for m := range spec.Messages {
			t[r][m] = spec.Receive(r, spec.Message(m))
		}
	}
	return t
}()

func receive(r spec.Role, m spec.Message) spec.Event { return receiveEvents[r][m] }

func fatalAlert(a spec.AlertDescription, sealed bool) uint8 {
	i := 0
	if sealed {
		i = 1
	}
	o := alertSymbols[i][a]
	if o == 0 {
		panic("model: " + a.String() + " is not among the alerts that are sent")
	}
	return o
}
