package eap

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/spec"
)

// got is how a step has ended.
type got struct {
	Want
	Keys bool   // keys agree on both ends
	Log  string // what both sides have said, for a difference
}

// eapolTest runs wpa_supplicant's EAP-FAST against a server. With a blob it runs
// two authentications in one process, and reports both.
func eapolTest(ctx context.Context, p *place, c *Case, s Step, pacFile string, port int) ([]got, error) {
	phase1 := []string{fmt.Sprintf("fast_provisioning=%d", map[string]int{"none": 0, "anonymous": 1, "authenticated": 2}[s.Provision.String()])}
	if c.Format == fast.FormatWPABinary {
		phase1 = append(phase1, "fast_pac_format=binary")
	}
	for i, v := range []spec.Version{spec.TLS10, spec.TLS11, spec.TLS12} {
		off := 1
		if v == c.version() {
			off = 0
		}
		phase1 = append(phase1, fmt.Sprintf("tls_disable_tlsv1_%d=%d", i, off))
	}
	conf := fmt.Sprintf("network={\n\tssid=\"interop\"\n\tkey_mgmt=WPA-EAP\n\teap=FAST\n\tidentity=%q\n\tanonymous_identity=\"anonymous\"\n"+
		"\tpassword=%q\n\tphase1=%q\n\tphase2=\"auth=%s\"\n\tpac_file=%q\n",
		user, password, strings.Join(phase1, " "), s.Inner, pacFile)
	if !p.by.internal {
		conf += "\topenssl_ciphers=\"DEFAULT:@SECLEVEL=0\"\n"
	}
	if !s.NoRoots {
		conf += fmt.Sprintf("\tca_cert=%q\n", p.pki.caFile)
	}
	file := filepath.Join(p.dir, "eapol_test.conf")
	if err := os.WriteFile(file, []byte(conf+"}\n"), 0o600); err != nil {
		return nil, err
	}
	args := []string{"-c", file, "-a", "127.0.0.1", "-p", strconv.Itoa(port), "-s", secret, "-t", "20"}
	if c.Blob {
		args = append(args, "-r", "1")
	}
	out, err := exec.CommandContext(ctx, p.by.eapolTest, args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, err
	}
	return readEapolTest(string(out)), nil
}

// readEapolTest reads what eapol_test has printed, for each authentication. How
// many keys agreed it says once, at the end; whether the PAC opened the tunnel,
// only OpenSSL's.
func readEapolTest(log string) (all []got) {
	for _, part := range strings.Split(log, "eapol_test: Triggering EAP reauthentication") {
		all = append(all, got{
			Want: Want{
				Access:  strings.Contains(part, "CTRL-EVENT-EAP-SUCCESS"),
				Resumed: strings.Contains(part, "resumed=1"),
				NewPAC:  strings.Contains(part, "EAP-FAST: PAC-Key - hexdump"),
			},
			Log: part,
		})
	}
	agreed := strings.Contains(log, fmt.Sprintf("MPPE keys OK: %d  mismatch: 0", len(all)))
	for i := range all {
		all[i].Keys = agreed
	}
	return all
}

func (c *Case) version() spec.Version {
	if c.Version == 0 {
		return spec.TLS12
	}
	return c.Version
}
