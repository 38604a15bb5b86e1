package tls

import (
	"crypto"
	"errors"
	"net"
)

var errIncomplete = errors.New("tls: the handshake is not complete")

// AppendKeyBlock appends n octets of the key expansion (RFC 5246, Section 6.3)
// from offset off. EAP-FAST takes its session_key_seed from behind the keys
// (RFC 5422, Section 3.3). Zero for h is the PRF of the handshake; under TLS 1.2
// crypto.SHA256 and crypto.SHA384 are allowed, since deployed peers take the
// first where the suite says the second.
//
// It fails before the handshake is complete and after Close.
func (c *Conn) AppendKeyBlock(dst []byte, off, n int, h crypto.Hash) ([]byte, error) {
	if !c.complete.Load() {
		return dst, errIncomplete
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.machine == nil {
		return dst, net.ErrClosed
	}
	return c.machine.AppendKeyBlock(dst, off, n, h)
}

// ExportKeyingMaterial returns n octets of keying material (RFC 5705). A nil
// context is no context, which differs from an empty one. It fails before the
// handshake is complete, after Close, for a label that the handshake itself
// uses, and, unless Config.ExportWithoutEMS is set, after a handshake without
// extended master secret (RFC 7627, Section 5.4) or with a session secret.
func (c *Conn) ExportKeyingMaterial(label string, context []byte, n int) ([]byte, error) {
	if !c.complete.Load() {
		return nil, errIncomplete
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.machine == nil {
		return nil, net.ErrClosed
	}
	out := make([]byte, n)
	if err := c.machine.Export(out, label, context); err != nil {
		return nil, err
	}
	return out, nil
}
