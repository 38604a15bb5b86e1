// Package gtc encodes EAP-FAST-GTC (RFC 5421): a password exchange in clear
// text that runs only inside EAP-FAST's tunnel, under EAP type 6.
//
// A server sends a [Challenge] or a [Failure], a peer answers with a [Response]
// or with the empty acknowledgement; [Parse] reads all of them. The method
// yields no key: its inner session key is 32 zero octets (RFC 5421, Section 3).
package gtc

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Type is the EAP type, which RFC 5421 shares with EAP-GTC.
const Type = 6

// The labels of RFC 5421, Section 2.
const (
	labelChallenge = "CHALLENGE="
	labelResponse  = "RESPONSE="
	labelFailure   = "E="
)

// Message is one of [Challenge], [Response], [Failure] and [Acknowledgement].
type Message interface {
	// Append appends the message's encoding to dst.
	Append(dst []byte) []byte
}

// Challenge is a text to show to the user.
type Challenge string

// Append implements [Message].
func (c Challenge) Append(dst []byte) []byte { return append(append(dst, labelChallenge...), c...) }

// Response is the peer's answer to a challenge. The zero octet that separates
// the two cannot stand in the user name; a later answer, to a request for a
// token, say, has the same form.
type Response struct {
	User, Password string
}

// Append implements [Message].
func (r Response) Append(dst []byte) []byte {
	dst = append(append(dst, labelResponse...), r.User...)
	return append(append(dst, 0), r.Password...)
}

// Acknowledgement is the empty packet by which a peer takes note of a failure.
type Acknowledgement struct{}

// Append implements [Message].
func (Acknowledgement) Append(dst []byte) []byte { return dst }

// Failure is the server's answer to a wrong password and the like.
type Failure struct {
	Code  int  // for instance [AuthenticationFailure]
	Retry bool // whether the peer may ask its user again
	Text  string
}

// The failure codes of RFC 5421, Section 2.
const (
	RestrictedLogonHours  = 646
	AccountDisabled       = 647
	PasswordExpired       = 648
	NoDialInPermission    = 649
	AuthenticationFailure = 691
	ChangingPassword      = 709
	PACIdentityNoMatch    = 755
)

// Append implements [Message].
func (f Failure) Append(dst []byte) []byte {
	dst = strconv.AppendInt(append(dst, labelFailure...), int64(f.Code), 10)
	if f.Retry {
		dst = append(dst, " R=1 M="...)
	} else {
		dst = append(dst, " R=0 M="...)
	}
	return append(dst, f.Text...)
}

// ErrFormat is wrapped by the errors of [Parse]: the method fails then, by a
// Result TLV with failure (RFC 5421, Section 2).
var ErrFormat = errors.New("gtc: not in a form of RFC 5421, Section 2")

// Parse reads one message. Strings are copied.
func Parse(data []byte) (Message, error) {
	text := string(data)
	if text == "" {
		return Acknowledgement{}, nil
	}
	if c, ok := strings.CutPrefix(text, labelChallenge); ok {
		return Challenge(c), nil
	}
	if r, ok := strings.CutPrefix(text, labelResponse); ok {
		user, password, ok := strings.Cut(r, "\x00")
		if !ok {
			return nil, fmt.Errorf("%w: RESPONSE without the zero octet between user and password", ErrFormat)
		}
		return Response{user, password}, nil
	}
	if strings.HasPrefix(text, labelFailure) {
		return parseFailure(text)
	}
	return nil, fmt.Errorf("%w: it begins with none of CHALLENGE=, RESPONSE= and E=", ErrFormat)
}

// parseFailure reads label and value pairs, of which M comes last and takes the
// rest; unknown ones are ignored (RFC 5421, Section 2).
func parseFailure(text string) (Message, error) {
	var f Failure
	for rest := text; rest != ""; {
		if message, ok := strings.CutPrefix(rest, "M="); ok {
			f.Text = message
			break
		}
		var pair string
		pair, rest, _ = strings.Cut(rest, " ")
		label, value, _ := strings.Cut(pair, "=")
		switch label {
		case "E":
			code, err := strconv.ParseUint(value, 10, 31)
			if err != nil {
				return nil, fmt.Errorf("%w: the code after E= is no number", ErrFormat)
			}
			f.Code = int(code)
		case "R":
			f.Retry = value == "1"
		}
	}
	return f, nil
}
