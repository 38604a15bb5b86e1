package oracle

import (
	"fmt"

	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/spec"
)

// Class is a class of scenarios: what a system under test is told to be.
type Class struct {
	Role     spec.Role
	Callback spec.Callback
	Exchange spec.Exchange
	Auth     spec.ClientAuth // of a server
	Length   int             // of the secret under CallbackWrongLength
	Mode     spec.Mode       // ModeCBC: suites with CBC alone, and encrypt_then_mac
	Named    spec.Named      // the suite that a server's callback names
	BesideID bool            // a client has a Session ID, a session's, beside its PAC
	Needs    []string        // what the shim must be able to do
}

// Classes are the classes that every run plays; a long one has more.
func Classes(long bool) []Class {
	x, rsa := spec.ExchangeEphemeral, spec.ExchangeRSA
	callback, keyTransport := []string{"callback"}, []string{"callback", "rsa"}
	all := []Class{
		{Role: spec.Server, Callback: spec.CallbackUnset, Exchange: x},
		{Role: spec.Server, Callback: spec.CallbackAccept, Exchange: x, Needs: callback},
		{Role: spec.Server, Callback: spec.CallbackDecline, Exchange: x, Needs: callback},
		{Role: spec.Server, Callback: spec.CallbackAccept, Exchange: x, Auth: spec.ClientAuthRequire, Needs: []string{"callback", "client-auth"}},
		{Role: spec.Client, Callback: spec.CallbackUnset, Exchange: x},
		{Role: spec.Client, Callback: spec.CallbackAccept, Exchange: x, Needs: callback},
		{Role: spec.Client, Callback: spec.CallbackDecline, Exchange: x, Needs: callback},
	}
	if !long {
		return all
	}
	return append(all,
		Class{Role: spec.Server, Callback: spec.CallbackUnset, Exchange: rsa, Needs: []string{"rsa"}},
		Class{Role: spec.Server, Callback: spec.CallbackDecline, Exchange: rsa, Needs: keyTransport},
		Class{Role: spec.Server, Callback: spec.CallbackAccept, Exchange: rsa, Needs: keyTransport},
		Class{Role: spec.Server, Callback: spec.CallbackUnset, Exchange: x, Auth: spec.ClientAuthRequest, Needs: []string{"client-auth"}},
		Class{Role: spec.Server, Callback: spec.CallbackDecline, Exchange: x, Auth: spec.ClientAuthRequire, Needs: []string{"callback", "client-auth"}},
		Class{Role: spec.Server, Callback: spec.CallbackWrongLength, Length: 47, Exchange: x, Needs: []string{"callback", "length"}},
		Class{Role: spec.Client, Callback: spec.CallbackUnset, Exchange: rsa, Needs: []string{"rsa"}},
		Class{Role: spec.Client, Callback: spec.CallbackAccept, Exchange: rsa, Needs: keyTransport},
		Class{Role: spec.Client, Callback: spec.CallbackWrongLength, Length: 47, Exchange: x, Needs: []string{"callback", "length"}},
		Class{Role: spec.Server, Callback: spec.CallbackAccept, Exchange: x, Mode: spec.ModeCBC, Needs: []string{"callback", "etm"}},
		Class{Role: spec.Client, Callback: spec.CallbackAccept, Exchange: x, Mode: spec.ModeCBC, Needs: []string{"callback", "etm"}},
		Class{Role: spec.Server, Callback: spec.CallbackAccept, Exchange: x, Named: spec.NamedOffered, Needs: []string{"callback", "named"}},
		Class{Role: spec.Server, Callback: spec.CallbackAccept, Exchange: x, Named: spec.NamedNotOffered, Needs: []string{"callback", "named"}},
		Class{Role: spec.Server, Callback: spec.CallbackAccept, Exchange: x, Named: spec.NamedNotOwn, Needs: []string{"callback", "named"}},
		Class{Role: spec.Client, Callback: spec.CallbackAccept, Exchange: x, BesideID: true, Needs: []string{"callback", "session-id"}},
	)
}

// String names the class, for instance "server, callback accept, ephemeral".
func (c Class) String() string {
	s := fmt.Sprintf("%v, callback %v, %v", c.Role, c.Callback, c.Exchange)
	if c.Length > 0 {
		s += fmt.Sprintf(", %d octets", c.Length)
	}
	if c.Auth != spec.ClientAuthOpen {
		s += fmt.Sprintf(", client certificate %v", c.Auth)
	}
	if c.Mode == spec.ModeCBC {
		s += ", CBC with encrypt-then-MAC"
	}
	if c.Named != spec.NamedOpen {
		s += fmt.Sprintf(", suite named: %v", c.Named)
	}
	if c.BesideID {
		s += ", Session ID beside the PAC"
	}
	return s
}

// scenario completes what is known of an endpoint by what it was told.
func (c Class) scenario(seen spec.Scenario) spec.Scenario {
	if c.Auth != spec.ClientAuthOpen {
		seen.ClientAuth = c.Auth
	}
	if c.Callback == spec.CallbackWrongLength {
		if c.Role == spec.Server {
			seen.ServerCallback = c.Callback
		} else {
			seen.ClientCallback = c.Callback
		}
	}
	if c.Role == spec.Server && c.Callback != spec.CallbackUnset {
		seen.ServerTickets = spec.On // it is told to, and has its callback for a reason not to
	}
	if c.Mode == spec.ModeCBC {
		seen.Mode, seen.ClientEtM, seen.ServerEtM = c.Mode, spec.On, spec.On
	}
	if c.Named != spec.NamedOpen {
		seen.Named = c.Named
	}
	seen.Exchange = c.Exchange
	return seen
}

// What every connection is made with.
var (
	pacKey    = []byte("0123456789abcdef0123456789abcdef")
	pacOpaque = []byte("what the server recognises its PAC by, sealed")
)

// suites are those of a class: two, and one for versions before TLS 1.2 where
// they have AEAD.
func (c Class) suites() []spec.SuiteID {
	switch {
	case c.Exchange == spec.ExchangeRSA:
		return []spec.SuiteID{0x009c, 0x009d, 0x002f}
	case c.Mode == spec.ModeCBC:
		return []spec.SuiteID{0xc013, 0xc014}
	}
	return []spec.SuiteID{0xc02f, 0xc030, 0xc013}
}

// besides is a suite that is none of a class's.
const besides spec.SuiteID = 0x009e

// offered are the suites of whoever meets the system.
func (c Class) offered() []spec.SuiteID {
	if c.Named == spec.NamedNotOwn {
		return append(c.suites(), besides)
	}
	return c.suites()
}

// options is what a shim is told.
func (c Class) options(pki *interop.PKI) sut.Options {
	o := sut.Options{
		Role: c.Role, Min: spec.TLS12, Max: spec.TLS12, Suites: c.suites(), EMS: true, Tickets: true,
		Callback: c.Callback, Length: c.Length, Data: 20000, EtM: c.Mode == spec.ModeCBC,
	}
	switch c.Named {
	case spec.NamedOffered:
		o.Named = c.suites()[1]
	case spec.NamedNotOffered, spec.NamedNotOwn:
		o.Named = besides
	}
	if c.Callback != spec.CallbackUnset {
		o.PACKey, o.PACOpaque, o.Absent = pacKey, pacOpaque, true
	}
	if c.Callback == spec.CallbackWrongLength && c.Role == spec.Server {
		o.PACOpaque = nil // whatever the ticket
	}
	if c.Role == spec.Client {
		o.CAFile, o.Verify, o.ServerName = pki.CAFile, spec.ClientAuthRequest, interop.ServerName
		return o
	}
	id := pki.Server(interop.RSA2048)
	o.CertFile, o.KeyFile = id.CertFile, id.KeyFile
	if c.Auth != spec.ClientAuthOpen {
		o.CAFile, o.Verify = pki.CAFile, c.Auth
	}
	return o
}
