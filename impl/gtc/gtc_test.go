package gtc

import (
	"errors"
	"testing"
)

// Checks FAST-INN-10 (must fail: response-in-another-form).
func TestMessages(t *testing.T) {
	tests := map[string]struct {
		message Message
		text    string
	}{
		"challenge":       {Challenge("Password: "), "CHALLENGE=Password: "},
		"empty challenge": {Challenge(""), "CHALLENGE="},
		"response":        {Response{"user@example.com", "secret"}, "RESPONSE=user@example.com\x00secret"},
		"zero in it":      {Response{"u", "a\x00b"}, "RESPONSE=u\x00a\x00b"},
		"acknowledgement": {Acknowledgement{}, ""},
		"failure":         {Failure{AuthenticationFailure, true, "try again"}, "E=691 R=1 M=try again"},
		"final failure":   {Failure{PACIdentityNoMatch, false, ""}, "E=755 R=0 M="},
	}
	for name, test := range tests {
		if got := string(test.message.Append(nil)); got != test.text {
			t.Errorf("%s: %q, want %q", name, got, test.text)
		}
		if got, err := Parse([]byte(test.text)); err != nil || got != test.message {
			t.Errorf("%s: parsed as %#v, %v", name, got, err)
		}
	}
}

// Checks FAST-INN-10 (must fail: plain-gtc-answered, gtc-response-without-zero).
func TestOtherForms(t *testing.T) {
	for _, text := range []string{"Password: ", "challenge=x", "RESPONSE=user", "E=x R=1 M=", "E=", "E=-1", " E=691", "\x00"} {
		if got, err := Parse([]byte(text)); !errors.Is(err, ErrFormat) {
			t.Errorf("%q is taken as %#v, %v", text, got, err)
		}
	}
	got, err := Parse([]byte("E=0000000691 X=y R=1 C=00 M=a R=0"))
	if want := (Failure{691, true, "a R=0"}); err != nil || got != Message(want) {
		t.Errorf("%#v, %v", got, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "CHALLENGE=x", "RESPONSE=u\x00p", "E=691 R=1 M=m"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(data)
		if err != nil {
			return
		}
		if again, err := Parse(m.Append(nil)); err != nil || again != m {
			t.Errorf("%q: %#v comes back as %#v, %v", data, m, again, err)
		}
	})
}
