package cases

import (
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// kind is one kind of handshake: the dimensions that all can be combined.
type kind struct {
	role     spec.Role
	callback spec.Callback // what answers the PAC: the system's, or the player in a server's place; unset: there is no PAC
	version  spec.Version
	suite    spec.Suite
	ems, etm bool
	auth     auth
	tickets  bool
}

// auth is client authentication.
type auth uint8

const (
	noAuth         auth = iota
	requestWithout      // asked for, and an empty Certificate comes
	requestWith
	requireWith
	auths = int(requireWith) + 1
)

var authNames = [auths]string{"", "request-without", "request", "require"}

// kindsOf returns every kind for a role.
func kindsOf(r spec.Role) (all []kind) {
	for _, callback := range []spec.Callback{spec.CallbackAccept, spec.CallbackDecline, spec.CallbackUnset} {
		for _, v := range []spec.Version{spec.TLS12, spec.TLS11, spec.TLS10} {
			for _, suite := range suitesFor(v) {
				for i := range 2 * 2 * 2 * auths {
					all = append(all, kind{r, callback, v, suite, i&1 == 0, i&2 == 0, auth(i >> 3), i&4 != 0})
				}
			}
		}
	}
	return all
}

// suitesFor returns one suite for each key exchange, cipher and hash of a
// version.
func suitesFor(v spec.Version) (all []spec.Suite) {
	for _, s := range spec.Suites() {
		// AES-256-CBC differs from AES-128-CBC in nothing that a handshake sees.
		twin := s.Cipher == spec.AES256CBC && s.MAC != spec.SHA384
		if !s.KeyExchange.Anonymous() && s.MinVersion <= v && !twin {
			all = append(all, s)
		}
	}
	return all
}

// chosenKinds returns kinds in which each two settings of different dimensions
// come together.
func chosenKinds(all []kind) (chosen []kind) {
	missing := map[string]bool{}
	for _, k := range all {
		for _, p := range k.pairs() {
			missing[p] = true
		}
	}
	left := make([][]string, len(all))
	for i, k := range all {
		left[i] = k.pairs()
	}
	for len(missing) > 0 {
		best, most := 0, 0
		for i := range all {
			// From another place each time, so that equals come in turn.
			i = (i + len(chosen)*len(all)/5) % len(all)
			n := 0
			for _, p := range left[i] {
				if missing[p] {
					n++
				}
			}
			if n > most {
				best, most = i, n
			}
		}
		for _, p := range left[best] {
			delete(missing, p)
		}
		chosen = append(chosen, all[best])
	}
	return chosen
}

// pairs returns each two of a kind's settings.
func (k kind) pairs() (pairs []string) {
	// Version and suite hang together, and are one dimension.
	settings := []string{
		"callback=" + k.callback.String(), versionName(k.version) + " " + k.suite.Name, fmt.Sprint("ems=", k.ems), fmt.Sprint("etm=", k.etm),
		"auth=" + authNames[k.auth], fmt.Sprint("tickets=", k.tickets),
	}
	for i, a := range settings {
		for _, b := range settings[i+1:] {
			pairs = append(pairs, a+"|"+b)
		}
	}
	return pairs
}

// id names a kind by its settings.
func (k kind) id() string {
	words := []string{}
	add := func(on bool, word string) {
		if on {
			words = append(words, word)
		}
	}
	add(k.ems, "ems")
	add(k.etm, "etm")
	add(k.auth != noAuth, authNames[k.auth])
	add(k.tickets, "tickets")
	if len(words) == 0 {
		words = append(words, "bare")
	}
	return strings.Join([]string{roleName(k.role), "kinds", k.callback.String(), versionName(k.version), k.suite.Name, strings.Join(words, "+")}, "/")
}

func onOff(b bool) spec.Switch {
	if b {
		return spec.On
	}
	return spec.Off
}

// scenario returns the kind in the model's words.
func (k kind) scenario() spec.Scenario {
	offer := map[spec.Version]spec.Offer{spec.TLS10: spec.OfferTLS10, spec.TLS11: spec.OfferTLS11, spec.TLS12: spec.OfferTLS12}[k.version]
	sc := spec.Scenario{
		ClientVersion: offer, ServerVersion: offer, ClientEMS: onOff(k.ems), ServerEMS: onOff(k.ems), ClientEtM: onOff(k.etm),
		ServerEtM: onOff(k.etm), Exchange: spec.ExchangeEphemeral, Mode: spec.ModeCBC, ServerTickets: onOff(k.tickets),
	}
	if k.suite.KeyExchange == spec.RSA {
		sc.Exchange = spec.ExchangeRSA
	}
	if k.suite.Cipher.AEAD() {
		sc.Mode = spec.ModeAEAD
	}
	if k.role == spec.Server {
		sc.ServerCallback = k.callback
	} else if k.callback != spec.CallbackUnset {
		sc.ClientCallback, sc.Ticket = spec.CallbackAccept, spec.TicketPAC
	} else if k.tickets {
		sc.Ticket = spec.TicketEmpty
	}
	sc.ClientAuth = []spec.ClientAuth{spec.ClientAuthOff, spec.ClientAuthRequest, spec.ClientAuthRequest, spec.ClientAuthRequire}[k.auth]
	sc.ClientCert = onOff(k.auth >= requestWith)
	return sc.WithDefaults()
}

// setup returns what the kind's system is to be like.
func (k kind) setup() Setup {
	s := Setup{Suites: []string{k.suite.Name}, Tickets: k.tickets}
	if k.version != spec.TLS12 {
		s.Min, s.Max = versionName(k.version), versionName(k.version)
	}
	if k.suite.KeyExchange == spec.ECDHEECDSA {
		s.Certificate = "ecdsa"
	}
	if !k.ems {
		s.EMS = "off"
	}
	if !k.etm {
		s.EtM = "off"
	}
	switch {
	case k.role == spec.Server:
		s.Callback = map[spec.Callback]string{spec.CallbackAccept: "accept", spec.CallbackDecline: "decline"}[k.callback]
		s.Verify = []string{"", "request", "request", "require"}[k.auth]
	case k.callback != spec.CallbackUnset:
		s.Callback, s.Ticket = "accept", "pac"
	}
	if k.role == spec.Client {
		s.Identity = k.auth >= requestWith
	}
	return s
}

// input is an input of the model's machine.
func input(m model.Message) model.Input { return model.Input{Name: m.Type.String(), Message: m} }

func plain(types ...spec.Message) (all []model.Input) {
	for _, t := range types {
		all = append(all, input(model.Message{Type: t}))
	}
	return all
}

// play writes the case of a kind.
func (k kind) play() Case {
	s := newScript(k.role, k.scenario(), k.setup())
	if k.role == spec.Server {
		k.asClient(s)
	} else {
		k.asServer(s)
	}
	s.echo()
	c := s.done(k.id(), k.name(), Must, k.requirements()...)
	if k.role == spec.Server && k.callback == spec.CallbackAccept && k.auth == requireWith {
		c.Grade, c.Why = NotRequired, "no RFC says that a PAC does not stand in for a client certificate that is required; here it does not"
	}
	return c
}

// asClient speaks an honest client's part.
func (k kind) asClient(s *script) {
	h := model.Hello{ID: spec.IDEmpty, Ticket: model.TicketStripped}
	switch {
	case k.callback != spec.CallbackUnset:
		h.Ticket = model.TicketGood
	case k.tickets:
		h.Ticket = model.TicketEmptied
	}
	shown := s.say(input(model.Message{Type: spec.ClientHello, Hello: h}))
	has := func(m spec.Message) bool {
		for _, sent := range shown.Sent {
			if sent.Message == m {
				return true
			}
		}
		return false
	}
	var words []model.Input
	if !has(spec.ChangeCipherSpec) {
		if has(spec.CertificateRequest) {
			words = append(words, input(model.Message{Type: spec.Certificate, Empty: k.auth == requestWithout}))
		}
		words = append(words, plain(spec.ClientKeyExchange)...)
		if has(spec.CertificateRequest) && k.auth >= requestWith {
			words = append(words, plain(spec.CertificateVerify)...)
		}
	}
	for _, in := range append(words, plain(spec.ChangeCipherSpec, spec.Finished)...) {
		s.say(in)
	}
}

// asServer speaks an honest server's part.
func (k kind) asServer(s *script) {
	ticket := spec.Off
	if k.callback == spec.CallbackUnset && k.tickets {
		ticket = spec.On
	}
	s.say(input(model.Message{Type: spec.ServerHello, Hello: model.Hello{ID: spec.IDOther, TicketExt: ticket}}))
	if k.callback != spec.CallbackAccept {
		flight := []spec.Message{spec.Certificate}
		if k.suite.KeyExchange.Ephemeral() {
			flight = append(flight, spec.ServerKeyExchange)
		}
		if k.auth != noAuth {
			flight = append(flight, spec.CertificateRequest)
		}
		for _, in := range plain(append(flight, spec.ServerHelloDone)...) {
			s.say(in)
		}
		if ticket == spec.On {
			s.say(plain(spec.NewSessionTicket)[0])
		}
	}
	for _, in := range plain(spec.ChangeCipherSpec, spec.Finished) {
		s.say(in)
	}
}

func (k kind) name() string {
	how := map[spec.Callback]string{
		spec.CallbackAccept: "a PAC that is accepted", spec.CallbackDecline: "a PAC that is declined, and so a full handshake",
		spec.CallbackUnset: "a full handshake without a PAC",
	}[k.callback]
	return fmt.Sprintf("%s under TLS %s with %s", how, versionName(k.version), k.suite.Name)
}

func (k kind) requirements() (all []string) {
	switch k.callback {
	case spec.CallbackAccept:
		all = append(all, "FAST-TLS-13", "FAST-TLS-15", "FAST-TLS-20")
		if k.ems {
			all = append(all, "FAST-TLS-40")
		}
	case spec.CallbackDecline:
		all = append(all, "FAST-TLS-19")
	}
	if k.callback != spec.CallbackAccept {
		all = append(all, "TLS-BASE-17")
		if k.ems {
			all = append(all, "TLS-BASE-25")
		}
		if k.suite.KeyExchange == spec.RSA {
			all = append(all, "TLS-BASE-09")
		}
	}
	if k.auth != noAuth && k.callback != spec.CallbackAccept {
		all = append(all, "FAST-TLS-31")
	}
	if !k.suite.Cipher.AEAD() {
		all = append(all, "TLS-BASE-15")
	}
	return all
}
