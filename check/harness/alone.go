package harness

import (
	"crypto"
	"errors"
	"fmt"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// Alone is one real endpoint without the other: whoever holds it speaks the
// peer's part, in octets. Begin reuses it for the next connection.
type Alone struct {
	pair *Pair
	end  *end
}

// NewAlone returns an Alone that has not begun.
func NewAlone() *Alone { return &Alone{pair: NewPair()} }

// Held is what both sides were given before the handshake, in every scenario.
type Held struct {
	PACOpaque, PACSecret     []byte
	SessionID, SessionTicket []byte // two names of one session
	SessionSecret            []byte
	Suites                   []spec.SuiteID // that a client lists
	Normal                   spec.SuiteID   // that is chosen
	Server, Client           wire.Chain     // their certificates
	Key                      crypto.Signer  // of either side
	ServerName               string
}

// HeldIn returns what is held in a scenario.
func HeldIn(sc spec.Scenario) Held {
	sc = sc.WithDefaults()
	suites, _ := model.Suites(sc)
	return Held{
		PACOpaque: pacTicket, PACSecret: pacSecret, SessionID: cachedID, SessionTicket: sessionTicket, SessionSecret: sessionSecret,
		Suites: suites, Normal: normalSuite(sc), Server: serverChain(), Client: clientChain(), Key: serverKey(), ServerName: serverName,
	}
}

// Begin makes a new endpoint of role r. All its randomness follows from the
// seed.
func (a *Alone) Begin(r spec.Role, sc spec.Scenario, seed uint64) error {
	if err := a.pair.Begin(sc, seed); err != nil {
		return err
	}
	a.end = a.pair.end(r)
	return nil
}

// ErrEndless is returned for an endpoint that does not come to rest.
var ErrEndless = errors.New("harness: the endpoint takes no end of steps for one message")

// Step gives octets to the endpoint and appends what it sends to out. A
// client's first step has none to give. Delivered says that application data
// came out, failed that the endpoint has ended: it must not be stepped again.
// The octets are overwritten.
func (a *Alone) Step(out, in []byte) (sent []byte, delivered, failed bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("harness: the endpoint panicked: %v", p)
		}
	}()
	a.end.observed = spec.Observation{Role: a.end.role}
	sent, err = a.end.run(out, in)
	if errors.Is(err, ErrEndless) {
		return sent, false, false, err
	}
	var ended *handshake.Error
	if err != nil && !errors.As(err, &ended) {
		return sent, false, false, fmt.Errorf("harness: the endpoint failed with no handshake.Error: %w", err)
	}
	return sent, a.end.observed.Delivered > 0, err != nil, nil
}

// End releases the endpoint.
func (a *Alone) End() { a.pair.End() }
