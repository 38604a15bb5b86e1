package spec

// Phase2 is one point of the configuration space of EAP-FAST's second phase:
// what both sides were told, and how the first has ended. The zero value is a
// tunnel that nothing has opened.
type Phase2 struct {
	Tunnel  Tunnel // how the first phase has authenticated
	Machine bool   // a Machine PAC has opened the tunnel, not a Tunnel PAC (RFC 5422, Section 4.1.2)
	Other   bool   // the peer's user is another than the one whom the PAC was issued to

	Methods       [2]InnerMethod // what the server asks for, one after the other; NoMethod: no more
	OnlyMSCHAPv2  bool           // the peer runs nothing else
	WrongPassword bool           // the peer's is not the user's

	Server       Provisioning // what the server gives
	Asks         bool         // the peer may ask for a PAC
	Due          bool         // the PAC is about to expire, so that the server renews it unasked
	StoreFails   bool         // the peer cannot keep a PAC
	User         UserPAC      // the User Authorization PAC that the peer presents
	MachineLogin bool         // a Machine PAC stands in for an inner method
}

// Tunnel is how the first phase of EAP-FAST has authenticated.
type Tunnel uint8

// The tunnels.
const (
	NoTunnel          Tunnel = iota
	PACTunnel                // both sides, by a PAC that the server has accepted
	SessionTunnel            // as the session that was resumed
	CertificateTunnel        // the server, by its certificate
	AnonymousTunnel          // nobody (RFC 5422, Section 3.2)
)

// String returns "none", "pac", "session", "certificate" or "anonymous".
func (t Tunnel) String() string {
	return nameOf([]string{"none", "pac", "session", "certificate", "anonymous"}, int(t), "Tunnel")
}

// InnerMethod is an EAP method inside the tunnel.
type InnerMethod uint8

// The methods (RFC 5422, Section 3.2.3; RFC 5421).
const (
	NoMethod InnerMethod = iota
	MSCHAPv2             // authenticates both sides and derives a key
	GTC                  // a password in the clear, and no key
)

// String returns "none", "mschapv2" or "gtc".
func (m InnerMethod) String() string {
	return nameOf([]string{"none", "mschapv2", "gtc"}, int(m), "InnerMethod")
}

// Provisioning says how a server gives PACs out.
type Provisioning uint8

// The ways (RFC 5422, Section 3). Anonymous includes authenticated.
const (
	NoProvisioning Provisioning = iota
	AuthenticatedProvisioning
	AnonymousProvisioning
)

// String returns "none", "authenticated" or "anonymous".
func (p Provisioning) String() string {
	return nameOf([]string{"none", "authenticated", "anonymous"}, int(p), "Provisioning")
}

// UserPAC is the User Authorization PAC that a peer presents in the tunnel (RFC
// 5422, Section 4.1.3).
type UserPAC uint8

// The classes. Foreign is of another user than the tunnel's PAC was issued to.
const (
	NoUserPAC UserPAC = iota
	ValidUserPAC
	ForeignUserPAC
	InvalidUserPAC
)

// String returns "none", "valid", "foreign" or "invalid".
func (u UserPAC) String() string {
	return nameOf([]string{"none", "valid", "foreign", "invalid"}, int(u), "UserPAC")
}

// TLVStatus is what a Result TLV or an Intermediate-Result TLV says (RFC 4851,
// Section 4.2.2).
type TLVStatus uint8

// The statuses, as on the wire; NoStatus is no TLV.
const (
	NoStatus TLVStatus = iota
	StatusSuccess
	StatusFailure
)

// String returns "none", "success" or "failure".
func (s TLVStatus) String() string {
	return nameOf([]string{"none", "success", "failure"}, int(s), "TLVStatus")
}

// Phase2State is where one side of the second phase stands.
type Phase2State uint8

// The states. A peer is in Phase2Inner until Result success has been exchanged;
// then it is in Phase2Closing. A server goes through all of them.
const (
	Phase2Inner   Phase2State = iota // inner methods run
	Phase2Binding                    // Crypto-Binding has been sent
	Phase2Closing                    // Result success has been sent
	Phase2Failing                    // the end is known: EAP-Failure follows whatever comes
	Phase2Accepted
	Phase2Rejected
)

// String returns the state's name, without the prefix.
func (s Phase2State) String() string {
	return nameOf([]string{"Inner", "Binding", "Closing", "Failing", "Accepted", "Rejected"}, int(s), "Phase2State")
}

// Ended reports whether nothing more happens in s.
func (s Phase2State) Ended() bool { return s == Phase2Accepted || s == Phase2Rejected }
