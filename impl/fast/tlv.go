package fast

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// TLVType is the type of a TLV in the tunnel (RFC 4851, Section 4.2; RFC 5422,
// Sections 4.2 and 4.3).
type TLVType uint16

// The types.
const (
	Result             TLVType = 3
	NAK                TLVType = 4
	ErrorTLV           TLVType = 5
	VendorSpecific     TLVType = 7
	EAPPayload         TLVType = 9
	IntermediateResult TLVType = 10
	PACTLV             TLVType = 11
	CryptoBinding      TLVType = 12
	ServerTrustedRoot  TLVType = 18
	RequestAction      TLVType = 19
	PKCS7              TLVType = 20
)

var tlvNames = map[TLVType]string{
	Result: "Result", NAK: "NAK", ErrorTLV: "Error", VendorSpecific: "Vendor-Specific", EAPPayload: "EAP-Payload",
	IntermediateResult: "Intermediate-Result", PACTLV: "PAC", CryptoBinding: "Crypto-Binding",
	ServerTrustedRoot: "Server-Trusted-Root", RequestAction: "Request-Action", PKCS7: "PKCS#7",
}

// String returns the type's name.
func (t TLVType) String() string {
	if name, ok := tlvNames[t]; ok {
		return name
	}
	return fmt.Sprintf("TLV(%d)", uint16(t))
}

const (
	mandatory  = 0x8000 // the M bit; the R bit below it is zero
	typeBits   = 0x3fff
	headerSize = 4
)

// Status is what Result and Intermediate-Result say (RFC 4851, Section 4.2.2).
type Status uint16

// The statuses. None is no TLV.
const (
	None    Status = 0
	Success Status = 1
	Failure Status = 2
)

// String returns "none", "success" or "failure".
func (s Status) String() string {
	if s > Failure {
		return fmt.Sprintf("Status(%d)", uint16(s))
	}
	return [...]string{"none", "success", "failure"}[s]
}

// ErrorCode is what an Error TLV says (RFC 4851, Section 4.2.4).
type ErrorCode uint32

// The codes that RFC 4851 defines. From 2000 on they are fatal.
const (
	NoError               ErrorCode = 0
	TunnelCompromise      ErrorCode = 2001
	UnexpectedTLVs        ErrorCode = 2002
	firstFatal, lastFatal           = 2000, 2999
)

// Fatal reports whether the conversation ends.
func (c ErrorCode) Fatal() bool { return c >= firstFatal && c <= lastFatal }

// The actions of Request-Action (RFC 4851, Section 6; erratum 953).
const (
	processTLV   = 1
	negotiateEAP = 2
)

// Message is the TLVs of one message, each at most once but for PAC. Slices
// alias the octets that were parsed.
type Message struct {
	Result       Status
	Intermediate Status
	Error        ErrorCode
	EAP          []byte // the packet of EAP-Payload; nil: none
	Binding      *Binding
	BindingTLV   []byte   // the whole Crypto-Binding TLV, for its MAC
	PACs         [][]byte // values
	Action       uint16   // of Request-Action; 0: none
	Nak          TLVType  // what a NAK refuses; 0: none
	// Unknown is the first mandatory TLV that is not known: it is to be refused,
	// and everything else is to be ignored (RFC 4851, Section 4.2).
	Unknown    uint16
	hasUnknown bool
	vendor     uint32 // of Unknown, if that is Vendor-Specific
	order      []TLVType
}

// ErrTLV is wrapped by the errors of [ParseMessage] and [Message.Check].
var ErrTLV = errors.New("fast: unexpected TLVs")

func tlvError(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrTLV, fmt.Sprintf(format, args...))
}

// ParseMessage reads the TLVs of one message. It fails where a TLV is cut off,
// has a wrong length, comes twice, or holds what it must not; what does not go
// together is for [Message.Check]. TLVs that are not known are skipped, and a
// mandatory one among them is noted.
func ParseMessage(data []byte) (*Message, error) {
	m := new(Message)
	s := cryptobyte.String(data)
	for !s.Empty() {
		whole := s
		var header uint16
		var value cryptobyte.String
		if !s.ReadUint16(&header) || !s.ReadUint16LengthPrefixed(&value) {
			return nil, tlvError("a TLV is cut off (RFC 4851, Section 4.2)")
		}
		if err := m.add(header, value, whole[:headerSize+len(value)]); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *Message) add(header uint16, value, whole cryptobyte.String) error {
	t := TLVType(header & typeBits)
	for _, seen := range m.order {
		// RFC 4851, Section 4.3: these stand at most once in a message.
		if seen == t && t != PACTLV && t != VendorSpecific && t != NAK && t != ErrorTLV {
			return tlvError("%v comes twice (RFC 4851, Section 4.3)", t)
		}
	}
	if _, known := tlvNames[t]; known {
		m.order = append(m.order, t)
	}
	ok := true
	switch t {
	case Result:
		m.Result, ok = readStatus(&value, false)
	case IntermediateResult:
		m.Intermediate, ok = readStatus(&value, true)
	case NAK:
		var vendor uint32
		var nak uint16
		ok = value.ReadUint32(&vendor) && value.ReadUint16(&nak) && optionalTLVs(value)
		m.Nak = TLVType(nak & typeBits)
	case ErrorTLV:
		ok = value.ReadUint32((*uint32)(&m.Error)) && value.Empty()
	case EAPPayload:
		m.EAP, ok = readEAP(&value)
	case CryptoBinding:
		var b Binding
		b, ok = parseBinding(value)
		m.Binding, m.BindingTLV = &b, whole
	case PACTLV:
		m.PACs = append(m.PACs, value)
	case RequestAction:
		ok = value.ReadUint16(&m.Action) && value.Empty()
	case ServerTrustedRoot, PKCS7:
		// RFC 5422, Section 4.3: not supported, and never to be refused by NAK.
	case VendorSpecific:
		vendor := uint32(0)
		if ok = value.ReadUint32(&vendor); ok && header&mandatory != 0 && !m.hasUnknown {
			m.vendor = vendor
		}
		m.unknown(header)
	default:
		m.unknown(header)
	}
	if !ok {
		return tlvError("%v is malformed", t)
	}
	return nil
}

func (m *Message) unknown(header uint16) {
	if header&mandatory != 0 && !m.hasUnknown {
		m.Unknown, m.hasUnknown = header&typeBits, true
	}
}

// readStatus reads a status; any but success and failure is
// Unexpected_TLVs_Exchanged (RFC 4851, Section 4.2.2).
func readStatus(value *cryptobyte.String, more bool) (status Status, ok bool) {
	ok = value.ReadUint16((*uint16)(&status)) && (status == Success || status == Failure)
	return status, ok && (value.Empty() || more && optionalTLVs(*value))
}

// readEAP reads a whole EAP packet and optional TLVs behind it.
func readEAP(value *cryptobyte.String) (packet []byte, ok bool) {
	if len(*value) < 4 {
		return nil, false
	}
	n := int(binary.BigEndian.Uint16((*value)[2:]))
	return packet, n >= 4 && value.ReadBytes(&packet, n) && optionalTLVs(*value)
}

// optionalTLVs reports whether s is TLVs, none of them mandatory (RFC 4851,
// Sections 4.2.3, 4.2.6 and 4.2.7).
func optionalTLVs(s cryptobyte.String) bool {
	for !s.Empty() {
		var header uint16
		var value cryptobyte.String
		if !s.ReadUint16(&header) || !s.ReadUint16LengthPrefixed(&value) || header&mandatory != 0 {
			return false
		}
	}
	return true
}

// Check reports what in the message does not go together (RFC 4851, Sections
// 4.2 and 4.3). FromServer says that it is a server's.
func (m *Message) Check(fromServer bool) error {
	switch {
	case m.Result == Failure && m.Binding != nil:
		// RFC 4851, Section 4.2.2, forbids it and 4.3 does not: tolerated (AMB-10).
	case m.Result == Success && m.Intermediate != None && m.EAP != nil:
		return tlvError("Result beside an inner method that goes on (RFC 4851, Section 3.3.2)")
	case m.Result != None && m.Nak != 0:
		return tlvError("NAK beside Result (RFC 4851, Section 4.2.3)")
	case m.Action != 0 && fromServer:
		return tlvError("Request-Action from a server (RFC 4851, Section 4.3)")
	case m.Action > negotiateEAP:
		return tlvError("action %d (RFC 4851, Section 4.2.9)", m.Action)
	case m.Error.Fatal() && m.Result != Failure:
		return tlvError("fatal error %d without Result failure (RFC 4851, Section 4.2.4)", m.Error)
	}
	return nil
}

// before reports whether a first stands before b where both are there.
func (m *Message) before(a, b TLVType) bool {
	for _, t := range m.order {
		switch t {
		case a:
			return true
		case b:
			return false
		}
	}
	return true
}

func appendHeader(dst []byte, header uint16, length int) []byte {
	dst = binary.BigEndian.AppendUint16(dst, header)
	return binary.BigEndian.AppendUint16(dst, uint16(length))
}

func appendResult(dst []byte, s Status) []byte {
	return binary.BigEndian.AppendUint16(appendHeader(dst, mandatory|uint16(Result), 2), uint16(s))
}

func appendIntermediate(dst []byte, s Status) []byte {
	return binary.BigEndian.AppendUint16(appendHeader(dst, mandatory|uint16(IntermediateResult), 2), uint16(s))
}

func appendError(dst []byte, code ErrorCode) []byte {
	return binary.BigEndian.AppendUint32(appendHeader(dst, mandatory|uint16(ErrorTLV), 4), uint32(code))
}

// appendNAK refuses a TLV. Vendor is 0 but for Vendor-Specific ones (RFC 4851,
// Section 4.2.3).
func appendNAK(dst []byte, vendor uint32, refused uint16) []byte {
	dst = binary.BigEndian.AppendUint32(appendHeader(dst, mandatory|uint16(NAK), 6), vendor)
	return binary.BigEndian.AppendUint16(dst, refused)
}

// appendAction appends Request-Action. It is mandatory by RFC 4851, Section
// 4.2.9; what is deployed sends it as optional, and some servers fail at a
// mandatory one (DEP-15).
func appendAction(dst []byte, action uint16) []byte {
	return binary.BigEndian.AppendUint16(appendHeader(dst, uint16(RequestAction), 2), action)
}

// appendEAP appends an EAP-Payload TLV around what fill appends; nothing, if
// that is nothing.
func appendEAP(dst []byte, fill func([]byte) []byte) []byte {
	return appendTLV(dst, mandatory|uint16(EAPPayload), fill)
}

func appendTLV(dst []byte, header uint16, fill func([]byte) []byte) []byte {
	start := len(dst)
	dst = fill(appendHeader(dst, header, 0))
	binary.BigEndian.PutUint16(dst[start+2:], uint16(len(dst)-start-headerSize))
	return dst
}
