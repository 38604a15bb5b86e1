package tls_test

import (
	stdtls "crypto/tls"
	"fmt"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// cell is one version with one suite that crypto/tls has too.
type cell struct {
	version uint16
	suite   spec.Suite
}

func (c cell) String() string {
	return fmt.Sprintf("%s/%s", tls.VersionName(c.version), c.suite.Name)
}

// kind is the certificate that the suite needs.
func (c cell) kind() testcert.Kind {
	if c.suite.KeyExchange == spec.ECDHEECDSA {
		return testcert.ECDSA
	}
	return testcert.RSA
}

// stdCells are the versions and suites that both have.
func stdCells() []cell {
	var ids []uint16
	for _, s := range slices.Concat(stdtls.CipherSuites(), stdtls.InsecureCipherSuites()) {
		ids = append(ids, s.ID)
	}
	var cells []cell
	for _, v := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12} {
		for _, s := range spec.Suites() {
			if slices.Contains(ids, uint16(s.ID)) && spec.Version(v) >= s.MinVersion {
				cells = append(cells, cell{v, s})
			}
		}
	}
	return cells
}

// Every suite that crypto/tls has, in every version, in both roles.
func TestStandardLibrary(t *testing.T) {
	cells := stdCells()
	if len(cells) < 20 {
		t.Fatalf("only %d cells", len(cells))
	}
	for _, cell := range cells {
		suite := []uint16{uint16(cell.suite.ID)}
		t.Run("client/"+cell.String(), func(t *testing.T) {
			a, b := transports(t)
			config, peer := clientConfig(), stdServer(cell.kind())
			config.MinVersion, config.MaxVersion, config.CipherSuites = cell.version, cell.version, suite
			peer.CipherSuites = suite
			c, s := tls.Client(a, config), stdtls.Server(b, peer)
			checkCell(t, c, s, c, s, cell)
		})
		t.Run("server/"+cell.String(), func(t *testing.T) {
			a, b := transports(t)
			config, peer := serverConfig(cell.kind()), stdClient()
			config.MinVersion, config.MaxVersion, config.CipherSuites = cell.version, cell.version, suite
			peer.CipherSuites = suite
			c, s := stdtls.Client(a, peer), tls.Server(b, config)
			checkCell(t, c, s, s, c, cell)
		})
	}
}

// checkCell runs a handshake, checks what both say of it, talks and closes.
func checkCell(t *testing.T, client, server endpoint, own *tls.Conn, std *stdtls.Conn, cell cell) {
	t.Helper()
	clientErr, serverErr := handshakes(client, server)
	if clientErr != nil || serverErr != nil {
		t.Fatalf("client: %v\nserver: %v", clientErr, serverErr)
	}
	got, want := own.ConnectionState(), std.ConnectionState()
	if got.Version != cell.version || got.CipherSuite != uint16(cell.suite.ID) {
		t.Errorf("%s with %s", tls.VersionName(got.Version), tls.CipherSuiteName(got.CipherSuite))
	}
	if got.Version != want.Version || got.CipherSuite != want.CipherSuite || got.DidResume != want.DidResume {
		t.Errorf("own state %+v\ncrypto/tls's %+v", got, want)
	}
	material, err := own.ExportKeyingMaterial("EXPORTER-test", []byte("context"), 40)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := want.ExportKeyingMaterial("EXPORTER-test", []byte("context"), 40)
	if err != nil {
		t.Fatal(err)
	}
	if string(material) != string(theirs) {
		t.Error("the exported keying material differs")
	}
	talk(t, client, server)
	closes(t, client, server)
}

// closes checks that close_notify arrives as the end of the stream.
func closes(t *testing.T, a, b endpoint) {
	t.Helper()
	if err := a.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if n, err := b.Read(make([]byte, 1)); n != 0 || err == nil || err.Error() != "EOF" {
		t.Errorf("after close_notify: %d octets, %v", n, err)
	}
}
