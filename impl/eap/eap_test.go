package eap

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

var then = time.Unix(1_700_000_000, 0)

func packet(c Code, id uint8, t Type, data string) []byte {
	return Packet{Code: c, ID: id, Type: t, Data: []byte(data)}.Append(nil)
}

// What is discarded silently, and what is padding.
//
// Checks FAST-PKT-02 (must fail: length-beyond-the-packet, any-code).
func TestParse(t *testing.T) {
	for name, c := range map[string]struct {
		in   []byte
		want string // "" for discarded
	}{
		"request":                {[]byte{1, 7, 0, 6, 43, 9}, "Request 7 FAST 09"},
		"padding":                {[]byte{2, 7, 0, 5, 1, 0, 0}, "Response 7 Identity "},
		"success":                {[]byte{3, 7, 0, 4}, "Success 7 none "},
		"length beyond":          {[]byte{1, 7, 0, 7, 43, 9}, ""},
		"length below header":    {[]byte{3, 7, 0, 3}, ""},
		"request without a type": {[]byte{1, 7, 0, 4}, ""},
		"success with data":      {[]byte{3, 7, 0, 5, 1}, ""},
		"code 0":                 {[]byte{0, 7, 0, 4}, ""},
		"code 5":                 {[]byte{5, 7, 0, 5, 1}, ""},
		"empty":                  {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, ok := Parse(c.in)
			got := ""
			if ok {
				got = fmt.Sprintf("%v %d %v %x", p.Code, p.ID, p.Type, p.Data)
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// told is a method that says what a script tells it, and records its input.
type told struct {
	say      []string
	verdicts []Verdict
	states   []PeerState
	got      []string
	released bool
}

func (m *told) next() (word string, i int) {
	i = len(m.got) - 1
	return m.say[min(i, len(m.say)-1)], i
}

func (m *told) Keys() Keys { return Keys{MSK: []byte("key")} }
func (m *told) Release()   { m.released = true }

type toldServer struct{ told }

func (m *toldServer) Step(out, data []byte, _ *Turn) ([]byte, Verdict) {
	m.got = append(m.got, string(data))
	word, i := m.next()
	return append(out, word...), m.verdicts[min(i, len(m.verdicts)-1)]
}

type toldPeer struct{ told }

func (m *toldPeer) Step(out, data []byte, _ *Turn) ([]byte, PeerState) {
	m.got = append(m.got, string(data))
	word, i := m.next()
	return append(out, word...), m.states[min(i, len(m.states)-1)]
}

func peerWith(m *toldPeer, tunnel bool) *Peer {
	var r Registry[PeerMethod]
	r.Add(TypeFAST, func() PeerMethod { return m })
	r.Add(TypeGTC, func() PeerMethod { return m })
	return NewPeer(&PeerConfig{Identity: []byte("ali"), Methods: &r, InTunnel: tunnel})
}

// show says what came of a packet: "continue Response 1 FAST \"y\"".
func show(out []byte, s Status) string {
	text := s.String()
	if p, ok := Parse(out); ok {
		text += fmt.Sprintf(" %v %d", p.Code, p.ID)
		if p.Code == CodeResponse || p.Code == CodeRequest {
			text += fmt.Sprintf(" %v %q", p.Type, p.Data)
		}
	}
	return text
}

// Checks FAST-PKT-03 (must fail: duplicate-processed-again).
// Checks FAST-PKT-14 (must fail: late-nak-sent).
// Checks FAST-END-10 (must fail: failure-after-success).
// Checks FAST-SEC-13 (must fail: forged-failure-ends).
func TestPeer(t *testing.T) {
	continuing := PeerState{}
	type step struct {
		in   []byte
		want string
	}
	for name, c := range map[string]struct {
		states []PeerState
		steps  []step
		got    int // how often the method was called
	}{
		"identity, method, success": {[]PeerState{{State: Done, Decision: UnconditionalSuccess}}, []step{
			{packet(CodeRequest, 1, TypeIdentity, "who"), `continue Response 1 Identity "ali"`},
			{packet(CodeRequest, 2, TypeFAST, "s"), `continue Response 2 FAST "y"`},
			{packet(CodeSuccess, 2, 0, ""), "succeeded"},
			{packet(CodeFailure, 2, 0, ""), "discarded"},
		}, 1},
		// A duplicate gets the earlier response and does not reach the method.
		"duplicate": {[]PeerState{continuing}, []step{
			{packet(CodeRequest, 2, TypeFAST, "s"), `continue Response 2 FAST "y"`},
			{packet(CodeRequest, 2, TypeFAST, "s"), `continue Response 2 FAST "y"`},
		}, 1},
		"nak of what is not there": {[]PeerState{continuing}, []step{
			{packet(CodeRequest, 1, 13, ""), `continue Response 1 Nak "+\x06"`},
			{packet(CodeRequest, 2, TypeExpanded, "\x00\x00\x00\x00\x00\x00\x01"), `continue Response 2 Nak "+\x06"`},
			{packet(CodeRequest, 3, TypeFAST, "s"), `continue Response 3 FAST "y"`},
		}, 1},
		// No Nak once a method has been answered, and no second method.
		"no nak after a method": {[]PeerState{continuing}, []step{
			{packet(CodeRequest, 1, TypeFAST, "s"), `continue Response 1 FAST "y"`},
			{packet(CodeRequest, 2, 13, ""), "discarded"},
			{packet(CodeRequest, 2, TypeGTC, ""), "discarded"},
			{packet(CodeRequest, 2, TypeIdentity, ""), "discarded"},
		}, 1},
		"notification": {[]PeerState{continuing}, []step{
			{packet(CodeRequest, 1, TypeNotification, "hear"), `continue Response 1 Notification ""`},
			{packet(CodeRequest, 2, TypeFAST, "s"), `continue Response 2 FAST "y"`},
		}, 1},
		// A canned Success or Failure in the middle has no effect.
		"forged in the middle": {[]PeerState{continuing}, []step{
			{packet(CodeSuccess, 0, 0, ""), "discarded"},
			{packet(CodeRequest, 1, TypeFAST, "s"), `continue Response 1 FAST "y"`},
			{packet(CodeSuccess, 1, 0, ""), "discarded"},
			{packet(CodeFailure, 1, 0, ""), "discarded"},
		}, 1},
		"failure after unconditional success": {[]PeerState{{State: Done, Decision: UnconditionalSuccess}}, []step{
			{packet(CodeRequest, 1, TypeFAST, "s"), `continue Response 1 FAST "y"`},
			{packet(CodeFailure, 1, 0, ""), "discarded"},
			{packet(CodeSuccess, 9, 0, ""), "discarded"},
			{packet(CodeSuccess, 1, 0, ""), "succeeded"},
		}, 1},
		"conditional success takes both": {[]PeerState{{State: MayContinue, Decision: ConditionalSuccess}}, []step{
			{packet(CodeRequest, 1, TypeFAST, "s"), `continue Response 1 FAST "y"`},
			{packet(CodeFailure, 1, 0, ""), "failed"},
		}, 1},
		"success that contradicts": {[]PeerState{{State: Done, Decision: Fail}}, []step{
			{packet(CodeRequest, 1, TypeFAST, "s"), `continue Response 1 FAST "y"`},
			{packet(CodeSuccess, 1, 0, ""), "failed"},
		}, 1},
		"success without a method": {nil, []step{
			{packet(CodeRequest, 1, TypeIdentity, ""), `continue Response 1 Identity "ali"`},
			{packet(CodeSuccess, 1, 0, ""), "discarded"},
			{packet(CodeFailure, 1, 0, ""), "failed"},
		}, 0},
		"the method ignores": {[]PeerState{{Ignore: true}, continuing}, []step{
			{packet(CodeRequest, 1, TypeFAST, "s"), "discarded"},
			{packet(CodeRequest, 1, TypeFAST, "s"), `continue Response 1 FAST "y"`},
		}, 2},
		"responses are not for peers": {nil, []step{{packet(CodeResponse, 1, TypeIdentity, ""), "discarded"}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			m := &toldPeer{told{say: []string{"y"}, states: c.states}}
			p := peerWith(m, false)
			for i, s := range c.steps {
				out, status := p.Step(nil, s.in, then)
				if got := show(out, status); got != s.want {
					t.Fatalf("step %d: %s, want %s", i, got, s.want)
				}
			}
			if len(m.got) != c.got {
				t.Errorf("the method was called %d times, want %d", len(m.got), c.got)
			}
		})
	}
}

func TestPeerInTunnelTakesARepeatedIdentifier(t *testing.T) {
	m := &toldPeer{told{say: []string{"a", "b"}, states: []PeerState{{}}}}
	p := peerWith(m, true)
	p.Step(nil, packet(CodeRequest, 1, TypeFAST, "s"), then)
	out, status := p.Step(nil, packet(CodeRequest, 1, TypeFAST, "t"), then)
	if got := show(out, status); got != `continue Response 1 FAST "b"` {
		t.Error(got)
	}
}

// Checks FAST-PKT-04 (must fail: any-identifier, same-identifier-again).
// Checks FAST-PKT-14 (must fail: late-nak-taken).
func TestServer(t *testing.T) {
	type step struct {
		in   []byte
		want string
	}
	identity := step{packet(CodeResponse, 9, TypeIdentity, "ali"), `continue Request 10 FAST "a"`}
	for name, c := range map[string]struct {
		verdicts []Verdict
		steps    []step
		got      int
	}{
		"asks, runs, accepts": {[]Verdict{More, Accept}, []step{
			{nil, `continue Request 0 Identity ""`},
			{packet(CodeResponse, 0, TypeIdentity, "ali"), `continue Request 1 FAST "a"`},
			{packet(CodeResponse, 1, TypeFAST, "x"), "succeeded Success 1"},
			{packet(CodeResponse, 1, TypeFAST, "x"), "discarded"},
		}, 2},
		"rejects": {[]Verdict{More, Reject}, []step{identity, {packet(CodeResponse, 10, TypeFAST, "x"), "failed Failure 10"}}, 2},
		// A response with another identifier is dropped.
		"wrong identifier": {[]Verdict{More}, []step{
			identity,
			{packet(CodeResponse, 9, TypeFAST, "x"), "discarded"},
			{packet(CodeResponse, 11, TypeFAST, "x"), "discarded"},
			{packet(CodeResponse, 10, TypeFAST, "x"), `continue Request 11 FAST "b"`},
		}, 2},
		"wrong type":    {[]Verdict{More}, []step{identity, {packet(CodeResponse, 10, TypeGTC, "x"), "discarded"}}, 1},
		"a request":     {[]Verdict{More}, []step{{packet(CodeRequest, 10, TypeFAST, "x"), "discarded"}}, 0},
		"method ignore": {[]Verdict{More, Ignore, More}, []step{identity, {packet(CodeResponse, 10, TypeFAST, "x"), "discarded"}}, 2},
		"nak to another": {[]Verdict{More}, []step{
			identity,
			{packet(CodeResponse, 10, TypeNak, "\x0d\x2b\x06"), `continue Request 11 GTC "b"`},
			{packet(CodeResponse, 11, TypeNak, "\x2b"), "failed Failure 11"},
		}, 2},
		"nak without alternative": {[]Verdict{More}, []step{identity, {packet(CodeResponse, 10, TypeNak, "\x00"), "failed Failure 10"}}, 1},
		"late nak": {[]Verdict{More}, []step{
			identity,
			{packet(CodeResponse, 10, TypeFAST, "x"), `continue Request 11 FAST "b"`},
			{packet(CodeResponse, 11, TypeNak, "\x06"), "discarded"},
		}, 2},
		"first is no identity": {[]Verdict{More}, []step{{packet(CodeResponse, 1, TypeFAST, "x"), "discarded"}}, 0},
		"endless identity": {[]Verdict{More}, []step{
			{packet(CodeResponse, 1, TypeIdentity, strings.Repeat("a", 254)), "failed Failure 1"}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			m := &toldServer{told{say: []string{"a", "b", "c"}, verdicts: c.verdicts}}
			var r Registry[ServerMethod]
			r.Add(TypeFAST, func() ServerMethod { return m })
			r.Add(TypeGTC, func() ServerMethod { return m })
			s := NewServer(&ServerConfig{Methods: &r})
			for i, step := range c.steps {
				out, status := s.Step(nil, step.in, then)
				if got := show(out, status); got != step.want {
					t.Fatalf("step %d: %s, want %s", i, got, step.want)
				}
				if s.status != Succeeded && s.Keys().MSK != nil {
					t.Fatalf("step %d: keys before success", i)
				}
			}
			if len(m.got) != c.got {
				t.Errorf("the method was called %d times, want %d", len(m.got), c.got)
			}
			if s.Release(); c.got > 0 && !m.released {
				t.Error("the method was not released")
			}
		})
	}
}

func TestRegistryRefuses(t *testing.T) {
	for _, typ := range []Type{TypeNone, TypeIdentity, TypeNak, TypeExpanded, TypeFAST} {
		t.Run(typ.String(), func(t *testing.T) {
			var r Registry[PeerMethod]
			if typ == TypeFAST {
				r.Add(typ, nil)
			}
			defer func() {
				if recover() == nil {
					t.Error("it was added")
				}
			}()
			r.Add(typ, nil)
		})
	}
}

// Fragments and their acknowledgements, in lock-step.
//
// Checks FAST-PKT-10 (must fail: first-fragment-without-length).
// Checks FAST-PKT-11 (must fail: fragments-at-once).
func TestFragments(t *testing.T) {
	for _, mtu := range []int{8, 64, 300, 1024} {
		for _, size := range []int{0, 1, 7, 63, 64, 1000, 5000} {
			t.Run(fmt.Sprintf("mtu %d, %d octets", mtu, size), func(t *testing.T) {
				message := bytes.Repeat([]byte("sesame "), size/7+1)[:size]
				a, b := &Fragments{Version: 1}, &Fragments{Version: 1}
				a.Send(message)
				packets := 0
				for {
					p := a.Append(nil, mtu)
					if packets++; len(p) > mtu || Flags(p[0]).Version() != 1 {
						t.Fatalf("packet %d has %d octets and flags %#x", packets, len(p), p[0])
					}
					arrival, err := b.Receive(p)
					if err != nil {
						t.Fatal(err)
					}
					if arrival == Whole {
						break
					}
					if arrival, err := a.Receive(b.Append(nil, mtu)); err != nil || arrival != Acked {
						t.Fatal(arrival, err)
					}
				}
				if !bytes.Equal(b.Message(), message) || a.Sending() {
					t.Errorf("%d octets arrived of %d", len(b.Message()), size)
				}
				if whole := size <= mtu-1; whole != (packets == 1) {
					t.Errorf("%d packets", packets)
				}
			})
		}
	}
}

// What is malformed, and the bound.
//
// Checks FAST-SEC-18 (must fail: fragments-without-bound).
// Checks FAST-PKT-12 (must fail: fragments-without-bound, more-than-announced, data-in-acknowledgement).
func TestFragmentsRefuse(t *testing.T) {
	for name, packets := range map[string][]string{
		"empty":                      {""},
		"start in the middle":        {"\x21"},
		"length cut off":             {"\x81\x00\x00\x00"},
		"more without length":        {"\x41abc"},
		"more than announced":        {"\xc1\x00\x00\x00\x04ab", "\x01abc"},
		"more, and yet more to come": {"\xc1\x00\x00\x00\x04ab", "\x41abc"},
		"less than announced":        {"\xc1\x00\x00\x00\x04ab", "\x01a"},
		"empty fragment":             {"\xc1\x00\x00\x00\x04"},
		"other length":               {"\xc1\x00\x00\x00\x04ab", "\x81\x00\x00\x00\x05ab"},
		"length of the only one":     {"\x81\x00\x00\x00\x04ab"},
		"beyond the bound":           {"\xc1\x00\x01\x00\x01ab"},
		"far beyond the bound":       {"\xc1\xff\xff\xff\xffab"},
		"data in an acknowledgement": {"ack", "\x01a"},
		"more in an acknowledgement": {"ack", "\x41"},
	} {
		t.Run(name, func(t *testing.T) {
			f := &Fragments{Version: 1}
			if packets[0] == "ack" {
				f.Send(make([]byte, 100))
				f.Append(nil, 50)
				packets = packets[1:]
			}
			for i, p := range packets {
				_, err := f.Receive([]byte(p))
				if last := i == len(packets)-1; last != (err != nil) {
					t.Errorf("packet %d: %v", i, err)
				}
			}
		})
	}
}

func FuzzFragments(f *testing.F) {
	f.Add([]byte("\xc1\x00\x00\x00\x04ab"), []byte("\x01cd"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		r := &Fragments{Limit: 1000}
		for _, p := range [][]byte{a, b} {
			arrival, err := r.Receive(p)
			if err == nil && arrival == Whole && len(r.Message()) > 1000 {
				t.Error("a message beyond the limit")
			}
			if cap(r.in) > 4096 {
				t.Error("memory beyond the limit")
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(packet(CodeRequest, 1, TypeFAST, "s"))
	f.Fuzz(func(t *testing.T, in []byte) {
		p, ok := Parse(in)
		if !ok {
			return
		}
		if out := p.Append(nil); !bytes.HasPrefix(in, out) {
			t.Errorf("%x became %x", in, out)
		}
		m := &toldPeer{told{say: []string{"y"}, states: []PeerState{{}}}}
		peerWith(m, false).Step(nil, in, then)
	})
}
