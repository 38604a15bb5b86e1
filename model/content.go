package model

import "github.com/sesame-tls/sesame/spec"

// What an endpoint reads in a hello is the attacker's change where there is
// one, and otherwise what the scenario and its sender say. The questions below
// come from the reader's step; ch* are about ClientHello as the server has it,
// sh* about ServerHello as the client has it.

// chTicketNonEmpty reports whether there is a ticket.
func (x *exec) chTicketNonEmpty() bool {
	switch x.st.Server.Hello.Ticket {
	case SameTicket:
		return x.is(dimTicket, of(spec.TicketPAC, spec.TicketSession))
	case TicketStripped, TicketEmptied:
		return false
	}
	return true
}

// chTicketExtension reports whether there is a SessionTicket extension.
func (x *exec) chTicketExtension() bool {
	switch x.st.Server.Hello.Ticket {
	case SameTicket:
		return !x.is(dimTicket, of(spec.TicketAbsent))
	case TicketStripped:
		return false
	}
	return true
}

// chTicketPAC reports whether the ticket opens at a server that accepts PACs.
func (x *exec) chTicketPAC() bool {
	switch x.st.Server.Hello.Ticket {
	case SameTicket:
		return x.is(dimTicket, of(spec.TicketPAC))
	case TicketGood, TicketOtherPAC:
		return true
	}
	return false
}

// chTicketSession reports whether the ticket opens at a server that issues
// RFC 5077 tickets.
func (x *exec) chTicketSession() bool {
	switch x.st.Server.Hello.Ticket {
	case SameTicket:
		return x.is(dimTicket, of(spec.TicketSession))
	case TicketOfSession:
		return true
	}
	return false
}

// chIsCached reports whether the Session ID is in the server's cache, as it was.
func (x *exec) chIsCached() bool {
	if id := x.st.Server.Hello.ID; id != spec.IDOpen {
		return id == spec.IDCached
	}
	return x.is(dimID, of(spec.IDCached))
}

// chHasID reports whether the Session ID is not empty.
func (x *exec) chHasID() bool {
	if id := x.st.Server.Hello.ID; id != spec.IDOpen {
		return id != spec.IDEmpty
	}
	return !x.is(dimID, of(spec.IDEmpty))
}

// chEMS reports whether the client offers extended_master_secret.
func (x *exec) chEMS() bool {
	if v := x.st.Server.Hello.EMS; v != spec.SwitchOpen {
		return v == spec.On
	}
	return x.clientEMS()
}

func (x *exec) clientEMS() bool {
	return x.is(dimEMS, ems(func(c, _ spec.Switch) bool { return c != spec.Off }))
}

func (x *exec) serverEMS() bool {
	return x.is(dimEMS, ems(func(_, s spec.Switch) bool { return s != spec.Off }))
}

// sentEMS reports whether the server answers extended_master_secret.
func (x *exec) sentEMS() bool {
	if x.st.Server.Hello.EMS == spec.SwitchOpen {
		return x.is(dimEMS, ems(func(c, s spec.Switch) bool { return c != spec.Off && s != spec.Off }))
	}
	return x.chEMS() && x.serverEMS()
}

// shEMS reports whether the client sees extended_master_secret answered.
func (x *exec) shEMS() bool {
	switch h := x.st.Client.Hello; {
	case h.EMS != spec.SwitchOpen:
		return h.EMS == spec.On
	case h.Random == RandomForeign:
		return x.clientEMS()
	}
	return x.sentEMS()
}

// chEtM reports whether the client offers encrypt_then_mac.
func (x *exec) chEtM() bool {
	if v := x.st.Server.Hello.EtM; v != spec.SwitchOpen {
		return v == spec.On
	}
	return x.is(dimClientEtM, of(spec.On))
}

// sentEtM reports whether the server answers encrypt_then_mac.
func (x *exec) sentEtM() bool {
	// RFC 7366, Section 3: never for an AEAD suite.
	return x.chEtM() && x.is(dimServerEtM, of(spec.On)) && x.cbc(x.suiteVersion)
}

// cbc reports whether the suite for a version is a CBC suite: every suite is
// before TLS 1.2.
func (x *exec) cbc(version func() spec.Version) bool {
	return x.is(dimMode, of(spec.ModeCBC)) || version() < spec.TLS12
}

// shCBC reports whether ServerHello's suite is a CBC suite. A changed version
// changes no suite.
func (x *exec) shCBC() bool {
	switch h := x.st.Client.Hello; {
	case h.Random == RandomForeign:
		return x.cbc(x.clientMax)
	case h.Suite != NoSuite:
		return x.cbc(func() spec.Version { return min(x.clientMax(), x.serverMax()) })
	}
	return x.cbc(x.suiteVersion)
}

// suiteVersion returns the version that the server chooses a suite for: the
// negotiated one, or the one that the client's list was made for.
func (x *exec) suiteVersion() spec.Version {
	if x.st.Server.Hello.Random == RandomForeign {
		return x.sentVersion()
	}
	return min(x.sentVersion(), x.clientMax())
}

// formatsDiffer reports whether the client reads the server's messages in
// another format than they were written in: ServerKeyExchange and
// CertificateRequest are not under TLS 1.2 what they were before (RFC 5246,
// Section 1.2). An open peer writes as the client reads.
func (x *exec) formatsDiffer() bool {
	h := x.st.Client.Hello
	touched := h.Version != SameVersion || h.Random == RandomForeign
	return !x.open && touched && (x.shVersion() < spec.TLS12) != (x.sentVersion() < spec.TLS12)
}

// otherShare reports whether the server's share is of another kind than the client
// takes it for: the numbers of an anonymous suite, or a named curve and a
// signature (RFC 5246, Section 7.4.3; RFC 8422, Section 5.4). An open peer writes
// as the client reads.
func (x *exec) otherShare() bool {
	return !x.open && x.in.origin == Honest && x.anonymous(x.me.Suite) != x.anonymous(x.st.Server.Suite)
}

// clientMax returns the version that the client offers.
func (x *exec) clientMax() spec.Version { return x.offer(dimClientVersion) }

// serverMax returns the highest version that the server takes.
func (x *exec) serverMax() spec.Version { return x.offer(dimServerVersion) }

func (x *exec) offer(d dim) spec.Version {
	for v := spec.OfferTLS12; v > spec.OfferTLS10; v-- {
		if x.is(d, of(v)) {
			return v.Version()
		}
	}
	return spec.OfferTLS10.Version()
}

// chVersion returns ClientHello's version.
func (x *exec) chVersion() spec.Version {
	if v := x.st.Server.Hello.Version; v != SameVersion {
		return v.Version()
	}
	return x.clientMax()
}

// sentVersion returns the version that the server chooses.
func (x *exec) sentVersion() spec.Version { return min(x.chVersion(), x.serverMax()) }

// shVersion returns ServerHello's version.
func (x *exec) shVersion() spec.Version {
	switch h := x.st.Client.Hello; {
	case h.Version != SameVersion:
		return h.Version.Version()
	case h.Random == RandomForeign:
		return x.clientMax()
	}
	return x.sentVersion()
}

// versionTouched reports whether the client may see another version than the
// one that both sides would choose.
func (x *exec) versionTouched() bool {
	return x.st.Client.Hello.Version != SameVersion || x.st.Server.Hello.Version != SameVersion
}

// shSuite returns ServerHello's suite.
func (x *exec) shSuite() Suite {
	switch h := x.st.Client.Hello; {
	case h.Suite != NoSuite:
		return h.Suite
	case h.Random == RandomForeign:
		return SuiteNormal
	}
	return x.st.Server.Suite
}

// shID returns ServerHello's Session ID as the client sees it: IDEcho is its
// own, which may be empty.
func (x *exec) shID() spec.ID {
	switch h := x.st.Client.Hello; {
	case h.ID != spec.IDOpen:
		return h.ID
	case h.Random == RandomForeign:
		return spec.IDFresh
	}
	if id := x.st.Server.ID; id != spec.IDEcho || x.st.Server.Hello.ID == spec.IDOpen {
		return id
	}
	// The server has echoed what the attacker gave it.
	if x.st.Server.Hello.ID == spec.IDEmpty {
		return spec.IDEmpty
	}
	return spec.IDOther
}

// shTicketExtension reports whether ServerHello has the SessionTicket extension.
func (x *exec) shTicketExtension() bool {
	switch h := x.st.Client.Hello; {
	case h.TicketExt != spec.SwitchOpen:
		return h.TicketExt == spec.On
	case h.Random == RandomForeign:
		return false
	}
	return x.st.Server.Promised
}

// anonymous reports whether the suite of an endpoint is a DH_anon suite.
// SuiteOther is one of the same kind as SuiteNormal.
func (x *exec) anonymous(s Suite) bool {
	return s == SuiteAnonymous || (s == SuiteNormal || s == SuiteOther) && x.is(dimExchange, of(spec.ExchangeAnonymous))
}

// ephemeral reports whether a certificate suite has a ServerKeyExchange.
func (x *exec) ephemeral() bool { return !x.is(dimExchange, of(spec.ExchangeRSA)) }
