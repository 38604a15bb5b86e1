package model

import "github.com/sesame-tls/sesame/spec"

// openHello settles what a hello that was not sent by the peer says. The fields
// of Endpoint.Hello are the attacker's changes to the peer's own.
func (x *exec) openHello() {
	switch {
	case x.in.typ == spec.ClientHello && x.role == spec.Server && x.me.State == spec.AwaitClientHello:
		switch x.in.origin {
		case Recorded:
			x.me.Hello = Hello{Random: RandomRecorded}
		case Forged:
			x.me.Hello = Hello{
				Version: VersionTLS12, Ticket: TicketStripped, ID: spec.IDEmpty, EMS: spec.On, EtM: spec.Off,
				Random: RandomForeign,
			}
			if x.in.second {
				x.me.Hello.Ticket = TicketOtherPAC
			}
		}
	case x.in.typ == spec.ServerHello && x.role == spec.Client && x.me.State == spec.AwaitServerHello && x.in.origin == Forged:
		x.me.Hello = Hello{Random: RandomForeign}
		if x.in.second {
			x.me.Hello.Suite = SuiteAnonymous
		}
	}
}

// classify says what the keys, the transcripts and the signatures make of the
// message that is read. It is the one place where a step's outcome depends on
// both endpoints.
func (x *exec) classify() class {
	if x.in.typ == spec.EndOfStream {
		return classGood
	}
	if x.me.State.ReadProtected() {
		if !x.in.sealed {
			return x.classifyClear()
		}
		if !x.inSequence() || !x.opens() {
			return classBadMAC
		}
		if x.in.typ == spec.Finished && x.in.origin == Honest && !x.viewsAgree() {
			return classBadVerify
		}
		return classGood
	}
	switch {
	case x.in.sealed:
		return classGarbage
	case x.in.typ == spec.ServerKeyExchange && x.me.State == spec.AwaitServerKeyExchange:
		// RFC 5246, Section 7.4.3: the signature covers both randoms.
		if x.in.origin != Honest || x.st.Client.Hello.Random != SameRandom || x.st.Server.Hello.Random != SameRandom {
			return classBadVerify
		}
	case x.in.typ == spec.CertificateVerify && x.me.State == spec.AwaitCertificateVerify:
		// RFC 5246, Section 7.4.8: the signature covers the transcript.
		if x.in.origin != Honest || !x.viewsAgree() {
			return classBadVerify
		}
	}
	return classGood
}

// classifyClear is the class of a record in the clear where keys are active.
func (x *exec) classifyClear() class {
	if x.has(faultClearFinished) && x.role == spec.Client && x.in.typ == spec.Finished {
		return classGood
	}
	return classBadMAC
}

// opens reports whether the reader's keys are the ones that the record was
// sealed with.
func (x *exec) opens() bool {
	switch x.in.origin {
	case Honest:
		return x.keysAgree()
	case Forged:
		// The attacker's own share, or the PAC that the server has issued to it.
		return x.me.Secret == spec.OtherKeyExchanged || x.me.Secret == spec.OtherPAC
	}
	// A recorded session had other randoms.
	return x.has(faultSecretWithoutRandoms) && x.me.Secret == spec.PAC
}

// inSequence reports whether a protected record has the sequence number that
// its reader expects: Finished is the first record under new keys.
func (x *exec) inSequence() bool {
	peer := &x.st.Server
	if x.role == spec.Server {
		peer = &x.st.Client
	}
	established := x.me.State == spec.Established
	switch x.in.typ {
	case spec.Finished:
		return !established
	case spec.ApplicationData:
		return established && !x.me.Got
	}
	return established && peer.Sent == x.me.Got
}

// keysAgree reports whether a record that the peer has sealed opens.
func (x *exec) keysAgree() bool {
	c, s := x.st.Client, x.st.Server
	if x.has(faultSecretWithoutRandoms) && c.Secret == spec.PAC {
		c.Hello.Random, s.Hello.Random = SameRandom, SameRandom
	}
	// RFC 5246, Section 6.3: the keys come from the secret and both randoms,
	// under the PRF of version and suite.
	if c.Hello.Random != SameRandom || s.Hello.Random != SameRandom || c.Hello.Version != SameVersion || c.Hello.Suite != NoSuite {
		return false
	}
	// Client and server would cut the record differently (RFC 7366, Section 3).
	// An answer added for an AEAD suite has already failed.
	if c.Hello.EtM != spec.SwitchOpen {
		return false
	}
	switch {
	case c.Secret == spec.PAC && s.Secret == spec.PAC:
		return x.sameLength() && x.is(dimKeys, of(spec.KeysAgree))
	case c.Secret == spec.Session && s.Secret == spec.Session:
		return true
	case c.Secret == spec.KeyExchanged && s.Secret == spec.KeyExchanged:
		// RFC 7627, Section 4: with the extension the secret covers the
		// transcript up to ClientKeyExchange; and one side may have it alone.
		if c.Hello == (Hello{}) && s.Hello == (Hello{}) && c.Cert == s.Cert {
			return true
		}
		return !x.shEMS() && !x.sentEMS()
	}
	return false
}

// sameLength reports whether both callbacks' secrets have the same length. Where
// it is checked, both have been found right.
func (x *exec) sameLength() bool {
	return !x.has(faultLengthFree) && !x.has(faultClientLengthFree) ||
		x.is(dimClientCallback, of(spec.CallbackAccept)) == x.is(dimServerCallback, of(spec.CallbackAccept))
}

// viewsAgree reports whether both sides have the same transcript.
func (x *exec) viewsAgree() bool {
	c, s := x.st.Client, x.st.Server
	if x.has(faultSecretWithoutRandoms) && c.Secret == spec.PAC {
		c.Hello.Random, s.Hello.Random = SameRandom, SameRandom
	}
	if x.has(faultForgetsSessionID) {
		c.Hello.ID, s.Hello.ID = spec.IDOpen, spec.IDOpen
	}
	// What the client takes after its flight is not what that is about.
	if x.role == spec.Server && (x.me.State == spec.AwaitCertificateVerify || x.me.State == spec.AwaitFinished) {
		c.Foreign = false
	}
	return c.Hello == (Hello{}) && s.Hello == (Hello{}) && c.Cert == s.Cert && !c.Foreign && !s.Foreign
}
