package explain

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

var update = flag.String("update", "", "record a scene anew, or all, and write the reports; eapol_test and hostapd must be there")

// TestCaptures explains every capture in testdata. The reports are in one file,
// which people read.
func TestCaptures(t *testing.T) {
	if *update != "" {
		if _, err := exec.LookPath("eapol_test"); err != nil {
			t.Fatal("eapol_test is missing: apt-get install eapoltest")
		}
		for _, sc := range scenes {
			if *update == "all" || *update == sc.name {
				recordScene(t, &sc)
			}
		}
	}
	var got strings.Builder
	for _, sc := range scenes {
		file, err := os.Open("testdata/" + sc.name + ".pcapng")
		if err != nil {
			t.Fatal(err)
		}
		reports, err := Capture(file, Options{Secret: []byte(secret)})
		file.Close()
		if err != nil {
			t.Fatalf("%s: %v", sc.name, err)
		}
		fmt.Fprintf(&got, "== %s\n", sc.name)
		for _, r := range reports {
			fmt.Fprintf(&got, "%s\n%v\n", strings.Join(r.Lines, "\n"), r.Diagnosis)
		}
	}
	if *update != "" {
		if err := os.WriteFile("testdata/reports.txt", []byte(got.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/reports.txt")
	if err != nil || got.String() != string(want) {
		t.Errorf("testdata/reports.txt differs (%v); -update reports writes it anew:\n%s", err, got.String())
	}
}

func recordScene(t *testing.T, sc *scene) {
	s := newStage(t)
	if sc.before != nil {
		sc.before(s)
	}
	if sc.setup != nil {
		sc.setup(s)
	}
	s.keys.Reset()
	list := s.play(sc)
	if err := os.WriteFile("testdata/"+sc.name+".pcapng", pcapng(t, list, s.keys.Bytes()), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestBadFiles: what is no capture is an error.
func TestBadFiles(t *testing.T) {
	for name, data := range map[string][]byte{
		"empty": nil, "text": []byte("this is no capture at all, but text"), "cut off": {0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0},
	} {
		if _, err := Capture(bytes.NewReader(data), Options{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
