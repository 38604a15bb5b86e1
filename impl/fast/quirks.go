package fast

import (
	"crypto"

	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/spec"
)

// Quirks are the places in which deployed peers and servers leave the RFCs. The
// zero value is the profile "hostap", which interoperates; [RFC] has none.
type Quirks struct {
	// SeedWithoutIVs takes session_key_seed from right behind the key block as
	// TLS 1.1 and 1.2 have it (RFC 5422, Section 3.3). What is deployed counts
	// two IVs for CBC suites there (DEP-01).
	SeedWithoutIVs bool
	// SeedWithSuitePRF makes the seed with the suite's own PRF. What is deployed
	// uses SHA-256 under TLS 1.2, whatever the suite (DEP-02).
	SeedWithSuitePRF bool
	// TicketWithoutHeader sends PAC-Opaque's value alone as the ticket. What is
	// deployed sends the attribute with its header (DEP-06, AMB-08). A server
	// takes both.
	TicketWithoutHeader bool
}

// RFC follows the texts alone.
var RFC = Quirks{SeedWithoutIVs: true, SeedWithSuitePRF: true, TicketWithoutHeader: true}

// seedPlace says where in the key expansion session_key_seed begins, and which
// hash the expansion has; 0 is the handshake's own.
func (q Quirks) seedPlace(v spec.Version, s spec.Suite) (offset int, h crypto.Hash) {
	offset = 2 * (s.MACKey + s.Key + s.FixedIV)
	if q.SeedWithoutIVs {
		offset = record.KeyBlockSize(v, s)
	}
	if v == spec.TLS12 && !q.SeedWithSuitePRF {
		h = crypto.SHA256
	}
	return offset, h
}
