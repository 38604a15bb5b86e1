package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// status N PROGRAM ARG… runs the program and requires exit status N.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N PROGRAM ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// one-line requires that the last program's standard error is one line from
// sesame.
func oneLine(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: one-line")
	}
	text := ts.ReadFile("stderr")
	if !strings.HasPrefix(text, "sesame: ") || strings.Count(text, "\n") != 1 || !strings.HasSuffix(text, "\n") {
		ts.Fatalf("standard error is not one line from sesame: %q", text)
	}
}

// server is what start-server has started and server-log waits for.
type server struct {
	cmd *exec.Cmd
	log chan string
}

// servers has the server of each script; scripts run in parallel.
var servers sync.Map

// start-server ARG… runs `sesame serve` on a free port, and sets $ADDR once it
// listens. Its ARGs should have --accept N, so that it ends.
func startServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: start-server ARG…")
	}
	var program string
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if p := filepath.Join(dir, "sesame"); program == "" {
			if _, err := os.Stat(p); err == nil {
				program = p
			}
		}
	}
	s := &server{cmd: exec.Command(program, append([]string{"serve", "127.0.0.1:0"}, args...)...), log: make(chan string, 1)}
	s.cmd.Dir = ts.MkAbs(".")
	s.cmd.Env = append(os.Environ(), "SSLKEYLOGFILE="+ts.Getenv("SSLKEYLOGFILE"))
	pipe, err := s.cmd.StderrPipe()
	ts.Check(err)
	ts.Check(s.cmd.Start())
	ts.Defer(func() { s.cmd.Process.Kill() })
	lines := bufio.NewReader(pipe)
	first, err := lines.ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(first), "listening on ")
	if err != nil || !ok {
		ts.Fatalf("the server said %q, %v", first, err)
	}
	ts.Setenv("ADDR", address)
	go func() {
		rest, _ := io.ReadAll(lines)
		s.log <- string(rest)
	}()
	servers.Store(ts, s)
}

// server-log FILE waits until the server has ended well, and writes what it
// logged to FILE.
func serverLog(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: server-log FILE")
	}
	v, ok := servers.Load(ts)
	if !ok {
		ts.Fatalf("no server was started")
	}
	s := v.(*server)
	text := <-s.log
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
	ts.Check(s.cmd.Wait())
}

// tamper BUNDLE NAME changes an octet of a file within a bundle of evidence, and
// packs it again.
func tamper(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: tamper BUNDLE NAME")
	}
	zipped, err := gzip.NewReader(strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(err)
	from := tar.NewReader(zipped)
	var b bytes.Buffer
	again := gzip.NewWriter(&b)
	to := tar.NewWriter(again)
	for {
		header, err := from.Next()
		if err == io.EOF {
			break
		}
		ts.Check(err)
		text, err := io.ReadAll(from)
		ts.Check(err)
		if header.Name == args[1] {
			text[len(text)/2] ^= 1
		}
		ts.Check(to.WriteHeader(header))
		_, err = to.Write(text)
		ts.Check(err)
	}
	ts.Check(errors.Join(to.Close(), again.Close()))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}

// interrupted PROGRAM ARG… runs a program that serves a page, waits until it says
// where, gets the page, interrupts the program, and requires that it ends well.
func interrupted(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: interrupted PROGRAM ARG…")
	}
	program, err := exec.LookPath(args[0])
	ts.Check(err)
	cmd := exec.Command(program, args[1:]...)
	cmd.Stderr = ts.Stderr()
	pipe, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() { cmd.Process.Kill() })
	line, err := bufio.NewReader(pipe).ReadString('\n')
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), line)
	page, err := http.Get(line[strings.Index(line, "http://") : len(line)-1])
	ts.Check(err)
	page.Body.Close()
	if page.StatusCode != http.StatusOK {
		ts.Fatalf("the page: %s", page.Status)
	}
	ts.Check(cmd.Process.Signal(os.Interrupt))
	ts.Check(cmd.Wait())
}
