package wire

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// check holds that body, where it parses into m, comes back octet for octet, and
// that what the fields say comes back too. fresh has what Parse needs to know.
func check(t *testing.T, body []byte, m, fresh message) {
	kept := bytes.Clone(body)
	ok := m.Parse(body)
	if !bytes.Equal(body, kept) {
		t.Fatal("Parse writes to its input")
	}
	if !ok {
		return
	}
	if k, explicit := m.(*ServerKeyExchange); explicit && k.Params == nil {
		return // an explicit curve, of which nothing is kept
	}
	again := bodyOf(m, m.Append(nil))
	if !bytes.Equal(again, body) {
		t.Fatalf("append(parse(b))\n got %x\nwant %x", again, body)
	}
	fields := fieldsOnly(m)
	if !fresh.Parse(bodyOf(m, fields.Append(nil))) {
		t.Fatalf("what the fields say does not parse: %+v", fields)
	}
	if got := fieldsOnly(fresh); !reflect.DeepEqual(got, fields) {
		t.Fatalf("parse(append(x))\n got %+v\nwant %+v", got, fields)
	}
}

// seed adds the golden messages of m's type.
func seed(f *testing.F, m message, add func(g golden)) {
	for _, g := range goldens {
		if reflect.TypeOf(g.value) == reflect.TypeOf(m) {
			add(g)
		}
	}
}

// fuzz is the whole fuzz target of a message that needs to know nothing.
func fuzz[T any, M interface {
	*T
	message
}](f *testing.F) {
	seed(f, M(new(T)), func(g golden) { f.Add(bodyOf(g.value, unhex(g.octet))) })
	f.Fuzz(func(t *testing.T, body []byte) { check(t, body, M(new(T)), M(new(T))) })
}

func FuzzClientHello(f *testing.F) {
	for _, extra := range []string{
		"1a1a 0000 002b 0003 02 0304", "0000 0008 0006 01 0000 00 0000", "0023 0002 0000",
		"0000 0008 0006 01 0000 00 0001 61",
	} {
		f.Add(unhex(chPlan + block(extra)))
	}
	fuzz[ClientHello](f)
}

func FuzzServerHello(f *testing.F)      { fuzz[ServerHello](f) }
func FuzzCertificate(f *testing.F)      { fuzz[Certificate](f) }
func FuzzNewSessionTicket(f *testing.F) { fuzz[NewSessionTicket](f) }
func FuzzFinished(f *testing.F)         { fuzz[Finished](f) }
func FuzzHelloRequest(f *testing.F)     { fuzz[HelloRequest](f) }
func FuzzServerHelloDone(f *testing.F)  { fuzz[ServerHelloDone](f) }
func FuzzAlert(f *testing.F)            { fuzz[Alert](f) }
func FuzzChangeCipherSpec(f *testing.F) { fuzz[ChangeCipherSpec](f) }

func FuzzCertificateRequest(f *testing.F) {
	seed(f, new(CertificateRequest), func(g golden) {
		f.Add(uint16(g.value.(*CertificateRequest).Version), unhex(g.octet)[HeaderLen:])
	})
	f.Fuzz(func(t *testing.T, v uint16, body []byte) {
		check(t, body, &CertificateRequest{Version: spec.Version(v)}, &CertificateRequest{Version: spec.Version(v)})
	})
}

func FuzzCertificateVerify(f *testing.F) {
	seed(f, new(CertificateVerify), func(g golden) {
		f.Add(uint16(g.value.(*CertificateVerify).Version), unhex(g.octet)[HeaderLen:])
	})
	f.Fuzz(func(t *testing.T, v uint16, body []byte) {
		check(t, body, &CertificateVerify{Version: spec.Version(v)}, &CertificateVerify{Version: spec.Version(v)})
	})
}

func FuzzServerKeyExchange(f *testing.F) {
	seed(f, new(ServerKeyExchange), func(g golden) {
		k := g.value.(*ServerKeyExchange)
		f.Add(uint8(k.KeyExchange), uint16(k.Version), unhex(g.octet)[HeaderLen:])
	})
	f.Add(uint8(spec.ECDHERSA), uint16(spec.TLS12), unhex("01 00"))
	f.Fuzz(func(t *testing.T, x uint8, v uint16, body []byte) {
		fresh := func() message {
			return &ServerKeyExchange{KeyExchange: spec.KeyExchange(x), Version: spec.Version(v)}
		}
		check(t, body, fresh(), fresh())
	})
}

func FuzzClientKeyExchange(f *testing.F) {
	seed(f, new(ClientKeyExchange), func(g golden) {
		f.Add(uint8(g.value.(*ClientKeyExchange).KeyExchange), unhex(g.octet)[HeaderLen:])
	})
	f.Fuzz(func(t *testing.T, x uint8, body []byte) {
		fresh := func() message { return &ClientKeyExchange{KeyExchange: spec.KeyExchange(x)} }
		check(t, body, fresh(), fresh())
	})
}
