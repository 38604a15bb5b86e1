package radiusd

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"path/filepath"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/gtc"
	"github.com/sesame-tls/sesame/impl/mschapv2"
	"github.com/sesame-tls/sesame/impl/radius"
	"github.com/sesame-tls/sesame/spec"
)

// Config is the file. Paths in it are relative to its folder; what is left out
// is as in [Example].
type Config struct {
	Listen  string `toml:"listen"`
	Metrics string `toml:"metrics"`

	Users       string `toml:"users"`
	Keys        string `toml:"keys"`
	Certificate string `toml:"certificate"`
	Key         string `toml:"key"`

	AuthorityID   string `toml:"authority_id"`
	AuthorityInfo string `toml:"authority_info"`

	Provisioning  string        `toml:"provisioning"`
	Lifetime      time.Duration `toml:"pac_lifetime"`
	RefreshWithin time.Duration `toml:"pac_refresh_within"`
	MachineLogin  bool          `toml:"machine_login"`
	Methods       []string      `toml:"methods"`
	Then          []string      `toml:"then"`
	MinVersion    string        `toml:"tls_min"`
	MaxVersion    string        `toml:"tls_max"`

	MaxSessions   int           `toml:"max_sessions"`
	Timeout       time.Duration `toml:"session_timeout"`
	Drain         time.Duration `toml:"drain"`
	UserFailures  int           `toml:"user_failures"`
	NASFailures   int           `toml:"nas_failures"`
	FailureWindow time.Duration `toml:"failure_window"`

	Clients []struct {
		Network string `toml:"network"`
		Secret  string `toml:"secret"`
	} `toml:"client"`

	// KeyLog gets the keys of tunnels; nil: nobody does.
	KeyLog io.Writer `toml:"-"`

	dir string
}

// Example is a whole file with the defaults.
const Example = `# sesame radius: all settings, with their defaults where there are any.
listen = "127.0.0.1:1812"      # UDP address
metrics = ""                   # TCP address for Prometheus; "" for none

users = "users.toml"           # [[user]] name = "...", password = "..." or nt_hash = "..."
keys = "pac.keys"              # the key ring, shared by replicas; made if it is not there
certificate = "server.pem"     # made if neither it nor its key is there
key = "server.key"

authority_id = "73657361 6d652072 61646975 73000001" # A-ID, hexadecimal; the same on all replicas
authority_info = "Sesame"      # A-ID-Info, for people

provisioning = "authenticated" # none, authenticated or anonymous
pac_lifetime = "168h"
pac_refresh_within = "24h"     # a PAC that ends within this is renewed
machine_login = false          # a Machine PAC stands in for an inner method
methods = ["mschapv2", "gtc"]  # inner methods, the best first
then = []                      # methods that must succeed after that, one after the other
tls_min = "1.2"
tls_max = "1.2"

max_sessions = 65536
session_timeout = "30s"
drain = "5s"                   # how long SIGTERM lets sessions under way go on
user_failures = 5              # of one user within failure_window; -1 for no limit
nas_failures = 100             # of one client within failure_window; -1 for no limit
failure_window = "10m"

[[client]]                     # who may ask; the longest network counts
network = "127.0.0.1/32"
secret = "testing123"
`

// Load reads a file. It refuses what it does not know.
func Load(path string) (*Config, error) {
	c := new(Config)
	if _, err := toml.Decode(Example, c); err != nil {
		return nil, err
	}
	c.Clients = nil
	meta, err := toml.DecodeFile(path, c)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("%s: there is no setting %q", path, unknown[0])
	}
	c.dir = filepath.Dir(path)
	return c, nil
}

func (c *Config) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.dir, name)
}

// authority reads authority_id, in which spaces are for the eye.
func (c *Config) authority() ([]byte, error) {
	id, err := hex.DecodeString(strings.ReplaceAll(c.AuthorityID, " ", ""))
	if err != nil {
		return nil, errors.New("authority_id is not hexadecimal")
	}
	return id, nil
}

// server returns the EAP-FAST server's settings but for its files.
func (c *Config) server() (*fast.ServerConfig, error) {
	s := &fast.ServerConfig{
		AuthorityInfo: c.AuthorityInfo, Lifetime: c.Lifetime, RefreshWithin: c.RefreshWithin, MachineLogin: c.MachineLogin,
	}
	var err error
	if s.AuthorityID, err = c.authority(); err != nil {
		return nil, err
	}
	if s.Provisioning, err = fast.ParseProvisioning(c.Provisioning); err != nil {
		return nil, fmt.Errorf("provisioning: %w", err)
	}
	if s.Methods, err = parseMethods(c.Methods); err != nil {
		return nil, fmt.Errorf("methods: %w", err)
	}
	if s.Then, err = parseMethods(c.Then); err != nil {
		return nil, fmt.Errorf("then: %w", err)
	}
	if s.MinVersion, err = parseVersion(c.MinVersion); err != nil {
		return nil, fmt.Errorf("tls_min: %w", err)
	}
	if s.MaxVersion, err = parseVersion(c.MaxVersion); err != nil {
		return nil, fmt.Errorf("tls_max: %w", err)
	}
	if s.MinVersion > s.MaxVersion {
		return nil, errors.New("tls_min is above tls_max")
	}
	return s, nil
}

func parseMethods(names []string) (methods []eap.Type, err error) {
	for _, name := range names {
		switch strings.ToLower(name) {
		case "mschapv2":
			methods = append(methods, mschapv2.Type)
		case "gtc":
			methods = append(methods, gtc.Type)
		default:
			return nil, fmt.Errorf("%q is neither mschapv2 nor gtc", name)
		}
	}
	return methods, nil
}

func parseVersion(name string) (spec.Version, error) {
	for v := spec.TLS10; v <= spec.TLS12; v++ {
		if v.String() == "TLS "+name {
			return v, nil
		}
	}
	return 0, fmt.Errorf("%q is none of 1.0, 1.1 and 1.2", name)
}

// clients reads the networks: a prefix, or one address.
func (c *Config) clients() ([]radius.NAS, error) {
	var all []radius.NAS
	for _, client := range c.Clients {
		network, err := netip.ParsePrefix(client.Network)
		if addr, errAddr := netip.ParseAddr(client.Network); err != nil && errAddr == nil {
			network, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("client: %q is no network such as 192.0.2.0/24", client.Network)
		}
		if client.Secret == "" {
			return nil, fmt.Errorf("client %s has no secret", client.Network)
		}
		all = append(all, radius.NAS{Network: network.Masked(), Secret: []byte(client.Secret)})
	}
	if len(all) == 0 {
		return nil, errors.New("there is no [[client]]: nobody could ask")
	}
	return all, nil
}
