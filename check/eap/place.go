package eap

import (
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"

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

// within returns the same place with a folder of its own below it.
func (p *place) within(name string) (*place, error) {
	own := *p
	own.dir = filepath.Join(p.dir, name)
	return &own, os.Mkdir(own.dir, 0o700)
}

// given are the ports that freePort has returned: a program may not have bound its
// one yet.
var given sync.Map

// freePort returns a UDP port of the loopback interface that nobody uses now, and
// that it has not returned before.
func freePort() (int, error) {
	for {
		conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			return 0, err
		}
		port := conn.LocalAddr().(*net.UDPAddr).Port
		if err := conn.Close(); err != nil {
			return 0, err
		}
		if _, twice := given.LoadOrStore(port, true); !twice {
			return port, nil
		}
	}
}
