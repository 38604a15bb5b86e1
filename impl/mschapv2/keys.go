package mschapv2

import "crypto/sha1"

// The constants of RFC 3079, Section 3.4.
const (
	magicMaster     = "This is the MPPE Master Key"
	magicClientSend = "On the client side, this is the send key; on the server side, it is the receive key."
	magicServerSend = "On the client side, this is the receive key; on the server side, it is the send key."
)

// MasterKey returns RFC 3079's MasterKey (Section 3.4, GetMasterKey).
func (h Hash) MasterKey(response [24]byte) [16]byte {
	hashed := md4Sum(h[:])
	d := newMessage()
	d.Write(hashed[:])
	d.Write(response[:])
	d.Write([]byte(magicMaster))
	sum := sha1.Sum(d)
	return [16]byte(sum[:])
}

// startKey is RFC 3079's GetAsymmetricStartKey for 128 bits (Section 3.4).
func startKey(master [16]byte, magic string) [16]byte {
	var pad1, pad2 [40]byte
	for i := range pad2 {
		pad2[i] = 0xf2
	}
	d := newMessage()
	d.Write(master[:])
	d.Write(pad1[:])
	d.Write([]byte(magic))
	d.Write(pad2[:])
	sum := sha1.Sum(d)
	return [16]byte(sum[:])
}

// ServerSendKey returns the 128-bit MasterSendKey of the authenticator, which
// is the peer's MasterReceiveKey.
func ServerSendKey(master [16]byte) [16]byte { return startKey(master, magicServerSend) }

// ServerReceiveKey returns the 128-bit MasterReceiveKey of the authenticator,
// which is the peer's MasterSendKey.
func ServerReceiveKey(master [16]byte) [16]byte { return startKey(master, magicClientSend) }

// InnerSessionKey returns the 32 octets that EAP-FAST mixes into its key chain
// (RFC 5422, Section 3.2.3): MasterSendKey, then MasterReceiveKey, as the
// server sees them. That is the reverse of [MSK]'s order.
func InnerSessionKey(master [16]byte) (isk [32]byte) {
	send, receive := ServerSendKey(master), ServerReceiveKey(master)
	copy(isk[:], send[:])
	copy(isk[16:], receive[:])
	return isk
}

// MSK returns the 32 octets of key that EAP-MSCHAPv2 yields outside EAP-FAST:
// the server's receive key, then its send key.
func MSK(master [16]byte) (msk [32]byte) {
	send, receive := ServerSendKey(master), ServerReceiveKey(master)
	copy(msk[:], receive[:])
	copy(msk[16:], send[:])
	return msk
}
