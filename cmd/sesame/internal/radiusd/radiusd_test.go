package radiusd

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const someUsers = "[[user]]\nname = \"ali\"\npassword = \"open sesame\"\n[[user]]\nname = \"baba\"\nnt_hash = \"00112233445566778899aabbccddeeff\"\nmethods = [\"mschapv2\"]\n"

// The documented defaults are a config that opens; certificate and keys are made
// once, and said.
func TestExampleOpens(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "radius.toml", Example)
	write(t, dir, "users.toml", someUsers)
	for i, want := range []int{2, 0} {
		c, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		d, err := c.Open(slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(log.String(), "made a"); got != want {
			t.Errorf("start %d: %d things were made: %s", i+1, got, log.String())
		}
		log.Reset()
		write(t, dir, "users.toml", "[[user]]")
		if d.Reload(); !strings.Contains(log.String(), "not reloaded") {
			t.Errorf("a bad file was reloaded: %s", log.String())
		}
		write(t, dir, "users.toml", someUsers)
		if d.Reload(); !strings.Contains(log.String(), "reloaded users") {
			t.Errorf("not reloaded: %s", log.String())
		}
	}
	for _, name := range []string{"pac.keys", "server.key"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

func TestConfigRefuses(t *testing.T) {
	client := "[[client]]\nnetwork = \"127.0.0.1\"\nsecret = \"x\"\n"
	for name, c := range map[string]struct{ config, users, want string }{
		"unknown setting":   {"colour = 1\n" + client, someUsers, "colour"},
		"no client":         {"", someUsers, "no [[client]]"},
		"no secret":         {"[[client]]\nnetwork = \"127.0.0.1\"\n", someUsers, "no secret"},
		"no network":        {"[[client]]\nnetwork = \"x\"\nsecret = \"x\"\n", someUsers, "no network"},
		"provisioning":      {"provisioning = \"maybe\"\n" + client, someUsers, "maybe"},
		"method":            {"methods = [\"md5\"]\n" + client, someUsers, "md5"},
		"version":           {"tls_min = \"1.3\"\n" + client, someUsers, "1.3"},
		"versions":          {"tls_max = \"1.0\"\n" + client, someUsers, "above"},
		"authority":         {"authority_id = \"zz\"\n" + client, someUsers, "hexadecimal"},
		"empty authority":   {"authority_id = \"\"\n" + client, someUsers, "A-ID"},
		"user without name": {client, "[[user]]\npassword = \"x\"\n", "1 to 253"},
		"user twice":        {client, someUsers + someUsers, "twice"},
		"password and hash": {client, "[[user]]\nname = \"a\"\npassword = \"x\"\nnt_hash = \"x\"\n", "one of"},
		"hash":              {client, "[[user]]\nname = \"a\"\nnt_hash = \"x\"\n", "hexadecimal"},
		"user's setting":    {client, "[[user]]\nname = \"a\"\npasword = \"x\"\n", "pasword"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := write(t, dir, "radius.toml", c.config)
			write(t, dir, "users.toml", c.users)
			config, err := Load(path)
			if err == nil {
				_, err = config.Open(slog.New(slog.DiscardHandler))
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
