package harness

import (
	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// configs holds the machines' configurations that were needed so far: a machine
// makes much of one, once.
type configs struct {
	rand           *source
	tracer         func(*spec.Observation)
	client, server map[spec.Scenario]*handshake.Config
}

func newConfigs(rand *source, tracer func(*spec.Observation)) configs {
	return configs{rand, tracer, map[spec.Scenario]*handshake.Config{}, map[spec.Scenario]*handshake.Config{}}
}

var policies = map[spec.Switch]handshake.Policy{spec.Off: handshake.Never, spec.On: handshake.Offer, spec.Required: handshake.Require}

var clientAuths = map[spec.ClientAuth]handshake.ClientAuth{
	spec.ClientAuthOff: handshake.NoClientAuth, spec.ClientAuthRequest: handshake.RequestClientAuth,
	spec.ClientAuthRequire: handshake.RequireClientAuth,
}

// shared returns what both sides' configurations hang on.
func shared(sc spec.Scenario) spec.Scenario {
	kept := spec.Scenario{
		ClientVersion: sc.ClientVersion, ServerVersion: sc.ServerVersion, Exchange: sc.Exchange, Mode: sc.Mode,
	}
	// Only this name changes what is offered.
	if sc.Named == spec.NamedWrongVersion {
		kept.Named = sc.Named
	}
	return kept
}

func (c *configs) forClient(sc spec.Scenario) *handshake.Config {
	key := shared(sc)
	key.ClientEMS, key.ClientEtM = sc.ClientEMS, sc.ClientEtM
	key.Ticket = spec.TicketAbsent
	if sc.Ticket == spec.TicketEmpty || sc.Ticket == spec.TicketSession {
		key.Ticket = spec.TicketEmpty
	}
	if have := c.client[key]; have != nil {
		return have
	}
	suites, _ := model.Suites(sc)
	made := c.common(sc, suites)
	made.MaxVersion = sc.ClientVersion.Version()
	made.ExtendedMasterSecret, made.EncryptThenMAC = policies[sc.ClientEMS], policies[sc.ClientEtM]
	made.Tickets = key.Ticket == spec.TicketEmpty
	c.client[key] = made
	return made
}

func (c *configs) forServer(sc spec.Scenario) *handshake.Config {
	key := shared(sc)
	key.ServerEMS, key.ServerEtM = sc.ServerEMS, sc.ServerEtM
	key.ServerTickets, key.ClientAuth, key.StandsIn = sc.ServerTickets, sc.ClientAuth, sc.StandsIn
	key.ServerCallback = spec.CallbackAccept
	if sc.ServerCallback == spec.CallbackUnset {
		key.ServerCallback = spec.CallbackUnset
	}
	if have := c.server[key]; have != nil {
		return have
	}
	_, suites := model.Suites(sc)
	made := c.common(sc, suites)
	made.MaxVersion = sc.ServerVersion.Version()
	made.ExtendedMasterSecret, made.EncryptThenMAC = policies[sc.ServerEMS], policies[sc.ServerEtM]
	made.SessionSecrets = key.ServerCallback == spec.CallbackAccept
	made.TicketIsClientAuth = sc.StandsIn == spec.On
	made.Tickets = sc.ServerTickets == spec.On
	made.SessionIDs = true
	made.ClientAuth = clientAuths[sc.ClientAuth]
	c.server[key] = made
	return made
}

func (c *configs) common(sc spec.Scenario, suites []spec.SuiteID) *handshake.Config {
	return &handshake.Config{
		Rand:           c.rand,
		MinVersion:     spec.TLS10,
		Suites:         suites,
		AllowAnonymous: sc.Exchange == spec.ExchangeAnonymous || sc.Exchange == spec.ExchangeAnonymousBeside,
		Groups:         []spec.Group{spec.X25519, spec.FFDHE2048},
		Schemes:        []spec.SignatureScheme{spec.RSAPKCS1SHA256, spec.RSAPKCS1SHA1},
		Tracer:         c.tracer,
	}
}

// session returns the session that r may have kept: by Session ID, by ticket, or
// both. It was made with the same settings.
func session(sc spec.Scenario, r spec.Role, id, ticket []byte) *handshake.Session {
	v := min(sc.ClientVersion, sc.ServerVersion).Version()
	s := &handshake.Session{
		Version: v, Suite: normalSuite(sc), ExtendedMasterSecret: sc.SessionEMS == spec.On,
		ID: id, Ticket: ticket, ServerName: serverName,
	}
	copy(s.Secret[:], sessionSecret)
	switch {
	case sc.Exchange == spec.ExchangeAnonymous:
	case r == spec.Client:
		s.PeerChain = serverChain()
	case sc.ClientAuth == spec.ClientAuthRequire:
		s.PeerChain = clientChain()
	}
	return s
}

// normalSuite returns the suite that both sides like best.
func normalSuite(sc spec.Scenario) spec.SuiteID {
	client, server := model.Suites(sc)
	v := min(sc.ClientVersion, sc.ServerVersion).Version()
	offered := wire.MakeList(client...)
	for _, id := range server {
		if s, ok := spec.SuiteByID(id); ok && offered.Contains(id) && s.MinVersion <= v {
			return id
		}
	}
	panic("harness: the two sides share no suite")
}

// clientParams says what the scenario's client sends.
func clientParams(sc spec.Scenario) *handshake.ClientParams {
	p := &handshake.ClientParams{ServerName: serverName, HasSecret: sc.ClientCallback != spec.CallbackUnset}
	var id, ticket []byte
	switch sc.Ticket {
	case spec.TicketPAC:
		p.Ticket = pacTicket
	case spec.TicketSession:
		ticket = sessionTicket
	}
	switch sc.SessionID {
	case spec.IDEmpty:
		p.SessionID = handshake.EmptyID
	case spec.IDFresh:
		p.SessionID = handshake.FreshID
	case spec.IDCached:
		id = cachedID
	}
	if id != nil || ticket != nil {
		p.Session = session(sc, spec.Client, id, ticket)
	}
	return p
}
