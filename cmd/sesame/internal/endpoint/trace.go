package endpoint

import (
	"crypto/rand"

	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// traced returns c with a Tracer of one connection's own, beside the one that it
// has, and what to call when the connection has ended.
func (r *Recorder) traced(c *tls.Config, role spec.Role) (*tls.Config, func() error) {
	if r.log == nil {
		return c, func() error { return nil }
	}
	log := r.log.Connection(role, "", known(c, role))
	tell := c.Tracer
	c = c.Clone()
	c.Tracer = func(o *spec.Observation) {
		if tell != nil {
			tell(o)
		}
		log.Observe(o)
	}
	return c, log.End
}

// ownTicketKeys gives c ticket keys that its clones share.
func ownTicketKeys(c *tls.Config) error {
	var key [32]byte
	if _, err := rand.Read(key[:]); err != nil {
		return err
	}
	c.SetSessionTicketKeys([][32]byte{key})
	return nil
}

// known says of a configuration what the specification asks about it.
func known(c *tls.Config, role spec.Role) spec.Scenario {
	version := spec.OfferTLS12
	if c.MaxVersion != 0 {
		version = spec.Offer(spec.Version(c.MaxVersion) - spec.SSL30)
	}
	if role == spec.Client {
		return spec.Scenario{
			ClientCallback: callback(c.OfferTicket != nil), ClientVersion: version, ClientEMS: policy(c.ExtendedMasterSecret),
			ClientEtM: onOff(c.EncryptThenMAC != tls.Never), ClientCert: onOff(len(c.Certificates) > 0),
		}
	}
	return spec.Scenario{
		ServerCallback: callback(c.AcceptTicket != nil), ServerVersion: version, ServerTickets: onOff(!c.SessionTicketsDisabled),
		ServerEMS: policy(c.ExtendedMasterSecret), ServerEtM: onOff(c.EncryptThenMAC != tls.Never),
		StandsIn: onOff(c.TicketIsClientAuth), ClientAuth: asks(c.ClientAuth),
	}
}

func callback(set bool) spec.Callback {
	if set {
		return spec.CallbackAccept
	}
	return spec.CallbackUnset
}

func policy(p tls.Policy) spec.Switch {
	switch p {
	case tls.Never:
		return spec.Off
	case tls.Require:
		return spec.Required
	}
	return spec.On
}

func onOff(b bool) spec.Switch {
	if b {
		return spec.On
	}
	return spec.Off
}

func asks(t tls.ClientAuthType) spec.ClientAuth {
	switch t {
	case tls.NoClientCert:
		return spec.ClientAuthOff
	case tls.RequireAnyClientCert, tls.RequireAndVerifyClientCert:
		return spec.ClientAuthRequire
	}
	return spec.ClientAuthRequest
}
