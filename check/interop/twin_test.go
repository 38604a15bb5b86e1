package interop

import (
	"context"
	"net"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// opensslAsOurs is OpenSSL in our place. It tells less than impl/tls does: by
// what it resumed follows from what it was told.
type opensslAsOurs struct{ shimEnd }

func (e opensslAsOurs) Connect(ctx context.Context, conn net.Conn, s Setup) Outcome {
	o := e.shimEnd.Connect(ctx, conn, s)
	o.EMS = o.EMS && o.Resumed != spec.BySessionSecret
	if o.Resumed == spec.BySessionID && s.Tickets {
		o.Resumed = spec.ByTicket
	}
	return o
}

// TestCasesFindDeviations is the cases' must-fail twin: with OpenSSL in our
// place, exactly those cases fail in which OpenSSL does not do what ours must.
func TestCasesFindDeviations(t *testing.T) {
	program := buildForTest(t)
	ours := opensslAsOurs{shimEnd{startShim(t, "ours", program)}}
	peer := startShim(t, "peer", program)
	if profile := ProfileOf(peer.Library()); profile.Name != "openssl-3.0" {
		t.Skipf("the list is of OpenSSL 3.0; this is %s", peer.Library())
	}
	mustFail := map[spec.Role][]string{
		spec.Client: {
			"our secret has 47 octets", "the named suite is not offered", "the named suite is wrong for the version",
			"the server takes an anonymous suite",
		},
		spec.Server: {
			"accepted", "no ticket", "an empty ticket", "our callback fails", "our secret has 47 octets", "our secret is empty",
			"a fresh Session ID", "the Session ID of a cached session", "the Session ID of a cached session, declined",
			"the named suite is not offered", "the named suite is wrong for the version", "the named suite is anonymous",
			"our server requires a certificate", "our server has an ECDSA certificate alone", "our server has no certificate",
		},
	}
	for _, c := range Cases() {
		t.Run(c.Ours.String()+" "+c.Name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*connectionLimit)
			defer cancel()
			err := c.Play(ctx, ours, peer, testPKI)
			must := slices.Contains(mustFail[c.Ours], c.Name)
			switch {
			case err != nil && !must:
				t.Errorf("not even OpenSSL passes:\n%v", err)
			case err == nil && must:
				t.Errorf("OpenSSL passes, and deviates")
			}
		})
	}
}

// TestCellsFindDeviations is the matrix's must-fail twin.
func TestCellsFindDeviations(t *testing.T) {
	program := buildForTest(t)
	ours, peer := opensslAsOurs{shimEnd{startShim(t, "ours", program)}}, startShim(t, "peer", program)
	profile := ProfileOf(peer.Library())
	cell := func(role spec.Role, suite spec.SuiteID, kind Kind, client KeyKind) Cell {
		return Cell{role, OpenSSLCallback, spec.TLS12, suite, kind, Choice{EMS: true, EtM: true, Client: client}}
	}
	for _, test := range []struct {
		name string
		cell Cell
		pass bool
	}{
		{"full", cell(spec.Server, 0xc013, FullHandshake, RSA2048), true},
		{"by Session ID", cell(spec.Server, 0x009e, SessionID, NoKey), true},
		{"by ticket", cell(spec.Client, 0xc02b, Ticket, Ed25519), true},
		{"a PAC", cell(spec.Client, 0xc030, PACAccepted, NoKey), true},
		{"a client takes an anonymous suite", cell(spec.Client, 0x0034, PACAccepted, NoKey), false},
		{"a server takes an anonymous suite", cell(spec.Server, 0x0034, PACAccepted, NoKey), false},
		{"a server waives the client certificate", cell(spec.Server, 0xc013, PACAccepted, P256), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := test.cell.Play(t.Context(), ours, peer, profile, testPKI); (err == nil) != test.pass {
				t.Errorf("passes: %v, want %v\n%v", err == nil, test.pass, err)
			}
		})
	}
}

// TestCryptoTLSAsOurs shows the drivers of s_client and s_server, and of
// crypto/tls at both ends, with cells that crypto/tls can play in our place.
func TestCryptoTLSAsOurs(t *testing.T) {
	stock, err := NewStock(t.Context(), t.TempDir())
	if err != nil {
		t.Skip(err)
	}
	defer stock.Close()
	for info, peer := range map[*PeerInfo]Peer{OpenSSLStock: stock, CryptoTLS: PeerOf(new(GoTLS))} {
		for _, role := range []spec.Role{spec.Client, spec.Server} {
			for _, kind := range []Kind{FullHandshake, Ticket} {
				for _, suite := range []spec.SuiteID{0x002f, 0xc02b, 0xcca8} {
					c := Cell{role, info, spec.TLS12, suite, kind, Choice{EMS: true, Client: P256}}
					t.Run(c.String(), func(t *testing.T) {
						if _, err := c.Play(t.Context(), new(GoTLS), peer, spec.Profile{}, testPKI); err != nil {
							t.Error(err)
						}
					})
				}
			}
		}
	}
}
