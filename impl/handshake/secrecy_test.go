package handshake_test

import (
	"bytes"
	"testing"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// TestNoForwardSecrecy: who has recorded a session and learns the PAC-Key later
// reads it, under an ephemeral suite's name too. The key tells nothing of a full
// handshake in which the same ticket was offered.
//
// Checks FAST-SEC-04 (must fail: pac-key-alone-opens-nothing, pac-opens-full-handshakes).
func TestNoForwardSecrecy(t *testing.T) {
	for _, accepted := range []bool{true, false} {
		client, server := pair(t, &handshake.Config{Suites: []spec.SuiteID{0xc02f}}, &handshake.Config{SessionSecrets: true},
			&handshake.ClientParams{Ticket: opaque, HasSecret: true})
		if !accepted {
			server.key = nil
		}
		var toServer, toClient []byte // as somebody on the wire records them
		for out, _ := client.step(nil); len(out) > 0; {
			toServer = append(toServer, out...)
			back, _ := server.step(out)
			toClient = append(toClient, back...)
			out, _ = client.step(back)
		}
		established(t, client, server)
		if read := opens(t, toServer, toClient, pacKey); read != accepted {
			t.Errorf("ticket accepted: %v; read with the PAC-Key: %v", accepted, read)
		}
		if opens(t, toServer, toClient, bytes.Repeat([]byte{1}, 32)) {
			t.Error("another key opens it")
		}
	}
}

// opens reports whether a recorded session opens with a PAC-Key: by what is on
// the wire and nothing else.
func opens(t *testing.T, toServer, toClient, key []byte) bool {
	t.Helper()
	var ch wire.ClientHello
	var sh wire.ServerHello
	if !ch.Parse(records(toServer)[0][record.HeaderSize+wire.HeaderLen:]) || !sh.Parse(records(toClient)[0][record.HeaderSize+wire.HeaderLen:]) {
		t.Fatal("no hellos")
	}
	var master [48]byte
	var p prf.PRF
	p.SessionSecret(master[:], key, sh.Random[:], ch.Random[:])
	suite, _ := spec.SuiteByID(sh.Suite)
	block := make([]byte, record.KeyBlockSize(sh.Version, suite))
	p.KeyBlock(block, prf.Of(sh.Version, suite), master[:], sh.Random[:], ch.Random[:])
	_, keys := record.SplitKeyBlock(block, sh.Version, suite)
	var half record.Half
	if err := half.PrepareRead(sh.Version, suite, keys, sh.EncryptThenMAC); err != nil {
		t.Fatal(err)
	}
	half.SetVersion(sh.Version)
	if err := half.Activate(); err != nil {
		t.Fatal(err)
	}
	protected := false
	for _, rec := range records(toClient) {
		if protected {
			_, _, _, err := half.Open(bytes.Clone(rec))
			return err == nil
		}
		protected = rec[0] == byte(spec.ContentChangeCipherSpec)
	}
	t.Fatal("nothing was protected")
	return false
}
