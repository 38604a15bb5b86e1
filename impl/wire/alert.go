package wire

import "github.com/sesame-tls/sesame/spec"

// Alert is an alert (RFC 5246, Section 7.2). It is no handshake message and has
// no header: Append appends the content of a record, and Parse reads it.
type Alert struct {
	Level       spec.AlertLevel
	Description spec.AlertDescription
}

// Append appends the alert.
func (a *Alert) Append(dst []byte) []byte {
	return append(dst, byte(a.Level), byte(a.Description))
}

// Parse reads one alert, whatever its level and description.
func (a *Alert) Parse(content []byte) bool {
	if len(content) != 2 {
		return false
	}
	a.Level, a.Description = spec.AlertLevel(content[0]), spec.AlertDescription(content[1])
	return true
}
