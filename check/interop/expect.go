package interop

import "github.com/sesame-tls/sesame/spec"

// expectation is what a connection must show. Quirks names where the peer
// deviates; without them both sides do what the RFCs say.
type expectation struct {
	client, server Expect
	quirks         []spec.Quirk
}

// both is an expectation that is the same on either side.
func both(e Expect, quirks ...spec.Quirk) expectation {
	return expectation{client: e, server: e, quirks: quirks}
}

// clientEnds is a handshake that the client ends, after so many calls of the
// callbacks.
func clientEnds(alert spec.AlertDescription, calls, serverCalls int, quirks ...spec.Quirk) expectation {
	return expectation{client: sends(alert, calls), server: receives(alert, serverCalls), quirks: quirks}
}

// serverEnds is a handshake that the server ends.
func serverEnds(alert spec.AlertDescription, calls, serverCalls int, quirks ...spec.Quirk) expectation {
	return expectation{client: receives(alert, calls), server: sends(alert, serverCalls), quirks: quirks}
}

// Expect returns what the cell's connection must show, with a peer of the given
// profile: the first one, and then the one that resumes its session. Where the
// first must fail, there is no second.
func (c Cell) Expect(peer spec.Profile) (first expectation, second *expectation) {
	switch c.Kind {
	case FullHandshake:
		return c.expectFull(peer, 0, 0), nil
	case SessionID, Ticket:
		first = c.expectFull(peer, 0, 0)
		if !first.client.Established {
			return first, nil
		}
		resumed := both(established(map[Kind]spec.Shortening{SessionID: spec.BySessionID, Ticket: spec.ByTicket}[c.Kind], 0))
		return first, &resumed
	}
	if c.Ours == spec.Server {
		return c.expectOurServer(peer), nil
	}
	return c.expectTheirServer(peer), nil
}

// expectFull is a full handshake, after so many calls of the callbacks.
func (c Cell) expectFull(peer spec.Profile, calls, serverCalls int) expectation {
	s, _ := spec.SuiteByID(c.Suite)
	openssl := c.Peer == OpenSSLCallback || c.Peer == OpenSSLStock
	if c.Ours == spec.Client && openssl && c.Client == P256 && c.Version == spec.TLS12 && s.KeyExchange == spec.DHERSA &&
		peer.Has(spec.QuirkClientCurveUnlisted) {
		return serverEnds(spec.IllegalParameter, calls, serverCalls, spec.QuirkClientCurveUnlisted)
	}
	return expectation{client: established(spec.Full, calls), server: established(spec.Full, serverCalls)}
}

// expectOurServer says what becomes of a PAC at our server.
func (c Cell) expectOurServer(peer spec.Profile) expectation {
	s, _ := spec.SuiteByID(c.Suite)
	switch {
	case c.Client != NoKey: // the callback is not asked, since the PAC does not stand in for a certificate
		return c.expectFull(peer, 1, 0)
	case c.Kind == PACDeclined:
		return c.expectFull(peer, 1, 1)
	case s.KeyExchange.Anonymous(): // FAST-TLS-36: and nothing else is offered
		return serverEnds(spec.HandshakeFailure, 0, 1)
	}
	return c.expectPAC()
}

// expectTheirServer says what becomes of our client's PAC at the peer's server.
func (c Cell) expectTheirServer(peer spec.Profile) expectation {
	s, _ := spec.SuiteByID(c.Suite)
	if c.Kind == PACDeclined {
		return c.expectFull(peer, 1, 1)
	}
	e := c.expectPAC()
	switch {
	case s.KeyExchange.Anonymous() && peer.Has(spec.QuirkAnonymousSuite):
		e = clientEnds(spec.IllegalParameter, 1, 1, spec.QuirkAnonymousSuite)
	case s.KeyExchange == spec.ECDHEECDSA && c.Version == spec.TLS12 && peer.Has(spec.QuirkECDSAOnlyRefused):
		e = serverEnds(spec.HandshakeFailure, 0, 1, spec.QuirkECDSAOnlyRefused)
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
		return clientEnds(spec.BadRecordMAC, 1, 1)
	}
	return both(bySecret)
}
