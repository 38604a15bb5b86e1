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
	seen.Exchange = c.Exchange
	return seen
}

// What every connection is made with.
var (
	pacKey    = []byte("0123456789abcdef0123456789abcdef")
	pacOpaque = []byte("what the server recognises its PAC by, sealed")
)

// suites are those of a class: two with AEAD, and what there is for versions
// before TLS 1.2.
func (c Class) suites() []spec.SuiteID {
	if c.Exchange == spec.ExchangeRSA {
		return []spec.SuiteID{0x009c, 0x009d, 0x002f}
	}
	return []spec.SuiteID{0xc02f, 0xc030, 0xc013}
}

// options is what a shim is told.
func (c Class) options(pki *interop.PKI) sut.Options {
	o := sut.Options{
		Role: c.Role, Min: spec.TLS12, Max: spec.TLS12, Suites: c.suites(), EMS: true, Tickets: true,
		Callback: c.Callback, Length: c.Length, Data: 20000,
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
