package findings

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/sesame-tls/sesame/check/cc"
	"github.com/sesame-tls/sesame/check/internal/group"
	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/spec"
)

// Python returns the finding's program in Python, which needs the standard
// library alone and any endpoint of the library's; false if it has none, because
// not all that it shows is in the clear. Its statuses are those of the program in
// C.
func (f Finding) Python() (string, bool, error) {
	own, err := fs.ReadFile(f.from, "reproducers/"+f.Library+"/"+f.ID+".py")
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("findings: %s: %w", f.ID, err)
	}
	pair, err := fs.ReadFile(f.from, "reproducers/pair.py")
	if err != nil {
		return "", false, fmt.Errorf("findings: %s: %w", f.ID, err)
	}
	usage := "python3 " + f.ID + ".py HOST:PORT; echo $?"
	if f.subject() == spec.Client {
		usage = "python3 " + f.ID + ".py; echo $?   # it says at which port it waits for the client"
	}
	return comment("# ", f.about(), usage) + string(pair) + "\n\n" + string(own), true, nil
}

// hasPython reports whether the finding has a program in Python.
func (f Finding) hasPython() bool {
	_, ok, err := f.Python()
	return ok || err != nil
}

// subject is the end that the program in Python tries: the server, if a finding
// is about both.
func (f Finding) subject() spec.Role {
	if f.Role == "client" {
		return spec.Client
	}
	return spec.Server
}

// RunPython runs a finding's program in Python against a library, behind its
// shim, as [Run] does with the program in C. It must have one.
func RunPython(ctx context.Context, f Finding, lib cc.Library) (Result, error) {
	r := Result{Finding: f, Library: lib, Python: true}
	source, ok, err := f.Python()
	if err != nil || !ok {
		return r, errors.Join(err, fmt.Errorf("findings: %s has no program in Python", f.ID))
	}
	shim, err := sut.Build(ctx, lib)
	if err != nil {
		return r, err
	}
	pki, remove, err := interop.TempPKI()
	if err != nil {
		return r, err
	}
	defer remove()
	file, err := os.CreateTemp("", "sesame-finding-*.py")
	if err != nil {
		return r, err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(source)
	if err := errors.Join(err, file.Close()); err != nil {
		return r, err
	}
	limited, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	e := encounter{ctx: limited, shim: shim, options: f.shimOptions(pki), program: file.Name()}
	if f.subject() == spec.Client {
		r.Outcome, r.Output = e.client()
	} else {
		r.Outcome, r.Output = e.server()
	}
	return r, ctx.Err()
}

// shimOptions are what the shim is told: the plainest end of TLS 1.2.
func (f Finding) shimOptions(pki *interop.PKI) sut.Options {
	o := sut.Options{Role: f.subject(), Min: spec.TLS12, Max: spec.TLS12, EMS: true, EtM: true, Tickets: true}
	if o.Role == spec.Client {
		o.ServerName, o.CAFile, o.Verify = interop.ServerName, pki.CAFile, spec.ClientAuthRequest
		return o
	}
	id := pki.Server(interop.RSA2048)
	o.CertFile, o.KeyFile = id.CertFile, id.KeyFile
	if f.Callback {
		// With a suite that it names, it does not crash on the way (issue 24213).
		o.Callback, o.PACKey, o.Named = spec.CallbackAccept, make([]byte, 32), plainSuite
	}
	return o
}

// plainSuite is the first that the programs in Python offer.
const plainSuite spec.SuiteID = 0xc02f

// encounter is a program and a shim that meet.
type encounter struct {
	ctx           context.Context
	shim, program string
	options       sut.Options
}

// server lets the program come to a shim that listens.
func (e encounter) server() (Outcome, string) {
	return e.meet(e.command(e.shim, append(strings.Fields(e.options.String()), "listen=127.0.0.1:0")...), func(line string) *exec.Cmd {
		var told struct{ Port int }
		if json.Unmarshal([]byte(line), &told) != nil || told.Port == 0 {
			return nil
		}
		return e.command("python3", e.program, fmt.Sprintf("127.0.0.1:%d", told.Port))
	}, false)
}

// client lets a shim come to the program.
func (e encounter) client() (Outcome, string) {
	return e.meet(e.command("python3", e.program), func(line string) *exec.Cmd {
		var port int
		if n, _ := fmt.Sscanf(line, "listening on %d", &port); n != 1 {
			return nil
		}
		return e.command(e.shim, append(strings.Fields(e.options.String()), fmt.Sprintf("connect=127.0.0.1:%d", port))...)
	}, true)
}

func (e encounter) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(e.ctx, name, args...)
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+os.DevNull, "ASAN_OPTIONS=detect_leaks=0")
	group.Interrupt(cmd, time.Second)
	return cmd
}

// meet starts the first end, and the second when the first has said where it
// listens. The program's end is the outcome: the first end's, or the second's.
func (e encounter) meet(first *exec.Cmd, second func(line string) *exec.Cmd, firstTells bool) (Outcome, string) {
	said, err := first.StdoutPipe()
	if err != nil {
		return Untold, err.Error()
	}
	kept := map[bool]*bounded{true: {}, false: {}}
	first.Stderr = kept[true]
	if err := first.Start(); err != nil {
		return Untold, err.Error()
	}
	defer group.End(first)
	lines := bufio.NewReader(io.LimitReader(said, maxOutput))
	var other *exec.Cmd
	for other == nil {
		line, err := lines.ReadString('\n')
		if err != nil {
			return e.outcome(first.Wait()), kept[true].kept.String()
		}
		other = second(line)
	}
	other.Stdout, other.Stderr = kept[false], kept[false]
	otherErr := other.Run()
	group.End(other)
	_, _ = io.Copy(kept[true], lines)
	firstErr := first.Wait()
	if firstTells {
		return e.outcome(firstErr), kept[true].kept.String()
	}
	return e.outcome(otherErr), kept[false].kept.String()
}

// outcome is what the end of a program says.
func (e encounter) outcome(err error) Outcome {
	var exit *exec.ExitError
	switch {
	case e.ctx.Err() != nil:
		return Hangs
	case err == nil:
		return Passes
	case errors.As(err, &exit) && exit.ExitCode() == 1:
		return Fails
	}
	return Untold
}
