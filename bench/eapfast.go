package bench

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/radius"
)

// Hostapd is the side of hostapd's RADIUS server.
const Hostapd = "hostapd"

// CheaperThanHostapd is how many times less CPU time our server wants for an
// authentication, at least.
const CheaperThanHostapd = 4.0

// One operation of a server is a PAC run with MSCHAPv2 inside. A batch stays
// below the thousand sessions that hostapd keeps, each for a minute.
const (
	authentications = 900
	parallel        = 64
)

// What client and servers of EAP-FAST agree on.
const (
	radiusSecret   = "testing123"
	radiusUser     = "ali"
	radiusPassword = "open sesame"
)

// eapfastRow is the CPU time of RADIUS servers, each a process of its own, under
// the same client in this one.
func eapfastRow() Row {
	return Row{Name: "EAP-FAST authentication, PAC and MSCHAPv2, RADIUS server", Kind: KindAuthentication, Rounds: 7,
		Targets: []Target{{Against: Hostapd, AtLeast: CheaperThanHostapd}}, Prepare: eapfastSides}
}

// hostapdProgram is where hostapd is, "" where it is not: Debian has it where
// users do not look.
func hostapdProgram() string {
	for _, name := range []string{"hostapd", "/usr/sbin/hostapd"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// eapfastSides are none where our server cannot be built, or its time not be told.
func eapfastSides() (all []Side, err error) {
	if _, err := cpuTimeOf(os.Getpid()); errors.Is(err, errors.ErrUnsupported) {
		return nil, nil
	}
	dir, err := os.MkdirTemp("", "sesame-bench-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir)
		}
	}()
	program := filepath.Join(dir, "sesame")
	if err := build(program, "cmd/sesame"); err != nil {
		os.RemoveAll(dir)
		fmt.Fprintln(os.Stderr, err)
		return nil, nil
	}
	roots, err := writeIdentity(dir)
	if err != nil {
		return nil, err
	}
	ours := &radiusServer{dir: dir, roots: roots, write: sesameFiles, command: []string{program, "radius", "--config", "radius.toml"}}
	side := Side{Name: Ours, Work: ours.work, Close: func() { ours.stop(); os.RemoveAll(dir) }}
	all = append(all, side)
	if path := hostapdProgram(); path != "" {
		theirs := &radiusServer{dir: dir, roots: roots, write: hostapdFiles, command: []string{path, "hostapd.conf"}, forgetful: true}
		all = append(all, Side{Name: Hostapd, Work: theirs.work, Close: theirs.stop})
	}
	return all, nil
}

// writeIdentity writes the servers' certificate, which signs itself, and returns
// what trusts it.
func writeIdentity(dir string) (*x509.CertPool, error) {
	id, err := identity()
	if err != nil {
		return nil, err
	}
	key, err := x509.MarshalPKCS8PrivateKey(id.key)
	if err != nil {
		return nil, err
	}
	for name, block := range map[string]*pem.Block{
		"server.pem": {Type: "CERTIFICATE", Bytes: id.chain[0]}, "server.key": {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			return nil, err
		}
	}
	return id.roots, nil
}

// sesameFiles writes what `sesame radius` is told.
func sesameFiles(dir string, port int) error {
	return writeFiles(dir, map[string]string{
		"radius.toml": fmt.Sprintf("listen = \"127.0.0.1:%d\"\n[[client]]\nnetwork = \"127.0.0.1/32\"\nsecret = %q\n", port, radiusSecret),
		"users.toml":  fmt.Sprintf("[[user]]\nname = %q\npassword = %q\n", radiusUser, radiusPassword),
	})
}

// hostapdFiles writes what hostapd is told: as sesameFiles, and no log.
func hostapdFiles(dir string, port int) error {
	return writeFiles(dir, map[string]string{
		"hostapd.conf": fmt.Sprintf(`driver=none
logger_stdout=-1
logger_stdout_level=4
radius_server_clients=clients
radius_server_auth_port=%d
eap_server=1
eap_user_file=users
ca_cert=server.pem
server_cert=server.pem
private_key=server.key
pac_opaque_encr_key=000102030405060708090a0b0c0d0e0f
eap_fast_a_id=101112131415161718191a1b1c1d1e1f
eap_fast_a_id_info=hostapd
eap_fast_prov=2
pac_key_lifetime=604800
pac_key_refresh_time=86400
`, port),
		"users":   fmt.Sprintf("*\tFAST\n%q\tMSCHAPV2\t%q\t[2]\n", radiusUser, radiusPassword),
		"clients": "127.0.0.1/32\t" + radiusSecret + "\n",
	})
}

func writeFiles(dir string, files map[string]string) error {
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// radiusServer is a RADIUS server in a process of its own.
type radiusServer struct {
	dir     string
	roots   *x509.CertPool
	write   func(dir string, port int) error
	command []string
	// forgetful servers are started anew for each batch, since they keep ended
	// sessions until there is no room for more.
	forgetful bool

	cmd     *exec.Cmd
	clients []*radius.Client
	store   fast.PACs
}

// work does n operations, in batches, and returns the server's CPU time. What
// it needs to start and to issue the PAC is left out.
func (s *radiusServer) work(n int) (took time.Duration, err error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(runtime.NumCPU())) // the client's time does not count
	for range n {
		if s.forgetful {
			s.stop()
		}
		if s.cmd == nil {
			if err := s.start(); err != nil {
				s.stop()
				log, _ := os.ReadFile(s.logFile())
				return 0, fmt.Errorf("%w\n%s", err, bytes.TrimSpace(log))
			}
		}
		before, err := cpuTimeOf(s.cmd.Process.Pid)
		if err != nil {
			return 0, err
		}
		if err := s.authenticate(authentications); err != nil {
			return 0, err
		}
		after, err := cpuTimeOf(s.cmd.Process.Pid)
		if err != nil {
			return 0, err
		}
		took += (after - before) / authentications
	}
	return took, nil
}

func (s *radiusServer) logFile() string {
	return filepath.Join(s.dir, filepath.Base(s.command[0])+".log")
}

// start starts the server on a free port, gets a PAC from it, and lets it come
// to its usual pace.
func (s *radiusServer) start() error {
	free, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return err
	}
	address := free.LocalAddr().(*net.UDPAddr)
	free.Close()
	if err := s.write(s.dir, address.Port); err != nil {
		return err
	}
	log, err := os.Create(s.logFile())
	if err != nil {
		return err
	}
	defer log.Close()
	s.store = fast.PACs{}
	cmd := exec.Command(s.command[0], s.command[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	s.cmd = cmd
	for range parallel {
		client, err := radius.Dial(context.Background(), &radius.ClientConfig{
			Server: address.String(), Secret: []byte(radiusSecret), Timeout: time.Second, Tries: 20,
		})
		if err != nil {
			return err
		}
		s.clients = append(s.clients, client)
	}
	// The first one waits until the server listens, and has a PAC in the end.
	for try := 0; len(s.store.All()) == 0; try++ {
		_, err := s.clients[0].Authenticate(context.Background(), s.peer(fast.AuthenticatedProvisioning))
		if err != nil && try == 100 {
			return err
		} else if err != nil {
			time.Sleep(20 * time.Millisecond) // a refused datagram says that nobody listens yet
		}
	}
	if s.forgetful {
		return s.authenticate(parallel)
	}
	return s.authenticate(authentications)
}

func (s *radiusServer) peer(p fast.Provisioning) *eap.Peer {
	var r eap.Registry[eap.PeerMethod]
	r.Add(eap.TypeFAST, func() eap.PeerMethod {
		return fast.NewPeer(&fast.PeerConfig{Identity: radiusUser, Password: radiusPassword, Roots: s.roots, Store: &s.store, Provisioning: p})
	})
	return eap.NewPeer(&eap.PeerConfig{Identity: []byte("anonymous"), Methods: &r, MTU: 1400})
}

// authenticate does n PAC runs, as many at once as there are clients.
func (s *radiusServer) authenticate(n int) error {
	left := make(chan struct{}, n)
	for range n {
		left <- struct{}{}
	}
	close(left)
	errs := make(chan error, len(s.clients))
	var all sync.WaitGroup
	for _, c := range s.clients {
		all.Go(func() {
			for range left {
				r, err := c.Authenticate(context.Background(), s.peer(fast.NoProvisioning))
				if err == nil && !(r.Accepted && r.KeysAgree) {
					err = fmt.Errorf("no access with a PAC: %+v", r)
				}
				if err != nil {
					errs <- err
					return
				}
			}
		})
	}
	all.Wait()
	close(errs)
	return <-errs
}

// stop ends the server and its clients.
func (s *radiusServer) stop() {
	for _, c := range s.clients {
		c.Close()
	}
	s.clients = nil
	if s.cmd != nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
		s.cmd = nil
	}
}
