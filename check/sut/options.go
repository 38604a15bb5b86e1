package sut

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

// Options are what a shim is told of its next connection.
type Options struct {
	Role     spec.Role
	Min, Max spec.Version
	Suites   []spec.SuiteID // the best first; nil: the library's own choice

	EMS, EtM, Tickets bool // willing, and with RFC 5077 tickets

	Callback  spec.Callback // of the session secret; open: unset
	Length    int           // of the secret under CallbackWrongLength
	Untouched bool          // the callback leaves the length as it finds it
	Named     spec.SuiteID  // what the callback names; 0: nothing
	PACKey    []byte
	PACOpaque []byte // client: the ticket to offer; server: the only one to accept, nil: any
	Absent    bool   // server: no ticket is as good as PACOpaque

	CertFile, KeyFile string          // PEM; empty: none
	CAFile            string          // PEM; what the peer is verified against
	Verify            spec.ClientAuth // of the peer's certificate
	ServerName        string          // client: asked for, and verified
	ALPN              string
	Groups            string // in the library's own words; empty: its choice

	Session string // client: a session to offer, by the word that a shim gave it
	Save    bool   // name the session that was made
	Data    int    // octets that the client sends and gets back
}

// field is one option on a shim's line.
type field struct {
	Name   string
	Values string // as docs/shim.md shows them
	Text   string
	get    func(*Options) string // the value; empty: left out
	set    func(*Options, string) error
}

// fields are all options, in the order in which they are sent.
var fields = []field{
	{"role", "client, server", "Which end the shim is.",
		func(o *Options) string { return strings.ToLower(o.Role.String()) },
		choice(map[string]func(*Options){
			"client": func(o *Options) { o.Role = spec.Client }, "server": func(o *Options) { o.Role = spec.Server }})},
	{"min", "769, 770, 771", "The lowest version to take, in decimal.",
		func(o *Options) string { return number(int(o.Min)) }, integer(func(o *Options, n int) { o.Min = spec.Version(n) })},
	{"max", "769, 770, 771", "The highest version to offer or take.",
		func(o *Options) string { return number(int(o.Max)) }, integer(func(o *Options, n int) { o.Max = spec.Version(n) })},
	{"suites", "c02f,c030", "The cipher suites by their IANA values, the best first.",
		func(o *Options) string { return suites(o.Suites) }, parseSuites},
	{"groups", "X25519:ffdhe2048", "Groups, in the library's own words.",
		func(o *Options) string { return o.Groups }, text(func(o *Options) *string { return &o.Groups })},
	off("ems", "Without extended_master_secret.", func(o *Options) *bool { return &o.EMS }),
	off("etm", "Without encrypt_then_mac.", func(o *Options) *bool { return &o.EtM }),
	off("tickets", "Without tickets of RFC 5077. A PAC is offered all the same.", func(o *Options) *bool { return &o.Tickets }),
	{"callback", "unset, accept, decline, untouched, N", "What the session-secret callback does: there is none; it gives the secret of pac_key; " +
		"it declines, which for a client is a failure; it gives that secret and leaves the length alone; it gives N octets.",
		callbackWord, parseCallback},
	{"named", "49199", "The suite that the callback names, in decimal.",
		func(o *Options) string { return number(int(o.Named)) }, integer(func(o *Options, n int) { o.Named = spec.SuiteID(n) })},
	{"pac_key", "HEX", "The PAC-Key that the secret is made of (RFC 4851, Section 5.1).",
		func(o *Options) string { return hex.EncodeToString(o.PACKey) }, octets(func(o *Options) *[]byte { return &o.PACKey })},
	{"pac_opaque", "HEX", "At a client the ticket to offer; at a server the only one that the callback takes: it declines every other, and none at all.",
		func(o *Options) string { return hex.EncodeToString(o.PACOpaque) }, octets(func(o *Options) *[]byte { return &o.PACOpaque })},
	{"absent", "accept", "At a server, no ticket is as good as pac_opaque, if the callback is called then.",
		func(o *Options) string { return word(o.Absent, "accept") }, flag("accept", func(o *Options) { o.Absent = true })},
	{"cert", "FILE", "The certificate chain to show, in PEM.",
		func(o *Options) string { return o.CertFile }, text(func(o *Options) *string { return &o.CertFile })},
	{"pkey", "FILE", "Its private key, in PEM.",
		func(o *Options) string { return o.KeyFile }, text(func(o *Options) *string { return &o.KeyFile })},
	{"ca", "FILE", "The certificates that the peer's is verified against, in PEM.",
		func(o *Options) string { return o.CAFile }, text(func(o *Options) *string { return &o.CAFile })},
	{"verify", "request, require", "Verify the peer's certificate; at a server: ask for one, or insist on it.",
		func(o *Options) string {
			return map[spec.ClientAuth]string{spec.ClientAuthRequest: "request", spec.ClientAuthRequire: "require"}[o.Verify]
		},
		choice(map[string]func(*Options){
			"request": func(o *Options) { o.Verify = spec.ClientAuthRequest }, "require": func(o *Options) { o.Verify = spec.ClientAuthRequire }})},
	{"name", "HOST", "The server's name, for a client to ask for and to verify.",
		func(o *Options) string { return o.ServerName }, text(func(o *Options) *string { return &o.ServerName })},
	{"alpn", "PROTOCOL", "The one protocol to negotiate.",
		func(o *Options) string { return o.ALPN }, text(func(o *Options) *string { return &o.ALPN })},
	{"session", "WORD", "A session for a client to offer, by the word that its verdict had for it.",
		func(o *Options) string { return o.Session }, text(func(o *Options) *string { return &o.Session })},
	{"save", "1", "Give a word for the session that was made.",
		func(o *Options) string { return word(o.Save, "1") }, flag("1", func(o *Options) { o.Save = true })},
	{"data", "N", "After the handshake the client sends N octets, octet i being i mod 251, the server sends back what comes, and the client closes first.",
		func(o *Options) string { return number(o.Data) }, integer(func(o *Options, n int) { o.Data = n })},
}

// Doc describes a word of the protocol.
type Doc struct{ Name, Values, Text string }

// OptionDocs describes the options on a shim's line.
func OptionDocs() []Doc {
	docs := []Doc{
		{"connection", "N", "The connection's number, which the verdict repeats."},
		{"connect", "IP:PORT", "Where to connect to, whichever end of TLS the shim is."},
		{"timeout", "SECONDS", "How long to wait for the other end at most, each time."},
	}
	for _, f := range fields {
		docs = append(docs, Doc{f.Name, f.Values, f.Text})
	}
	return docs
}

// String returns the options as they stand on a shim's line.
func (o Options) String() string {
	var words []string
	for _, f := range fields {
		if value := f.get(&o); value != "" {
			words = append(words, f.Name+"="+value)
		}
	}
	return strings.Join(words, " ")
}

// ParseOptions is the inverse of String. Options of other names are left alone,
// so that the protocol can grow.
func ParseOptions(words []string) (Options, error) {
	o := Options{EMS: true, EtM: true, Tickets: true}
	for _, w := range words {
		name, value, _ := strings.Cut(w, "=")
		for _, f := range fields {
			if f.Name != name {
				continue
			}
			if err := f.set(&o, value); err != nil {
				return o, fmt.Errorf("sut: %s=%s: %w", name, value, err)
			}
		}
	}
	return o, nil
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func word(on bool, w string) string {
	if on {
		return w
	}
	return ""
}

func integer(set func(*Options, int)) func(*Options, string) error {
	return func(o *Options, value string) error {
		n, err := strconv.Atoi(value)
		set(o, n)
		return err
	}
}

func text(at func(*Options) *string) func(*Options, string) error {
	return func(o *Options, value string) error { *at(o) = value; return nil }
}

func octets(at func(*Options) *[]byte) func(*Options, string) error {
	return func(o *Options, value string) (err error) { *at(o), err = hex.DecodeString(value); return err }
}

func choice(values map[string]func(*Options)) func(*Options, string) error {
	return func(o *Options, value string) error {
		set, ok := values[value]
		if !ok {
			return fmt.Errorf("unknown")
		}
		set(o)
		return nil
	}
}

func flag(value string, set func(*Options)) func(*Options, string) error {
	return choice(map[string]func(*Options){value: set})
}

// off is an option that turns off what is on without it.
func off(name, text string, at func(*Options) *bool) field {
	return field{name, "off", text, func(o *Options) string { return word(!*at(o), "off") },
		flag("off", func(o *Options) { *at(o) = false })}
}

func suites(ids []spec.SuiteID) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = fmt.Sprintf("%04x", uint16(id))
	}
	return strings.Join(words, ",")
}

func parseSuites(o *Options, value string) error {
	for w := range strings.SplitSeq(value, ",") {
		id, err := strconv.ParseUint(w, 16, 16)
		if err != nil {
			return err
		}
		o.Suites = append(o.Suites, spec.SuiteID(id))
	}
	return nil
}

func callbackWord(o *Options) string {
	switch {
	case o.Untouched:
		return "untouched"
	case o.Callback == spec.CallbackAccept:
		return "accept"
	case o.Callback == spec.CallbackDecline, o.Callback == spec.CallbackFail:
		return "decline"
	case o.Callback == spec.CallbackWrongLength:
		return strconv.Itoa(o.Length)
	}
	return "unset"
}

func parseCallback(o *Options, value string) (err error) {
	switch value {
	case "unset":
		o.Callback = spec.CallbackUnset
	case "accept":
		o.Callback = spec.CallbackAccept
	case "decline":
		o.Callback = spec.CallbackDecline
	case "untouched":
		o.Callback, o.Untouched = spec.CallbackAccept, true
	default:
		o.Callback = spec.CallbackWrongLength
		o.Length, err = strconv.Atoi(value)
	}
	return err
}
