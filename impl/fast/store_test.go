package fast

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func somePACs() []*PAC {
	key := bytes.Repeat([]byte{9}, 32)
	return []*PAC{
		{Type: TunnelPAC, Key: key, Opaque: []byte("one"), AuthorityID: []byte{0x10, 0x11}, AuthorityInfo: "cave", Identity: "ali", Expires: noon.Add(time.Hour)},
		{Type: MachinePAC, Key: key, Opaque: []byte("two"), AuthorityID: []byte{0x10, 0x11}, Identity: "host/cave"},
	}
}

func TestPACFiles(t *testing.T) {
	for f := FormatSesame; f <= FormatWPABinary; f++ {
		t.Run(f.String(), func(t *testing.T) {
			data, err := MarshalPACs(somePACs(), f)
			if err != nil {
				t.Fatal(err)
			}
			list, got, err := ParsePACs(data)
			if err != nil || got != f || len(list) != 2 {
				t.Fatal(list, got, err)
			}
			for i, p := range list {
				if want := somePACs()[i]; fmt.Sprint(*p) != fmt.Sprint(*want) {
					t.Errorf("got %+v, want %+v", p, want)
				}
			}
		})
	}
}

// A file as wpa_supplicant writes it, with the lines that it writes for people.
const wpaFile = `wpa_supplicant EAP-FAST PAC file - version 1
START
PAC-Type=1
PAC-Key=0909090909090909090909090909090909090909090909090909090909090909
PAC-Opaque=6f6e65
PAC-Info=00040002101100050003616c690007000463617665000a00020001
A-ID=1011
I-ID=616c69
I-ID-txt=ali
A-ID-Info=63617665
A-ID-Info-txt=cave
END
`

func TestWPAFile(t *testing.T) {
	list, f, err := ParsePACs([]byte(wpaFile))
	if err != nil || f != FormatWPA || len(list) != 1 || list[0].Identity != "ali" || list[0].AuthorityInfo != "cave" {
		t.Fatal(list, f, err)
	}
	data, _ := MarshalPACs(list, FormatWPA)
	want := strings.NewReplacer("I-ID-txt=ali\n", "", "A-ID-Info-txt=cave\n", "").Replace(wpaFile)
	if string(data) != want {
		t.Errorf("wrote\n%s", data)
	}
	for name, bad := range map[string]string{
		"no end":       strings.Replace(wpaFile, "END\n", "", 1),
		"no start":     strings.Replace(wpaFile, "START\n", "", 1),
		"no opaque":    strings.Replace(wpaFile, "PAC-Opaque=6f6e65\n", "", 1),
		"short key":    strings.Replace(wpaFile, "PAC-Key=09", "PAC-Key=", 1),
		"odd digits":   strings.Replace(wpaFile, "A-ID=1011", "A-ID=101", 1),
		"other header": "x" + wpaFile,
		"bad info":     strings.Replace(wpaFile, "PAC-Info=0004", "PAC-Info=0001", 1),
	} {
		if _, _, err := ParsePACs([]byte(bad)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

// Checks FAST-PAC-05 (must fail: pac-of-any-type, ticket-of-any-authority).
func TestStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pacs")
	s, err := OpenStore(path, FormatSesame)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range somePACs() {
		if err := s.Put(p); err != nil {
			t.Fatal(err)
		}
	}
	renewed := somePACs()[0]
	renewed.Opaque = []byte("three")
	if err := s.Put(renewed); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	s, err = OpenStore(path, FormatWPA)
	if err != nil || len(s.All()) != 2 {
		t.Fatal(err, s.All())
	}
	aid := []byte{0x10, 0x11}
	for name, c := range map[string]struct {
		aid      []byte
		typ      PACType
		identity string
		at       time.Time
		want     string
	}{
		"its own":           {aid, TunnelPAC, "ali", noon, "three"},
		"anyone":            {aid, TunnelPAC, "", noon, "three"},
		"another's":         {aid, TunnelPAC, "baba", noon, ""},
		"expired":           {aid, TunnelPAC, "ali", noon.Add(time.Hour), ""},
		"other type":        {aid, UserAuthorizationPAC, "", noon, ""},
		"other authority":   {[]byte{0x10}, TunnelPAC, "ali", noon, ""},
		"without an expiry": {aid, MachinePAC, "", noon.Add(1e6 * time.Hour), "two"},
	} {
		got := ""
		if p := s.Find(c.aid, c.typ, c.identity, c.at); p != nil {
			got = string(p.Opaque)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if err := s.Remove(s.Find(aid, TunnelPAC, "", noon)); err != nil || s.Find(aid, TunnelPAC, "", noon) != nil {
		t.Error("it is still there", err)
	}
	os.Chmod(path, 0o640)
	if _, err := OpenStore(path, FormatSesame); err == nil {
		t.Error("a file that others can read was opened")
	}
}

// A store whose file cannot be written stays as it was.
func TestStoreThatCannotBeSaved(t *testing.T) {
	s, err := OpenStore(filepath.Join(t.TempDir(), "no", "such", "folder"), FormatSesame)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(somePACs()[0]); err == nil || len(s.All()) != 0 {
		t.Error(err, s.All())
	}
}

func FuzzPACFile(f *testing.F) {
	f.Add([]byte(wpaFile))
	for format := FormatSesame; format <= FormatWPABinary; format++ {
		data, _ := MarshalPACs(somePACs(), format)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		list, format, err := ParsePACs(data)
		if err != nil {
			return
		}
		out, err := MarshalPACs(list, format)
		if err != nil {
			t.Skip("a field is too long to be written")
		}
		again, _, err := ParsePACs(out)
		if err != nil || len(again) != len(list) {
			t.Errorf("%d PACs became %d: %v", len(list), len(again), err)
		}
	})
}
