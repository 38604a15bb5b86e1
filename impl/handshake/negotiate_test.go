package handshake_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

var versions = []spec.Version{spec.TLS10, spec.TLS11, spec.TLS12}

// TestVersions: the lower of both maxima, or protocol_version; and the mark of
// RFC 8446, Section 4.1.3.
//
// Checks TLS-BASE-03 (must fail: higher-version-echoed).
// Checks TLS-BASE-04, TLS-ALERT-09 (must fail: any-server-version).
func TestVersions(t *testing.T) {
	for _, cMax := range versions {
		for _, cMin := range versions {
			for _, sMax := range versions {
				for _, sMin := range versions {
					if cMin > cMax || sMin > sMax {
						continue
					}
					config := func(lowest, highest spec.Version) *handshake.Config {
						return &handshake.Config{MinVersion: lowest, MaxVersion: highest, Suites: []spec.SuiteID{0x002f}}
					}
					client, server := pair(t, config(cMin, cMax), config(sMin, sMax), &handshake.ClientParams{})
					hello, _ := client.step(nil)
					out, _ := server.step(hello)
					chosen := min(cMax, sMax)
					if chosen < sMin {
						if a, _ := alertOf(server); a != spec.ProtocolVersion {
							t.Errorf("%v to %v, %v to %v: %v", cMin, cMax, sMin, sMax, server.err)
						}
						continue
					}
					marked := strings.HasSuffix(string(server.ServerRandom()), "DOWNGRD\x00")
					if marked != (chosen < sMax && sMax == spec.TLS12) {
						t.Errorf("%v of %v: %x", chosen, sMax, server.ServerRandom())
					}
					out, _ = client.step(out)
					if chosen < cMin {
						if a, _ := alertOf(client); a != spec.ProtocolVersion {
							t.Errorf("%v to %v, %v to %v: %v", cMin, cMax, sMin, sMax, client.err)
						}
						continue
					}
					out, _ = server.step(out)
					client.step(out)
					established(t, client, server)
					if v := client.Info().Version; v != chosen {
						t.Errorf("%v, want %v", v, chosen)
					}
				}
			}
		}
	}
}

// TestBadClientConfig: what makes no ClientHello is an error before anything is sent.
func TestBadClientConfig(t *testing.T) {
	for name, c := range map[string]*handshake.Config{
		"versions the wrong way round": {MinVersion: spec.TLS12, MaxVersion: spec.TLS10},
		"TLS 1.3":                      {MaxVersion: spec.TLS13},
		"SSL 3.0":                      {MinVersion: spec.SSL30},
		"no suite":                     {Suites: []spec.SuiteID{}},
		"no suite for the version":     {MinVersion: spec.TLS10, MaxVersion: spec.TLS10, Suites: []spec.SuiteID{0xc02f}},
		"anonymous suites only":        {Suites: []spec.SuiteID{0x0034}},
		"no randomness":                {Rand: strings.NewReader("too short")},
	} {
		if _, err := handshake.NewClient(c, &handshake.ClientParams{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	server := newSide(handshake.NewServer(&handshake.Config{Rand: strings.NewReader("too short")}))
	client, _ := pair(t, &handshake.Config{}, &handshake.Config{}, &handshake.ClientParams{})
	hello, _ := client.step(nil)
	server.step(hello)
	if a, sent := alertOf(server); a != spec.InternalError || !sent {
		t.Errorf("a server without randomness: %v", server.err)
	}
}

// TestClientHello: what a client's hello holds.
//
// Checks FAST-TLS-03 (must fail: empty-ticket-extension).
// Checks FAST-TLS-05 (must fail: session-id-beside-pac).
// Checks TLS-BASE-19 (must fail: schemes-of-old-versions).
// Checks TLS-BASE-20 (must fail: renegotiation-info-beside-scsv).
// Checks TLS-BASE-25 (must fail: ems-not-offered).
func TestClientHello(t *testing.T) {
	for name, c := range map[string]struct {
		config *handshake.Config
		params handshake.ClientParams
		want   []spec.Extension
		check  func(h *wire.ClientHello) bool
	}{
		"all": {config: &handshake.Config{Protocols: []string{"h2"}, Tickets: true}, params: handshake.ClientParams{ServerName: "server.example"},
			want: []spec.Extension{spec.ServerName, spec.SupportedGroups, spec.ECPointFormats, spec.SignatureAlgorithms, spec.ALPN,
				spec.EncryptThenMAC, spec.ExtendedMasterSecret, spec.SessionTicket, spec.RenegotiationInfo}},
		// RFC 8422, Section 4; RFC 7366, Section 3.
		"TLS 1.1, RSA": {config: &handshake.Config{MinVersion: spec.TLS10, MaxVersion: spec.TLS11, Suites: []spec.SuiteID{0x002f, 0xc02f}},
			want:  []spec.Extension{spec.EncryptThenMAC, spec.ExtendedMasterSecret, spec.RenegotiationInfo},
			check: func(h *wire.ClientHello) bool { return h.Suites.Len() == 1 }},
		"AEAD": {config: &handshake.Config{Suites: []spec.SuiteID{0xc02f}, ExtendedMasterSecret: handshake.Never},
			want: []spec.Extension{spec.SupportedGroups, spec.ECPointFormats, spec.SignatureAlgorithms, spec.RenegotiationInfo}},
		// One of both.
		"SCSV": {config: &handshake.Config{Suites: []spec.SuiteID{0x009c}, ExtendedMasterSecret: handshake.Never, Groups: []spec.Group{spec.X25519}},
			params: handshake.ClientParams{SignalBySCSV: true}, want: []spec.Extension{spec.SignatureAlgorithms},
			check: func(h *wire.ClientHello) bool { return h.Suites.Contains(spec.EmptyRenegotiationInfoSCSV) }},
		"no signatures": {config: &handshake.Config{Suites: []spec.SuiteID{0x009c}, Groups: []spec.Group{}, Schemes: []spec.SignatureScheme{}},
			want: []spec.Extension{spec.ExtendedMasterSecret, spec.RenegotiationInfo}},
		"callback without a ticket": {config: &handshake.Config{Suites: []spec.SuiteID{0x009c}, Tickets: true, Groups: []spec.Group{}},
			params: handshake.ClientParams{HasSecret: true}, want: []spec.Extension{spec.SignatureAlgorithms, spec.ExtendedMasterSecret, spec.RenegotiationInfo}},
		"ticket": {config: &handshake.Config{Suites: []spec.SuiteID{0x009c}, Groups: []spec.Group{}}, params: handshake.ClientParams{HasSecret: true, Ticket: opaque},
			want:  []spec.Extension{spec.SignatureAlgorithms, spec.ExtendedMasterSecret, spec.SessionTicket, spec.RenegotiationInfo},
			check: func(h *wire.ClientHello) bool { return len(h.SessionID) == 0 && string(h.Ticket) == string(opaque) }},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := handshake.NewClient(c.config, &c.params)
			if err != nil {
				t.Fatal(err)
			}
			defer m.Release()
			out, _, _, _ := m.Step(nil, nil)
			var h wire.ClientHello
			if !h.Parse(records(out)[0][9:]) {
				t.Fatalf("%x", out)
			}
			var got []spec.Extension
			for e := range h.Extensions.All() {
				got = append(got, e)
			}
			if !slices.Equal(got, c.want) || c.check != nil && !c.check(&h) {
				t.Errorf("%v, want %v\n%+v", got, c.want, h)
			}
			if out[1] != 3 || out[2] != 1 {
				t.Errorf("record version %x", out[1:3])
			}
		})
	}
}

// TestEncryptThenMAC: RFC 7366: negotiated for CBC, by the policies of both
// sides, and never for AEAD.
func TestEncryptThenMAC(t *testing.T) {
	policies := []handshake.Policy{handshake.Offer, handshake.Require, handshake.Never}
	for _, suite := range []spec.SuiteID{0xc027, 0xc02f} {
		for _, c := range policies {
			for _, s := range policies {
				config := func(p handshake.Policy) *handshake.Config {
					return &handshake.Config{Suites: []spec.SuiteID{suite}, EncryptThenMAC: p}
				}
				client, server := pair(t, config(c), config(s), &handshake.ClientParams{})
				play(client, server)
				cbc := suite == 0xc027
				fails := cbc && (c == handshake.Require && s == handshake.Never || c == handshake.Never && s == handshake.Require)
				if fails {
					if client.State() == spec.Established || server.State() == spec.Established {
						t.Errorf("client %v, server %v: established", c, s)
					}
					continue
				}
				established(t, client, server)
				if got, want := client.Info().EncryptThenMAC, cbc && c != handshake.Never && s != handshake.Never; got != want || server.Info().EncryptThenMAC != want {
					t.Errorf("client %v, server %v: %v", c, s, got)
				}
			}
		}
	}
}

// TestTracer: an observation for each message, in the words of package spec.
func TestTracer(t *testing.T) {
	var got [2][]spec.Observation
	tracer := func(o *spec.Observation) { got[o.Role] = append(got[o.Role], *o) }
	client, server := pair(t, &handshake.Config{Tracer: tracer}, &handshake.Config{Tracer: tracer, SessionSecrets: true},
		&handshake.ClientParams{Ticket: opaque, HasSecret: true})
	play(client, server)
	established(t, client, server)
	want := [2][]spec.Observation{
		{
			{Event: spec.ClientStart, State: spec.AwaitServerHello},
			{Event: spec.ClientReceiveServerHello, State: spec.AwaitServerFlight, Secret: spec.PAC, Pending: true, EMS: true,
				Call: spec.Call{Made: true, Ticket: spec.TicketPAC, Result: spec.CallbackAccept, Named: spec.NamedNone}},
			{Event: spec.ClientReceiveChangeCipherSpec, State: spec.AwaitFinishedAbbreviated, Secret: spec.PAC, Read: spec.PAC, EMS: true, Resumed: spec.BySessionSecret},
			{Event: spec.ClientReceiveFinished, State: spec.Established, Secret: spec.PAC, Read: spec.PAC, Write: spec.PAC, EMS: true, Resumed: spec.BySessionSecret, PeerAuth: true},
			{Event: spec.ClientSendApplicationData, State: spec.Established, Secret: spec.PAC, Read: spec.PAC, Write: spec.PAC, EMS: true, Resumed: spec.BySessionSecret, PeerAuth: true},
			{Event: spec.ClientReceiveApplicationData, State: spec.Established, Secret: spec.PAC, Read: spec.PAC, Write: spec.PAC, EMS: true, Resumed: spec.BySessionSecret, PeerAuth: true, Delivered: 1},
		},
		{
			{Event: spec.ServerReceiveClientHello, State: spec.AwaitChangeCipherSpecAbbreviated, Secret: spec.PAC, Write: spec.PAC, EMS: true, Resumed: spec.BySessionSecret,
				Call: spec.Call{Made: true, Ticket: spec.TicketPAC, Result: spec.CallbackAccept, Named: spec.NamedNone}},
			{Event: spec.ServerReceiveChangeCipherSpec, State: spec.AwaitFinishedAbbreviated, Secret: spec.PAC, Read: spec.PAC, Write: spec.PAC, EMS: true, Resumed: spec.BySessionSecret},
			{Event: spec.ServerReceiveFinished, State: spec.Established, Secret: spec.PAC, Read: spec.PAC, Write: spec.PAC, EMS: true, Resumed: spec.BySessionSecret, PeerAuth: true},
			{Event: spec.ServerReceiveApplicationData, State: spec.Established, Secret: spec.PAC, Read: spec.PAC, Write: spec.PAC, EMS: true, Resumed: spec.BySessionSecret, PeerAuth: true, Delivered: 1},
			{Event: spec.ServerSendApplicationData, State: spec.Established, Secret: spec.PAC, Read: spec.PAC, Write: spec.PAC, EMS: true, Resumed: spec.BySessionSecret, PeerAuth: true},
		},
	}
	sent := [2]string{"ClientHello;;;ChangeCipherSpec Finished;ApplicationData;;", "ServerHello ChangeCipherSpec Finished;;;;ApplicationData;"}
	for r, list := range got {
		said := ""
		for i, o := range list {
			for j, s := range o.Sent {
				if j > 0 {
					said += " "
				}
				said += s.Message.String()
			}
			said += ";"
			o.Sent = nil
			if i < len(want[r]) {
				want[r][i].Role = spec.Role(r)
				if o.State != spec.AwaitServerHello {
					want[r][i].Version, want[r][i].Suite, want[r][i].ID = spec.TLS12, server.Info().Suite, spec.IDEmpty
				}
				if !equalObservations(o, want[r][i]) {
					t.Errorf("%v:\n%+v, want\n%+v", spec.Role(r), o, want[r][i])
				}
			}
		}
		if len(list) != len(want[r]) || said != sent[r] {
			t.Errorf("%v: %d observations, sent %q", spec.Role(r), len(list), said)
		}
	}
}

// TestTracerOfHellos: the extensions are those that are sent.
func TestTracerOfHellos(t *testing.T) {
	var sent [2][]spec.Sent
	tracer := func(o *spec.Observation) { sent[o.Role] = append(sent[o.Role], o.Sent...) }
	client, server := pair(t, &handshake.Config{Tracer: tracer}, &handshake.Config{Tracer: tracer}, &handshake.ClientParams{})
	play(client, server)
	established(t, client, server)
	for r, hello := range map[spec.Role]spec.Message{spec.Client: spec.ClientHello, spec.Server: spec.ServerHello} {
		first := sent[r][0]
		if first.Message != hello || !slices.Contains(first.Extensions, spec.ExtendedMasterSecret) || !slices.Contains(first.Extensions, spec.ECPointFormats) {
			t.Errorf("%v with %v", first.Message, first.Extensions)
		}
	}
}

// TestTracerOfWrongLength: a secret that has not 48 octets is told as such.
func TestTracerOfWrongLength(t *testing.T) {
	var last spec.Observation
	client, server := pair(t, &handshake.Config{}, &handshake.Config{SessionSecrets: true, Tracer: func(o *spec.Observation) { last = *o }},
		&handshake.ClientParams{Ticket: opaque, HasSecret: true})
	server.override = func(ev handshake.Event) bool {
		if ev == handshake.SecretWanted {
			server.AcceptSecret(make([]byte, 47), 0)
		}
		return ev == handshake.SecretWanted
	}
	play(client, server)
	if last.Call.Result != spec.CallbackWrongLength || !last.Call.Made || last.State != spec.Failed {
		t.Errorf("%+v", last)
	}
}

func equalObservations(a, b spec.Observation) bool {
	return a.Role == b.Role && a.Event == b.Event && a.State == b.State && a.Call == b.Call && a.Read == b.Read && a.Write == b.Write &&
		a.Version == b.Version && a.Suite == b.Suite && a.ID == b.ID && a.Promised == b.Promised && a.Secret == b.Secret && a.Resumed == b.Resumed && a.Pending == b.Pending && a.EMS == b.EMS && a.EtM == b.EtM &&
		a.PeerAuth == b.PeerAuth && a.Cache == b.Cache && a.Delivered == b.Delivered && a.Failure == b.Failure && a.Received == b.Received
}
