package tls

import (
	"context"
	"crypto/x509"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/spec"
)

// Every field that a Config has must be copied: this test fails for a field that
// Clone does not know.
func TestCloneCopiesEveryField(t *testing.T) {
	full := new(Config)
	v := reflect.ValueOf(full).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			fillIn(t, v.Field(i), v.Type().Field(i).Name)
		}
	}
	clone := reflect.ValueOf(full.Clone()).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() && clone.Field(i).IsZero() {
			t.Errorf("Clone forgets %s", v.Type().Field(i).Name)
		}
	}
}

// fillIn gives a field some value other than zero.
func fillIn(t *testing.T, field reflect.Value, name string) {
	values := map[string]any{
		"Rand": strings.NewReader(""), "KeyLogWriter": io.Discard,
		"ClientSessionCache": NewLRUClientSessionCache(1), "ServerSessionCache": NewLRUServerSessionCache(1),
	}
	switch field.Kind() {
	case reflect.Bool:
		field.SetBool(true)
	case reflect.String:
		field.SetString("x")
	case reflect.Int, reflect.Int64:
		field.SetInt(1)
	case reflect.Uint8, reflect.Uint16:
		field.SetUint(1)
	case reflect.Slice:
		field.Set(reflect.MakeSlice(field.Type(), 1, 1))
	case reflect.Pointer:
		field.Set(reflect.New(field.Type().Elem()))
	case reflect.Func:
		field.Set(reflect.MakeFunc(field.Type(), func([]reflect.Value) []reflect.Value { return nil }))
	case reflect.Interface:
		if values[name] == nil {
			t.Fatalf("the test has no value for %s", name)
		}
		field.Set(reflect.ValueOf(values[name]))
	default:
		t.Fatalf("the test knows no value for %s, a %v", name, field.Type())
	}
}

func TestCloneSharesTicketKeysThatWereSet(t *testing.T) {
	var c Config
	ticket := sealTicket(t, &c.tickets, testNow, "own keys")
	if _, err := c.Clone().tickets.open(ticket); err == nil {
		t.Error("a clone has the keys that the Config had made itself")
	}
	c.SetSessionTicketKeys([][32]byte{{1}})
	ticket = sealTicket(t, &c.tickets, testNow, "set keys")
	if _, err := c.Clone().tickets.open(ticket); err != nil {
		t.Error("a clone lacks the keys that were set")
	}
}

func TestDeriveRefusesABadCertificate(t *testing.T) {
	chain := testcert.Server(testcert.RSA)
	for name, c := range map[string]Certificate{
		"empty":          {},
		"no key":         {Certificate: chain.DER},
		"garbage":        {Certificate: [][]byte{[]byte("garbage")}, PrivateKey: chain.Key},
		"somebody's key": {Certificate: chain.DER, PrivateKey: testcert.Server(testcert.ECDSA).Key},
	} {
		config := &Config{Certificates: []Certificate{c}}
		if _, err := config.derive(); err == nil || !strings.Contains(err.Error(), "Certificates[0]") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A Config that makes no sense is an error at its first use, at either end.
func TestConfigCheck(t *testing.T) {
	for name, c := range map[string]*Config{
		"versions the wrong way round":    {MinVersion: VersionTLS12, MaxVersion: VersionTLS11},
		"highest version below the usual": {MaxVersion: VersionTLS11},
		"TLS 1.3":                         {MaxVersion: 0x0304},
		"SSL 3.0":                         {MinVersion: 0x0300},
		"no such ClientAuth":              {ClientAuth: RequireAndVerifyClientCert + 1},
		"negative ClientAuth":             {ClientAuth: -1},
		"an empty protocol":               {NextProtos: []string{"h2", ""}},
		"a long protocol":                 {NextProtos: []string{strings.Repeat("x", 256)}},
		"too many protocols":              {NextProtos: slices.Repeat([]string{"abcdefg"}, 8192)},
		"no scheme":                       {SignatureSchemes: []spec.SignatureScheme{spec.MD5SHA1}},
	} {
		c.AllowAnonymous, c.InsecureSkipVerify = true, true
		if _, err := c.derive(); err == nil || !strings.HasPrefix(err.Error(), "tls: Config") {
			t.Errorf("%s: %v", name, err)
		}
		if l, err := Listen("tcp", "127.0.0.1:0", c); err == nil {
			l.Close()
			t.Errorf("%s: a listener", name)
		}
	}
	good := &Config{MinVersion: VersionTLS10, NextProtos: slices.Repeat([]string{strings.Repeat("x", 255)}, 255), ClientAuth: RequireAndVerifyClientCert}
	if _, err := good.derive(); err != nil {
		t.Error(err)
	}
}

func TestServerNeedsSomethingToShow(t *testing.T) {
	if _, err := Listen("tcp", "127.0.0.1:0", new(Config)); err == nil {
		t.Error("a listener without certificate")
	}
	if _, err := Listen("tcp", "127.0.0.1:0", nil); err == nil {
		t.Error("a listener without Config")
	}
	ticket := &Config{AcceptTicket: func(context.Context, *TicketHello) (*SessionSecret, error) { return nil, nil }}
	if err := ticket.checkServer(); err != nil {
		t.Error(err)
	}
}

func TestFresh(t *testing.T) {
	now := testNow.Unix()
	for _, tt := range []struct {
		name    string
		session Session
		config  *Config
		want    bool
	}{
		{"new", Session{Created: now}, &Config{}, true},
		{"a day old", Session{Created: now - 24*60*60}, &Config{}, false},
		{"within the lifetime", Session{Created: now - 59}, &Config{SessionLifetime: time.Minute}, true},
		{"at the end of the lifetime", Session{Created: now - 60}, &Config{SessionLifetime: time.Minute}, false},
		{"within the hint", Session{Created: now - 9, LifetimeHint: 10}, &Config{}, true},
		{"at the end of the hint", Session{Created: now - 10, LifetimeHint: 10}, &Config{}, false},
		{"from the future", Session{Created: now + 3600}, &Config{}, false},
		{"of another context", Session{Created: now, Context: []byte("a")}, &Config{SessionContext: "b"}, false},
		{"of the same context", Session{Created: now, Context: []byte("a")}, &Config{SessionContext: "a"}, true},
	} {
		tt.config.Time = func() time.Time { return testNow }
		if got := tt.config.fresh(&tt.session); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestHostname(t *testing.T) {
	for name, want := range map[string]string{
		"server.example": "server.example", "server.example.": "server.example",
		"127.0.0.1": "", "::1": "", "[::1]": "", "fe80::1%eth0": "", "": "",
	} {
		if got := hostname(name); got != want {
			t.Errorf("hostname(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestCertificateKeyUsageDecides(t *testing.T) {
	chain := testcert.Issue(testcert.RSA, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature })
	p, err := new(Config).prepare(&Certificate{Certificate: chain.DER, PrivateKey: chain.Key})
	if err != nil {
		t.Fatal(err)
	}
	if p.machine.Decrypts {
		t.Error("a key for signatures only is used for RSA key exchange")
	}
	if err := checkKeyUsage(chain.Leaf, spec.ECDHERSA); err != nil {
		t.Error(err)
	}
}
