package eap

import (
	"time"

	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/spec"
)

// Case is a conversation of several steps that share a PAC file.
type Case struct {
	Name    string
	Version spec.Version // 0: TLS 1.2
	Format  fast.Format  // of the PAC file; FormatSesame: wpa_supplicant's text
	Quirks  fast.Quirks
	// Piggyback: Sesame's server begins phase 2 with its Finished, as hostapd does.
	Piggyback bool
	Blob      bool // eapol_test keeps the PAC in memory, and runs the steps in one process
	Steps     []Step
}

// Step is one authentication.
type Step struct {
	Inner     string // MSCHAPV2 or GTC
	Provision fast.Provisioning
	NoRoots   bool          // the peer trusts no certificate
	Closed    bool          // the server gives out no PACs
	OtherKey  bool          // the server has lost the key that seals PACs
	Refresh   bool          // the server renews every PAC
	Short     time.Duration // lifetime of PACs that are issued; 0: days
	Later     time.Duration // how long after the last step; a server with a clock of its own is waited for
	Want      Want
}

// serverProvision is what the server does.
func (s *Step) serverProvision() fast.Provisioning {
	if s.Closed {
		return fast.NoProvisioning
	}
	return s.Provision
}

// Want is how a step ends.
type Want struct {
	Access  bool
	Resumed bool // by the PAC
	NewPAC  bool
}

var (
	anonymously = Want{NewPAC: true}
	first       = Want{Access: true, NewPAC: true}
	again       = Want{Access: true, Resumed: true}
)

// Cases returns all runs.
func Cases() []Case {
	anonymous := Step{Inner: "MSCHAPV2", Provision: fast.AnonymousProvisioning, NoRoots: true, Want: anonymously}
	withPAC := Step{Inner: "MSCHAPV2", Provision: fast.AnonymousProvisioning, NoRoots: true, Want: again}
	certified := Step{Inner: "MSCHAPV2", Provision: fast.AuthenticatedProvisioning, Want: first}
	then := Step{Inner: "MSCHAPV2", Provision: fast.AuthenticatedProvisioning, Want: again}
	gtc := func(s Step) Step { s.Inner = "GTC"; return s }
	change := func(s Step, f func(*Step)) Step { f(&s); return s }

	cases := []Case{
		{Name: "GTC, authenticated", Steps: []Step{gtc(certified), gtc(then)}},
		// A clear-text password is refused in an anonymous tunnel; a PAC that MSCHAPv2 got carries it.
		{Name: "GTC, anonymous", Steps: []Step{
			change(gtc(anonymous), func(s *Step) { s.Want = Want{} }), anonymous, gtc(withPAC)}},
		{Name: "phase 2 with Finished", Piggyback: true, Steps: []Step{certified, then}},
		{Name: "PAC file in binary", Format: fast.FormatWPABinary, Steps: []Step{certified, then}},
		{Name: "PAC in a blob", Blob: true, Steps: []Step{certified, then}},
		{Name: "no provisioning", Steps: []Step{
			change(certified, func(s *Step) { s.Closed, s.Want = true, Want{Access: true} })}},
		{Name: "refresh", Steps: []Step{certified,
			change(then, func(s *Step) { s.Refresh, s.Want.NewPAC = true, true }), then}},
		{Name: "PAC sealed under another key", Steps: []Step{certified,
			change(then, func(s *Step) { s.OtherKey, s.Want = true, Want{Access: true} })}},
		{Name: "expired PAC", Steps: []Step{change(certified, func(s *Step) { s.Short = 3 * time.Second }),
			change(then, func(s *Step) { s.Short, s.Later, s.Want = 3*time.Second, 4*time.Second, Want{} })}},
	}
	for _, v := range []spec.Version{spec.TLS12, spec.TLS11, spec.TLS10} {
		cases = append(cases,
			Case{Name: "anonymous, " + v.String(), Version: v, Steps: []Step{anonymous, withPAC}},
			Case{Name: "authenticated, " + v.String(), Version: v, Steps: []Step{certified, then}})
	}
	return cases
}
