package phase2

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

// Scenarios returns all scenarios, but for those that differ only in what cannot
// matter.
func Scenarios() []spec.Phase2 {
	var all []spec.Phase2
	tunnels := []spec.Tunnel{spec.PACTunnel, spec.SessionTunnel, spec.CertificateTunnel, spec.AnonymousTunnel}
	for _, t := range tunnels {
		for _, methods := range [][2]spec.InnerMethod{
			{spec.MSCHAPv2}, {spec.GTC}, {spec.MSCHAPv2, spec.GTC}, {spec.GTC, spec.MSCHAPv2}, {spec.MSCHAPv2, spec.MSCHAPv2},
		} {
			sc := spec.Phase2{Tunnel: t, Methods: methods}
			all = append(all, expand([]spec.Phase2{sc})...)
		}
	}
	return all
}

// expand varies every other dimension, one after the other.
func expand(all []spec.Phase2) []spec.Phase2 {
	vary := func(when func(*spec.Phase2) bool, changes ...func(*spec.Phase2)) {
		for _, sc := range all {
			if when != nil && !when(&sc) {
				continue
			}
			for _, change := range changes {
				varied := sc
				change(&varied)
				all = append(all, varied)
			}
		}
	}
	inPAC := func(sc *spec.Phase2) bool { return sc.Tunnel == spec.PACTunnel }
	vary(nil, func(sc *spec.Phase2) { sc.WrongPassword = true })
	vary(func(sc *spec.Phase2) bool { return sc.Tunnel == spec.AnonymousTunnel || sc.Methods[0] == spec.GTC },
		func(sc *spec.Phase2) { sc.OnlyMSCHAPv2 = true })
	vary(inPAC, func(sc *spec.Phase2) { sc.Other = true }, func(sc *spec.Phase2) { sc.Machine = true },
		func(sc *spec.Phase2) { sc.Machine, sc.MachineLogin = true, true })
	vary(nil, func(sc *spec.Phase2) { sc.Server = spec.AuthenticatedProvisioning },
		func(sc *spec.Phase2) { sc.Server = spec.AnonymousProvisioning })
	vary(nil, func(sc *spec.Phase2) { sc.Asks = true })
	vary(func(sc *spec.Phase2) bool { return inPAC(sc) && !sc.Machine && sc.Server != spec.NoProvisioning },
		func(sc *spec.Phase2) { sc.Due = true })
	vary(func(sc *spec.Phase2) bool { return sc.Asks || sc.Due }, func(sc *spec.Phase2) { sc.StoreFails = true })
	vary(func(sc *spec.Phase2) bool { return inPAC(sc) || sc.Tunnel == spec.SessionTunnel },
		func(sc *spec.Phase2) { sc.User = spec.ValidUserPAC }, func(sc *spec.Phase2) { sc.User = spec.InvalidUserPAC })
	vary(func(sc *spec.Phase2) bool { return inPAC(sc) && sc.User == spec.ValidUserPAC && !sc.Machine },
		func(sc *spec.Phase2) { sc.User = spec.ForeignUserPAC })
	vary(func(sc *spec.Phase2) bool {
		return (sc.Tunnel == spec.CertificateTunnel || sc.Tunnel == spec.AnonymousTunnel) && sc.Asks
	}, func(sc *spec.Phase2) { sc.User = spec.ValidUserPAC })
	// A server that lets nobody in anonymously has no anonymous tunnels.
	kept := all[:0]
	for _, sc := range all {
		if sc.Tunnel != spec.AnonymousTunnel || sc.Server == spec.AnonymousProvisioning {
			kept = append(kept, sc)
		}
	}
	return kept
}

// ScenarioString writes a scenario as "name=value" words, the zero ones left out.
func ScenarioString(sc *spec.Phase2) string {
	var words []string
	v := reflect.ValueOf(*sc)
	for i := range v.NumField() {
		name, field := strings.ToLower(v.Type().Field(i).Name), v.Field(i)
		switch {
		case name == "methods":
			text := sc.Methods[0].String()
			if sc.Methods[1] != spec.NoMethod {
				text += "," + sc.Methods[1].String()
			}
			words = append(words, "methods="+text)
		case field.IsZero():
		case field.Kind() == reflect.Bool:
			words = append(words, name)
		default:
			words = append(words, fmt.Sprintf("%s=%v", name, field.Interface()))
		}
	}
	return strings.Join(words, " ")
}
