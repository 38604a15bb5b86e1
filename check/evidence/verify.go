package evidence

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/tla"
)

// Bundle is one that was read.
type Bundle struct {
	Manifest Manifest
	Versions Versions
	verdicts []verdict
	files    map[string][]byte
}

// TamperedError says that a bundle is not what was written.
type TamperedError struct{ File, What string }

// Error names the file and what is wrong with it.
func (e *TamperedError) Error() string { return fmt.Sprintf("evidence: %s %s", e.File, e.What) }

// Read reads a bundle and holds it against its hashes. Its error is a
// [*TamperedError] where it is a bundle, and was changed.
func Read(r io.Reader) (*Bundle, error) {
	files, err := unpack(r)
	if err != nil {
		return nil, err
	}
	b := &Bundle{files: files}
	text, ok := files[manifestFile]
	if !ok {
		return nil, fmt.Errorf("evidence: no bundle: there is no %s in it", manifestFile)
	}
	if err := json.Unmarshal(text, &b.Manifest); err != nil {
		return nil, fmt.Errorf("evidence: no bundle: %s: %w", manifestFile, err)
	}
	if b.Manifest.Format != format {
		return nil, fmt.Errorf("evidence: a bundle of format %d, and %d is known", b.Manifest.Format, format)
	}
	if err := b.hashes(); err != nil {
		return nil, err
	}
	for name, into := range map[string]any{versionsFile: &b.Versions, reportFile: &b.verdicts} {
		if err := json.Unmarshal(files[name], into); err != nil {
			return nil, &TamperedError{name, "is not of its form: " + err.Error()}
		}
	}
	return b, nil
}

// hashes compares every file with the manifest, and the manifest with itself.
func (b *Bundle) hashes() error {
	listed := b.Manifest.Files
	for _, name := range slices.Sorted(maps.Keys(listed)) {
		text, there := b.files[name]
		if !there {
			return &TamperedError{name, "is missing"}
		}
		if got := sum(text); got != listed[name] {
			return &TamperedError{name, fmt.Sprintf("was changed: its hash is %s, and the manifest says %s", got, listed[name])}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.files)) {
		if _, known := listed[name]; !known && name != manifestFile && name != timingsFile {
			return &TamperedError{name, "was added: the manifest does not know it"}
		}
	}
	for _, name := range []string{versionsFile, reportFile, conversationsFile, tracesFile, capturesFile} {
		if _, known := listed[name]; !known {
			return &TamperedError{manifestFile, "does not list " + name}
		}
	}
	if got := contentOf(listed); got != b.Manifest.Content {
		return &TamperedError{manifestFile, fmt.Sprintf("was changed: the content's hash is %s, and it says %s", got, b.Manifest.Content)}
	}
	return nil
}

// Replayed is what was played again, and agreed.
type Replayed struct{ Conversations, Steps, Traces, Captures int }

// Replay plays the samples again: each conversation against model and
// implementation, and the traces and captures anew from their seeds. Its error
// says where the first difference is.
func (b *Bundle) Replay() (r Replayed, err error) {
	kept, err := parseConversations(b.files[conversationsFile])
	if err != nil {
		return r, fmt.Errorf("evidence: %w", err)
	}
	run := harness.NewRun()
	for _, c := range kept {
		steps, err := c.play(run)
		if err != nil {
			return r, fmt.Errorf("evidence: %w", err)
		}
		r.Conversations++
		r.Steps += steps
	}
	if r.Traces, err = b.replayTraces(); err != nil {
		return r, err
	}
	index, err := parseCaptures(b.files[capturesFile])
	if err != nil {
		return r, fmt.Errorf("evidence: %w", err)
	}
	for _, c := range index {
		octets, err := c.octets()
		if err != nil {
			return r, fmt.Errorf("evidence: %w", err)
		}
		if !bytes.Equal(octets, b.files[c.File]) {
			return r, fmt.Errorf("evidence: %s is not what its seed makes: the first difference is at octet %d", c.File, common(octets, b.files[c.File]))
		}
		r.Captures++
	}
	return r, nil
}

func (b *Bundle) replayTraces() (n int, err error) {
	text := b.files[tracesFile]
	recorded, err := tla.ReadTraces(tracesFile, bytes.NewReader(text))
	if err != nil {
		return 0, fmt.Errorf("evidence: %w", err)
	}
	now, err := recordTraces(b.Manifest.Options.Seed)
	if err != nil {
		return 0, fmt.Errorf("evidence: %w", err)
	}
	if !bytes.Equal(now, text) {
		line := 1 + bytes.Count(text[:common(now, text)], []byte("\n"))
		return 0, fmt.Errorf("evidence: %s, line %d: the seed makes another trace", tracesFile, line)
	}
	return len(recorded), nil
}

// common is how many octets a and b begin with alike.
func common(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// Rungs returns the rungs that were run, with their verdicts.
func (b *Bundle) Rungs() (names []string, verdicts []ladder.Verdict) {
	for _, v := range b.verdicts {
		names, verdicts = append(names, v.Name), append(verdicts, v.Verdict)
	}
	return names, verdicts
}

// Compare holds rungs that were run again, under the bundle's options, against
// what they were.
func (b *Bundle) Compare(report *ladder.Report) error {
	for i := range report.Rungs {
		now := &report.Rungs[i]
		j := slices.IndexFunc(b.verdicts, func(v verdict) bool { return v.Name == now.Name })
		if j < 0 {
			return fmt.Errorf("evidence: the rung %s is not in the bundle", now.Name)
		}
		was := b.verdicts[j]
		if now.Verdict != was.Verdict {
			return fmt.Errorf("evidence: the rung %s was %s and is %s now", now.Name, was.Verdict, now.Verdict)
		}
		if ran := counted(now.Steady()); !maps.Equal(ran, was.Ran) {
			return fmt.Errorf("evidence: the rung %s has counted %v, and counts %v now", now.Name, was.Ran, ran)
		}
	}
	return nil
}

// SameSource reports whether the bundle is of the source that this program is
// made of; false where one of the two is not known.
func (b *Bundle) SameSource() bool {
	revision, changed := source()
	return revision != "" && revision == b.Versions.Revision && !changed && !b.Versions.Changed
}
