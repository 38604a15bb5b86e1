package handshake

type derived struct{}
