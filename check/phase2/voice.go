package phase2

import (
	"crypto"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"fmt"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/gtc"
	"github.com/sesame-tls/sesame/impl/mschapv2"
	model "github.com/sesame-tls/sesame/model/phase2"
	"github.com/sesame-tls/sesame/spec"
)

// suites are what a rogue's tunnels are made with, and where in the key
// expansion their session_key_seed begins: behind two keys and two fixed IVs for
// AEAD, behind two MAC keys, two keys and two whole IVs for CBC (DEP-01).
var certificateSuite, anonymousSuite = seeded{0xc02b, 2 * (16 + 4)}, seeded{0x0034, 2 * (20 + 16 + 16)}

type seeded struct {
	id   spec.SuiteID
	seed int
}

// voice makes real TLVs of the model's messages, with all that a side knows.
type voice struct {
	rogue    *rogue
	seed     [40]byte
	keys     [2][32]byte // of the links of the chain
	links    int
	key      [32]byte // of the method that runs
	derived  *mschapv2.Challenges
	exchange mschapv2.Exchange
	response [24]byte
	innerID  uint8    // of the last inner request
	msID     uint8    // of the last MSCHAPv2 challenge
	nonce    [32]byte // of the last request for Crypto-Binding
	heard    [][]byte // before the keys were known
}

// begin takes the keys of the tunnel (RFC 5422, Section 3.3).
func (v *voice) begin(r *rogue, sc *spec.Phase2) error {
	v.rogue = r
	suite := certificateSuite
	if sc.Tunnel == spec.AnonymousTunnel {
		suite = anonymousSuite
	}
	block, err := r.machine.AppendKeyBlock(nil, suite.seed, len(v.seed)+32, crypto.SHA256)
	if err != nil {
		return err
	}
	copy(v.seed[:], block)
	if sc.Tunnel == spec.AnonymousTunnel {
		v.derived = &mschapv2.Challenges{Server: [16]byte(block[40:]), Peer: [16]byte(block[56:])}
	}
	return v.learn(v.heard)
}

// learn reads what the real side has said in the tunnel.
func (v *voice) learn(data [][]byte) error {
	if v.rogue == nil {
		v.heard = data
		return nil
	}
	for _, tlvs := range data {
		m, err := fast.ParseMessage(tlvs)
		if err != nil {
			return err
		}
		if m.Binding != nil && m.Binding.Subtype == 0 {
			v.nonce = m.Binding.Nonce
		}
		if p, ok := eap.Parse(m.EAP); ok {
			if p.Code == eap.CodeRequest {
				v.innerID = p.ID
			}
			if p.Type == mschapv2.Type {
				v.learnMSCHAPv2(p.Data)
			}
		}
	}
	return nil
}

func (v *voice) learnMSCHAPv2(data []byte) {
	p, err := mschapv2.Parse(data)
	switch {
	case err != nil:
	case p.Op == mschapv2.OpChallenge:
		v.msID, v.exchange.Authenticator = p.ID, p.Challenge
	case p.Op == mschapv2.OpResponse:
		v.exchange.User, v.exchange.Peer, v.response = p.Name, p.Peer, p.NTResponse
		v.conclude()
	}
}

// conclude takes the tunnel's challenges where it has some, and derives the
// method's key.
func (v *voice) conclude() {
	if v.derived != nil {
		v.exchange.Authenticator, v.exchange.Peer = v.derived.Server, v.derived.Peer
	}
	v.key = mschapv2.InnerSessionKey(v.rogue.world.hash.MasterKey(v.response))
}

// follow keeps the keys of the methods that have become links of the chain.
func (v *voice) follow(from, to *model.State) {
	before, after := from.Peer.Chain.Links, to.Peer.Chain.Links
	if v.rogue.role == spec.Client {
		before, after = from.Server.Chain.Links, to.Server.Chain.Links
	}
	for i := range after {
		if after[i] != before[i] {
			v.keys[i], v.links = v.of(after[i]), i+1
		}
	}
}

func (v *voice) of(k model.Key) (key [32]byte) {
	if k.MSCHAPv2() {
		return v.key
	}
	return key
}

// cmk is the key of a Crypto-Binding about a chain: of links that are
// established, and maybe one more, of the method that runs (RFC 4851, Section
// 5.2).
func (v *voice) cmk(c model.Chain) (cmk [20]byte) {
	seed := v.seed
	for i, k := range c.Links {
		if k == model.NoKey {
			break
		}
		key := v.keys[i]
		if i >= v.links {
			key = v.of(k)
		}
		var imck [60]byte
		v.rogue.prf.TPRF(imck[:], seed[:], "Inner Methods Compound Keys", key[:], nil)
		copy(seed[:], imck[:])
		copy(cmk[:], imck[40:])
	}
	return cmk
}

const mandatory = 0x8000

func tlv(dst []byte, t uint16, value []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, t)
	return append(binary.BigEndian.AppendUint16(dst, uint16(len(value))), value...)
}

func u16(v uint16) []byte { return binary.BigEndian.AppendUint16(nil, v) }

// encode makes the TLVs of a message.
func (v *voice) encode(m model.Message) (out []byte) {
	if m.Result != 0 {
		out = tlv(out, mandatory|uint16(fast.Result), u16(uint16(m.Result)))
	}
	if m.Intermediate != 0 {
		out = tlv(out, mandatory|uint16(fast.IntermediateResult), u16(uint16(m.Intermediate)))
	}
	if m.Error != 0 {
		out = tlv(out, mandatory|uint16(fast.ErrorTLV), binary.BigEndian.AppendUint32(nil, uint32(m.Error)))
	}
	if m.Unknown {
		out = tlv(out, mandatory|99, nil)
	}
	if m.Binding.Present {
		out = v.binding(out, m.Binding)
	}
	if m.EAP != model.NoPacket {
		out = tlv(out, mandatory|uint16(fast.EAPPayload), v.packet(m))
	}
	for i := range 3 {
		t := tlv(nil, attrType, u16(uint16(i+1)))
		if m.Asks>>i&1 != 0 {
			out = tlv(out, uint16(fast.PACTLV), t)
		}
		if m.Offers>>i&1 != 0 {
			out = tlv(out, mandatory|uint16(fast.PACTLV), v.pac(i, t))
		}
	}
	if m.Ack != 0 {
		out = tlv(out, mandatory|uint16(fast.PACTLV), tlv(nil, attrAck, u16(uint16(m.Ack))))
	}
	if out == nil {
		out = tlv(out, 98, nil) // nothing that anyone knows
	}
	return out
}

// pac is the value of a PAC TLV that issues one.
func (v *voice) pac(i int, t []byte) (value []byte) {
	if i < 2 {
		value = tlv(value, attrKey, make([]byte, 32))
	}
	value = tlv(value, attrOpaque, []byte("opaque"))
	return tlv(value, attrInfo, append(tlv(nil, attrAID, authority), t...))
}

func (v *voice) binding(out []byte, b model.Binding) []byte {
	value := make([]byte, 56)
	value[1], value[2] = fast.Version, fast.Version
	if !b.Version {
		value[2] = fast.Version + 1
	}
	nonce := v.nonce
	if b.Response {
		value[3] = 1
		nonce[31] |= 1
	} else {
		nonce[31] &^= 1
	}
	if !b.Nonce {
		nonce[31] ^= 1
		nonce[0] ^= 1
	}
	copy(value[4:], nonce[:])
	cmk := v.cmk(b.Key)
	mac := hmac.New(sha1.New, cmk[:])
	mac.Write(tlv(nil, mandatory|uint16(fast.CryptoBinding), value))
	copy(value[36:], mac.Sum(nil))
	return tlv(out, mandatory|uint16(fast.CryptoBinding), value)
}

// packet is the inner EAP packet of a message.
func (v *voice) packet(m model.Message) []byte {
	p := eap.Packet{Code: eap.CodeResponse, ID: v.innerID, Type: mschapv2.Type}
	if v.rogue.role == spec.Server {
		v.innerID++
		p.Code, p.ID = eap.CodeRequest, v.innerID
	}
	name := user
	if m.Other {
		name = another
	}
	secret := password
	if !m.Right {
		secret = wrong
	}
	switch m.EAP {
	case model.IdentityRequest, model.IdentityResponse:
		p.Type = eap.TypeIdentity
		if m.EAP == model.IdentityResponse {
			p.Data = []byte(name)
		}
	case model.Nak:
		p.Type, p.Data = eap.TypeNak, []byte{0}
	case model.GTCChallenge:
		p.Type, p.Data = gtc.Type, gtc.Challenge("Password").Append(nil)
	case model.GTCResponse:
		p.Type, p.Data = gtc.Type, gtc.Response{User: name, Password: secret}.Append(nil)
	case model.GTCFailure:
		p.Type, p.Data = gtc.Type, gtc.Failure{Code: gtc.AuthenticationFailure, Text: "FAILED"}.Append(nil)
	case model.GTCAck:
		p.Type = gtc.Type
	default:
		p.Data = v.mschapv2(m, name, secret)
	}
	return p.Append(nil)
}

func (v *voice) mschapv2(m model.Message, name, secret string) []byte {
	p := mschapv2.Packet{ID: v.msID}
	switch m.EAP {
	case model.MSCHAPv2Challenge:
		v.msID = v.innerID
		v.exchange.Authenticator = [16]byte{1, 2, 3, v.innerID}
		p = mschapv2.Packet{Op: mschapv2.OpChallenge, ID: v.msID, Name: "rogue", Challenge: v.exchange.Authenticator}
	case model.MSCHAPv2Response:
		hash, err := mschapv2.HashPassword(secret)
		if err != nil {
			panic(fmt.Sprintf("a password that has no hash: %v", err))
		}
		v.exchange.User, v.exchange.Peer = name, [16]byte{4, 5, 6}
		if v.derived != nil {
			v.exchange.Authenticator, v.exchange.Peer = v.derived.Server, v.derived.Peer
		}
		v.response = hash.Respond(&v.exchange)
		v.conclude()
		p.Op, p.Name, p.Peer, p.NTResponse = mschapv2.OpResponse, name, v.exchange.Peer, v.response
	case model.MSCHAPv2Success:
		p.Op = mschapv2.OpSuccess
		hash := v.rogue.world.hash
		if !m.Right {
			hash[0] ^= 1
		}
		p.Message = hash.AuthenticatorResponse(&v.exchange, v.response) + " M=OK"
	case model.MSCHAPv2Failure:
		p.Op = mschapv2.OpFailure
		p.Message = mschapv2.Failure{Code: mschapv2.FailureAuthentication, Text: "FAILED"}.Message([16]byte{})
	case model.MSCHAPv2SuccessAck:
		p.Op, p.Ack = mschapv2.OpSuccess, true
	case model.MSCHAPv2FailureAck:
		p.Op, p.Ack = mschapv2.OpFailure, true
	}
	return p.Append(nil)
}
