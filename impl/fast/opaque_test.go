package fast

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var noon = time.Unix(1_900_000_000, 0)

func ring(t testing.TB) *KeyRing {
	t.Helper()
	r := new(KeyRing)
	if _, err := r.Rotate(noon, 0, time.Hour); err != nil {
		t.Fatal(err)
	}
	return r
}

var aGrant = Grant{Type: TunnelPAC, Key: [32]byte{1, 2, 3}, Identity: "ali", Expires: noon.Add(time.Hour)}

// What was sealed opens, and nothing else does.
//
// Checks FAST-PAC-02 (must fail: opaque-shows-its-key).
// Checks FAST-PAC-04 (must fail: opaque-forgets-identity).
// Checks FAST-SEC-03 (must fail: opaque-of-any-authority).
func TestOpaque(t *testing.T) {
	r, aid := ring(t), []byte("authority")
	opaque, err := r.Seal(&aGrant, aid, noon)
	if err != nil {
		t.Fatal(err)
	}
	g, err := r.Open(opaque, aid)
	if err != nil || *g != aGrant {
		t.Fatal(err, g)
	}
	for i := range opaque {
		for bit := range 8 {
			changed := bytes.Clone(opaque)
			changed[i] ^= 1 << bit
			if _, err := r.Open(changed, aid); !errors.Is(err, ErrOpaque) {
				t.Fatalf("octet %d, bit %d: %v", i, bit, err)
			}
		}
		if _, err := r.Open(opaque[:i], aid); !errors.Is(err, ErrOpaque) {
			t.Fatalf("cut to %d octets: %v", i, err)
		}
	}
	if _, err := r.Open(opaque, []byte("another")); !errors.Is(err, ErrOpaque) {
		t.Errorf("another authority: %v", err)
	}
	if _, err := ring(t).Open(opaque, aid); !errors.Is(err, ErrOpaque) {
		t.Errorf("another ring: %v", err)
	}
	if bytes.Contains(opaque, []byte("ali")) || bytes.Contains(opaque, aGrant.Key[:]) {
		t.Error("the opaque shows what is in it")
	}
}

func TestTicketForms(t *testing.T) {
	p := &PAC{Opaque: []byte{opaqueFormat, 1, 2, 3}}
	with, without := Quirks{}.ticket(p), RFC.ticket(p)
	if bytes.Equal(with, without) {
		t.Fatal("both quirks have one form")
	}
	for name, ticket := range map[string][]byte{
		"header": with, "no header": without, "padding": append(bytes.Clone(with), 0, 0, 0), "bit set": append([]byte{0x80}, with[1:]...),
	} {
		if got := openTicket(ticket); !bytes.Equal(got, p.Opaque) {
			t.Errorf("%s: %x", name, got)
		}
	}
	for _, ticket := range [][]byte{nil, {0}, {0, 2}, {0, 2, 0, 9, 1}, bytes.Repeat([]byte{0xff}, 65535)} {
		if _, err := ring(t).Open(openTicket(ticket), nil); !errors.Is(err, ErrOpaque) {
			t.Errorf("%d octets: %v", len(ticket), err)
		}
	}
}

func TestKeyRingRotation(t *testing.T) {
	r := new(KeyRing)
	if _, err := r.Seal(&aGrant, nil, noon); err == nil {
		t.Error("an empty ring seals")
	}
	first, _ := r.Rotate(noon, 0, time.Hour)
	old, _ := r.Seal(&aGrant, nil, noon)
	second, _ := r.Rotate(noon.Add(time.Minute), time.Minute, time.Hour)
	seals := func(at time.Time) string {
		for _, k := range r.Keys(at) {
			if k.Seals {
				return k.Name
			}
		}
		return ""
	}
	// The new key reaches other replicas before it seals.
	if a, b := seals(noon.Add(90*time.Second)), seals(noon.Add(2*time.Minute)); a != first || b != second {
		t.Errorf("%s then %s seal, want %s then %s", a, b, first, second)
	}
	if _, err := r.Open(old, nil); err != nil {
		t.Errorf("a PAC under the key before: %v", err)
	}
	r.Rotate(noon.Add(3*time.Hour), 0, time.Hour)
	if _, err := r.Open(old, nil); err == nil || len(r.Keys(noon)) != 2 {
		t.Errorf("a key is kept beyond its time: %v", r.Keys(noon))
	}
}

func TestKeyRingFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ring")
	r := ring(t)
	if err := r.Save(path); err != nil {
		t.Fatal(err)
	}
	info, _ := os.Stat(path)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	replica, err := LoadKeyRing(path)
	if err != nil {
		t.Fatal(err)
	}
	opaque, _ := r.Seal(&aGrant, nil, noon)
	if _, err := replica.Open(opaque, nil); err != nil {
		t.Errorf("a replica: %v", err)
	}
	os.Chmod(path, 0o644)
	if err := replica.Load(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that others can read: %v", err)
	}
	text, _ := r.MarshalText()
	line := strings.SplitN(string(text), "\n", 3)[1]
	for name, bad := range map[string]string{
		"empty": "", "other file": "hello\n", "no key": ringHeader + "\n", "two alike": ringHeader + "\n" + line + "\n" + line,
		"short key": ringHeader + "\n" + line[:len(line)-2], "no time": ringHeader + "\n" + strings.Replace(line, "2030", "x", 1),
	} {
		if err := replica.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	if _, err := replica.Open(opaque, nil); err != nil {
		t.Errorf("a reload that failed left another ring: %v", err)
	}
}
