package bench

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed openssl/peer.c
var peerSource []byte

// ErrNoPeer says that the OpenSSL peer cannot be built here.
var ErrNoPeer = errors.New("bench: the OpenSSL peer needs a C compiler and libssl's headers (Debian: gcc, libssl-dev)")

// BuildPeer compiles the OpenSSL peer into dir and returns the program's path.
// Flags, for instance -I and -L of another release, come before the libraries.
func BuildPeer(dir string, flags ...string) (string, error) {
	source, program := filepath.Join(dir, "peer.c"), filepath.Join(dir, "peer")
	if err := os.WriteFile(source, peerSource, 0o600); err != nil {
		return "", err
	}
	args := append([]string{"-O2", "-o", program, source}, flags...)
	if out, err := exec.Command("cc", append(args, "-lssl", "-lcrypto")...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %v: %s", ErrNoPeer, err, strings.TrimSpace(string(out)))
	}
	return program, nil
}

// Peer is a running OpenSSL peer. Its commands stand at the head of
// openssl/peer.c.
type Peer struct {
	Name    string // of its sides
	Version string // as the library calls itself

	mu  sync.Mutex
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// NewestOpenSSL is the release that is measured beside the system's, where
// `sesame releases build 4.0.3` has built it.
const NewestOpenSSL = "openssl-4.0.3"

// OpenPeers builds and starts the system's OpenSSL and, where the user's cache
// folder has it, NewestOpenSSL. The error is ErrNoPeer where the first cannot be
// built. end ends them.
func OpenPeers() (peers []*Peer, end func(), err error) {
	dir, err := os.MkdirTemp("", "sesame-bench-")
	if err != nil {
		return nil, func() {}, err
	}
	end = func() {
		for _, p := range peers {
			p.Close()
		}
		os.RemoveAll(dir)
	}
	builds := map[string][]string{OpenSSL: nil}
	if cache, err := os.UserCacheDir(); err == nil {
		if flags := installedIn(filepath.Join(cache, "sesame", "releases", NewestOpenSSL)); flags != nil {
			builds[NewestOpenSSL] = flags
		}
	}
	for _, name := range slices.Sorted(maps.Keys(builds)) {
		folder := filepath.Join(dir, name)
		if err := os.Mkdir(folder, 0o700); err != nil {
			return peers, end, err
		}
		program, err := BuildPeer(folder, builds[name]...)
		if err != nil {
			return peers, end, err
		}
		peer, err := StartPeer(name, program)
		if err != nil {
			return peers, end, err
		}
		peers = append(peers, peer)
	}
	return peers, end, nil
}

// installedIn returns a compiler's flags for an OpenSSL that is installed under
// a folder, or nil.
func installedIn(prefix string) []string {
	if _, err := os.Stat(filepath.Join(prefix, "include", "openssl", "ssl.h")); err != nil {
		return nil
	}
	for _, lib := range []string{"lib64", "lib"} {
		if found, err := filepath.Glob(filepath.Join(prefix, lib, "libssl.*")); err == nil && found != nil {
			lib = filepath.Join(prefix, lib)
			return []string{"-I" + filepath.Join(prefix, "include"), "-L" + lib, "-Wl,-rpath," + lib}
		}
	}
	return nil
}

// StartPeer starts a program that [BuildPeer] has built, under the name that its
// sides get.
func StartPeer(name, program string) (*Peer, error) {
	p := &Peer{Name: name, cmd: exec.Command(program)}
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	p.cmd.Stderr = os.Stderr
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	if p.Version, err = p.ask("version"); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// ask sends one command and returns the answer.
func (p *Peer) ask(command string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := fmt.Fprintln(p.in, command); err != nil {
		return "", fmt.Errorf("the OpenSSL peer is gone: %w", err)
	}
	line, err := p.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("the OpenSSL peer is gone: %w", err)
	}
	line = strings.TrimSpace(line)
	if what, bad := strings.CutPrefix(line, "error: "); bad {
		return "", fmt.Errorf("the OpenSSL peer at %q: %s", command, what)
	}
	return line, nil
}

// Work makes a Work of a command that ends in a count.
func (p *Peer) Work(command string) Work {
	return func(n int) (time.Duration, error) {
		answer, err := p.ask(command + " " + strconv.Itoa(n))
		if err != nil {
			return 0, err
		}
		ns, err := strconv.ParseFloat(answer, 64)
		if err != nil {
			return 0, fmt.Errorf("the OpenSSL peer at %q: %w", command, err)
		}
		return time.Duration(ns * float64(n)), nil
	}
}

// Close ends the peer.
func (p *Peer) Close() error {
	p.in.Close()
	return p.cmd.Wait()
}
