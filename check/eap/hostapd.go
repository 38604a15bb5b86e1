package eap

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// hostapd is a running hostapd with its RADIUS server.
type hostapd struct {
	cmd  *exec.Cmd
	port int
	log  bytes.Buffer
}

// startHostapd starts one for a step.
func startHostapd(ctx context.Context, p *place, s Step) (*hostapd, error) {
	h := new(hostapd)
	var err error
	if h.port, err = freePort(); err != nil {
		return nil, err
	}
	lifetime, refresh := 7*24*time.Hour, 24*time.Hour
	if s.Short != 0 {
		lifetime, refresh = s.Short, time.Second
	}
	if s.Refresh {
		refresh = lifetime + time.Second
	}
	key := "000102030405060708090a0b0c0d0e0f"
	if s.OtherKey {
		key = "ffeeddccbbaa99887766554433221100"
	}
	prov := map[string]int{"none": 0, "anonymous": 1, "authenticated": 2}[s.serverProvision().String()]
	conf := fmt.Sprintf(`driver=none
logger_stdout=-1
logger_stdout_level=0
radius_server_clients=%s
radius_server_auth_port=%d
eap_server=1
eap_user_file=%s
ca_cert=%s
server_cert=%s
private_key=%s
dh_file=%s
pac_opaque_encr_key=%s
eap_fast_a_id=%x
eap_fast_a_id_info=hostapd
eap_fast_prov=%d
pac_key_lifetime=%d
pac_key_refresh_time=%d
`, filepath.Join(p.dir, "clients"), h.port, filepath.Join(p.dir, "users"), p.pki.caFile, p.pki.certFile, p.pki.keyFile, p.dh,
		key, authority, prov, int(lifetime.Seconds()), int(refresh.Seconds()))
	if !p.by.internal {
		conf += "openssl_ciphers=DEFAULT:@SECLEVEL=0\n"
	}
	users := fmt.Sprintf("*\tFAST\n%q\t%s\t%q\t[2]\n", user, s.Inner, password)
	for name, text := range map[string]string{"hostapd.conf": conf, "users": users, "clients": "127.0.0.1/32\t" + secret + "\n"} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	h.cmd = exec.CommandContext(ctx, p.by.hostapd, "-dd", filepath.Join(p.dir, "hostapd.conf"))
	h.cmd.Stdout, h.cmd.Stderr = &h.log, &h.log
	return h, h.cmd.Start()
}

// stop ends it, and returns what it has said.
func (h *hostapd) stop() string {
	h.cmd.Process.Kill()
	h.cmd.Wait()
	return h.log.String()
}
