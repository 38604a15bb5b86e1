package tls

import (
	"errors"
	"net"

	"github.com/sesame-tls/sesame/impl/handshake"
)

// AlertError is why a handshake or a connection failed: the alert, whether it
// was Sent or Received, the state and message in which it happened, the section
// and the requirement that were offended, and whether a ticket had been accepted
// by then (RFC 5077, Section 3.2). Find it with errors.As.
type AlertError = handshake.Error

// isTimeout reports whether err is a deadline's.
func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}
