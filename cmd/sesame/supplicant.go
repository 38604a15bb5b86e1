package main

import (
	"crypto/x509"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/cmd/sesame/internal/supplicant"
	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/gtc"
	"github.com/sesame-tls/sesame/impl/mschapv2"
	"github.com/sesame-tls/sesame/spec"
)

// supplicantFlags are the flags that are not options as they stand.
type supplicantFlags struct {
	secret, ca, provision, pacFile, format, kind, method, version string
}

func newSupplicant() *cobra.Command {
	var o supplicant.Options
	var flags supplicantFlags
	cmd := &cobra.Command{
		Use:   "supplicant",
		Short: "Authenticate by EAP-FAST against a RADIUS server",
		Long: `Authenticate by EAP-FAST against a RADIUS server, as NAS and supplicant at once,
and print what happened phase by phase; with --repeat, how often and how fast.
Without --pac-file a PAC lives no longer than the command. SSLKEYLOGFILE in the
environment names a file that the keys of tunnels are appended to.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := flags.into(&o); err != nil {
				return err
			}
			keyLog, err := openKeyLog()
			if err != nil {
				return err
			}
			if keyLog != nil {
				defer keyLog.Close()
				o.Peer.KeyLogWriter = keyLog
			}
			o.Out = cmd.OutOrStdout()
			if o.Repeat > 1 {
				live := ladder.NewLive(cmd.ErrOrStderr(), "authenticating")
				defer live.End()
				o.Progress = live.Show
			}
			_, err = supplicant.Run(cmd.Context(), &o)
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Client.Server, "server", "127.0.0.1:1812", "the RADIUS server's `ADDRESS`")
	f.StringVar(&flags.secret, "secret", "testing123", "the shared secret")
	f.StringVar(&o.Peer.Identity, "identity", "", "the `USER`")
	f.StringVar(&o.Peer.Password, "password", "", "the user's password")
	f.StringVar(&o.Anonymous, "anonymous-identity", "anonymous", "the identity outside of the tunnel")
	f.StringVar(&flags.ca, "ca", "", "PEM `FILE` of the certificates to trust; without one, none is")
	f.StringVar(&o.Peer.ServerName, "server-name", "", "the name in the server's certificate; empty: any")
	f.StringVar(&flags.provision, "provision", "none", "how to get a PAC: none, authenticated or anonymous")
	f.StringVar(&flags.pacFile, "pac-file", "", "the `FILE` of PACs")
	f.StringVar(&flags.format, "pac-format", "sesame", "of a new file: sesame, wpa or wpa-binary")
	f.StringVar(&flags.kind, "pac-type", "tunnel", "of the PAC that opens the tunnel: tunnel or machine")
	f.StringVar(&flags.method, "method", "mschapv2,gtc", "inner methods, the best first")
	f.StringVar(&flags.version, "tls", "1.2", "the TLS version: 1.0, 1.1 or 1.2")
	f.IntVar(&o.Repeat, "repeat", 1, "how often")
	f.IntVar(&o.Parallel, "parallel", 1, "how many at once")
	return cmd
}

// openKeyLog opens the file that SSLKEYLOGFILE names; nil: none is named.
func openKeyLog() (*os.File, error) {
	name := os.Getenv("SSLKEYLOGFILE")
	if name == "" {
		return nil, nil
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, usagef("SSLKEYLOGFILE: %v; name a file that can be written, or unset it", err)
	}
	return file, nil
}

// into fills the options from the flags.
func (f *supplicantFlags) into(o *supplicant.Options) (err error) {
	if o.Peer.Identity == "" {
		return usagef("give --identity and --password")
	}
	if o.Repeat < 1 || o.Parallel < 1 {
		return usagef("--repeat and --parallel begin at 1")
	}
	o.Client.Secret, o.Client.MTU = []byte(f.secret), 1400
	if o.Peer.Provisioning, err = fast.ParseProvisioning(f.provision); err != nil {
		return usagef("--provision: %w", err)
	}
	if o.Peer.Type, err = fast.ParsePACType(f.kind); err != nil {
		return usagef("--pac-type: %w", err)
	}
	if f.ca != "" {
		if o.Peer.Roots, err = readRoots(f.ca); err != nil {
			return usagef("--ca: %w", err)
		}
	}
	format, err := fast.ParseFormat(f.format)
	if err != nil {
		return usagef("--pac-format: %w", err)
	}
	o.Peer.Store = new(fast.PACs)
	if f.pacFile != "" {
		if o.Peer.Store, err = fast.OpenStore(f.pacFile, format); err != nil {
			return usagef("--pac-file: %w", err)
		}
	}
	if o.Peer.Methods, err = innerMethods(f.method); err != nil {
		return err
	}
	for v := spec.TLS10; v <= spec.TLS12; v++ {
		if v.String() == "TLS "+f.version {
			o.Peer.MinVersion, o.Peer.MaxVersion = v, v
			return nil
		}
	}
	return usagef("--tls: %q is none of 1.0, 1.1 and 1.2", f.version)
}

func innerMethods(names string) (methods []eap.Type, err error) {
	for name := range strings.SplitSeq(names, ",") {
		switch name {
		case "mschapv2":
			methods = append(methods, mschapv2.Type)
		case "gtc":
			methods = append(methods, gtc.Type)
		default:
			return nil, usagef("--method: %q is neither mschapv2 nor gtc", name)
		}
	}
	return methods, nil
}

// readRoots reads the certificates of a PEM file.
func readRoots(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, usagef("%s has no certificate", path)
	}
	return pool, nil
}
