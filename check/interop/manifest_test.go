package interop

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

func TestManifestIsAsWritten(t *testing.T) {
	m, err := Recorded()
	if err != nil {
		t.Fatal(err)
	}
	text, err := m.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, manifestJSON) {
		t.Error("manifest.json is not as this package writes it")
	}
	if falls := m.Falls(); len(falls) > 0 {
		t.Error(strings.Join(falls, "\n"))
	}
}

func TestManifest(t *testing.T) {
	m := Manifest{}
	cells := []Cell{
		{spec.Client, OpenSSLCallback, spec.TLS12, 0xc02f, PACAccepted, Choice{EMS: true, EtM: true, Client: Ed25519}},
		{spec.Server, CryptoTLS, spec.TLS10, 0x002f, Ticket, Choice{Client: NoKey}},
	}
	for _, c := range cells {
		if m.Has(c) {
			t.Errorf("%v is there already", c)
		}
		m.Add(c)
		if !m.Has(c) {
			t.Errorf("%v is not there", c)
		}
	}
	text, err := m.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var back Manifest
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if back.Len() != 2 || !back.Has(cells[0]) || !back.Has(cells[1]) || len(back.Falls()) > 0 {
		t.Errorf("%s\ncame back with %d cells, falls %q", text, back.Len(), back.Falls())
	}
}

// TestFalls shows that a recorded cell cannot vanish unseen.
func TestFalls(t *testing.T) {
	notApplicable := Manifest{}
	notApplicable.Add(Cell{spec.Server, CryptoTLS, spec.TLS12, 0xc02f, SessionID, Choice{Client: NoKey}})
	renamed := Manifest{"server with nobody": {"TLS 1.2 X": {"full": 3}}}
	for name, m := range map[string]Manifest{"not applicable": notApplicable, "no cell": renamed} {
		if len(m.Falls()) != 1 {
			t.Errorf("%s: %q", name, m.Falls())
		}
	}
}
