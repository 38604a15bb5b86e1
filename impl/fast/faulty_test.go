package fast

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/gtc"
)

// faulty runs a bench in which one side's n-th message of phase 2 is replaced.
// It returns what the other side has made of it, and what it answered.
func faulty(b *bench, server bool, n int, change func(*bench, []byte) []byte) (answer []byte, reason error) {
	var servers eap.Registry[eap.ServerMethod]
	engine, err := NewServer(&b.server)
	if err != nil {
		b.t.Fatal(err)
	}
	wrong := func(count *int, of bool) func([]byte) []byte {
		return func(message []byte) []byte {
			if *count++; of == server && *count == n {
				return change(b, message)
			} else if of != server && (server && *count == n || !server && *count == n+1) && answer == nil {
				answer = bytes.Clone(message)
			}
			return message
		}
	}
	var sent, heard int
	servers.Add(eap.TypeFAST, func() eap.ServerMethod {
		b.session = engine.NewSession()
		b.session.tunnel.change = wrong(&sent, true)
		return b.session
	})
	var peers eap.Registry[eap.PeerMethod]
	peers.Add(eap.TypeFAST, func() eap.PeerMethod {
		b.supplicant = NewPeer(&b.peer)
		b.supplicant.tunnel.change = wrong(&heard, false)
		return b.supplicant
	})
	s := eap.NewServer(&eap.ServerConfig{Methods: &servers, MTU: b.mtu})
	p := eap.NewPeer(&eap.PeerConfig{Methods: &peers, MTU: b.mtu})
	var packet []byte
	for range 100 {
		if packet, b.serverStatus = s.Step(nil, packet, b.at); b.serverStatus == eap.Discarded {
			break
		}
		if packet, b.peerStatus = p.Step(nil, packet, b.at); b.peerStatus != eap.Continue {
			break
		}
	}
	b.serverKeys, b.peerKeys = s.Keys(), p.Keys()
	if server {
		return answer, b.supplicant.Report().Reason
	}
	return answer, b.session.Report().Reason
}

func with(message []byte) func(*bench, []byte) []byte {
	return func(*bench, []byte) []byte { return message }
}

// resultFailure is how a fatal error is told: Result failure and Error.
func resultFailure(code ErrorCode) []byte { return appendError(appendResult(nil, Failure), code) }

// What a faulty or hostile server may say in the tunnel, and what the peer
// answers. The numbers are those of its messages: 1 asks for the identity, 2 is
// the challenge, 3 MSCHAPv2's success, 4 has Result and Crypto-Binding, 5 Result
// and the PAC.
//
// Checks FAST-TLV-02 (must fail: unknown-mandatory-ignored).
// Checks FAST-TLV-03 (must fail: nak-to-result).
// Checks FAST-TLV-04 (must fail: nak-of-another-type).
// Checks FAST-TLV-06 (must fail: nak-beside-failure).
// Checks FAST-TLV-09 (must fail: vendor-tlv-mandatory).
// Checks FAST-END-04 (must fail: failure-answered-by-success).
// Checks FAST-END-05 (must fail: compromise-told-as-unexpected).
// Checks FAST-CB-06 (must fail: success-without-binding).
// Checks FAST-PAC-15 (must fail: pac-asked-for-unbound).
// Checks FAST-PAC-18 (must fail: pac-before-success-stored).
// Checks FAST-PAC-33 (must fail: trusted-root-refused).
// Checks FAST-PAC-34 (must fail: pkcs7-refused).
func TestFaultyServer(t *testing.T) {
	identityRequest := appendEAP(nil, func(b []byte) []byte {
		return eap.Packet{Code: eap.CodeRequest, ID: 1, Type: eap.TypeIdentity}.Append(b)
	})
	aPAC := appendPAC(nil, &PAC{Type: TunnelPAC, Key: make([]byte, 32), Opaque: []byte("x"), AuthorityID: []byte("0123456789abcdef")})
	strip := func(t TLVType) func(*bench, []byte) []byte {
		return func(_ *bench, m []byte) []byte {
			var kept []byte
			for len(m) >= 4 {
				n := 4 + int(m[2])<<8 + int(m[3])
				if TLVType(int(m[0])<<8|int(m[1]))&typeBits != t {
					kept = append(kept, m[:n]...)
				}
				m = m[n:]
			}
			return kept
		}
	}
	const compromise, unexpected = "crypto-binding does not hold", "unexpected TLVs"
	for name, c := range map[string]struct {
		n      int
		change func(*bench, []byte) []byte
		answer []byte
		reason string
	}{
		"unknown mandatory":                      {1, with([]byte{0x80, 99, 0, 0}), appendNAK(nil, 0, 99), "unexpected TLVs"},
		"unknown mandatory beside a method":      {1, func(_ *bench, m []byte) []byte { return append(m, 0x80, 99, 0, 0) }, appendNAK(nil, 0, 99), ""},
		"unknown mandatory beside Result":        {1, with(append([]byte{0x80, 99, 0, 0}, appendResult(nil, Success)...)), resultFailure(UnexpectedTLVs), unexpected},
		"unknown optional is passed over":        {1, func(_ *bench, m []byte) []byte { return append([]byte{0, 99, 0, 0}, m...) }, nil, ""},
		"a vendor's, mandatory":                  {1, with([]byte{0x80, 7, 0, 4, 0, 0, 0, 9}), appendNAK(nil, 9, 7), ""},
		"a vendor's, beside Result":              {1, with(append([]byte{0x80, 7, 0, 4, 0, 0, 0, 9}, appendResult(nil, Success)...)), resultFailure(UnexpectedTLVs), unexpected},
		"a vendor's, optional":                   {4, func(_ *bench, m []byte) []byte { return append([]byte{0, 7, 0, 4, 0, 0, 0, 9}, m...) }, nil, ""},
		"trusted root":                           {1, func(_ *bench, m []byte) []byte { return append([]byte{0x80, 18, 0, 2, 0, 1}, m...) }, nil, ""},
		"trusted root of unknown format":         {1, func(_ *bench, m []byte) []byte { return append([]byte{0, 18, 0, 3, 9, 9, 9}, m...) }, nil, ""},
		"trusted root with PKCS#7 in it":         {1, func(_ *bench, m []byte) []byte { return append([]byte{0, 18, 0, 7, 0, 1, 0, 20, 0, 1, 0x30}, m...) }, nil, ""},
		"PKCS#7":                                 {1, func(_ *bench, m []byte) []byte { return append([]byte{0x80, 20, 0, 1, 0x30}, m...) }, nil, ""},
		"Result of status 0":                     {1, with([]byte{0x80, 3, 0, 2, 0, 0}), resultFailure(UnexpectedTLVs), unexpected},
		"Result of status 3":                     {1, with([]byte{0x80, 3, 0, 2, 0, 3}), resultFailure(UnexpectedTLVs), unexpected},
		"Result of status 65535":                 {1, with([]byte{0x80, 3, 0, 2, 0xff, 0xff}), resultFailure(UnexpectedTLVs), unexpected},
		"a bare EAP packet":                      {1, with([]byte{1, 1, 0, 5, 1}), resultFailure(UnexpectedTLVs), unexpected},
		"two identities":                         {1, with(append(bytes.Clone(identityRequest), identityRequest...)), resultFailure(UnexpectedTLVs), unexpected},
		"Request-Action":                         {1, with(appendAction(nil, processTLV)), resultFailure(UnexpectedTLVs), unexpected},
		"nothing":                                {1, with([]byte{0, 99, 0, 0}), resultFailure(UnexpectedTLVs), unexpected},
		"Result failure":                         {1, with(appendResult(nil, Failure)), appendResult(nil, Failure), "Result failure"},
		"Result failure with Crypto-Binding":     {1, with(new(Binding).appendTLV(appendResult(nil, Failure), new([cmkSize]byte))), appendResult(nil, Failure), "Result failure"},
		"success without a method":               {1, with(appendResult(nil, Success)), appendResult(nil, Success), ""},
		"success in the middle of a method":      {2, with(appendResult(nil, Success)), resultFailure(TunnelCompromise), compromise},
		"no Crypto-Binding":                      {4, strip(CryptoBinding), resultFailure(TunnelCompromise), compromise},
		"Crypto-Binding alone":                   {4, strip(Result), resultFailure(UnexpectedTLVs), unexpected},
		"wrong MAC":                              {4, func(_ *bench, m []byte) []byte { m[len(m)-1] ^= 1; return m }, resultFailure(TunnelCompromise), compromise},
		"binding for another key":                {4, func(b *bench, m []byte) []byte { return rebind(m, [cmkSize]byte{1}) }, resultFailure(TunnelCompromise), compromise},
		"PAC before the method":                  {1, with(aPAC), resultFailure(UnexpectedTLVs), unexpected},
		"PAC with success, but without a method": {1, with(append(appendResult(nil, Success), aPAC...)), appendPACAck(appendResult(nil, Success), ackSuccess), ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			answer, reason := faulty(b, true, c.n, c.change)
			got := ""
			if reason != nil {
				got = reason.Error()
			}
			if c.reason != "" && (!strings.Contains(got, c.reason) && !bytes.Equal(answer, appendNAK(nil, 0, 99))) {
				t.Errorf("reason %q, want %q", got, c.reason)
			}
			if c.answer != nil && !bytes.Equal(answer, c.answer) {
				t.Errorf("answered %x, want %x", answer, c.answer)
			}
			if c.reason == "" && c.answer == nil && b.peerStatus != eap.Succeeded {
				t.Errorf("the peer does not get through: %v", reason)
			}
			if c.reason != "" && (b.peerStatus == eap.Succeeded || b.peerKeys.MSK != nil || len(b.store.All()) != 0) {
				t.Error("the peer has keys, a PAC, or success")
			}
		})
	}
}

// rebind makes the Crypto-Binding at the end of a message anew under another key.
func rebind(m []byte, cmk [cmkSize]byte) []byte {
	at := len(m) - headerSize - bindingSize
	mac := bindingMAC(m[at:], &cmk)
	copy(m[at+macOffset:], mac[:])
	return m
}

// PACs that the peer does not keep.
//
// Checks FAST-PAC-09 (must fail: pac-of-another-authority-stored).
// Checks FAST-PAC-13 (must fail: pac-of-unknown-type-stored).
// Checks FAST-PAC-16 (must fail: every-pac-acknowledged).
// Checks FAST-PAC-38 (must fail: machine-pac-from-nobody).
func TestPACsThatAreNotKept(t *testing.T) {
	good := PAC{Type: TunnelPAC, Key: make([]byte, 32), Opaque: []byte("x"), AuthorityID: []byte("0123456789abcdef")}
	for name, change := range map[string]func(*PAC){
		"of another authority": func(p *PAC) { p.AuthorityID = []byte("another") },
		"of unknown type":      func(p *PAC) { p.Type = 9 },
		"without a key":        func(p *PAC) { p.Key = nil },
		"with a short key":     func(p *PAC) { p.Key = p.Key[:31] },
		"anonymous machine's":  func(p *PAC) { p.Type = MachinePAC },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			if strings.HasPrefix(name, "anonymous") {
				b.anonymous()
			}
			pac := good
			change(&pac)
			answer, _ := faulty(b, true, 5, with(appendPAC(appendResult(nil, Success), &pac)))
			if len(b.store.All()) != 0 {
				t.Error("it was stored")
			}
			if pac.Type == TunnelPAC && len(pac.Key) != 31 && !bytes.Contains(answer, appendPACAck(nil, ackFailure)) {
				t.Errorf("answered %x", answer)
			}
			if pac.Type != TunnelPAC && bytes.Contains(answer, []byte{0, attrAck, 0, 2}) {
				t.Errorf("it was acknowledged: %x", answer)
			}
		})
	}
}

// What a faulty or hostile peer may say. Its messages: 1 is the identity, 2
// MSCHAPv2's response, 3 its acknowledgement, 4 Result, Crypto-Binding and the
// request for a PAC, 5 Result and the acknowledgement of the PAC.
//
// Checks FAST-END-01 (must fail: server-ends-without-result).
// Checks FAST-END-06 (must fail: failure-without-waiting).
// Checks FAST-END-11 (must fail: success-without-result).
// Checks FAST-PAC-19 (must fail: pac-before-authentication).
// Checks FAST-INN-10 (must fail: gtc-response-without-zero).
func TestFaultyPeer(t *testing.T) {
	const compromise, unexpected = "crypto-binding does not hold", "unexpected TLVs"
	for name, c := range map[string]struct {
		n      int
		change func(*bench, []byte) []byte
		answer []byte
		reason string
	}{
		"unknown mandatory": {1, with([]byte{0x80, 99, 0, 0}), appendNAK(nil, 0, 99), ""},
		"Result instead":    {1, with(appendResult(nil, Success)), resultFailure(UnexpectedTLVs), unexpected},
		"Result failure":    {2, with(appendResult(nil, Failure)), nil, "Result failure"},
		"cut off":           {2, with([]byte{0x80, 3, 0}), resultFailure(UnexpectedTLVs), unexpected},
		"no Crypto-Binding": {4, with(appendResult(nil, Success)), resultFailure(TunnelCompromise), compromise},
		"reflected": {4, func(b *bench, m []byte) []byte {
			request := Binding{Version: 1, Received: 1, Nonce: b.session.phase2.nonce}
			return request.appendTLV(appendResult(nil, Success), &b.session.tunnel.keys.cmk)
		}, resultFailure(TunnelCompromise), compromise},
		"another nonce": {4, func(b *bench, m []byte) []byte {
			response := Binding{Version: 1, Received: 1, Subtype: 1, Nonce: [32]byte{31: 1}}
			return response.appendTLV(appendResult(nil, Success), &b.session.tunnel.keys.cmk)
		}, resultFailure(TunnelCompromise), compromise},
		"binding without Result": {4, func(b *bench, m []byte) []byte {
			response := Binding{Version: 1, Received: 1, Subtype: 1, Nonce: responseNonce(b.session.phase2.nonce)}
			return response.appendTLV(nil, &b.session.tunnel.keys.cmk)
		}, resultFailure(UnexpectedTLVs), unexpected},
		"asks for a PAC at once": {1, with(appendPACRequest(nil, TunnelPAC)), resultFailure(UnexpectedTLVs), unexpected},
		"GTC in another form": {2, func(_ *bench, m []byte) []byte { return bytes.Replace(m, []byte("ali\x00"), []byte("ali "), 1) },
			appendResult(nil, Failure), "RFC 5421"},
		"no Result at the end": {5, with(appendPACAck(nil, ackSuccess)), resultFailure(UnexpectedTLVs), unexpected},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			if strings.HasPrefix(name, "GTC") {
				b.server.Methods = []eap.Type{gtc.Type}
			}
			answer, reason := faulty(b, false, c.n, c.change)
			if b.serverStatus == eap.Succeeded && c.reason != "" || b.serverStatus == eap.Continue {
				t.Errorf("it ends with %v", b.serverStatus)
			}
			if !strings.Contains(fmt.Sprint(reason), c.reason) {
				t.Errorf("reason %v, want %q", reason, c.reason)
			}
			if c.answer != nil && !bytes.Equal(answer, c.answer) {
				t.Errorf("answered %x, want %x", answer, c.answer)
			}
			if c.reason != "" && (b.serverStatus == eap.Succeeded || b.serverKeys.MSK != nil) {
				t.Error("the server accepts")
			}
		})
	}
}

// A peer takes no trusted root, be the server authenticated or not.
//
// Checks FAST-PAC-35 (must fail: root-from-anyone).
func TestNoRootIsTaken(t *testing.T) {
	for _, kind := range []string{"anonymous", "certificate"} {
		b := newBench(t)
		if kind == "anonymous" {
			b.anonymous()
		}
		faulty(b, true, 1, func(_ *bench, m []byte) []byte { return append([]byte{0, 18, 0, 2, 0, 1}, m...) })
		if got := b.supplicant.config.Roots; got != b.peer.Roots || b.session.Report().Identity == "" {
			t.Errorf("%s: the roots are %v, %s", kind, got, b.outcome())
		}
	}
}

// A peer that asks for other PACs in an anonymous tunnel gets a Tunnel PAC.
//
// Checks FAST-PAC-38 (must fail: any-pac-issued-anonymously).
func TestAnonymousServerIssuesTunnelPACs(t *testing.T) {
	b := newBench(t)
	b.anonymous()
	faulty(b, false, 4, func(_ *bench, m []byte) []byte {
		return appendPACRequest(appendPACRequest(m, UserAuthorizationPAC), MachinePAC)
	})
	if got := b.session.Report().Issued; len(got) != 1 || got[0] != TunnelPAC {
		t.Errorf("issued %v", got)
	}
}
