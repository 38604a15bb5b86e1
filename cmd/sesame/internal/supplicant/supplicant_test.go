package supplicant

import (
	"bytes"
	"context"
	"crypto/x509"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/cmd/sesame/internal/radiusd"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/radius"
)

var listening = regexp.MustCompile(`address=(127\.0\.0\.1:\d+)`)

// lines hands on what is written to it, line by line.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

// serve runs the daemon of `sesame radius`, and returns its address and roots.
func serve(t *testing.T) (string, *x509.CertPool) {
	t.Helper()
	dir := t.TempDir()
	config := strings.Replace(radiusd.Example, "127.0.0.1:1812", "127.0.0.1:0", 1)
	for name, text := range map[string]string{"radius.toml": config, "users.toml": "[[user]]\nname = \"ali\"\npassword = \"open sesame\"\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := radiusd.Load(filepath.Join(dir, "radius.toml"))
	if err != nil {
		t.Fatal(err)
	}
	log := make(lines, 1000)
	daemon, err := c.Open(slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- daemon.Run(ctx, nil) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	pem, err := os.ReadFile(filepath.Join(dir, "server.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	for line := range log {
		if m := listening.FindStringSubmatch(line); m != nil && strings.Contains(line, "listening") {
			return m[1], roots
		}
	}
	return "", nil
}

func TestRun(t *testing.T) {
	address, roots := serve(t)
	o := &Options{
		Peer:   fast.PeerConfig{Identity: "ali", Password: "open sesame", Roots: roots, Store: new(fast.PACs), Provisioning: fast.AuthenticatedProvisioning},
		Client: radius.ClientConfig{Server: address, Secret: []byte("testing123"), MTU: 1400},
	}
	for _, want := range []string{
		"phase 1  certificate, TLS 1.2, .*\nphase 2  MSCHAPv2\nstored   a tunnel PAC\naccess   in \\d+ rounds, keys agree: true\n",
		"phase 1  pac, TLS 1.2, .*\nphase 2  MSCHAPv2\naccess   in 6 rounds, keys agree: true\n",
	} {
		var out bytes.Buffer
		o.Out = &out
		if _, err := Run(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile("^" + want + "$").MatchString(out.String()) {
			t.Errorf("printed\n%s", out.String())
		}
	}
	var out bytes.Buffer
	o.Out, o.Repeat, o.Parallel = &out, 30, 4
	if sum, err := Run(t.Context(), o); err != nil || sum.Accepted != 30 || !strings.Contains(out.String(), "30 accepted") ||
		!strings.Contains(out.String(), "latency: 50 %") {
		t.Errorf("%v\n%s", err, out.String())
	}
	o.Peer.Password, o.Repeat = "open barley", 1
	if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "no access") {
		t.Error(err)
	}
}

// A server that is not there, and one that has another secret.
func TestNoReply(t *testing.T) {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	o := &Options{Peer: fast.PeerConfig{Identity: "ali"}, Out: new(bytes.Buffer),
		Client: radius.ClientConfig{Server: conn.LocalAddr().String(), Secret: []byte("x"), Timeout: 1, Tries: 2}}
	if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Error(err)
	}
}
