package tls

import (
	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/internal/kx"
	"github.com/sesame-tls/sesame/spec"
)

// DefaultCipherSuites returns what nil Config.CipherSuites stands for, the best
// first.
func DefaultCipherSuites() []uint16 {
	var all []uint16
	for _, id := range handshake.DefaultSuites() {
		all = append(all, uint16(id))
	}
	return all
}

// Groups returns every group that Config.Groups may name, the best first.
func Groups() []spec.Group { return kx.Groups() }

// SignatureSchemes returns every scheme that Config.SignatureSchemes may name,
// in the order that nil stands for.
func SignatureSchemes() []spec.SignatureScheme { return kx.Schemes() }
