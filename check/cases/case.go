package cases

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
)

// Version is the format's. It changes with every change of what a member means,
// and with every new member.
const Version = 2

// Grade is how much a deviation weighs.
type Grade string

// The grades.
const (
	// Must: an RFC requires it, by its key words or because nothing works without.
	Must Grade = "MUST"
	// NotRequired: the RFC does not require the check; it is what this project
	// recommends, and says why.
	NotRequired Grade = "not required"
	// AlertOnly: what is refused is refused, with another alert or with none.
	AlertOnly Grade = "alert only"
)

// Text tells a grade to people.
func (g Grade) Text() string {
	if g == NotRequired {
		return "the RFC does not require the check"
	}
	return string(g)
}

// Case is one connection with the system that is probed, and what is allowed of
// it.
type Case struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	System       string   `json:"system"` // "server" or "client": which end is probed
	Requirements []string `json:"requirements"`
	Grade        Grade    `json:"grade"`
	Why          string   `json:"why,omitempty"` // for a grade below MUST
	Setup        Setup    `json:"setup"`
	// Clear: the case ends before the first protected record, so that a player
	// needs no cryptography but a signature.
	Clear bool   `json:"clear,omitempty"`
	Steps []Step `json:"steps"`
}

// Setup is what the system is to be like. What is left out is the plainest: TLS
// 1.2 alone, the one suite ECDHE_RSA_WITH_AES_128_GCM_SHA256, an RSA certificate,
// no tickets of RFC 5077, extensions as the library has them.
type Setup struct {
	// Callback is what its session-secret callback does: "" for none, "accept",
	// "decline" (a client's fails), "untouched", which leaves the length as it was,
	// or the number of octets that it gives.
	Callback string   `json:"callback,omitempty"`
	Named    string   `json:"named,omitempty"`    // the suite that a server's callback names
	OtherKey bool     `json:"otherKey,omitempty"` // its PAC-Key is another than the player's
	Blind    bool     `json:"blind,omitempty"`    // no ticket is as good to its callback as the PAC
	Ticket   string   `json:"ticket,omitempty"`   // a client's: "pac"; "": none
	Min      string   `json:"min,omitempty"`      // version
	Max      string   `json:"max,omitempty"`
	Suites   []string `json:"suites,omitempty"`
	Groups   string   `json:"groups,omitempty"`

	Certificate string `json:"certificate,omitempty"` // of its server, or the player's: "ecdsa"; "": RSA
	Verify      string `json:"verify,omitempty"`      // of clients: "request", "require"
	Identity    bool   `json:"identity,omitempty"`    // a client that has a certificate
	Untrusting  bool   `json:"untrusting,omitempty"`  // a client that does not know the player's authority
	Peer        string `json:"peer,omitempty"`        // the player's certificate as a client: "ecdsa"; "": RSA

	EMS     string `json:"ems,omitempty"`     // "off"
	EtM     string `json:"etm,omitempty"`     // "off"
	Tickets bool   `json:"tickets,omitempty"` // of RFC 5077
	ALPN    string `json:"alpn,omitempty"`

	// Session: the player has made a session with the system before, in the same
	// setup and by a full handshake: "id" for one with a Session ID, "ticket" for
	// one with a ticket, "both" for one of each; "id-without-ems": without extended_master_secret;
	// "id-by-name": with "server.test" in server_name;
	// "id-after-alert": its connection was ended by a fatal alert of the player;
	// "id-beside-failed-pac": a handshake under the PAC whose ClientHello had that
	// Session ID has failed since. A client offers its session.
	Session string `json:"session,omitempty"`
}

// Step is something said to the system, and what it may answer.
type Step struct {
	Send  []Message `json:"send,omitempty"`
	Allow []Outcome `json:"allow"` // the first is this project's own
	// Echo: it shows that data passes. A system that does not send data back, or
	// that writes what it likes, is not asked.
	Echo bool `json:"echo,omitempty"`
}

// Message is what the player sends. Members that do not belong to the message are
// left out.
type Message struct {
	// Message is a name of spec.Message, or "Record": a record in the clear of the
	// given type, which holds what Edit appends to nothing.
	Message string `json:"message"`
	Wrong   bool   `json:"wrong,omitempty"` // Finished, ServerKeyExchange, CertificateVerify: does not verify
	Empty   bool   `json:"empty,omitempty"` // Certificate: without one
	Level   string `json:"level,omitempty"` // Alert
	Alert   string `json:"alert,omitempty"`

	// Of a key exchange, in the place of the public value: of finite fields "0",
	// "1", "p-1" or "p"; of secp256r1 "off-curve", "infinity", or "empty"; of x25519
	// "zero".
	Public string `json:"public,omitempty"`
	// Of CertificateVerify: "unlisted" signs by a hash that CertificateRequest has
	// not got.
	Scheme string `json:"scheme,omitempty"`
	// Of RSA key transport: what is wrong in what is encrypted: "version",
	// "padding", "short".
	Premaster string `json:"premaster,omitempty"`

	Hello *Hello `json:"hello,omitempty"` // ClientHello and ServerHello; none: the plainest
	Edit  *Edit  `json:"edit,omitempty"`  // of the octets of the message, before they are sealed

	// Records is how the message, and those joined to it, are cut: the first
	// records' lengths. In the same record as the message before: Join.
	Records []int `json:"records,omitempty"`
	Join    bool  `json:"join,omitempty"`
	Clear   bool  `json:"clear,omitempty"` // not sealed, whatever the keys
	// Padding is how many blocks of it each record has beyond the least, under CBC.
	Padding int   `json:"padding,omitempty"`
	Type    uint8 `json:"type,omitempty"` // of a Record: its content type
	// RecordVersion is the version of the record's header, if it is another.
	RecordVersion string `json:"recordVersion,omitempty"`
	Sealed        *Edit  `json:"sealed,omitempty"` // of the record's octets, once it is sealed
}

// Hello is what a hello says.
type Hello struct {
	Version string `json:"version,omitempty"` // "1.2", or "0x0304"; "": 1.2
	// SessionID is "fresh", 32 octets; "short", one; "long", 33; "cached"; of a
	// server "echo", "fresh" or "other"; "": empty.
	SessionID string `json:"sessionID,omitempty"`
	// Ticket is the SessionTicket extension: "pac", "empty", "foreign" octets that
	// open nowhere, "session", "prefixed" by its length as in RFC 4507; "": there is
	// none. A server's is "empty" or "".
	Ticket     string   `json:"ticket,omitempty"`
	TicketEdit *Edit    `json:"ticketEdit,omitempty"`
	Suites     []string `json:"suites,omitempty"` // offered; names, or "0x0005"; none: the plainest suite
	Suite      string   `json:"suite,omitempty"`  // chosen; "": what an honest server chooses
	// Compression are the methods offered, or the one chosen; none: null.
	Compression []int `json:"compression,omitempty"`

	EMS           string   `json:"ems,omitempty"`           // "off", "on"; "": on, or as offered
	EtM           string   `json:"etm,omitempty"`           // "on"; of a server "off", "on"; "": off, or as offered
	Renegotiation string   `json:"renegotiation,omitempty"` // "scsv", "none", "filled"; "": empty renegotiation_info, or as offered
	Schemes       []string `json:"schemes,omitempty"`       // signature_algorithms, by number; none: the usual
	Groups        []string `json:"groups,omitempty"`        // by number; none: the usual
	PointFormats  []int    `json:"pointFormats,omitempty"`  // of ClientHello; none: uncompressed
	Name          string   `json:"name,omitempty"`          // server_name
	ALPN          string   `json:"alpn,omitempty"`
	Extra         []Extra  `json:"extra,omitempty"` // more extensions, behind the others
	Bare          bool     `json:"bare,omitempty"`  // without any extension
	Downgraded    bool     `json:"downgraded,omitempty"`
}

// Extra is one more extension.
type Extra struct {
	Type uint16 `json:"type"`
	Data string `json:"data,omitempty"` // hexadecimal
}

// Edit changes octets: a cut first, then the changes, then what is appended.
type Edit struct {
	Cut    int    `json:"cut,omitempty"`    // so many octets less at the end
	At     int    `json:"at,omitempty"`     // of the octet that is changed; below 0: from the end
	Xor    uint8  `json:"xor,omitempty"`    // with what
	Append string `json:"append,omitempty"` // hexadecimal
	Fill   int    `json:"fill,omitempty"`   // octets of 0xa5 appended
	// Length: the length in the handshake header is made to fit. Without, it stays.
	Length bool `json:"length,omitempty"`
}

// Apply returns the changed octets; header says that they begin with a handshake
// header.
func (e *Edit) Apply(octets []byte, header bool) []byte {
	if e == nil {
		return octets
	}
	out := bytes.Clone(octets)
	out = out[:max(0, len(out)-e.Cut)]
	at := e.At
	if at < 0 {
		at += len(out)
	}
	if e.Xor != 0 && at >= 0 && at < len(out) {
		out[at] ^= e.Xor
	}
	more, err := hex.DecodeString(e.Append)
	if err != nil {
		panic("cases: " + err.Error())
	}
	out = append(append(out, more...), bytes.Repeat([]byte{0xa5}, e.Fill)...)
	if n := len(out) - 4; header && e.Length && n >= 0 {
		out[1], out[2], out[3] = byte(n>>16), byte(n>>8), byte(n)
	}
	return out
}

// PAC is the PAC of all cases.
type PAC struct {
	Key    string `json:"key"` // hexadecimal, as the opaque
	Opaque string `json:"opaque"`
}

// Key and Opaque are the PAC of all cases.
var (
	Key    = []byte("0123456789abcdef0123456789abcdef")
	Opaque = []byte("an opaque ticket, as a server might have sealed it")
)

// File is the exported form.
type File struct {
	Format   string   `json:"format"`
	Version  int      `json:"version"`
	Licence  string   `json:"licence"`
	PAC      PAC      `json:"pac"`
	Registry Registry `json:"registry"`
	Cases    []Case   `json:"cases"`
}

const format = "sesame-cases"

// Write exports cases, a line each.
func Write(w io.Writer, list []Case) error {
	var b bytes.Buffer
	names, err := json.Marshal(registry())
	if err != nil {
		return err
	}
	fmt.Fprintf(&b, "{\"format\":%q,\"version\":%d,\"licence\":\"CC0-1.0\",\"pac\":{\"key\":\"%x\",\"opaque\":\"%x\"},\"registry\":%s,\"cases\":[", format, Version, Key, Opaque, names)
	for i, c := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		text, err := json.Marshal(c)
		if err != nil {
			return err
		}
		b.Write(text)
	}
	b.WriteString("\n]}\n")
	_, err = w.Write(b.Bytes())
	return err
}

// Read is the inverse of [Write].
func Read(r io.Reader) ([]Case, error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	var f File
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("cases: %w", err)
	}
	if f.Format != format || f.Version != Version {
		return nil, fmt.Errorf("cases: format %q of version %d; this program reads %q of version %d", f.Format, f.Version, format, Version)
	}
	return f.Cases, nil
}
