package main

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sesame-tls/sesame/cmd/sesame/internal/endpoint"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sesame": func() { os.Exit(run()) }})
}

// TestScripts runs the conversations with the program in testdata/script. Each
// has cert.pem and key.pem, a self-signed certificate for localhost, $KEY, a
// PAC-Key, opaque, a PAC-Opaque of five octets, and $CAPTURES, a folder of
// recorded conversations.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("KEY", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
			env.Setenv("CI", "")
			captures, err := filepath.Abs("../../check/explain/testdata")
			if err != nil {
				return err
			}
			env.Setenv("CAPTURES", captures)
			if err := os.WriteFile(filepath.Join(env.WorkDir, "opaque"), []byte{1, 2, 3, 4, 5}, 0o600); err != nil {
				return err
			}
			return writeCertificate(env.WorkDir)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":        status,
			"one-line":      oneLine,
			"tamper":        tamper,
			"start-server":  startServer,
			"server-log":    serverLog,
			"start-radius":  startRadius,
			"signal-radius": signalRadius,
			"end-radius":    endRadius,
			"get":           get,
			"interrupted":   interrupted,
		},
	})
}

var certificates = sync.OnceValues(func() (pems [2][]byte, err error) {
	list, err := endpoint.SelfSigned()
	if err != nil {
		return pems, err
	}
	key, err := x509.MarshalPKCS8PrivateKey(list[0].PrivateKey)
	if err != nil {
		return pems, err
	}
	pems[0] = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: list[0].Certificate[0]})
	pems[1] = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
	return pems, nil
})

func writeCertificate(dir string) error {
	pems, err := certificates()
	for i, name := range []string{"cert.pem", "key.pem"} {
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), pems[i], 0o600)
		}
	}
	return err
}
