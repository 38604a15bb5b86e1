package interop

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sesame-tls/sesame/spec"
)

// connectionLimit bounds one connection. A good one takes milliseconds.
const connectionLimit = 20 * time.Second

// Setups returns what client and server are told in the cell's connections.
func (c Cell) Setups(pki *PKI) (client, server Setup) {
	s, _ := spec.SuiteByID(c.Suite)
	both := Setup{Min: c.Version, Max: c.Version, Suites: []spec.SuiteID{c.Suite}, PACKey: pacKey, PKI: pki, EMS: c.EMS, EtM: c.EtM,
		Tickets: c.Kind == Ticket || c.Kind >= PACAccepted, Payload: payload(payloadSize), Reply: payload(payloadSize)}
	client, server = both, both
	client.Role, server.Role = spec.Client, spec.Server

	// A peer that cannot be told to go without an extension meets ours that does.
	theirs := &client
	if c.Ours == spec.Client {
		theirs = &server
	}
	theirs.EMS = c.EMS || !c.Peer.EMSOff
	if c.Peer == OpenSSLStock {
		theirs.EtM = true
	}
	if c.Peer.ReverseLine {
		client.Payload = []byte(strings.Repeat("0123456789", 100) + "\n")
		client.Reply = client.Payload
		if c.Ours == spec.Client {
			client.Reply = reversed(client.Payload)
		}
		server.Payload, server.Reply = client.Payload, client.Reply
	}

	server.Identity = pki.Server(serverKeyKind(c.Suite))
	if c.Client == Ed25519 && s.KeyExchange == spec.ECDHEECDSA {
		server.Identity = pki.Server(Ed25519)
	}
	if c.Client != NoKey {
		client.Identity, server.Ask = pki.Client(c.Client), spec.ClientAuthRequire
	}
	if c.Kind >= PACAccepted {
		client.Callback, server.Callback = spec.CallbackAccept, spec.CallbackAccept
		client.PACOpaque, server.PACOpaque = pacOpaque, pacOpaque
	}
	if c.Kind == PACDeclined {
		server.Callback = spec.CallbackDecline
	}
	if c.Kind == PACKeysDiffer {
		server.PACKey = otherKey
	}
	return client, server
}

// Play makes the cell's connections, two for a resumption. It returns the
// deviations of the peer that showed, and nil or what was not as it must be.
func (c Cell) Play(ctx context.Context, e End, p Peer, profile spec.Profile, pki *PKI) ([]spec.Quirk, error) {
	client, server := c.Setups(pki)
	once := func() meeting {
		ctx, cancel := context.WithTimeout(ctx, connectionLimit)
		defer cancel()
		if c.Ours == spec.Client {
			return meet(ctx, e, client, p, server)
		}
		return meet(ctx, e, server, p, client)
	}
	first, second := c.Expect(profile)
	m := once()
	if err := c.compare(m, first); err != nil || second == nil {
		return first.quirks, err
	}
	if client.Session = m.client(c.Ours).Session; client.Session == nil {
		return nil, fmt.Errorf("the client has no session to resume\n%v", m)
	}
	return second.quirks, c.compare(once(), *second)
}

// client returns what the client saw.
func (m meeting) client(ours spec.Role) Outcome {
	if ours == spec.Client {
		return m.ours
	}
	return m.theirs
}

func (c Cell) compare(m meeting, want expectation) error {
	ours, theirs := want.client, want.server
	if c.Ours == spec.Server {
		ours, theirs = theirs, ours
	}
	bad := ours.differs("our "+c.Ours.String(), m.ours)
	if !m.theirs.Partial {
		// libssl does not say by what it resumed, if not by the callback.
		if theirs.Resumed == spec.ByTicket && m.theirs.Resumed == spec.BySessionID {
			theirs.Resumed = spec.BySessionID
		}
		bad = append(bad, theirs.differs("the peer", m.theirs)...)
	} else if m.theirs.Err != "" {
		bad = append(bad, "the peer: "+m.theirs.Err)
	}
	bad = append(bad, c.compareHellos(m, ours)...)
	if len(bad) == 0 {
		return nil
	}
	return fmt.Errorf("%s\n%v", strings.Join(bad, "\n"), m)
}

// compareHellos checks what was negotiated.
func (c Cell) compareHellos(m meeting, ours Expect) []string {
	var bad []string
	check := func(what string, got, want any) {
		if got != want {
			bad = append(bad, fmt.Sprintf("%s is %v, want %v", what, got, want))
		}
	}
	w := m.wire
	if w.ServerExtensions == nil {
		return nil
	}
	s, _ := spec.SuiteByID(c.Suite)
	check("ServerHello's version", w.Version, c.Version)
	check("ServerHello's suite", w.Suite, c.Suite)
	check("extended_master_secret in ServerHello", w.Has(spec.ExtendedMasterSecret), c.EMS)
	check("encrypt_then_mac in ServerHello", w.Has(spec.EncryptThenMAC), c.EtM && !s.Cipher.AEAD())
	if !ours.Established {
		return bad
	}
	check("our version", m.ours.Version, c.Version)
	check("our suite", m.ours.Suite, c.Suite)
	check("our extended master secret", m.ours.EMS, c.EMS && ours.Resumed != spec.BySessionSecret)
	if c.Ours == spec.Server {
		resumed := ours.Resumed != spec.Full
		check("a client certificate", m.ours.PeerCertificate, c.Client != NoKey)
		check("the echo of the Session ID", w.ID() == spec.IDEcho, resumed && len(w.ClientID) > 0)
		if c.Kind >= PACAccepted {
			bad = append(bad, noTicket(w)...)
		}
		if ours.Resumed == spec.BySessionSecret {
			bad = append(bad, onlyPACExtensions(w)...)
		}
	}
	return bad
}

// onlyPACExtensions checks that our ServerHello carries no extension that a PAC
// handshake must not have.
func onlyPACExtensions(w *Wire) []string {
	may := []spec.Extension{spec.RenegotiationInfo, spec.ExtendedMasterSecret, spec.EncryptThenMAC, spec.ALPN, spec.ECPointFormats}
	for _, e := range w.ServerExtensions {
		if !slices.Contains(may, e) {
			return []string{fmt.Sprintf("ServerHello carries %v, which a PAC handshake has not", e)}
		}
	}
	return nil
}
