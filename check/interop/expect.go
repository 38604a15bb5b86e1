package interop

import "github.com/sesame-tls/sesame/spec"

// expectation is what a cell's last connection must show. Quirks names where the
// peer deviates; without them both sides do what the RFCs say.
type expectation struct {
	client, server Expect
	quirks         []spec.Quirk
}

// Expect returns what the cell's last connection must show, with a peer of the
// given profile.
func (c Cell) Expect(peer spec.Profile) expectation {
	switch c.Kind {
	case FullHandshake:
		return expectation{client: established(spec.Full, 0), server: established(spec.Full, 0)}
	case SessionID:
		return expectation{client: established(spec.BySessionID, 0), server: established(spec.BySessionID, 0)}
	case Ticket:
		return expectation{client: established(spec.ByTicket, 0), server: established(spec.ByTicket, 0)}
	}
	if c.Ours == spec.Server {
		return c.expectOurServer()
	}
	return c.expectTheirServer(peer)
}

// expectOurServer says what becomes of a PAC at our server.
func (c Cell) expectOurServer() expectation {
	s, _ := spec.SuiteByID(c.Suite)
	switch {
	case c.Client != NoKey: // the callback is not asked, since the PAC does not stand in for a certificate
		return expectation{client: full, server: established(spec.Full, 0)}
	case c.Kind == PACDeclined:
		return expectation{client: full, server: full}
	case s.KeyExchange.Anonymous(): // FAST-TLS-36: and nothing else is offered
		return expectation{client: receives(spec.HandshakeFailure, 0), server: sends(spec.HandshakeFailure, 1)}
	}
	return c.expectPAC()
}

// expectTheirServer says what becomes of our client's PAC at the peer's server.
func (c Cell) expectTheirServer(peer spec.Profile) expectation {
	s, _ := spec.SuiteByID(c.Suite)
	if c.Kind == PACDeclined {
		return expectation{client: full, server: full}
	}
	e := c.expectPAC()
	switch {
	case s.KeyExchange.Anonymous() && peer.Has(spec.QuirkAnonymousSuite):
		e = expectation{client: sends(spec.IllegalParameter, 1), server: receives(spec.IllegalParameter, 1)}
		e.quirks = append(e.quirks, spec.QuirkAnonymousSuite)
	case s.KeyExchange == spec.ECDHEECDSA && c.Version == spec.TLS12 && peer.Has(spec.QuirkECDSAOnlyRefused):
		e = expectation{client: receives(spec.HandshakeFailure, 0), server: sends(spec.HandshakeFailure, 1)}
		e.quirks = append(e.quirks, spec.QuirkECDSAOnlyRefused)
	case peer.Has(spec.QuirkEmptyIDAnswered):
		e.quirks = append(e.quirks, spec.QuirkEmptyIDAnswered)
	}
	if c.Client != NoKey && peer.Has(spec.QuirkClientAuthWaived) {
		e.quirks = append(e.quirks, spec.QuirkClientAuthWaived)
	}
	return e
}

// expectPAC is a server that accepts.
func (c Cell) expectPAC() expectation {
	if c.Kind == PACKeysDiffer {
		return expectation{client: sends(spec.BadRecordMAC, 1), server: receives(spec.BadRecordMAC, 1)}
	}
	return expectation{client: bySecret, server: bySecret}
}
