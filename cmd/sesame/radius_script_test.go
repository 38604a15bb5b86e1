package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// daemon is a `sesame radius` that a script has started.
type daemon struct {
	cmd   *exec.Cmd
	lines *bufio.Reader // of its log
	said  []string
}

// start-radius NAME FOLDER runs `sesame radius` on FOLDER/radius.toml, and sets
// $NAME to its address, and $NAME_METRICS to that of its metrics, if it has any.
func startRadius(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: start-radius NAME FOLDER")
	}
	program, err := exec.LookPath("sesame")
	ts.Check(err)
	d := &daemon{cmd: exec.Command(program, "radius", "--config", "radius.toml")}
	d.cmd.Dir = ts.MkAbs(args[1])
	read, write, err := os.Pipe()
	ts.Check(err)
	d.cmd.Stderr, d.lines = write, bufio.NewReader(read)
	ts.Check(d.cmd.Start())
	write.Close()
	ts.Defer(func() {
		d.cmd.Process.Kill()
		d.cmd.Wait()
		read.Close()
	})
	ts.Setenv(args[0], attribute(d.until(ts, "msg=listening"), "address"))
	for _, line := range d.said {
		if strings.Contains(line, "msg=metrics") {
			ts.Setenv(args[0]+"_METRICS", attribute(line, "address"))
		}
	}
	servers.Store(key{ts, args[0]}, d)
}

// key is a daemon's name in a script.
type key struct {
	script *testscript.TestScript
	name   string
}

func daemonOf(ts *testscript.TestScript, name string) *daemon {
	d, ok := servers.Load(key{ts, name})
	if !ok {
		ts.Fatalf("no %s was started", name)
	}
	return d.(*daemon)
}

// until reads the log up to a line with a text, and returns that.
func (d *daemon) until(ts *testscript.TestScript, text string) string {
	for {
		line, err := d.lines.ReadString('\n')
		if err != nil {
			ts.Fatalf("the log ends without %q, %v:\n%s", text, err, strings.Join(d.said, ""))
		}
		d.said = append(d.said, line)
		if strings.Contains(line, text) {
			return line
		}
	}
}

// attribute returns the value of an attribute in a line of a log.
func attribute(line, name string) string {
	_, rest, _ := strings.Cut(line, " "+name+"=")
	value, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	return value
}

// signal-radius NAME SIGNAL TEXT sends HUP or TERM, and waits for a line of the
// log with TEXT.
func signalRadius(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]os.Signal{"HUP": syscall.SIGHUP, "TERM": syscall.SIGTERM}
	if neg || len(args) != 3 || signals[args[1]] == nil {
		ts.Fatalf("usage: signal-radius NAME HUP|TERM TEXT")
	}
	d := daemonOf(ts, args[0])
	ts.Check(d.cmd.Process.Signal(signals[args[1]]))
	d.until(ts, args[2])
}

// end-radius NAME FILE waits until the server has ended well, and writes its
// whole log to FILE.
func endRadius(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: end-radius NAME FILE")
	}
	d := daemonOf(ts, args[0])
	rest, err := io.ReadAll(d.lines)
	ts.Check(err)
	ts.Check(d.cmd.Wait())
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Join(d.said, "")+string(rest)), 0o600))
}

// get URL prints a page.
func get(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: get URL")
	}
	page, err := http.Get(args[0])
	ts.Check(err)
	defer page.Body.Close()
	text, err := io.ReadAll(page.Body)
	ts.Check(err)
	if page.StatusCode != http.StatusOK {
		ts.Fatalf("%s: %s", args[0], page.Status)
	}
	fmt.Fprintf(ts.Stdout(), "%s", text)
}
