package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// command is one command of a text and what is shown below it.
type command struct {
	line  string   // as the shell takes it
	shown []string // "…" stands for any number of lines
}

// background reports whether the command goes on while others run.
func (c command) background() bool { return strings.HasSuffix(c.line, "&") }

// commands returns what the console blocks of a Markdown text show: lines that
// begin with "$ " are commands, those that begin with "> " go on with them.
func commands(markdown string) (all []command, err error) {
	for _, b := range blocks(markdown) {
		if b.language != "console" {
			continue
		}
		for line := range strings.Lines(b.text) {
			line = strings.TrimSuffix(line, "\n")
			switch {
			case strings.HasPrefix(line, "$ "):
				all = append(all, command{line: strings.TrimPrefix(line, "$ ")})
			case len(all) == 0:
				return nil, fmt.Errorf("%q is shown before any command", line)
			case strings.HasPrefix(line, "> "):
				all[len(all)-1].line += "\n" + strings.TrimPrefix(line, "> ")
			default:
				last := &all[len(all)-1]
				last.shown = append(last.shown, line)
			}
		}
	}
	return all, nil
}

// block is a fenced block of Markdown.
type block struct{ language, text string }

func blocks(markdown string) (all []block) {
	inside := false
	for line := range strings.Lines(markdown) {
		switch {
		case strings.HasPrefix(line, "```") && !inside:
			all = append(all, block{language: strings.TrimSpace(strings.TrimPrefix(line, "```"))})
			inside = true
		case strings.HasPrefix(line, "```"):
			inside = false
		case inside:
			all[len(all)-1].text += line
		}
	}
	return all
}

// exempt are the commands that are shown and not run, and why. What is shown
// below them is not compared either.
var exempt = []struct {
	what   string
	reason string
	line   *regexp.Regexp
}{
	{"make", "it runs all tests, this one among them", regexp.MustCompile(`^make\b`)},
	{"go install", "it needs the published module", regexp.MustCompile(`^go install\b`)},
	{"git clone", "it needs the network", regexp.MustCompile(`^git clone\b`)},
	{"sesame releases build", "it downloads and compiles for minutes", regexp.MustCompile(`^sesame releases build\b`)},
	{"what follows such a build", "it needs the release", regexp.MustCompile(`\breleases env\b|--release\b|\bopenssl-3\.2\.1\b`)},
	{"eapol_test", "it may not be installed; check/eap runs it", regexp.MustCompile(`^eapol_test\b|\beapol\.pacs\b`)},
}

func exemptFor(line string) string {
	for _, e := range exempt {
		if e.line.MatchString(line) {
			return e.reason
		}
	}
	return ""
}

// session is a shell in which the commands of one text run, one after the other.
type session struct {
	shell  *exec.Cmd
	in     io.WriteCloser
	pipe   *os.File // what out reads
	out    *bufio.Reader
	dir    string
	ports  map[string]string // that are shown, and that are used
	daemon []int             // process numbers
}

// patience bounds what is waited for; what works takes a fraction of it.
const patience = 2 * time.Minute

const endMark = "=end of command="

func newSession(dir string, env []string) (*session, error) {
	s := &session{shell: exec.Command("sh"), dir: dir, ports: map[string]string{}}
	s.shell.Dir, s.shell.Env = dir, env
	in, err := s.shell.StdinPipe()
	if err != nil {
		return nil, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	s.in, s.pipe, s.out = in, read, bufio.NewReader(read)
	s.shell.Stdout, s.shell.Stderr = write, write
	if err := s.shell.Start(); err != nil {
		return nil, err
	}
	return s, write.Close()
}

// end ends the shell and what it has left in the background.
func (s *session) end() {
	for _, pid := range s.daemon {
		if p, err := os.FindProcess(pid); err == nil {
			p.Kill()
		}
	}
	s.in.Close()
	s.shell.Process.Kill()
	s.shell.Wait()
	s.pipe.Close()
}

var address = regexp.MustCompile(`127\.0\.0\.1:([1-9]\d*)`)

// local replaces the ports that a text shows by free ones.
func (s *session) local(text string) (string, error) {
	var failed error
	text = address.ReplaceAllStringFunc(text, func(shown string) string {
		if s.uses(shown) {
			return shown
		}
		if s.ports[shown] == "" {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				failed = err
				return shown
			}
			s.ports[shown] = l.Addr().String()
			l.Close()
		}
		return s.ports[shown]
	})
	return text, failed
}

// uses reports whether an address is one of those that replace others.
func (s *session) uses(address string) bool {
	return slices.Contains(slices.Collect(maps.Values(s.ports)), address)
}

// shown puts the ports back.
func (s *session) shown(text string) string {
	for shown, used := range s.ports {
		text = strings.ReplaceAll(text, used, shown)
	}
	return text
}

// run runs a command, and returns the lines of its output and its status.
func (s *session) run(c command) (lines []string, status string, err error) {
	line, err := s.local(c.line)
	if err != nil {
		return nil, "", err
	}
	if c.background() {
		return s.start(line, len(c.shown))
	}
	// A brace group, so that what it sets stays set.
	fmt.Fprintf(s.in, "{ %s\n} </dev/null\nprintf '\\n%s %%s\\n' $?\n", line, endMark)
	text, status, err := s.answer()
	text = strings.TrimSuffix(s.shown(text), "\n")
	if text != "" {
		lines = strings.Split(text, "\n")
	}
	return lines, status, errors.Join(err, s.moveIn())
}

// answer reads up to the end of a command.
func (s *session) answer() (text, status string, err error) {
	defer time.AfterFunc(patience, func() { s.pipe.Close() }).Stop()
	for {
		line, err := s.out.ReadString('\n')
		if err != nil {
			return text, "", fmt.Errorf("the command has not ended after %v, and has said %q: %w", patience, text, err)
		}
		if status, ok := strings.CutPrefix(line, endMark+" "); ok {
			return strings.TrimSuffix(text, "\n"), strings.TrimSpace(status), nil
		}
		text += line
	}
}

// start runs a command in the background and waits for its first lines.
func (s *session) start(line string, lines int) ([]string, string, error) {
	file := filepath.Join(s.dir, fmt.Sprintf(".background-%d", len(s.daemon)))
	line = strings.TrimSpace(strings.TrimSuffix(line, "&"))
	fmt.Fprintf(s.in, "%s >%s 2>&1 </dev/null &\nprintf '%s %%s\\n' $!\n", line, file, endMark)
	_, pid, err := s.answer()
	if err != nil {
		return nil, "", err
	}
	n, err := strconv.Atoi(pid)
	if err != nil {
		return nil, "", err
	}
	s.daemon = append(s.daemon, n)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		text, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, os.ErrNotExist) { // the shell has yet to make it
			return nil, "", err
		}
		if have := strings.Split(s.shown(string(text)), "\n"); len(have) > lines {
			return have[:lines], "0", nil
		}
	}
	return nil, "", fmt.Errorf("%s said fewer than %d lines", line, lines)
}

// moveIn replaces the ports in the settings that a command has written.
func (s *session) moveIn() error {
	files, err := filepath.Glob(filepath.Join(s.dir, "*", "*.toml"))
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		moved, err := s.local(string(text))
		if err != nil {
			return err
		}
		if moved == string(text) {
			continue
		}
		if err := os.WriteFile(file, []byte(moved), 0o600); err != nil {
			return err
		}
	}
	return nil
}

var (
	spaces    = regexp.MustCompile(`\s+`)
	durations = regexp.MustCompile(`\b\d+(\.\d+)? ?(ns|us|µs|ms|s|min)\b`)
	rates     = regexp.MustCompile(`\b\d[\d,.]*( ?[kMG])?( states| octets|B)?/s\b`)
	workers   = regexp.MustCompile(`\b\d+ workers\b`)
	random    = regexp.MustCompile(`\b[0-9a-f]{16,}\b`)
	dates     = regexp.MustCompile(`\b\d{4}-\d\d-\d\d([T ][\d:.]+Z?)?`)
)

// plain is a line without what differs from run to run: durations, rates,
// processors, dates, random octets, and how many spaces stand between words.
func plain(line string) string {
	line = rates.ReplaceAllString(line, "<rate>")
	line = durations.ReplaceAllString(line, "<time>")
	line = workers.ReplaceAllString(line, "<workers>")
	line = dates.ReplaceAllString(line, "<date>")
	line = random.ReplaceAllString(line, "<octets>")
	return strings.TrimSpace(spaces.ReplaceAllString(line, " "))
}

// alike reports whether an output is what is shown, up to what plain leaves out.
func alike(shown, got []string) bool {
	for i, line := range shown {
		if line == "…" {
			for skip := i; skip <= len(got); skip++ {
				if alike(shown[i+1:], got[skip:]) {
					return true
				}
			}
			return false
		}
		if i >= len(got) || plain(line) != plain(got[i]) {
			return false
		}
	}
	return len(got) == len(shown)
}

// try runs the commands of a text in a folder, and says which do not do what
// the text shows.
func try(markdown, dir string, env []string) (problems []string, ran int, err error) {
	all, err := commands(markdown)
	if err != nil {
		return nil, 0, err
	}
	s, err := newSession(dir, env)
	if err != nil {
		return nil, 0, err
	}
	defer s.end()
	for _, c := range all {
		if exemptFor(c.line) != "" {
			continue
		}
		ran++
		got, status, err := s.run(c)
		if err != nil {
			return problems, ran, fmt.Errorf("%s: %w", c.line, err)
		}
		switch {
		case !alike(c.shown, got):
			problems = append(problems, fmt.Sprintf("$ %s\nshown:\n%s\ngot:\n%s", c.line, strings.Join(c.shown, "\n"), strings.Join(got, "\n")))
		case len(c.shown) == 0 && status != "0":
			problems = append(problems, fmt.Sprintf("$ %s\nends with status %s", c.line, status))
		}
	}
	return problems, ran, nil
}
