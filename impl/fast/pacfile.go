package fast

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
)

const (
	sesameHeader  = "sesame EAP-FAST PAC file - version 1"
	wpaHeader     = "wpa_supplicant EAP-FAST PAC file - version 1"
	binaryMagic   = 0x6ae4920c
	binaryVersion = 0
)

// errPACFile is wrapped by the errors of ParsePACs.
var errPACFile = errors.New("fast: not a PAC file of a known format")

// ParsePACs reads a file of PACs in any of the formats, and says in which it
// was.
func ParsePACs(data []byte) ([]*PAC, Format, error) {
	if len(data) >= 4 && binary.BigEndian.Uint32(data) == binaryMagic {
		list, err := parseBinary(data[4:])
		return list, FormatWPABinary, err
	}
	first, _, _ := strings.Cut(string(data[:min(len(data), 100)]), "\n")
	switch strings.TrimSpace(first) {
	case sesameHeader:
		list, err := parseText(data)
		return list, FormatSesame, err
	case wpaHeader:
		list, err := parseText(data)
		return list, FormatWPA, err
	}
	return nil, 0, errPACFile
}

// MarshalPACs writes PACs in a format.
func MarshalPACs(list []*PAC, f Format) ([]byte, error) {
	switch f {
	case FormatWPABinary:
		return marshalBinary(list)
	case FormatSesame, FormatWPA:
		return marshalText(list, f), nil
	}
	return nil, fmt.Errorf("fast: there is no %v", f)
}

func marshalText(list []*PAC, f Format) []byte {
	var b bytes.Buffer
	header := wpaHeader
	if f == FormatSesame {
		header = sesameHeader
	}
	fmt.Fprintln(&b, header)
	for _, p := range list {
		fmt.Fprintf(&b, "START\nPAC-Type=%d\n", p.Type)
		field := func(name string, value []byte) {
			if len(value) > 0 {
				fmt.Fprintf(&b, "%s=%x\n", name, value)
			}
		}
		key := p.Key
		if f == FormatWPA && key == nil {
			key = make([]byte, pacKeySize) // wpa_supplicant's entries always have one
		}
		field("PAC-Key", key)
		field("PAC-Opaque", p.Opaque)
		field("PAC-Info", p.appendInfo(nil))
		field("A-ID", p.AuthorityID)
		field("I-ID", []byte(p.Identity))
		field("A-ID-Info", []byte(p.AuthorityInfo))
		fmt.Fprintln(&b, "END")
	}
	return b.Bytes()
}

// parseText reads wpa_supplicant's text format, and Sesame's, which has the
// same lines. Lines with other names are skipped.
func parseText(data []byte) ([]*PAC, error) {
	var list []*PAC
	var p *PAC
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	lines.Scan() // the header
	for n := 2; lines.Scan(); n++ {
		line := strings.TrimRight(lines.Text(), "\r")
		fail := func(what string) ([]*PAC, error) {
			return nil, fmt.Errorf("fast: line %d of the PAC file: %s", n, what)
		}
		switch {
		case line == "START" && p == nil:
			p = &PAC{Type: TunnelPAC}
		case line == "END" && p != nil:
			if err := p.complete(); err != nil {
				return fail(err.Error())
			}
			list, p = append(list, p), nil
		case line == "START", line == "END":
			return fail(line + " out of place")
		case line == "" || strings.HasPrefix(line, "#"):
		case p == nil:
			return fail("outside of START and END")
		default:
			if err := p.parseLine(line); err != nil {
				return fail(err.Error())
			}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("fast: PAC file: %w", err)
	}
	if p != nil {
		return nil, errors.New("fast: the PAC file ends inside of START and END")
	}
	return list, nil
}

func (p *PAC) parseLine(line string) error {
	name, value, ok := strings.Cut(line, "=")
	if !ok {
		return errors.New("want name=value")
	}
	if name == "PAC-Type" {
		t, err := strconv.ParseUint(value, 10, 16)
		if err != nil {
			return errors.New("PAC-Type is no number")
		}
		p.Type = PACType(t)
		return nil
	}
	switch name {
	case "PAC-Key", "PAC-Opaque", "PAC-Info", "A-ID", "I-ID", "A-ID-Info":
	default:
		return nil
	}
	octets, err := hex.DecodeString(value)
	if err != nil {
		return fmt.Errorf("%s is not hexadecimal", name)
	}
	switch name {
	case "PAC-Key":
		p.Key = octets
	case "PAC-Opaque":
		p.Opaque = octets
	case "PAC-Info":
		info := PAC{Type: p.Type}
		if !info.parseInfo(octets) {
			return errors.New("PAC-Info is malformed")
		}
		p.Expires = info.Expires
	case "A-ID":
		p.AuthorityID = octets
	case "I-ID":
		p.Identity = string(octets)
	case "A-ID-Info":
		p.AuthorityInfo = string(octets)
	}
	return nil
}

// complete checks what an entry must have.
func (p *PAC) complete() error {
	if p.Type == UserAuthorizationPAC {
		p.Key = nil
	}
	switch {
	case len(p.Opaque) == 0 || len(p.AuthorityID) == 0:
		return errors.New("an entry without PAC-Opaque or A-ID")
	case p.Type != UserAuthorizationPAC && len(p.Key) != pacKeySize:
		return fmt.Errorf("a PAC-Key of %d octets; %d are right", len(p.Key), pacKeySize)
	}
	return nil
}

func marshalBinary(list []*PAC) ([]byte, error) {
	b := cryptobyte.NewBuilder(nil)
	b.AddUint32(binaryMagic)
	b.AddUint16(binaryVersion)
	for _, p := range list {
		var key [pacKeySize]byte
		copy(key[:], p.Key)
		b.AddUint16(uint16(p.Type))
		b.AddBytes(key[:])
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(p.Opaque) })
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(p.appendInfo(nil)) })
	}
	return b.Bytes()
}

func parseBinary(data []byte) ([]*PAC, error) {
	s := cryptobyte.String(data)
	var version uint16
	if !s.ReadUint16(&version) || version != binaryVersion {
		return nil, errPACFile
	}
	var list []*PAC
	for !s.Empty() {
		p := new(PAC)
		var key []byte
		var opaque, info cryptobyte.String
		if !s.ReadUint16((*uint16)(&p.Type)) || !s.ReadBytes(&key, pacKeySize) ||
			!s.ReadUint16LengthPrefixed(&opaque) || !s.ReadUint16LengthPrefixed(&info) {
			return nil, fmt.Errorf("fast: entry %d of the PAC file is cut off", len(list)+1)
		}
		t := p.Type
		if !p.parseInfo(info) {
			return nil, fmt.Errorf("fast: PAC-Info of entry %d is malformed", len(list)+1)
		}
		p.Type, p.Key, p.Opaque = t, bytes.Clone(key), bytes.Clone(opaque)
		if err := p.complete(); err != nil {
			return nil, fmt.Errorf("fast: entry %d of the PAC file: %w", len(list)+1, err)
		}
		list = append(list, p)
	}
	return list, nil
}

// lifetime rounds an expiry to what PAC-Lifetime can say.
func lifetime(now time.Time, d time.Duration) time.Time { return now.Add(d).Truncate(time.Second) }
