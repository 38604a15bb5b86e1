// Package fast is EAP-FAST version 1 (RFC 4851) with the provisioning of RFC
// 5422, for servers and for peers. It has no goroutine, no clock and no
// network: EAP packets in, EAP packets and an outcome out.
//
// A server makes one [Server] and adds it to its EAP methods; each conversation
// is then a [Session]:
//
//	server, err := fast.NewServer(&fast.ServerConfig{AuthorityID: id, Keys: ring, Certificate: cert, Users: users})
//	methods.Add(eap.TypeFAST, func() eap.ServerMethod { return server.NewSession() })
//
// A peer does the same with [NewPeer]. The tunnel is impl/handshake's machine,
// whose questions both answer by themselves.
//
// A PAC is not a login: a Tunnel PAC opens the tunnel and nothing else. A
// session is accepted only where an inner method has succeeded under the name
// that the PAC was issued to, or where a User Authorization PAC, or a Machine
// PAC under [ServerConfig].MachineLogin, stands in for one.
//
// Where the RFCs and what is deployed differ, [Quirks] decides: its zero value
// is what hostap's wpa_supplicant and hostapd do.
package fast
