package cases

import (
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

// Registry has the numbers of the names in the cases, so that a player needs no
// list of its own.
type Registry struct {
	Suites     map[string]uint16 `json:"suites"`
	Extensions map[string]uint16 `json:"extensions"`
	Alerts     map[string]uint8  `json:"alerts"`
}

func registry() Registry {
	r := Registry{map[string]uint16{}, map[string]uint16{}, map[string]uint8{}}
	for _, s := range spec.Suites() {
		r.Suites[s.Name] = uint16(s.ID)
	}
	for _, signal := range []spec.SuiteID{spec.EmptyRenegotiationInfoSCSV, spec.FallbackSCSV} {
		r.Suites[signal.String()] = uint16(signal)
	}
	for _, x := range []spec.Extension{
		spec.ServerName, spec.SupportedGroups, spec.ECPointFormats, spec.SignatureAlgorithms, spec.ALPN, spec.EncryptThenMAC,
		spec.ExtendedMasterSecret, spec.SessionTicket, spec.RenegotiationInfo,
	} {
		r.Extensions[x.String()] = uint16(x)
	}
	for a := range 255 { // the last is no alert
		if name := spec.AlertDescription(a).String(); !strings.Contains(name, "(") {
			r.Alerts[name] = uint8(a)
		}
	}
	return r
}
