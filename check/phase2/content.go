package phase2

import (
	"encoding/binary"
	"fmt"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/gtc"
	"github.com/sesame-tls/sesame/impl/mschapv2"
	model "github.com/sesame-tls/sesame/model/phase2"
	"github.com/sesame-tls/sesame/spec"
)

// visible returns a message without what cannot be seen in its octets: whose
// keys and challenges it was made with shows in what becomes of it.
func visible(m model.Message) model.Message {
	m.Right, m.Binding.Key, m.Binding.Nonce = false, model.Chain{}, false
	switch {
	case m.EAP != model.MSCHAPv2Challenge && m.EAP != model.MSCHAPv2Response:
		m.Challenge = model.NoChallenge
	case m.Challenge == model.PeersTunnel || m.Challenge == model.ServersTunnel:
		m.Challenge = model.PeersTunnel // zeros (RFC 5422, Section 3.2.3)
	default:
		m.Challenge = model.ServersOwn
	}
	if !m.Binding.Present {
		m.Binding = model.Binding{}
	}
	if m.EAP != model.IdentityResponse && m.EAP != model.MSCHAPv2Response && m.EAP != model.GTCResponse {
		m.Other = false
	}
	return m
}

// read parses the TLVs of one message, as far as it is visible.
func read(tlvs []byte) (m model.Message, err error) {
	p, err := fast.ParseMessage(tlvs)
	if err != nil {
		return m, err
	}
	m.Result, m.Intermediate = spec.TLVStatus(p.Result), spec.TLVStatus(p.Intermediate)
	m.Error, m.NAK = uint16(p.Error), p.Nak != 0
	if p.EAP != nil {
		if m.EAP, m.Other, err = readPacket(p.EAP); err != nil {
			return m, err
		}
		m.Challenge = challengeOf(p.EAP)
	}
	if b := p.Binding; b != nil {
		m.Binding = model.Binding{Present: true, Response: b.Subtype == 1, Version: b.Received == fast.Version}
	}
	for _, value := range p.PACs {
		if err := readPAC(&m, value); err != nil {
			return m, err
		}
	}
	return m, nil
}

// challengeOf says whether a packet of MSCHAPv2 carries a challenge, or zeros.
func challengeOf(raw []byte) model.Challenge {
	outer, _ := eap.Parse(raw)
	if outer.Type != mschapv2.Type {
		return model.NoChallenge
	}
	p, err := mschapv2.Parse(outer.Data)
	var carried [16]byte
	switch {
	case err != nil:
		return model.NoChallenge
	case p.Op == mschapv2.OpChallenge:
		carried = p.Challenge
	case p.Op == mschapv2.OpResponse:
		carried = p.Peer
	default:
		return model.NoChallenge
	}
	if carried == ([16]byte{}) {
		return model.PeersTunnel
	}
	return model.ServersOwn
}

func readPacket(raw []byte) (model.Packet, bool, error) {
	p, ok := eap.Parse(raw)
	if !ok {
		return 0, false, fmt.Errorf("an inner packet that is none: %x", raw)
	}
	request := p.Code == eap.CodeRequest
	switch p.Type {
	case eap.TypeIdentity:
		if request {
			return model.IdentityRequest, false, nil
		}
		return model.IdentityResponse, string(p.Data) != user, nil
	case eap.TypeNak:
		return model.Nak, false, nil
	case mschapv2.Type:
		return readMSCHAPv2(p.Data, request)
	case gtc.Type:
		return readGTC(p.Data, request)
	}
	return 0, false, fmt.Errorf("an inner packet of type %v", p.Type)
}

func readMSCHAPv2(data []byte, request bool) (model.Packet, bool, error) {
	p, err := mschapv2.Parse(data)
	if err != nil {
		return 0, false, err
	}
	switch {
	case p.Op == mschapv2.OpChallenge:
		return model.MSCHAPv2Challenge, false, nil
	case p.Op == mschapv2.OpResponse:
		return model.MSCHAPv2Response, p.Name != user, nil
	case p.Op == mschapv2.OpSuccess && request:
		return model.MSCHAPv2Success, false, nil
	case p.Op == mschapv2.OpFailure && request:
		return model.MSCHAPv2Failure, false, nil
	case p.Op == mschapv2.OpSuccess:
		return model.MSCHAPv2SuccessAck, false, nil
	}
	return model.MSCHAPv2FailureAck, false, nil
}

func readGTC(data []byte, request bool) (model.Packet, bool, error) {
	message, err := gtc.Parse(data)
	if err != nil {
		return 0, false, err
	}
	switch message := message.(type) {
	case gtc.Challenge:
		return model.GTCChallenge, false, nil
	case gtc.Response:
		return model.GTCResponse, message.User != user, nil
	case gtc.Failure:
		return model.GTCFailure, false, nil
	}
	if request {
		return 0, false, fmt.Errorf("an acknowledgement from a server")
	}
	return model.GTCAck, false, nil
}

// The attributes of a PAC TLV (RFC 5422, Section 4.2).
const (
	attrKey    = 1
	attrOpaque = 2
	attrAID    = 4
	attrAck    = 8
	attrInfo   = 9
	attrType   = 10
)

// readPAC adds what one PAC TLV says.
func readPAC(m *model.Message, value []byte) error {
	attrs := map[uint16][]byte{}
	if !attributes(value, attrs) {
		return fmt.Errorf("a PAC TLV that is malformed: %x", value)
	}
	info := map[uint16][]byte{}
	issued := attrs[attrInfo] != nil && attributes(attrs[attrInfo], info)
	switch {
	case attrs[attrAck] != nil:
		m.Ack = spec.TLVStatus(binary.BigEndian.Uint16(attrs[attrAck]))
	case issued:
		m.Offers |= 1 << (binary.BigEndian.Uint16(info[attrType]) - 1)
	case attrs[attrOpaque] != nil:
		m.Presents = spec.ValidUserPAC
	case attrs[attrType] != nil:
		m.Asks |= 1 << (binary.BigEndian.Uint16(attrs[attrType]) - 1)
	default:
		return fmt.Errorf("a PAC TLV that says nothing: %x", value)
	}
	return nil
}

func attributes(b []byte, into map[uint16][]byte) bool {
	for len(b) > 0 {
		if len(b) < 4 || len(b) < 4+int(binary.BigEndian.Uint16(b[2:])) {
			return false
		}
		n := 4 + int(binary.BigEndian.Uint16(b[2:]))
		into[binary.BigEndian.Uint16(b)&0x7fff] = b[4:n]
		b = b[n:]
	}
	return true
}
