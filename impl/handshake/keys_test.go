package handshake

import (
	"errors"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// TestNoKeysWithoutASecret: semantics, property 2: whatever order a table might
// run its actions in, nothing makes keys of no secret.
func TestNoKeysWithoutASecret(t *testing.T) {
	for name, act := range map[string]action{"deriveKeys": deriveKeys, "deriveMasterSecret": deriveMasterSecret} {
		var m Machine
		m.beginServer(new(Config))
		_, err := act(&m)
		var e *Error
		if !errors.As(err, &e) || e.Alert != spec.InternalError || m.keyed || m.secret != spec.NoSecret {
			t.Errorf("%s: %v, the secret is %v", name, err, m.secret)
		}
	}
}
