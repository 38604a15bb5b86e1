package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"time"
)

// Profile is where the time and the allocations of the hot paths go.
type Profile struct {
	Go    string    `json:"go"`
	CPU   string    `json:"cpu"`
	Paths []HotPath `json:"paths"`
}

// HotPath is the profile of our side of one row.
type HotPath struct {
	Name        string  `json:"name"`
	CPU         []Entry `json:"cpu"`         // the ten functions with most of the time
	Allocations []Entry `json:"allocations"` // and with most of the objects
}

// Entry is one function of a profile.
type Entry struct {
	Function string  `json:"function"`
	Percent  float64 `json:"percent"` // of its own, without what it calls
}

// hotPaths are the rows whose profiles are kept.
var hotPaths = regexp.MustCompile(`^(PRF SHA256, 48 octets|PRF MD5-SHA1, 48 octets|T-PRF.*|record (seal|open) (AES-128-GCM|AES-128-CBC-SHA|ChaCha20-Poly1305), 16384 octets|` +
	`PAC handshake, (Conn, )?TLS 1.2 AES-128-GCM|Conn to Conn AES-128-(GCM, 1024|GCM, 16384|CBC-SHA, 16384) octets|explorer, properties, the model at budget 1)$`)

// ProfileRows profiles our sides of the hot paths, for so long each, and leaves
// the files that pprof reads in a folder.
func ProfileRows(ctx context.Context, dir string, each time.Duration, step func(name string)) (*Profile, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	p := &Profile{Go: runtime.Version(), CPU: cpuName()}
	for _, row := range Select(Rows(nil, false), hotPaths) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if step != nil {
			step(row.Name)
		}
		path, err := profileRow(row, dir, each)
		if err != nil {
			return nil, fmt.Errorf("bench: profile of %s: %w", row.Name, err)
		}
		p.Paths = append(p.Paths, path)
	}
	return p, nil
}

func profileRow(row Row, dir string, each time.Duration) (HotPath, error) {
	all, err := row.Prepare()
	if err != nil {
		return HotPath{}, err
	}
	work := all[0].Work
	n, err := calibrate(work, each)
	if err != nil {
		return HotPath{}, err
	}
	file := filepath.Join(dir, regexp.MustCompile(`[^A-Za-z0-9.]+`).ReplaceAllString(row.Name, "-"))
	if err := profileCPU(file+".cpu.prof", func() error { _, err := work(n); return err }); err != nil {
		return HotPath{}, err
	}
	if err := profileAllocations(file, func() error { _, err := work(max(1, n/100)); return err }); err != nil {
		return HotPath{}, err
	}
	path := HotPath{Name: row.Name}
	if path.CPU, err = top(file + ".cpu.prof"); err != nil {
		return HotPath{}, err
	}
	path.Allocations, err = top("-sample_index=alloc_objects", "-ignore=runtime/pprof", "-base", file+".before.prof", file+".allocs.prof")
	return path, err
}

func profileCPU(file string, f func() error) error {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	err = f()
	pprof.StopCPUProfile()
	return err
}

// profileAllocations notes every allocation.
func profileAllocations(file string, f func() error) error {
	defer func(rate int) { runtime.MemProfileRate = rate }(runtime.MemProfileRate)
	runtime.MemProfileRate = 1
	write := func(name string) error {
		runtime.GC() // the profile is that of the last collection
		var b bytes.Buffer
		if err := pprof.Lookup("allocs").WriteTo(&b, 0); err != nil {
			return err
		}
		return os.WriteFile(name, b.Bytes(), 0o644)
	}
	if err := write(file + ".before.prof"); err != nil {
		return err
	}
	if err := f(); err != nil {
		return err
	}
	return write(file + ".allocs.prof")
}

// top has pprof name the first ten functions of a profile.
func top(args ...string) ([]Entry, error) {
	cmd := exec.Command("go", append([]string{"tool", "pprof", "-top", "-nodecount=10"}, args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go tool pprof: %w: %s", err, strings.TrimSpace(errs.String()))
	}
	return parseTop(out)
}

// parseTop reads what `pprof -top` prints: a head, and lines of flat, flat%,
// sum%, cum, cum% and the function.
func parseTop(text []byte) (entries []Entry, err error) {
	body := false
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) >= 5 && f[0] == "flat" {
			body = true
			continue
		}
		if !body || len(f) < 6 {
			continue
		}
		percent, err := strconv.ParseFloat(strings.TrimSuffix(f[1], "%"), 64)
		if err != nil {
			return nil, fmt.Errorf("pprof prints %q: %w", lines.Text(), err)
		}
		if percent > 0 {
			entries = append(entries, Entry{strings.TrimSuffix(strings.Join(f[5:], " "), " (inline)"), percent})
		}
	}
	if !body {
		return nil, fmt.Errorf("pprof prints no table: %q", text)
	}
	return entries, nil
}

// Why says what a function is in a profile: a primitive, or something that the
// work needs, and then why; "" is neither.
func (e Entry) Why() string {
	for _, n := range needs {
		if n.function.MatchString(e.Function) {
			return n.why
		}
	}
	return ""
}

var needs = []struct {
	function *regexp.Regexp
	why      string
}{
	{regexp.MustCompile(`^(crypto/|golang\.org/x/crypto/(chacha20|internal|poly1305))`), "a primitive"},
	{regexp.MustCompile(`^runtime\.(memmove|memclr)`), "octets that are moved, or wiped"},
	{regexp.MustCompile(`^runtime\.asyncPreempt`), "the clock that takes the profile, and other programs on the machine"},
	{regexp.MustCompile(`^(runtime\.(malloc|newobject|gc|scan|wb|mark|sweep|tryDefer|\(\*(mspan|mcache|mcentral|mheap|gc|sweep)|typePointers|greyobject|findObject|bulkBarrier|spanOf|nextFree|heap|growslice|makeslice)|gcWriteBarrier)`),
		"memory: the cipher objects that the standard library allocates"},
	{regexp.MustCompile(`^runtime\.vgetrandom`), "random octets"},
	{regexp.MustCompile(`^internal/sync|^sync`), "the locks of Conn and of the pipe"},
	{regexp.MustCompile(`sesame/model`), "the model itself: steps, states and properties"},
	{regexp.MustCompile(`sesame/bench`), "the measurement's own pipe"},
	{regexp.MustCompile(`sesame/impl/internal/mac\.|sesame/impl/prf\.`), "HMAC between the block operations: padding, chaining values"},
}

// Unexplained are the functions above five per cent that are neither a primitive
// nor needed.
func (p *Profile) Unexplained() (found []string) {
	for _, path := range p.Paths {
		for _, e := range path.CPU {
			if e.Percent > 5 && e.Why() == "" {
				found = append(found, fmt.Sprintf("%s: %s, %.1f %%", path.Name, e.Function, e.Percent))
			}
		}
	}
	return found
}

// ReadProfile reads what [Profile.Write] wrote.
func ReadProfile(r io.Reader) (*Profile, error) {
	p := new(Profile)
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(p); err != nil {
		return nil, fmt.Errorf("bench: not a profile: %w", err)
	}
	return p, nil
}

// Write writes the profile as JSON.
func (p *Profile) Write(w io.Writer) error { return writeJSON(w, p) }
