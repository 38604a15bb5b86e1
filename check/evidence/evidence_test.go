package evidence

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/gopacket/gopacket/pcapgo"

	"github.com/sesame-tls/sesame/check/ladder"
)

// rungs are a ladder of one rung, part of whose counts are the clock's.
func rungs(executions, rows int) []ladder.Rung {
	return []ladder.Rung{{Name: "table", Varies: []string{"executions"}, Run: func(_ context.Context, r *ladder.Run) error {
		r.Count("rows", rows)
		r.Count("executions", executions)
		r.Notef("a note")
		return nil
	}}}
}

func climb(t *testing.T, executions, rows int) *ladder.Report {
	t.Helper()
	report, err := ladder.Climb(t.Context(), rungs(executions, rows), ladder.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func bundle(t *testing.T, seed uint64, executions, rows int) (content string, octets []byte) {
	t.Helper()
	var b bytes.Buffer
	content, err := Write(&b, ladder.Options{Seed: seed}, climb(t, executions, rows))
	if err != nil {
		t.Fatal(err)
	}
	return content, b.Bytes()
}

// A bundle is written, read and replayed.
func TestReplay(t *testing.T) {
	content, octets := bundle(t, 1, 5, 59)
	b, err := Read(bytes.NewReader(octets))
	if err != nil || b.Manifest.Content != content || b.Manifest.Options.Seed != 1 || b.Versions.Go == "" {
		t.Fatalf("%+v, %v", b, err)
	}
	r, err := b.Replay()
	if err != nil || r.Conversations != conversations || r.Traces != 2*traces || r.Captures != len(captured) || r.Steps < r.Conversations {
		t.Errorf("%+v, %v", r, err)
	}
	if names, verdicts := b.Rungs(); len(names) != 1 || names[0] != "table" || verdicts[0] != ladder.Passed {
		t.Errorf("%v %v", names, verdicts)
	}
	if err := b.Compare(climb(t, 9, 59)); err != nil {
		t.Error(err)
	}
}

func TestContentFollowsFromTheSeed(t *testing.T) {
	first, _ := bundle(t, 1, 5, 59)
	for name, c := range map[string]struct {
		seed             uint64
		executions, rows int
		same             bool
	}{"again, in another time": {1, 6, 59, true}, "another seed": {2, 5, 59, false}, "other counts": {1, 5, 58, false}} {
		if got, _ := bundle(t, c.seed, c.executions, c.rows); (got == first) != c.same {
			t.Errorf("%s: content %s after %s", name, got, first)
		}
	}
}

// change reads a bundle's files, changes them, and packs them again.
func change(t *testing.T, octets []byte, f func(files map[string][]byte)) io.Reader {
	t.Helper()
	files, err := unpack(bytes.NewReader(octets))
	if err != nil {
		t.Fatal(err)
	}
	f(files)
	var b bytes.Buffer
	if err := pack(&b, files); err != nil {
		t.Fatal(err)
	}
	return &b
}

// A bundle that was tampered with is told, with what and where.
func TestTamperedBundlesAreFound(t *testing.T) {
	_, octets := bundle(t, 1, 5, 59)
	for _, name := range []string{versionsFile, reportFile, conversationsFile, tracesFile, capturesFile, capturesFolder + "03.pcapng"} {
		for what, f := range map[string]func(map[string][]byte){
			"was changed": func(files map[string][]byte) { files[name][len(files[name])/2] ^= 1 },
			"is missing":  func(files map[string][]byte) { delete(files, name) },
		} {
			_, err := Read(change(t, octets, f))
			var tampered *TamperedError
			if !errors.As(err, &tampered) || tampered.File != name || !strings.Contains(tampered.What, what) {
				t.Errorf("%s: %v, want that it %s", name, err, what)
			}
		}
	}
	for what, f := range map[string]func(map[string][]byte){
		"added.txt was added": func(files map[string][]byte) { files["added.txt"] = []byte("x") },
		"manifest.json was changed": func(files map[string][]byte) {
			files[manifestFile] = bytes.Replace(files[manifestFile], []byte(`"content": "`), []byte(`"content": "0`), 1)
		},
		"manifest.json does not list report.json": func(files map[string][]byte) {
			delete(files, reportFile)
			rehash(files)
		},
		"report.json is not of its form": func(files map[string][]byte) {
			files[reportFile] = []byte("{")
			rehash(files)
		},
	} {
		if _, err := Read(change(t, octets, f)); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// rehash makes the manifest fit, as a forger would.
func rehash(files map[string][]byte) {
	var m Manifest
	if err := json.Unmarshal(files[manifestFile], &m); err != nil {
		panic(err)
	}
	files[manifestFile], _ = indented(manifestOf(m.Options, files))
}

// A bundle whose hashes fit and that did not happen is found by the replay.
func TestForgedBundlesAreFound(t *testing.T) {
	_, octets := bundle(t, 1, 5, 59)
	replace := func(file, old, new string) func(map[string][]byte) {
		return func(files map[string][]byte) {
			changed := bytes.Replace(files[file], []byte(old), []byte(new), 1)
			if bytes.Equal(changed, files[file]) {
				panic("nothing was forged")
			}
			files[file] = changed
		}
	}
	for name, c := range map[string]struct {
		forge func(map[string][]byte)
		want  string
	}{
		"an answer":     {replace(conversationsFile, "S->C ServerHello", "S->C ServerHelloDone"), "conversations.txt, line"},
		"a scenario":    {replace(conversationsFile, " server=accept", " server=error"), "conversations.txt, line"},
		"an action":     {replace(conversationsFile, "ServerReceiveClientHello", "ClientReceiveServerHello"), "conversations.txt, line"},
		"no head":       {replace(conversationsFile, "handshake seed=", "handshake "), "conversations.txt, line 1"},
		"a trace":       {replace(tracesFile, `"state":"AwaitServerHello"`, `"state":"Established"`), "traces.ndjson, line"},
		"an index":      {replace(capturesFile, `"seed": `, `"seed": 1`), "captures/"},
		"no index":      {replace(capturesFile, `[`, `{`), "captures.json"},
		"a capture":     {func(files map[string][]byte) { files[capturesFolder+"02.pcapng"][200] ^= 1 }, "captures/02.pcapng is not what its seed makes: the first difference is at octet 200"},
		"another seed":  {replace(manifestFile, `"seed": 1`, `"seed": 2`), "traces.ndjson, line"},
		"no trace line": {replace(tracesFile, `{"event"`, `{"nothing"`), "traces.ndjson, line"},
	} {
		b, err := Read(change(t, octets, func(files map[string][]byte) { c.forge(files); rehash(files) }))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if r, err := b.Replay(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %+v, %v; want %q", name, r, err, c.want)
		}
	}
}

func TestOtherRunsAreFound(t *testing.T) {
	_, octets := bundle(t, 1, 5, 59)
	b, err := Read(bytes.NewReader(octets))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Compare(climb(t, 5, 58)); err == nil || !strings.Contains(err.Error(), "has counted") {
		t.Errorf("other counts: %v", err)
	}
	other := climb(t, 5, 59)
	other.Rungs[0].Verdict = ladder.Failed
	if err := b.Compare(other); err == nil || !strings.Contains(err.Error(), "was pass and is fail") {
		t.Errorf("another verdict: %v", err)
	}
	other.Rungs[0].Name = "lost"
	if err := b.Compare(other); err == nil || !strings.Contains(err.Error(), "is not in the bundle") {
		t.Errorf("another rung: %v", err)
	}
}

func TestWhatIsNoBundle(t *testing.T) {
	_, octets := bundle(t, 1, 5, 59)
	for name, r := range map[string]io.Reader{
		"empty": strings.NewReader(""), "text": strings.NewReader("hello"), "cut off": bytes.NewReader(octets[:len(octets)/2]),
		"no manifest":      change(t, octets, func(files map[string][]byte) { delete(files, manifestFile) }),
		"another manifest": change(t, octets, func(files map[string][]byte) { files[manifestFile] = []byte("x") }),
		"another format":   change(t, octets, func(files map[string][]byte) { files[manifestFile] = []byte(`{"format": 2}`) }),
		"too much":         change(t, octets, func(files map[string][]byte) { files["big"] = make([]byte, mostOctets) }),
	} {
		var tampered *TamperedError
		if _, err := Read(r); err == nil || errors.As(err, &tampered) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The captures are files that an analyser's reader follows, keys first.
func TestCapturesAreRead(t *testing.T) {
	files, err := samples(1)
	if err != nil {
		t.Fatal(err)
	}
	index, err := parseCaptures(files[capturesFile])
	if err != nil || len(index) != len(captured) {
		t.Fatal(index, err)
	}
	for _, c := range index {
		r, err := pcapgo.NewNgReader(bytes.NewReader(files[c.File]), pcapgo.DefaultNgReaderOptions)
		if err != nil {
			t.Fatal(err)
		}
		packets := 0
		for {
			if _, _, err = r.ReadPacketData(); err != nil {
				break
			}
			packets++
		}
		if !errors.Is(err, io.EOF) || packets < 9 || !bytes.Contains(files[c.File], []byte("CLIENT_RANDOM ")) {
			t.Errorf("%s (%s): %d packets, %v", c.File, c.Scenario, packets, err)
		}
	}
}
