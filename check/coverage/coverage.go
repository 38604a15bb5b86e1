// Package coverage is the rung that measures how many statements of the wire,
// record and handshake packages their own tests execute. That every row of the
// transition tables is taken is for the rung table.
package coverage

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sesame-tls/sesame/check/checkout"
	"github.com/sesame-tls/sesame/check/ladder"
)

// Rung measures, and fails below [Least].
var Rung = ladder.Rung{
	Name:  "coverage",
	Shows: "the tests of wire, record and handshake execute at least 95 % of the statements of each",
	Needs: []ladder.Tool{checkout.Tool},
	Run:   climb,
}

// Least is the part of a package's statements, in percent, that must be executed.
const Least = 95.0

// Packages are what is measured, from the module's root.
var Packages = []string{"impl/wire", "impl/record", "impl/handshake"}

func climb(ctx context.Context, r *ladder.Run) error {
	root, err := checkout.Root(ctx)
	if err != nil {
		return err
	}
	measured, err := Measure(ctx, root, Packages)
	if err != nil {
		return err
	}
	for _, pkg := range Packages {
		m := measured[pkg]
		r.Count("statements", m.Total)
		r.Count("executed", m.Executed)
		r.Notef("%-15s %5.1f %% of %d statements", pkg, m.Percent(), m.Total)
	}
	return enough(measured)
}

// enough returns what is missing of the first package that has too little.
func enough(measured map[string]Measured) error {
	for _, pkg := range Packages {
		if m := measured[pkg]; m.Percent() < Least {
			return ladder.Differ("%s: %.1f %% of %d statements are executed, and %.0f %% must be; these are not:\n%s",
				pkg, m.Percent(), m.Total, Least, strings.Join(m.Missed, "\n"))
		}
	}
	return nil
}

// Measured is what was executed of one package.
type Measured struct {
	Total, Executed int      // statements
	Missed          []string // where the others are: "alert.go:12.3,14.5"
}

// Percent is the part that was executed; 0 of nothing.
func (m Measured) Percent() float64 {
	if m.Total == 0 {
		return 0
	}
	return 100 * float64(m.Executed) / float64(m.Total)
}

// Measure runs the packages' tests, each of which counts for all of them.
func Measure(ctx context.Context, root string, packages []string) (map[string]Measured, error) {
	dir, err := os.MkdirTemp("", "sesame-coverage-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	profile := filepath.Join(dir, "profile")
	paths := make([]string, len(packages))
	for i, p := range packages {
		paths[i] = "./" + p
	}
	args := append([]string{"test", "-count=1", "-coverpkg=" + strings.Join(paths, ","), "-coverprofile=" + profile}, paths...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("coverage: %w\n%s", err, bytes.TrimSpace(out))
	}
	text, err := os.ReadFile(profile)
	if err != nil {
		return nil, err
	}
	return parse(text)
}

// parse reads a profile. A block that several test binaries know is one.
func parse(profile []byte) (map[string]Measured, error) {
	type block struct {
		statements int
		executed   bool
	}
	blocks := map[string]block{}
	lines := bufio.NewScanner(bytes.NewReader(profile))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 2 && fields[0] == "mode:" {
			continue
		}
		var statements, count int
		var errs [2]error
		if len(fields) == 3 {
			statements, errs[0] = strconv.Atoi(fields[1])
			count, errs[1] = strconv.Atoi(fields[2])
		}
		if len(fields) != 3 || errs[0] != nil || errs[1] != nil {
			return nil, fmt.Errorf("coverage: %q is no line of a profile", lines.Text())
		}
		blocks[fields[0]] = block{statements, count > 0 || blocks[fields[0]].executed}
	}
	measured := map[string]Measured{}
	for place, b := range blocks {
		file, span, _ := strings.Cut(place, ":")
		_, inner, _ := strings.Cut(path.Dir(file), "/sesame/")
		m := measured[inner]
		m.Total += b.statements
		if b.executed {
			m.Executed += b.statements
		} else {
			m.Missed = append(m.Missed, path.Base(file)+":"+span)
		}
		measured[inner] = m
	}
	for _, m := range measured {
		slices.Sort(m.Missed)
	}
	return measured, lines.Err()
}
