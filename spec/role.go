package spec

// Role is an end of the connection.
type Role uint8

// The two ends (RFC 5246, Section 7.3), and the attacker who owns the wire
// between them.
const (
	Client Role = iota
	Server
	Attacker
)

// String returns the role's name as it stands in event names: "Client",
// "Server" or "Attacker".
func (r Role) String() string { return nameOf(roleNames, int(r), "Role") }

// Peer returns the other end of the connection. The attacker has no peer and
// is returned unchanged.
func (r Role) Peer() Role {
	switch r {
	case Client:
		return Server
	case Server:
		return Client
	}
	return r
}

var roleNames = []string{Client: "Client", Server: "Server", Attacker: "Attacker"}
