package kx

import "github.com/sesame-tls/sesame/spec"

// Error is why a key exchange or a signature failed, with the alert for it.
type Error struct {
	Alert   spec.AlertDescription
	Section string // what was offended, for instance "RFC 7919, Section 4"; "" for the own side's faults
	Text    string
	Err     error // what a primitive said; may be nil
}

// Error returns the text, and the primitive's behind it.
func (e *Error) Error() string {
	if e.Err != nil {
		return "kx: " + e.Text + ": " + e.Err.Error()
	}
	return "kx: " + e.Text
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

func fail(a spec.AlertDescription, section, text string, err error) error {
	return &Error{Alert: a, Section: section, Text: text, Err: err}
}
