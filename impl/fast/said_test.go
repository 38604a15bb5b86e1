package fast

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/gtc"
	"github.com/sesame-tls/sesame/impl/mschapv2"
	"github.com/sesame-tls/sesame/spec/vectors"
)

// said is one message of phase 2.
type said struct {
	fromServer bool
	octets     []byte
	message    *Message
}

// listen runs a bench and returns the messages of phase 2. All are TLVs.
func listen(t *testing.T, b *bench) (all []said) {
	t.Helper()
	b.hear = func(fromServer bool, octets []byte) {
		m, err := ParseMessage(octets)
		if err == nil {
			err = m.Check(fromServer)
		}
		if err != nil {
			t.Errorf("message %d, %x: %v", len(all), octets, err)
			return
		}
		all = append(all, said{fromServer, octets, m})
	}
	b.run()
	b.hear = nil
	return all
}

// What stands in the messages of phase 2, in every kind of conversation.
//
// Checks FAST-INN-01 (must fail: bare-inner-packet).
// Checks FAST-INN-04 (must fail: intermediate-beside-result).
// Checks FAST-PAC-17 (must fail: pac-before-result).
// Checks FAST-TLV-09 (must fail: vendor-tlv-sent).
// Checks FAST-TLV-11 (must fail: action-of-server).
// Checks FAST-END-01 (must fail: peer-without-result).
func TestMessages(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*bench)
		ok     bool
	}{
		"full":           {func(b *bench) {}, true},
		"GTC":            {func(b *bench) { b.server.Methods = []eap.Type{gtc.Type} }, true},
		"PAC":            {func(b *bench) { b.run() }, true},
		"refresh":        {func(b *bench) { b.server.RefreshWithin = 8 * 24 * time.Hour; b.run() }, true},
		"anonymous":      {func(b *bench) { b.anonymous() }, true},
		"wrong password": {func(b *bench) { b.peer.Password = "open barley" }, false},
		"another user":   {func(b *bench) { b.run(); b.store.All()[0].Identity = ""; b.peer.Identity = "baba" }, false},
		"no method":      {func(b *bench) { b.peer.Methods, b.server.Methods = []eap.Type{gtc.Type}, []eap.Type{mschapv2.Type} }, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			c.change(b)
			results := map[bool]Status{}
			all := listen(t, b)
			for i, s := range all {
				m := s.message
				if s.fromServer == (i%2 == 1) {
					t.Errorf("message %d is out of turn", i)
				}
				if m.Result != None {
					results[s.fromServer] = m.Result
				}
				if m.Result != None && m.Intermediate != None {
					t.Errorf("message %d has both results: %x", i, s.octets)
				}
				if m.Result == Failure && (m.Nak != 0 || m.EAP != nil || m.Binding != nil) {
					t.Errorf("message %d has more than an error beside Result failure: %x", i, s.octets)
				}
				if !m.before(Result, PACTLV) {
					t.Errorf("message %d has a PAC before Result: %x", i, s.octets)
				}
				if m.EAP == nil && m.Result == None && m.Intermediate == None {
					t.Errorf("message %d says nothing: %x", i, s.octets)
				}
				if bytes.Contains(tlvTypes(s.octets), []byte{byte(VendorSpecific)}) {
					t.Errorf("message %d has a vendor's TLV: %x", i, s.octets)
				}
			}
			want := map[bool]Status{true: Failure, false: Failure}
			if c.ok {
				want = map[bool]Status{true: Success, false: Success}
			}
			if len(all) < 2 || results[true] != want[true] || results[false] != want[false] {
				t.Errorf("it ends with %v of the server and %v of the peer", results[true], results[false])
			}
		})
	}
}

// tlvTypes returns the types of a message's TLVs.
func tlvTypes(m []byte) (types []byte) {
	for len(m) >= 4 {
		types = append(types, m[1])
		m = m[4+int(binary.BigEndian.Uint16(m[2:])):]
	}
	return types
}

// attributeTypes returns the attributes of a PAC TLV or PAC-Info, by type.
func attributeTypes(t *testing.T, value []byte) map[uint16][]byte {
	found := map[uint16][]byte{}
	if !attributes(value, func(attr uint16, value cryptobyte.String) bool { found[attr] = value; return true }) {
		t.Fatalf("%x is not made of attributes", value)
	}
	return found
}

// The PAC that a server hands out.
//
// Checks FAST-PAC-07 (must fail: pac-info-without-type, pac-info-without-name).
// Checks FAST-PAC-08 (must fail: opaque-in-pac-info, pac-info-in-pac-info).
// Checks FAST-PAC-09 (must fail: pac-of-another-authority-issued).
// Checks FAST-PAC-10 (must fail: lifetime-is-a-duration).
// Checks FAST-PAC-11 (must fail: pac-info-without-identity).
func TestIssuedPAC(t *testing.T) {
	b := newBench(t)
	var values [][]byte
	for _, s := range listen(t, b) {
		for _, value := range s.message.PACs {
			if s.fromServer {
				values = append(values, value)
			}
		}
	}
	if len(values) != 1 {
		t.Fatalf("%d PACs were handed out", len(values))
	}
	pac := attributeTypes(t, values[0])
	info := attributeTypes(t, pac[attrInfo])
	want := map[uint16][]byte{
		attrAID: b.server.AuthorityID, attrAIDInfo: []byte("the cave"), attrType: {0, 1}, attrIID: []byte("ali"),
		attrLifetime: binary.BigEndian.AppendUint32(nil, uint32(now.Add(DefaultLifetime).Unix())),
	}
	for attr, value := range want {
		if !bytes.Equal(info[attr], value) {
			t.Errorf("attribute %d of PAC-Info is %x, want %x", attr, info[attr], value)
		}
	}
	if len(info) != len(want) || len(pac) != 3 || len(pac[attrKey]) != 32 || len(pac[attrOpaque]) == 0 {
		t.Errorf("the PAC has %d attributes, and %d in PAC-Info", len(pac), len(info))
	}
	for name, inside := range map[string]uint16{"key": attrKey, "opaque": attrOpaque, "acknowledgement": attrAck, "info": attrInfo} {
		bad := appendTLV(nil, attrInfo, func(dst []byte) []byte {
			dst = append(appendHeader(dst, attrAID, 1), 'a')
			return append(appendHeader(dst, inside, 2), 0, 1)
		})
		if _, ok := parsePAC(bad); ok {
			t.Errorf("PAC-Info with a %s in it was taken", name)
		}
	}
}

// A PAC that says nobody's name serves anybody.
//
// Checks FAST-PAC-11 (must fail: anyones-pac-refused).
func TestAnyonesPAC(t *testing.T) {
	b := newBench(t)
	server, err := NewServer(&b.server)
	if err != nil {
		t.Fatal(err)
	}
	pac, err := server.Issue(TunnelPAC, "", now)
	if err != nil {
		t.Fatal(err)
	}
	b.store.Put(pac)
	for _, b.peer.Identity = range []string{"ali", "baba"} {
		b.run()
		b.want(byPAC)
	}
}

// Each PAC has a key of its own, of 32 octets that the source of randomness
// gives.
//
// Checks FAST-PAC-01 (must fail: pac-key-of-zeros).
func TestPACKeys(t *testing.T) {
	b := newBench(t)
	server, err := NewServer(&b.server)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{string(make([]byte, 32)): true}
	for range 20 {
		pac, err := server.Issue(TunnelPAC, "ali", now)
		if err != nil || len(pac.Key) != 32 || seen[string(pac.Key)] || bytes.Contains(pac.Opaque, pac.Key) {
			t.Fatalf("key %x, %v", pac.Key, err)
		}
		seen[string(pac.Key)] = true
	}
	server.config.Rand = bytes.NewReader(make([]byte, 31))
	if _, err := server.Issue(TunnelPAC, "ali", now); err == nil {
		t.Error("a key of 31 octets")
	}
}

// What a peer asks for, and what it acknowledges.
//
// Checks FAST-PAC-14 (must fail: one-type-asked-twice).
// Checks FAST-PAC-16 (must fail: every-pac-acknowledged).
// Checks FAST-END-03 (must fail: request-action-refused).
func TestRequestedPACs(t *testing.T) {
	b := newBench(t)
	b.peer.Ask = []PACType{TunnelPAC, UserAuthorizationPAC}
	var asked, acks [][]byte
	action := uint16(0)
	for _, s := range listen(t, b) {
		if s.fromServer {
			continue
		}
		action = max(action, s.message.Action)
		for _, value := range s.message.PACs {
			if attributeTypes(t, value)[attrAck] != nil {
				acks = append(acks, value)
			} else {
				asked = append(asked, value)
			}
		}
	}
	b.want("succeeded succeeded certificate MSCHAPv2 issued=[tunnel user-authorization] stored=[tunnel user-authorization]")
	if want := [][]byte{{0, 10, 0, 2, 0, 1}, {0, 10, 0, 2, 0, 3}}; len(asked) != 2 || !bytes.Equal(asked[0], want[0]) || !bytes.Equal(asked[1], want[1]) {
		t.Errorf("asked by %x, want %x", asked, want)
	}
	if want := []byte{0, 8, 0, 2, 0, 1}; len(acks) != 1 || !bytes.Equal(acks[0], want) {
		t.Errorf("acknowledged by %x, want %x alone", acks, want)
	}
	if action != processTLV {
		t.Errorf("Request-Action %d", action)
	}
	// A server may disregard all that, and end as the peer's Result says.
	b = newBench(t)
	b.server.Provisioning = NoProvisioning
	b.run()
	b.want("succeeded succeeded certificate MSCHAPv2 issued=[] stored=[]")
}

// The TLVs have the octets that the texts draw.
//
// Checks FAST-PAC-06 (must fail: pac-type-of-another-number).
func TestTLVVectors(t *testing.T) {
	for name, got := range map[string][]byte{
		"wire-tlv-result-success": appendResult(nil, Success), "wire-tlv-result-failure": appendResult(nil, Failure),
		"wire-tlv-intermediate-success": appendIntermediate(nil, Success), "wire-tlv-intermediate-failure": appendIntermediate(nil, Failure),
		"wire-tlv-error-tunnel-compromise": appendError(nil, TunnelCompromise), "wire-tlv-error-unexpected-tlvs": appendError(nil, UnexpectedTLVs),
		"wire-tlv-crypto-binding-header": new(Binding).appendTLV(nil, new([cmkSize]byte))[:4],
		"wire-pac-request-tunnel":        appendPACRequest(nil, TunnelPAC), "wire-pac-acknowledgement-success": appendPACAck(nil, ackSuccess),
	} {
		if want := vectors.ByName(name).Octets("octets"); !bytes.Equal(got, want) {
			t.Errorf("%s: %x, want %x", name, got, want)
		}
	}
	for _, m := range []byte{0, 0x80} {
		got, err := ParseMessage(append([]byte{m}, vectors.ByName("wire-pac-request-tunnel").Octets("octets")[1:]...))
		if err != nil || len(got.PACs) != 1 || got.hasUnknown {
			t.Errorf("with M bit %#x: %v", m, err)
		}
	}
}

// A User Authorization PAC is shown inside the tunnel, and only to a server that
// the tunnel has authenticated.
//
// Checks FAST-PAC-20 (must fail: user-authorization-to-anyone).
func TestUserAuthorizationPACIsKeptBack(t *testing.T) {
	b := newBench(t)
	b.peer.Ask = []PACType{TunnelPAC, UserAuthorizationPAC}
	b.run()
	for _, p := range b.store.All() {
		if p.Type == TunnelPAC {
			b.store.Remove(p)
		}
	}
	secret := b.store.All()[0].Opaque
	shown := func() (inside, clear bool) {
		var packets []seen
		b.hear = func(_ bool, m []byte) { inside = inside || bytes.Contains(m, secret) }
		packets = recorded(b)
		for _, p := range packets {
			clear = clear || bytes.Contains(p.octets, secret)
		}
		return inside, clear
	}
	b.anonymous()
	if inside, clear := shown(); inside || clear || b.session.Report().Tunnel != AnonymousTunnel {
		t.Errorf("in an anonymous tunnel it is shown: %v, and in the clear: %v (%s)", inside, clear, b.outcome())
	}
	if inside, clear := shown(); !inside || clear || b.session.Report().Tunnel != ByPAC {
		t.Errorf("in a tunnel by PAC it is shown: %v, and in the clear: %v (%s)", inside, clear, b.outcome())
	}
}
