package handshake_test

import (
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// syntaxRefusals: TLS-ALERT-07, TLS-BASE-05: what is too long or too short is
// decode_error, and what is absurd is illegal_parameter at its header.
func syntaxRefusals(v spec.Version) (all []refusal) {
	for _, m := range []spec.Message{
		spec.ClientHello, spec.ServerHello, spec.Certificate, spec.ServerKeyExchange, spec.CertificateRequest, spec.ServerHelloDone,
		spec.ClientKeyExchange, spec.CertificateVerify,
	} {
		for _, c := range []struct {
			name   string
			change func([]byte) []byte
			alert  spec.AlertDescription
		}{{"longer", longer, spec.DecodeError}, {"16 MiB", huge, spec.IllegalParameter}, {"shorter", shorter, spec.DecodeError}} {
			if m != spec.ServerHelloDone || c.name != "shorter" {
				all = append(all, refusal{name: v.String() + " " + c.name, config: of(v, asksClient(ecdhe)), on: m, change: c.change, alert: c.alert})
			}
		}
	}
	twice := clientHello(func(h *wire.ClientHello) {
		h.Extensions = wire.AppendExtension(wire.AppendExtension(nil, 0x1234, nil), 0x1234, nil)
	})
	again := serverHello(func(h *wire.ServerHello) {
		h.Extensions = wire.AppendExtension(wire.AppendExtension(nil, spec.ExtendedMasterSecret, nil), spec.ExtendedMasterSecret, nil)
	})
	return append(all,
		refusal{name: v.String() + " extension twice", config: of(v, suites(ecdhe)), on: spec.ClientHello, change: twice, alert: spec.DecodeError},
		refusal{name: v.String() + " extension twice", config: of(v, suites(ecdhe)), on: spec.ServerHello, change: again, alert: spec.DecodeError},
	)
}
