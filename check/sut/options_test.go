package sut

import (
	"reflect"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

// TestOptions: what a shim is told is what it reads.
func TestOptions(t *testing.T) {
	for name, o := range map[string]Options{
		"nothing": {EMS: true, EtM: true, Tickets: true, Callback: spec.CallbackUnset, Role: spec.Client},
		"client": {Role: spec.Client, Min: spec.TLS10, Max: spec.TLS12, Suites: []spec.SuiteID{0xc02f, 0x2f}, Callback: spec.CallbackAccept,
			PACKey: []byte{1, 2}, PACOpaque: []byte{3}, CAFile: "ca.pem", Verify: spec.ClientAuthRequest, ServerName: "server.test",
			Session: "3082", Save: true, Data: 20000, EMS: true},
		"server": {Role: spec.Server, Callback: spec.CallbackWrongLength, Length: 47, Named: 0xc030, Absent: true, CertFile: "c", KeyFile: "k",
			ALPN: "h2", Groups: "X25519", EtM: true, Tickets: true, Verify: spec.ClientAuthRequire},
		"declines":  {Role: spec.Server, Callback: spec.CallbackDecline},
		"untouched": {Role: spec.Server, Callback: spec.CallbackAccept, Untouched: true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseOptions(strings.Fields(o.String() + " later=1 connection=4"))
			if err != nil || !reflect.DeepEqual(got, o) {
				t.Errorf("%v\nis read as %+v, %v,\nwant %+v", o, got, err, o)
			}
		})
	}
	for _, bad := range []string{"role=judge", "min=TLS", "suites=c02f,", "pac_key=0", "callback=maybe", "verify=never", "ems=on"} {
		if _, err := ParseOptions([]string{bad}); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}
