package eap

import (
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"

	"github.com/sesame-tls/sesame/spec/vectors"
)

const (
	secret   = "testing123"
	user     = "ali"
	password = "open sesame"
)

var authority = []byte("0123456789abcdef")

// place is a folder with the certificates and parameters of one run.
type place struct {
	dir string
	pki *pki
	dh  string
	by  *lineage
}

func newPlace(dir string) (*place, error) {
	pki, err := newPKI(dir)
	if err != nil {
		return nil, err
	}
	p := &place{dir: dir, pki: pki, dh: filepath.Join(dir, "dh.pem"), by: debian}
	group := vectors.ByName("group-14")
	der, err := asn1.Marshal(struct {
		P *big.Int
		G int
	}{new(big.Int).SetBytes(group.Octets("p")), 2})
	if err != nil {
		return nil, err
	}
	return p, os.WriteFile(p.dh, pem.EncodeToMemory(&pem.Block{Type: "DH PARAMETERS", Bytes: der}), 0o600)
}

// freePort returns a UDP port of the loopback interface that nobody uses now.
func freePort() (int, error) {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).Port, nil
}
