package tls_test

import (
	"bytes"
	stdtls "crypto/tls"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// RFC 7627, Section 5.4, and what a session secret means for it.
func TestExportKeyingMaterial(t *testing.T) {
	without := clientConfig()
	without.ExtendedMasterSecret = tls.Never
	for name, tt := range map[string]struct {
		client, server *tls.Config
		works          bool
	}{
		"full":                           {clientConfig(), serverConfig(testcert.RSA), true},
		"without extended master secret": {without, serverConfig(testcert.RSA), false},
		"session secret":                 {offering(clientConfig(), testPAC), accepting(serverConfig(testcert.RSA), testPAC), false},
	} {
		for _, allowed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%v", name, allowed), func(t *testing.T) {
				client, server := tt.client.Clone(), tt.server.Clone()
				client.ExportWithoutEMS, server.ExportWithoutEMS = allowed, allowed
				c, s := connect(t, client, server)
				mine, err := c.ExportKeyingMaterial("EXPORTER-test", nil, 32)
				if (err == nil) != (tt.works || allowed) {
					t.Fatalf("error: %v", err)
				}
				if err != nil {
					return
				}
				theirs, err := s.ExportKeyingMaterial("EXPORTER-test", nil, 32)
				if err != nil || !bytes.Equal(mine, theirs) {
					t.Errorf("%x and %x (%v)", mine, theirs, err)
				}
				// RFC 5705, Section 4: no context differs from an empty one.
				if other, _ := s.ExportKeyingMaterial("EXPORTER-test", []byte{}, 32); bytes.Equal(mine, other) {
					t.Error("an empty context is like none")
				}
				for _, label := range []string{"client finished", "server finished", "master secret", "key expansion", "extended master secret"} {
					if _, err := c.ExportKeyingMaterial(label, nil, 32); err == nil {
						t.Errorf("exported under %q", label)
					}
				}
			})
		}
	}
}

func TestAppendKeyBlock(t *testing.T) {
	c, s := connect(t, offering(clientConfig(), testPAC), accepting(serverConfig(testcert.RSA), testPAC))
	mine, err := c.AppendKeyBlock([]byte("x"), 104, 40, 0)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := s.AppendKeyBlock([]byte("x"), 100, 44, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(mine) != 41 || !bytes.Equal(mine[1:], theirs[5:]) {
		t.Errorf("%x and %x", mine, theirs)
	}
	c.Close()
	if _, err := c.AppendKeyBlock(nil, 0, 1, 0); err == nil {
		t.Error("a key block after Close")
	}
}

// A key log has one line for each handshake, resumed and session secrets
// included, and crypto/tls's agrees with it.
func TestKeyLog(t *testing.T) {
	var own, std bytes.Buffer
	client, server := clientConfig(), stdServer(testcert.RSA)
	client.KeyLogWriter, server.KeyLogWriter = &own, &std
	a, b := transports(t)
	if clientErr, serverErr := handshakes(tls.Client(a, client), stdtls.Server(b, server)); clientErr != nil || serverErr != nil {
		t.Fatal(clientErr, serverErr)
	}
	if own.String() != std.String() || own.Len() == 0 {
		t.Errorf("own %q\ncrypto/tls %q", own.String(), std.String())
	}
	for _, by := range []spec.Shortening{spec.BySessionID, spec.ByTicket, spec.BySessionSecret} {
		var logC, logS bytes.Buffer
		client, server := resuming(by)
		client.KeyLogWriter, server.KeyLogWriter = &logC, &logS
		if by == spec.BySessionSecret {
			offering(client, testPAC)
			accepting(server, testPAC)
		}
		for range 2 {
			c, s := connect(t, client, server)
			talk(t, c, s)
		}
		if logC.String() != logS.String() || strings.Count(logC.String(), "CLIENT_RANDOM ") != 2 {
			t.Errorf("%v:\n%s\n%s", by, logC.String(), logS.String())
		}
	}
}

// A key log that cannot be written ends the handshake: it was asked for.
func TestKeyLogFails(t *testing.T) {
	client := clientConfig()
	client.KeyLogWriter = brokenWriter{}
	a, b := transports(t)
	s := tls.Server(b, serverConfig(testcert.RSA))
	clientErr, serverErr := handshakes(tls.Client(a, client), s)
	wantAlert(t, "client", clientErr, true, spec.InternalError)
	if serverErr == nil { // the client's Finished was on its way
		_, serverErr = s.Read(make([]byte, 1))
	}
	wantAlert(t, "server", serverErr, false, spec.InternalError)
	if !errors.Is(clientErr, errBroken) {
		t.Errorf("%v does not wrap the writer's error", clientErr)
	}
}

var errBroken = errors.New("the disk is full")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }
