package radius_test

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	layeh "layeh.com/radius"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/mschapv2"
)

type oneUser struct{ fast.User }

func (u *oneUser) Find(name string) *fast.User {
	if name != u.Name {
		return nil
	}
	return &u.User
}

// methods is EAP-FAST for the user ali.
func methods() *eap.Registry[eap.ServerMethod] {
	hash, err := mschapv2.HashPassword("open sesame")
	if err != nil {
		panic(err)
	}
	ring := new(fast.KeyRing)
	if _, err := ring.Rotate(time.Now(), 0, 0); err != nil {
		panic(err)
	}
	chain := testcert.Server(testcert.RSA)
	server, err := fast.NewServer(&fast.ServerConfig{
		AuthorityID: []byte("0123456789abcdef"), Keys: ring, Users: &oneUser{fast.User{Name: "ali", Hash: hash}},
		Provisioning: fast.AuthenticatedProvisioning,
		Certificate:  tls.Certificate{Certificate: chain.DER, PrivateKey: chain.Key},
	})
	if err != nil {
		panic(err)
	}
	r := new(eap.Registry[eap.ServerMethod])
	r.Add(eap.TypeFAST, func() eap.ServerMethod { return server.NewSession() })
	return r
}

func peer() *eap.Peer {
	r := new(eap.Registry[eap.PeerMethod])
	r.Add(eap.TypeFAST, func() eap.PeerMethod {
		return fast.NewPeer(&fast.PeerConfig{Identity: "ali", Password: "open sesame", Roots: testcert.Roots()})
	})
	return eap.NewPeer(&eap.PeerConfig{Identity: []byte("anonymous"), Methods: r})
}

// eapol_test gets a PAC from the example's handler, and then uses it.
func TestEapolTestAgainstTheExample(t *testing.T) {
	if _, err := exec.LookPath("eapol_test"); err != nil {
		t.Skip("eapol_test is missing (apt-get install eapoltest)")
	}
	dir := t.TempDir()
	root := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: testcert.Root(testcert.RSA).Raw})
	conf := fmt.Sprintf("network={\nkey_mgmt=WPA-EAP\neap=FAST\nidentity=\"ali\"\nanonymous_identity=\"anonymous\"\npassword=\"open sesame\"\n"+
		"phase1=\"fast_provisioning=2\"\nphase2=\"auth=MSCHAPV2\"\nca_cert=\"%s/ca.pem\"\npac_file=\"%[1]s/pacs\"\n}\n", dir)
	for name, text := range map[string]string{"ca.pem": string(root), "conf": conf} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &layeh.PacketServer{Handler: handler(methods()), SecretSource: layeh.StaticSecretSource([]byte("testing123"))}
	go server.Serve(conn)
	defer server.Shutdown(context.Background())
	_, port, _ := net.SplitHostPort(conn.LocalAddr().String())
	for _, resumed := range []string{"resumed=0", "resumed=1"} {
		out, err := exec.Command("eapol_test", "-c", filepath.Join(dir, "conf"), "-a", "127.0.0.1", "-p", port, "-s", "testing123", "-t", "20").CombinedOutput()
		if log := string(out); err != nil || !strings.Contains(log, resumed) || !strings.Contains(log, "MPPE keys OK: 1  mismatch: 0") {
			t.Fatalf("%s: %v\n%s", resumed, err, log[max(0, len(log)-4000):])
		}
	}
}
