package model

import (
	"slices"

	"github.com/sesame-tls/sesame/spec"
)

// conducts are the answers of a profile to single messages, by the role that
// gives them.
type conducts [2][]spec.Conduct

func conductsOf(p spec.Profile) (all conducts) {
	if len(p.Quirks) == 0 {
		return all // as the RFCs say, which is asked for most
	}
	for _, info := range spec.Quirks() {
		if p.Has(info.Quirk) {
			all[info.Role] = append(all[info.Role], spec.Conducts(info.Quirk)...)
		}
	}
	return all
}

// ownWay answers what is read as the profile says, and reports whether it says so.
// Misplaced: it is out of place.
func (x *exec) ownWay(misplaced bool) bool {
	for _, c := range x.sys.conducts[x.role] {
		if misplaced != (c.Like == spec.LikeMisplaced || c.Like == spec.LikeUnpromised || c.Like == spec.LikeFirst || c.Like == spec.LikeAfterCertificate) || c.Message != x.in.typ || c.States != nil && !slices.Contains(c.States, x.me.State) || !x.isLike(c.Like) {
			continue
		}
		if c.Once && x.me.Heard {
			x.misplaced()
			return true
		}
		x.me.Heard = x.me.Heard || c.Once
		switch c.Does {
		case spec.Refuses:
			x.fail(c.Alert)
		case spec.Ignores:
			x.ignored()
		case spec.Warns:
			x.ignored()
			x.send(octet(symbol{typ: spec.Alert, level: spec.LevelWarning, alert: spec.NoRenegotiation, sealed: x.me.State.WriteProtected(x.role)}))
		case spec.Closes:
			x.closeSilently()
		}
		return true
	}
	return false
}

func (x *exec) isLike(l spec.Like) bool {
	switch l {
	case spec.LikeClearAEAD:
		return x.in.class == classBadMAC && !x.in.sealed && !x.activeCBC()
	case spec.LikeUnderCBC:
		return x.in.class == classBadMAC && x.activeCBC() && !x.activeEtM()
	case spec.LikeClearEtM:
		return x.in.class == classBadMAC && !x.in.sealed && x.activeCBC() && x.activeEtM()
	case spec.LikeUnverified:
		return x.in.class == classBadVerify
	case spec.LikeUnpromised:
		return !x.me.Promised && !x.me.Ticketed && x.me.Secret == spec.PAC
	case spec.LikeFirst:
		return !x.me.Ticketed
	case spec.LikeWarning:
		return x.in.level == spec.LevelWarning && x.in.class == classGood
	case spec.LikeAfterCertificate:
		return x.me.Cert == CertEmpty || x.me.Cert == CertGood
	case spec.LikeEmpty:
		return x.in.empty
	case spec.LikeFatal:
		return x.in.level == spec.LevelFatal && x.in.class == classGood
	}
	return x.in.class == classGood || x.in.class == classBadVerify
}

// closeSilently ends the endpoint that acts without a word.
func (x *exec) closeSilently() {
	x.out.event = spec.ServerReject
	if x.role == spec.Client {
		x.out.event = spec.ClientReject
	}
	x.end(spec.NoFailure)
	x.send(symEnd)
}

// activeEtM reports whether encrypt-then-MAC is in effect at the endpoint that acts.
func (x *exec) activeEtM() bool {
	_, etm := x.negotiated(x.role)
	return etm
}

// activeCBC reports whether the suite of the endpoint that acts is a CBC suite.
func (x *exec) activeCBC() bool {
	if x.role == spec.Client {
		return x.shCBC()
	}
	return x.cbc(x.suiteVersion)
}
