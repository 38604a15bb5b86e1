// Package evidence keeps what a run of the ladder has shown as one archive, and
// replays it.
//
// A bundle is a tar file, compressed by gzip. [Write] puts into it the seed and
// the options, the versions of everything, the verdicts and counts, and samples
// that follow from the seed: conversations of model and implementation, traces
// of the implementation, and captures of handshakes that an analyser opens. All
// of that has one content hash, which is the same for the same seed and the same
// versions. How long it took is in the bundle too, outside of the hash.
//
// [Read] holds a bundle against its hashes, and [Bundle.Replay] plays the samples
// again, against the model and the implementation that are there.
package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sesame-tls/sesame/check/ladder"
)

// The files of a bundle. The manifest has the hashes, so it has none itself.
const (
	manifestFile      = "manifest.json"
	timingsFile       = "timings.json"
	versionsFile      = "versions.json"
	reportFile        = "report.json"
	conversationsFile = "conversations.txt"
	tracesFile        = "traces.ndjson"
	capturesFile      = "captures.json"
	capturesFolder    = "captures/"
)

// format is the version of the bundle's layout.
const format = 1

// Manifest says how a bundle came about, and what is in it.
type Manifest struct {
	Format  int               `json:"format"`
	Options Options           `json:"options"`
	Content string            `json:"content"` // SHA-256 of Files, as sha256sum lists them
	Files   map[string]string `json:"files"`   // SHA-256 of each, but for timings
}

// Options are what everything in the bundle follows from.
type Options struct {
	Seed    uint64   `json:"seed"`
	Long    bool     `json:"long"`
	Rungs   []string `json:"rungs"`             // that were asked for; none: all
	Without []string `json:"without,omitempty"` // that were left out
	Shard   string   `json:"shard"`
}

// verdict is what became of one rung, as far as it follows from the seed.
type verdict struct {
	Name    string         `json:"name"`
	Verdict ladder.Verdict `json:"verdict"`
	Reason  string         `json:"reason,omitempty"`
	Ran     map[string]int `json:"ran"`
}

// timing is the rest.
type timing struct {
	Name    string         `json:"name"`
	Seconds float64        `json:"seconds"`
	Ran     map[string]int `json:"ran,omitempty"`
	Notes   []string       `json:"notes,omitempty"`
}

func counted(list []ladder.Count) map[string]int {
	m := map[string]int{}
	for _, c := range list {
		m[c.What] = c.N
	}
	return m
}

// Write writes a bundle of a run, and returns its content hash.
func Write(w io.Writer, o ladder.Options, report *ladder.Report) (content string, err error) {
	options := Options{
		Seed: o.Seed, Long: o.Long, Rungs: append([]string{}, o.Rungs...), Without: o.Without,
		Shard: fmt.Sprintf("%d/%d", o.Shard.Index, max(o.Shard.Count, 1)),
	}
	files, err := samples(o.Seed)
	if err != nil {
		return "", err
	}
	verdicts, timings := []verdict{}, []timing{}
	for i := range report.Rungs {
		r := &report.Rungs[i]
		verdicts = append(verdicts, verdict{r.Name, r.Verdict, r.Reason, counted(r.Steady())})
		timings = append(timings, timing{r.Name, r.Seconds, counted(r.Varying()), r.Notes()})
	}
	for name, value := range map[string]any{reportFile: verdicts, versionsFile: versions(), timingsFile: timings} {
		if files[name], err = indented(value); err != nil {
			return "", err
		}
	}
	m := manifestOf(options, files)
	if files[manifestFile], err = indented(m); err != nil {
		return "", err
	}
	return m.Content, pack(w, files)
}

func manifestOf(o Options, files map[string][]byte) Manifest {
	m := Manifest{Format: format, Options: o, Files: map[string]string{}}
	for name, text := range files {
		if name != timingsFile && name != manifestFile {
			m.Files[name] = sum(text)
		}
	}
	m.Content = contentOf(m.Files)
	return m
}

// contentOf is the hash of what `sha256sum` would print of the files.
func contentOf(files map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&b, "%s  %s\n", files[name], name)
	}
	return sum([]byte(b.String()))
}

func sum(text []byte) string {
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:])
}

func indented(v any) ([]byte, error) {
	text, err := json.MarshalIndent(v, "", "  ")
	return append(text, '\n'), err
}
