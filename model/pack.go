package model

import (
	"math/bits"

	"github.com/sesame-tls/sesame/spec"
)

// packed is a State in 40 octets, as the explorer keeps it.
//
//	word 0  the first word of the space
//	word 1  the stream to the client
//	word 2  the stream to the server
//	word 3  the client, the second word of the space
//	word 4  the server, the attacker
type packed [5]uint64

// StateOctets is the size of a state as the explorer keeps it.
const StateOctets = 8 * len(packed{})

// The widths in bits of what shares a word.
const (
	endpointBits = 56
	space1Bits   = 6
)

func (st *State) pack() packed {
	return packed{
		st.space[0],
		uint64(st.toClient),
		uint64(st.toServer),
		st.Client.pack() | st.space[1]<<endpointBits | bit(st.TakenClient)<<62 | bit(st.TakenServer)<<63,
		st.Server.pack() | uint64(st.Budget)<<endpointBits | bit(st.Lost)<<(endpointBits+2) |
			bit(st.Inserted[0])<<(endpointBits+3) | bit(st.Inserted[1])<<(endpointBits+4),
	}
}

func (p *packed) unpack(st *State) {
	st.space = space{p[0], p[3] >> endpointBits & (1<<space1Bits - 1)}
	st.toClient, st.toServer = queue(p[1]), queue(p[2])
	st.Client.unpack(p[3])
	st.Server.unpack(p[4])
	st.TakenClient, st.TakenServer = p[3]>>62&1 != 0, p[3]>>63 != 0
	st.Budget, st.Lost = uint8(p[4]>>endpointBits&3), p[4]>>(endpointBits+2)&1 != 0
	st.Inserted = [2]bool{p[4]>>(endpointBits+3)&1 != 0, p[4]>>(endpointBits+4)&1 != 0}
}

// hash mixes the five words (the multiply-and-fold of wyhash).
func (p *packed) hash() uint64 {
	const k0, k1, k2 = 0xa0761d6478bd642f, 0xe7037ed1a0b428db, 0x8ebc6af09c88c6e3
	h1, l1 := bits.Mul64(p[0]^k0, p[1]^k1)
	h2, l2 := bits.Mul64(p[2]^k1, p[3]^k2)
	h3, l3 := bits.Mul64(p[4]^k2^h1^l1, k0^h2^l2)
	h4, l4 := bits.Mul64(h3^k0, l3^k1)
	return h4 ^ l4
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func (e *Endpoint) pack() uint64 {
	h := &e.Hello
	return uint64(e.State) | uint64(e.Secret)<<5 | uint64(e.Resumed)<<8 | uint64(e.Failure)<<10 | uint64(e.Suite)<<13 |
		uint64(e.ID)<<16 | uint64(e.Cert)<<19 | bit(e.Pending)<<21 | bit(e.PeerAuth)<<22 | bit(e.Promised)<<23 |
		bit(e.Foreign)<<24 | bit(e.Sent)<<25 | bit(e.Got)<<26 | bit(e.HasCached)<<27 | bit(e.HasAdded)<<28 |
		uint64(h.Version)<<29 | uint64(h.Ticket)<<32 | uint64(h.ID)<<35 | uint64(h.Suites)<<38 | uint64(h.Suite)<<40 |
		uint64(h.TicketExt)<<43 | uint64(h.EMS)<<45 | uint64(h.EtM)<<47 | uint64(h.Renegotiation)<<49 |
		uint64(h.Random)<<51 | bit(h.Unrequested)<<53 | bit(e.Heard)<<54 | bit(e.Ticketed)<<55
}

func (e *Endpoint) unpack(w uint64) {
	e.State, e.Secret, e.Resumed = spec.State(w&31), spec.Secret(w>>5&7), spec.Shortening(w>>8&3)
	e.Failure, e.Suite, e.ID, e.Cert = spec.Failure(w>>10&7), Suite(w>>13&7), spec.ID(w>>16&7), Cert(w>>19&3)
	e.Pending, e.PeerAuth, e.Promised = w>>21&1 != 0, w>>22&1 != 0, w>>23&1 != 0
	e.Foreign, e.Sent, e.Got = w>>24&1 != 0, w>>25&1 != 0, w>>26&1 != 0
	e.HasCached, e.HasAdded = w>>27&1 != 0, w>>28&1 != 0
	e.Heard, e.Ticketed = w>>54&1 != 0, w>>55&1 != 0
	e.Hello = Hello{
		Version: Version(w >> 29 & 7), Ticket: Ticket(w >> 32 & 7), ID: spec.ID(w >> 35 & 7),
		Suites: SuiteList(w >> 38 & 3), Suite: Suite(w >> 40 & 7), TicketExt: spec.Switch(w >> 43 & 3),
		EMS: spec.Switch(w >> 45 & 3), EtM: spec.Switch(w >> 47 & 3), Renegotiation: Renegotiation(w >> 49 & 3),
		Random: Random(w >> 51 & 3), Unrequested: w>>53&1 != 0,
	}
}
