package interop

import (
	"bytes"
	"net"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"github.com/sesame-tls/sesame/spec"
)

// tap keeps what passes over our end of a transport in the clear.
type tap struct {
	net.Conn
	read, written bytes.Buffer
}

// tapLimit is more than any flight of these handshakes has before its
// ChangeCipherSpec.
const tapLimit = 1 << 15

func (t *tap) Read(p []byte) (int, error) {
	n, err := t.Conn.Read(p)
	if t.read.Len() < tapLimit {
		t.read.Write(p[:n])
	}
	return n, err
}

func (t *tap) Write(p []byte) (int, error) {
	n, err := t.Conn.Write(p)
	if t.written.Len() < tapLimit {
		t.written.Write(p[:n])
	}
	return n, err
}

// CloseWrite half-closes the transport, if it can.
func (t *tap) CloseWrite() error {
	if half, ok := t.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// Wire is what the hellos of a connection said, read from the transport.
type Wire struct {
	Client, Server   []spec.Message // of each side, in the clear, with its first ChangeCipherSpec
	ClientExtensions []spec.Extension
	ServerExtensions []spec.Extension // nil without ServerHello
	ClientID         []byte
	ServerID         []byte
	Version          spec.Version // ServerHello's
	Suite            spec.SuiteID
	Ticket           int // length of the SessionTicket extension; -1: absent
}

// ID returns the class of ServerHello's Session ID.
func (w *Wire) ID() spec.ID {
	switch {
	case len(w.ServerID) == 0:
		return spec.IDEmpty
	case bytes.Equal(w.ServerID, w.ClientID):
		return spec.IDEcho
	}
	return spec.IDFresh
}

// Has reports whether ServerHello carries the extension.
func (w *Wire) Has(e spec.Extension) bool { return slices.Contains(w.ServerExtensions, e) }

// wire reads what a tap at the end of the given role has kept.
func (t *tap) wire(role spec.Role) *Wire {
	w := &Wire{Ticket: -1}
	client, server := t.written.Bytes(), t.read.Bytes()
	if role == spec.Server {
		client, server = server, client
	}
	w.Client = messages(client, func(m spec.Message, body []byte) {
		if m == spec.ClientHello {
			w.clientHello(body)
		}
	})
	w.Server = messages(server, func(m spec.Message, body []byte) {
		if m == spec.ServerHello {
			w.serverHello(body)
		}
	})
	return w
}

// messages lists the messages of one direction up to its first ChangeCipherSpec
// and calls each for the handshake messages.
func messages(octets cryptobyte.String, each func(spec.Message, []byte)) []spec.Message {
	var list []spec.Message
	var handshake []byte
	var kind uint8
	var version uint16
	var body cryptobyte.String
	for octets.ReadUint8(&kind) && octets.ReadUint16(&version) && octets.ReadUint16LengthPrefixed(&body) {
		switch spec.ContentType(kind) {
		case spec.ContentChangeCipherSpec:
			return append(list, spec.ChangeCipherSpec)
		case spec.ContentAlert:
			list = append(list, spec.Alert)
		case spec.ContentHandshake:
			handshake = append(handshake, body...)
		}
		var message cryptobyte.String
		for rest := cryptobyte.String(handshake); rest.ReadUint8(&kind) && rest.ReadUint24LengthPrefixed(&message); handshake = rest {
			m := spec.HandshakeMessage(kind)
			list = append(list, m)
			each(m, message)
		}
	}
	return list
}

func (w *Wire) clientHello(s cryptobyte.String) {
	var id, suites, compressions cryptobyte.String
	if !s.Skip(34) || !s.ReadUint8LengthPrefixed(&id) || !s.ReadUint16LengthPrefixed(&suites) || !s.ReadUint8LengthPrefixed(&compressions) {
		return
	}
	w.ClientID = id
	w.ClientExtensions = extensions(s, func(e spec.Extension, body []byte) {
		if e == spec.SessionTicket {
			w.Ticket = len(body)
		}
	})
}

func (w *Wire) serverHello(s cryptobyte.String) {
	var version, suite uint16
	var id cryptobyte.String
	if !s.ReadUint16(&version) || !s.Skip(32) || !s.ReadUint8LengthPrefixed(&id) || !s.ReadUint16(&suite) || !s.Skip(1) {
		return
	}
	w.ServerID, w.Version, w.Suite = id, spec.Version(version), spec.SuiteID(suite)
	w.ServerExtensions = extensions(s, func(spec.Extension, []byte) {})
}

func extensions(s cryptobyte.String, each func(spec.Extension, []byte)) []spec.Extension {
	list := []spec.Extension{}
	var all, body cryptobyte.String
	var id uint16
	s.ReadUint16LengthPrefixed(&all)
	for all.ReadUint16(&id) && all.ReadUint16LengthPrefixed(&body) {
		list = append(list, spec.Extension(id))
		each(spec.Extension(id), body)
	}
	return list
}
