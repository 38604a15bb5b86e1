package explain

import (
	"fmt"
	"slices"
	"strings"

	"layeh.com/radius"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/gtc"
	"github.com/sesame-tls/sesame/impl/mschapv2"
	"github.com/sesame-tls/sesame/spec"
)

const (
	peer   = "peer"
	server = "server"
	nas    = "NAS"
)

// diagnose goes from the outside in: what RADIUS shows, what EAP shows, the
// first phase, the second. The first rule that has something to say is right,
// since what is wrong outside explains what is wrong inside.
func (s *story) diagnose() Diagnosis {
	for _, rule := range []func() *Diagnosis{
		s.wrongSecret, s.otherMethod, s.alerted, s.deviation, s.unreadable, s.secondPhase, s.ended, s.silent,
	} {
		if d := rule(); d != nil {
			return *d
		}
	}
	return Diagnosis{Who: server, Why: "the conversation ends in a way that has no explanation here"}
}

func (s *story) wrongSecret() *Diagnosis {
	for _, t := range s.turns {
		if t.forged {
			who := server
			if t.fromPeer {
				who = nas
			}
			return &Diagnosis{Who: who, Where: t.number,
				Why: "its Message-Authenticator does not verify under the secret that was given: NAS and server do not share it (RFC 3579, Section 3.2)"}
		}
	}
	return nil
}

// otherMethod: the peer does not want EAP-FAST.
func (s *story) otherMethod() *Diagnosis {
	if s.nak == nil {
		return nil
	}
	if slices.Contains(s.nak, byte(eap.TypeFAST)) {
		return nil
	}
	wants := "no other method"
	for i, t := range s.nak {
		if name := methodName(t); i == 0 && t != 0 {
			wants = name
		} else if t != 0 {
			wants += " or " + name
		}
	}
	return &Diagnosis{Who: peer, Where: s.nakAt, Why: "it refuses EAP-FAST and wants " + wants + ": allow eap=FAST there, or that at the server"}
}

// methods are the names of EAP methods that peers ask for instead (IANA).
var methods = map[byte]string{4: "EAP-MD5", 13: "EAP-TLS", 21: "EAP-TTLS", 25: "PEAP", 26: "EAP-MSCHAPv2", 52: "EAP-PWD", 55: "TEAP"}

func methodName(t byte) string {
	if name, ok := methods[t]; ok {
		return name
	}
	return eap.Type(t).String()
}

// alerted: one side ends the first phase, or the tunnel, by an alert.
func (s *story) alerted() *Diagnosis {
	for i := range s.tunnel.said {
		x := &s.tunnel.said[i]
		if x.message != spec.Alert || x.sealed || x.alert.Level != spec.LevelFatal {
			continue
		}
		who := server
		if x.fromPeer {
			who = peer
		}
		return &Diagnosis{Who: who, Where: x.number, Why: s.alertText(x)}
	}
	return nil
}

func (s *story) alertText(x *said) string {
	t := &s.tunnel
	pac := ""
	if len(t.ticket) > 0 && !t.opaque && t.hello[spec.Server] {
		pac = "; the server has declined the PAC before: it was sealed under another key, or has been forgotten"
	}
	switch a := x.alert.Description; {
	case x.fromPeer && !t.hello[spec.Client]:
		return fmt.Sprintf("it sends the alert %v in place of ClientHello, which it could not make. OpenSSL cannot with a PAC where TLS 1.3 is allowed: turn 1.3 off there", a)
	case a == spec.HandshakeFailure && !x.fromPeer && !t.hello[spec.Server]:
		return "no suite in common: " + s.suitesText()
	case a == spec.ProtocolVersion:
		return "no version of TLS in common: " + fmt.Sprintf("ClientHello offers up to %v", t.client.Version)
	case x.fromPeer && (a == spec.UnknownCA || a == spec.BadCertificate || a == spec.CertificateUnknown || a == spec.CertificateExpired || a == spec.UnsupportedCertificate):
		return fmt.Sprintf("it does not trust the server's certificate (%v): give it the authority, or the name%s", a, pac)
	case t.opaque && (a == spec.BadRecordMAC || a == spec.DecryptError):
		return fmt.Sprintf("the PAC was accepted, and what followed does not open (%v): both ends have different PAC-Keys for it", a)
	case a == spec.UnexpectedMessage && x.fromPeer && t.last(2) == spec.ChangeCipherSpec && len(t.ticket) > 0:
		return "it does not take ChangeCipherSpec directly after ServerHello, which accepts its PAC (RFC 4851, Section 3.2.3)"
	default:
		return fmt.Sprintf("it ends the tunnel with the alert %v%s", a, pac)
	}
}

func (s *story) suitesText() string {
	anonymous, all := false, true
	for _, id := range s.tunnel.offered {
		suite, ok := spec.SuiteByID(id)
		if !ok {
			continue
		}
		if suite.KeyExchange.Anonymous() {
			anonymous = true
		} else {
			all = false
		}
	}
	switch {
	case anonymous && all:
		return "the peer wants anonymous provisioning and offers DH_anon alone; the server does not allow it, or lacks DH parameters (dh_file)"
	case anonymous:
		return "the peer offers certificate suites and DH_anon, and the server has none of them: it may lack a certificate, or DH parameters"
	}
	return "the peer offers certificate suites alone, and the server has none of them: it may lack a certificate, or DH parameters"
}

func (s *story) unreadable() *Diagnosis {
	if s.broken == nil {
		return nil
	}
	who := server
	if s.brokenPeer {
		who = peer
	}
	return &Diagnosis{Who: who, Where: s.brokenAt, Why: fmt.Sprintf("its packet is malformed: %v", s.broken)}
}

// anonymous reports whether nobody was authenticated by the first phase.
func (s *story) anonymous() bool {
	return s.tunnel.hello[spec.Server] && !s.tunnel.opaque && s.tunnel.suite.KeyExchange.Anonymous()
}

// declined reports whether a PAC was offered and a full handshake followed.
func (s *story) declined() bool {
	return len(s.tunnel.ticket) > 0 && !s.tunnel.opaque && s.tunnel.finished(spec.Server)
}

// second is what the TLVs have told.
type second struct {
	failure     *said // the first Result failure
	code        fast.ErrorCode
	binding     [2]int // Crypto-Bindings, by role
	provisioned *said
	asked       bool
	inner       []string
	refusal     string // of the inner method, in words
	refusedAt   *said
	prompt      *said // a GTC challenge that is none
	nak         *said
}

func (s *story) tlvs() (f second) {
	for i := range s.tunnel.said {
		x := &s.tunnel.said[i]
		if x.tlvs == nil {
			continue
		}
		m := x.tlvs
		if m.Result == fast.Failure && f.failure == nil {
			f.failure, f.code = x, m.Error
		}
		if m.Binding != nil {
			f.binding[x.role()]++
		}
		if m.Nak != 0 && f.nak == nil {
			f.nak = x
		}
		if len(m.PACs) > 0 && !x.fromPeer {
			f.provisioned = x
		}
		f.asked = f.asked || len(m.PACs) > 0 && x.fromPeer && m.Action != 0
		if m.EAP != nil {
			f.packet(x)
		}
	}
	return f
}

// packet notes what an inner packet says.
func (f *second) packet(x *said) {
	p, ok := eap.Parse(x.tlvs.EAP)
	if !ok {
		return
	}
	refuse := func(text string) {
		if f.refusedAt == nil {
			f.refusal, f.refusedAt = text, x
		}
	}
	switch {
	case p.Type == eap.TypeNak && x.fromPeer:
		wants := make([]string, 0, len(p.Data))
		for _, t := range p.Data {
			if t != 0 {
				wants = append(wants, eap.Type(t).String())
			}
		}
		text := "it refuses the inner method that the server asks for"
		if len(f.inner) > 0 {
			text = "it refuses " + f.inner[len(f.inner)-1] + " in this tunnel"
		}
		if len(wants) > 0 {
			text += " and wants " + strings.Join(wants, " or ")
		}
		refuse(text)
	case p.Type == mschapv2.Type:
		f.inner = append(f.inner, "MSCHAPv2")
		if m, err := mschapv2.Parse(p.Data); err == nil && m.Op == mschapv2.OpFailure {
			if x.fromPeer && m.Ack {
				refuse("it does not find the server's proof of the password: the server does not know it")
			} else if !m.Ack {
				refuse(fmt.Sprintf("it refuses the user name or the password (MSCHAPv2 error %d)", mschapv2.ParseFailure(m.Message).Code))
			}
		}
	case p.Type == gtc.Type:
		f.inner = append(f.inner, "GTC")
		m, err := gtc.Parse(p.Data)
		if failure, ok := m.(gtc.Failure); ok {
			refuse(fmt.Sprintf("it refuses the user name or the password (GTC error %d)", failure.Code))
		}
		if err != nil && !x.fromPeer && f.prompt == nil {
			f.prompt = x
		}
	}
}

// secondPhase reads what was said in the tunnel.
func (s *story) secondPhase() *Diagnosis {
	f := s.tlvs()
	who := func(x *said) string {
		if x.fromPeer {
			return peer
		}
		return server
	}
	switch {
	case f.prompt != nil:
		return &Diagnosis{Who: server, Where: f.prompt.number,
			Why: `its GTC prompt does not begin with "CHALLENGE=" (RFC 5421, Section 2): peers of EAP-FAST answer nothing else`}
	case f.refusedAt != nil:
		text := f.refusal
		if s.anonymous() && strings.Contains(text, "GTC") {
			text += ": a password does not go in the clear where nobody was authenticated (RFC 5421, Section 3); set MSCHAPv2"
		}
		return &Diagnosis{Who: who(f.refusedAt), Where: f.refusedAt.number, Why: text}
	case f.failure != nil && f.code == fast.TunnelCompromise:
		return &Diagnosis{Who: who(f.failure), Where: f.failure.number, Why: s.bindingText(who(f.failure))}
	case f.failure != nil && f.code == fast.UnexpectedTLVs:
		return &Diagnosis{Who: who(f.failure), Where: f.failure.number, Why: "it finds TLVs that do not belong there (error 2002): the message before it breaks RFC 4851, Section 4.2"}
	case f.failure != nil:
		return &Diagnosis{Who: who(f.failure), Where: f.failure.number, Why: "it ends the second phase with Result failure, and does not say why"}
	case f.nak != nil && !s.accepted():
		return &Diagnosis{Who: who(f.nak), Where: f.nak.number, Why: "it does not know a mandatory TLV, " + f.nak.tlvs.Nak.String() + ", and refuses it by NAK"}
	case s.end == nil || s.accepted():
		return nil
	case f.provisioned != nil && s.anonymous():
		return &Diagnosis{Where: s.end.number,
			Why: "a PAC was provisioned anonymously, and EAP-Failure is how that ends (RFC 5422, Section 3.5): the next conversation uses the PAC"}
	case f.provisioned != nil && s.tunnel.opaque:
		return &Diagnosis{Where: s.end.number,
			Why: "the PAC had expired: a new one was delivered, and EAP-Failure is how this server ends then: the next conversation uses it"}
	case f.binding[spec.Client] > 0 && f.provisioned == nil && f.asked:
		return &Diagnosis{Who: server, Where: s.end.number, Why: "it gives no PAC to a peer that asks for one, and ends with EAP-Failure: provisioning is off there"}
	}
	return nil
}

// bindingText explains a Crypto-Binding that does not hold.
func (s *story) bindingText(who string) string {
	text := "Crypto-Binding does not hold (error 2001): both ends derive different keys"
	suite := s.tunnel.suite
	switch {
	case s.tunnel.server.Version == spec.TLS12 && suite.PRF == spec.SHA384:
		text += ". The suite has SHA-384: deployed peers make session_key_seed with SHA-256 all the same, and an end that uses the suite's own PRF differs"
	case !suite.Cipher.AEAD():
		text += ". Ends differ in where session_key_seed begins, or in the inner method's key: FreeRADIUS before 3.2.9 does"
	default:
		text += ": session_key_seed or the inner method's key: FreeRADIUS before 3.2.9 has the seed wrong"
	}
	return text
}

func (s *story) accepted() bool { return s.end != nil && s.end.radius == radius.CodeAccessAccept }

// ended tells an end that nothing inside explains.
func (s *story) ended() *Diagnosis {
	switch {
	case s.end == nil:
		return nil
	case s.accepted():
		return &Diagnosis{OK: true, Where: s.end.number, Why: s.successText()}
	case !s.fast:
		return &Diagnosis{Who: server, Where: s.end.number, Why: "it refuses before EAP-FAST has begun: it does not know the NAS, the identity, or the method"}
	case s.hidden():
		return &Diagnosis{Who: server, Where: s.end.number,
			Why: "it refuses after the second phase, which cannot be read: give the keys of the tunnel, by --keylog or --pac-key" + s.declinedText()}
	case s.tunnel.finished(spec.Server):
		return &Diagnosis{Who: server, Where: s.end.number, Why: "it refuses after the first phase, and does not say why" + s.declinedText()}
	}
	return &Diagnosis{Who: server, Where: s.end.number, Why: "it refuses within the first phase, without an alert"}
}

func (s *story) successText() string {
	switch {
	case s.tunnel.opaque:
		return "the peer was let in, in a tunnel that its PAC has opened"
	case s.declined():
		return "the peer was let in after a full handshake: the server has declined its PAC, which was sealed under another key or has been forgotten; a peer that keeps it has a full handshake every time"
	}
	return "the peer was let in, in a tunnel that the server's certificate has opened"
}

func (s *story) declinedText() string {
	if s.declined() {
		return "; the PAC was declined before"
	}
	return ""
}

// hidden reports whether something of the second phase could not be read.
func (s *story) hidden() bool {
	return slices.ContainsFunc(s.tunnel.said, func(x said) bool { return x.sealed && x.message == spec.ApplicationData })
}

// silent: the conversation just stops.
func (s *story) silent() *Diagnosis {
	if s.end != nil {
		return nil
	}
	last := turn{}
	if len(s.turns) > 0 {
		last = s.turns[len(s.turns)-1]
	}
	if s.unanswered {
		return &Diagnosis{Who: server, Where: last.number, Why: "it does not answer the last request: it is down, it does not know this NAS, or it takes the request for a forged one (another secret)"}
	}
	if s.fast && len(s.tunnel.said) == 0 {
		return &Diagnosis{Who: peer, Where: last.number, Why: "it answers Start with nothing: it could not make a ClientHello. " +
			"OpenSSL cannot with a PAC where TLS 1.3 is allowed: turn 1.3 off there"}
	}
	return &Diagnosis{Who: peer, Where: last.number, Why: "it, or the NAS, says nothing more after the last challenge"}
}
