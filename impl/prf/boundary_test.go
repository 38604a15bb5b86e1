package prf

import (
	"strings"
	"testing"
)

// panics returns what f panics with, "" if it does not.
func panics(f func()) (text string) {
	defer func() {
		if p := recover(); p != nil {
			text, _ = p.(string)
		}
	}()
	f()
	return ""
}

// TestPanics: each misuse has its own words, and is no other one's.
func TestPanics(t *testing.T) {
	for want, f := range map[string]func(){
		"prf: no such PRF: Hash(9)":                               func() { new(PRF).SetSecret(9, nil) },
		"prf: no such hash: Hash(9)":                              func() { new(Transcript).Choose(9) },
		"prf: Sum before Choose":                                  func() { new(Transcript).Sum(nil) },
		"prf: Keep after Choose":                                  func() { var t Transcript; t.Choose(SHA256); t.Keep() },
		"prf: Expand without a secret":                            func() { new(PRF).Expand(nil, "", nil, nil) },
		"prf: T-PRF gives at most 5100 octets":                    func() { new(PRF).TPRF(make([]byte, 5101), nil, "", nil, nil) },
		"prf: the exporter's context is longer than 65535 octets": func() { new(PRF).Export(make([]byte, 1), SHA256, nil, "", nil, nil, make([]byte, 1<<16)) },
	} {
		if got := panics(f); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestSecretEnds: what uses a secret of its own ends the one that was set.
func TestSecretEnds(t *testing.T) {
	secret, out := make([]byte, 48), make([]byte, VerifyDataSize)
	for name, f := range map[string]func(*PRF){
		"Fill":       func(p *PRF) { p.Fill(out, SHA256, secret, "x", nil, nil) },
		"VerifyData": func(p *PRF) { p.VerifyData(out, SHA256, secret, 1, nil) },
		"TPRF":       func(p *PRF) { p.TPRF(out, secret, "x", nil, nil) },
		"Wipe":       (*PRF).Wipe,
	} {
		var p PRF
		p.SetSecret(SHA256, secret)
		f(&p)
		if got := panics(func() { p.Expand(out, "x", nil, nil) }); !strings.Contains(got, "without a secret") {
			t.Errorf("%s: the secret is still there", name)
		}
	}
}

// TestLongestContext: 2^16-1 octets have a length field.
func TestLongestContext(t *testing.T) {
	if got := panics(func() { new(PRF).Export(make([]byte, 1), SHA256, nil, "", nil, nil, make([]byte, 1<<16-1)) }); got != "" {
		t.Error(got)
	}
}

// TestChooseAnew: the second hash of an earlier choice is not computed any more.
func TestChooseAnew(t *testing.T) {
	var twice, once Transcript
	for _, tr := range []*Transcript{&twice, &once} {
		tr.Keep()
		tr.Write([]byte("messages"))
	}
	twice.Choose(MD5SHA1)
	twice.Choose(SHA256)
	once.Choose(SHA256)
	if a, b := twice.Sum(nil), once.Sum(nil); string(a) != string(b) {
		t.Errorf("%x, want %x", a, b)
	}
}
