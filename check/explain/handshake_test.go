package explain

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/check/internal/taped"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// plainest is a cost by which the client needs no certificate.
func plainest(sys *model.System) func(model.State) int {
	return func(st model.State) int { return int(sys.Scenario(st).ClientAuth) }
}

func follow(t *testing.T, h *Handshake) (path []model.Action, agreed int, instead []spec.Message) {
	t.Helper()
	sys, err := model.New(model.Options{Fix: h.Scenarios[0]})
	if err != nil {
		t.Fatal(err)
	}
	return h.Follow(sys, plainest(sys))
}

// TestHandshakeOverTCP: a handshake under a PAC is read from a capture of TCP,
// with keys and without, and the model goes along with it; with a message lost
// it does not.
func TestHandshakeOverTCP(t *testing.T) {
	want := []spec.Message{
		spec.ClientHello, spec.ServerHello, spec.ChangeCipherSpec, spec.Finished, spec.ChangeCipherSpec, spec.Finished, spec.ApplicationData,
	}
	for name, keys := range map[string]bool{"with keys": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			file, err := taped.Handshake(t.Context(), keys)
			if err != nil {
				t.Fatal(err)
			}
			all, err := Handshakes(bytes.NewReader(file), Options{})
			if err != nil || len(all) != 1 {
				t.Fatalf("%d handshakes, %v", len(all), err)
			}
			h := &all[0]
			var heard []spec.Message
			for _, x := range h.Heard {
				heard = append(heard, x.Message)
				if sealed := x.Message == spec.Finished || x.Message == spec.ApplicationData; sealed && x.Sealed == keys {
					t.Errorf("%v is sealed: %v", x.Message, x.Sealed)
				}
			}
			if !slices.Equal(heard[:min(len(heard), len(want))], want) || h.Broken != nil {
				t.Errorf("heard %v, %v", heard, h.Broken)
			}
			if sc := h.Scenarios[0]; len(h.Scenarios) != 2 || sc.SessionID != spec.IDEmpty || sc.Ticket != spec.TicketPAC || sc.ClientVersion != spec.OfferTLS12 {
				t.Errorf("scenarios %+v", h.Scenarios)
			}
			path, agreed, instead := follow(t, h)
			if agreed != 6 || instead != nil || !h.Over(agreed) || path[len(path)-1].Event != spec.ServerReceiveFinished {
				t.Errorf("%d messages, then %v; path %v", agreed, instead, path)
			}
			h.Heard = slices.Delete(h.Heard, 2, 3) // ChangeCipherSpec
			if _, agreed, instead := follow(t, h); agreed != 2 || !slices.Contains(instead, spec.ChangeCipherSpec) {
				t.Errorf("without ChangeCipherSpec: %d messages, then %v", agreed, instead)
			}
		})
	}
}

// TestHandshakeOverRADIUS: the recorded conversations under a PAC and without
// are handshakes of the model.
func TestHandshakeOverRADIUS(t *testing.T) {
	for name, last := range map[string]spec.Event{
		"by-pac.pcapng": spec.ServerReceiveFinished, "by-certificate.pcapng": spec.ClientReceiveFinished,
		"pac-of-other-key.pcapng": spec.ClientReceiveFinished,
	} {
		t.Run(name, func(t *testing.T) {
			file, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			all, err := Handshakes(bytes.NewReader(file), Options{})
			if err != nil || len(all) != 1 {
				t.Fatalf("%d handshakes, %v", len(all), err)
			}
			path, _, instead := follow(t, &all[0])
			if instead != nil || path[len(path)-1].Event != last {
				t.Errorf("it ends with %v, then %v", path[len(path)-1], instead)
			}
		})
	}
}

// TestNoHandshake: what is no capture is refused, and one without TLS has none.
func TestNoHandshake(t *testing.T) {
	if _, err := Handshakes(bytes.NewReader([]byte("text")), Options{}); err == nil {
		t.Error("text was read")
	}
	file, err := os.ReadFile(filepath.Join("testdata", "other-method.pcapng"))
	if err != nil {
		t.Fatal(err)
	}
	if all, err := Handshakes(bytes.NewReader(file), Options{}); len(all) != 0 || err != nil {
		t.Errorf("%d handshakes, %v", len(all), err)
	}
}
