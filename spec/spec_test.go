package spec

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// names checks that n values have different names, and that parse is the
// inverse of String.
func names[T interface {
	~uint8 | ~uint16
	fmt.Stringer
}](t *testing.T, kind string, n int, parse func(string) (T, error)) {
	t.Helper()
	seen := map[string]bool{}
	for i := range n {
		v := T(i)
		name := v.String()
		if strings.ContainsAny(name, "()") || name == "" {
			continue // a number that has no name
		}
		if seen[name] {
			t.Errorf("two values of %s are named %q", kind, name)
		}
		seen[name] = true
		if got, err := parse(name); err != nil || got != v {
			t.Errorf("%s %q parses as %v, %v", kind, name, got, err)
		}
	}
	if len(seen) < 15 {
		t.Errorf("only %d names of %s", len(seen), kind)
	}
	if _, err := parse("nothing"); err == nil {
		t.Errorf("%s: a name that is none was parsed", kind)
	}
	if _, err := parse(""); err == nil {
		t.Errorf("%s: the empty name was parsed", kind)
	}
}

func TestNames(t *testing.T) {
	names(t, "message", Messages, ParseMessage)
	names(t, "state", States, ParseState)
	names(t, "event", Events, ParseEvent)
	names(t, "alert", 256, ParseAlert)
}

func TestSuites(t *testing.T) {
	all := Suites()
	if len(all) != 33 {
		t.Errorf("%d suites, want 33", len(all))
	}
	for i, s := range all {
		if i > 0 && all[i-1].ID >= s.ID {
			t.Errorf("%v stands after %v", s.ID, all[i-1].ID)
		}
		if got, ok := SuiteByID(s.ID); !ok || got != s || s.ID.String() != s.Name {
			t.Errorf("%v is found as %v", s.Name, got)
		}
		// RFC 5246, Section 6.2.3: an AEAD has no MAC of its own, and needs TLS 1.2.
		if s.Cipher.AEAD() != (s.MAC == HashNone) || s.Cipher.AEAD() != (s.MACKey == 0) {
			t.Errorf("%s has the MAC %v with %d octets", s.Name, s.MAC, s.MACKey)
		}
		if old := s.MAC == SHA1; old != (s.MinVersion == TLS10) {
			t.Errorf("%s is from %v on", s.Name, s.MinVersion)
		}
	}
	for _, id := range []SuiteID{0x0005, EmptyRenegotiationInfoSCSV, FallbackSCSV} {
		if _, ok := SuiteByID(id); ok {
			t.Errorf("%v is implemented", id)
		}
	}
}

// RFC 5246, Appendix A.5, and RFC 7905, Section 2.
func TestSuiteParameters(t *testing.T) {
	for id, want := range map[SuiteID]Suite{
		0x002f: {0x002f, "RSA_WITH_AES_128_CBC_SHA", RSA, AES128CBC, SHA1, SHA256, TLS10, 20, 16, 16},
		0x00a7: {0x00a7, "DH_anon_WITH_AES_256_GCM_SHA384", DHAnon, AES256GCM, HashNone, SHA384, TLS12, 0, 32, 4},
		0xc028: {0xc028, "ECDHE_RSA_WITH_AES_256_CBC_SHA384", ECDHERSA, AES256CBC, SHA384, SHA384, TLS12, 48, 32, 16},
		0xcca9: {0xcca9, "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", ECDHEECDSA, ChaCha20Poly1305, HashNone, SHA256, TLS12, 0, 32, 12},
	} {
		if got, _ := SuiteByID(id); got != want {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
}

func TestProfiles(t *testing.T) {
	known := map[Quirk]bool{}
	for _, q := range Quirks() {
		if known[q.Quirk] || q.Text == "" || q.Source == "" {
			t.Errorf("quirk %s stands twice, or says too little", q.Quirk)
		}
		known[q.Quirk] = true
	}
	all := Profiles()
	if all[0].Name != "rfc" || len(all[0].Quirks) != 0 {
		t.Errorf("the first profile is %+v", all[0])
	}
	for _, p := range all {
		got, err := ProfileByName(p.Name)
		if err != nil || !slices.Equal(got.Quirks, p.Quirks) {
			t.Errorf("%s is found as %v, %v", p.Name, got, err)
		}
		for _, q := range p.Quirks {
			if !known[q] || !p.Has(q) {
				t.Errorf("profile %s has the quirk %s, of which nothing is known", p.Name, q)
			}
		}
	}
	if _, err := ProfileByName("nothing"); err == nil || !strings.Contains(err.Error(), "rfc") {
		t.Errorf("an unknown profile: %v", err)
	}
}

func TestHandshakeTypes(t *testing.T) {
	n := 0
	for m := range Message(Messages) {
		octet, ok := m.HandshakeType()
		if !ok {
			continue
		}
		n++
		if HandshakeMessage(octet) != m || m.ContentType() != ContentHandshake {
			t.Errorf("%v has the type %d, which is %v", m, octet, HandshakeMessage(octet))
		}
	}
	if n != 11 || HandshakeMessage(99) != NoMessage {
		t.Errorf("%d handshake messages, and 99 is %v", n, HandshakeMessage(99))
	}
	for m, want := range map[Message]ContentType{ChangeCipherSpec: 20, Alert: 21, Finished: 22, ApplicationData: 23} {
		if got := m.ContentType(); got != want {
			t.Errorf("%v is content of type %d, want %d", m, got, want)
		}
	}
}

func TestProtectionFollowsTheState(t *testing.T) {
	for _, c := range []struct {
		state       State
		role        Role
		read, write bool
	}{
		{AwaitServerFlight, Client, false, false},
		{AwaitFinishedAbbreviated, Client, true, false}, // the server's Finished comes first
		{AwaitChangeCipherSpecAbbreviated, Server, false, true},
		{AwaitChangeCipherSpec, Client, false, true},
		{AwaitFinished, Server, true, false},
		{Established, Client, true, true},
		{Failed, Server, false, false},
	} {
		// The client of a shortened handshake writes in the clear until its own flight.
		if c.state.ReadProtected() != c.read || c.state.WriteProtected(c.role) != c.write {
			t.Errorf("%v of %v: read %v, write %v", c.state, c.role, c.state.ReadProtected(), c.state.WriteProtected(c.role))
		}
	}
}

func TestDefaultsLeaveNothingOpen(t *testing.T) {
	text := fmt.Sprintf("%v", Scenario{}.WithDefaults())
	if strings.Contains(text, "?") {
		t.Errorf("open after WithDefaults: %s", text)
	}
	chosen := Scenario{Ticket: TicketPAC}
	if got := chosen.WithDefaults().Ticket; got != TicketPAC {
		t.Errorf("the chosen ticket became %v", got)
	}
}

func TestRoles(t *testing.T) {
	if Client.Peer() != Server || Server.Peer() != Client || Attacker.Peer() != Attacker {
		t.Error("peers are wrong")
	}
	for e, want := range map[Event]Role{ClientTimeout: Client, ServerReceiveClientHello: Server, ServerTimeout: Server, AttackerDrop: Attacker} {
		if e.Role() != want {
			t.Errorf("%v is the %v's", e, e.Role())
		}
	}
	if Receive(Client, ClientHello) != ClientReject || Receive(Server, ServerHello) != ServerReject {
		t.Error("a message for the other side is taken")
	}
}
