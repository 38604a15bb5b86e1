package main

import (
	"context"
	"fmt"
	"net"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sesame-tls/sesame/check/learn/target"
	"github.com/sesame-tls/sesame/check/probe"
	"github.com/sesame-tls/sesame/cmd/sesame/internal/endpoint"
)

// pacFlags are the PAC that a remote system knows.
type pacFlags struct{ key, opaque string }

func (p *pacFlags) add(f *pflag.FlagSet) {
	f.StringVar(&p.key, "pac-key", "", "the PAC-Key: 64 `HEX` digits")
	f.StringVar(&p.opaque, "pac-opaque", "", "the PAC-Opaque: `HEX` digits, or @FILE")
}

func (p *pacFlags) parse() (probe.PAC, error) {
	pac, err := endpoint.ParsePAC(p.key, p.opaque)
	if err != nil {
		return probe.PAC{}, usageError{err}
	}
	if pac == nil {
		return probe.PAC{}, nil
	}
	return probe.PAC{Key: pac.Key, Opaque: pac.Opaque}, nil
}

// identities are what the player shows.
func identities(cert, key string) (probe.Identities, error) {
	chain, signer, err := presented(cert, key)
	if err != nil {
		return probe.Identities{}, err
	}
	one := probe.Identity{Chain: chain, Key: signer}
	return probe.Identities{Server: one, ServerECDSA: one, Client: one, ClientECDSA: one}, nil
}

func newProbeServer() *cobra.Command {
	var p probeFlags
	var pac pacFlags
	cmd := &cobra.Command{
		Use:   "server HOST:PORT",
		Short: "Probe a server that runs",
		Long: `Probe a server as it is, with the cases that need no other setup: TLS 1.2 with
ECDHE_RSA_WITH_AES_128_GCM_SHA256 and an RSA certificate. With --pac-key and
--pac-opaque its callback accepts that PAC and declines others; without, it has
no callback, and issues tickets. Let it be a server that keeps a connection open.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("probe server needs an address; give HOST:PORT, for instance 127.0.0.1:4433")
			}
			return atMostOneAddress(args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			known, err := pac.parse()
			if err != nil {
				return err
			}
			shown, err := identities("", "")
			if err != nil {
				return err
			}
			return p.with(cmd, func(ctx context.Context) (probe.System, func(), error) {
				conn, err := target.Dial(args[0])(ctx)
				if err != nil {
					return nil, nil, usagef("%v; give the HOST:PORT of a TLS server that is running", err)
				}
				conn.Close()
				return probe.NewServer(args[0], known, shown), func() {}, nil
			})
		},
	}
	p.add(cmd.Flags())
	pac.add(cmd.Flags())
	return cmd
}

func newProbeClient() *cobra.Command {
	var p probeFlags
	var pac pacFlags
	var listen, cert, key string
	cmd := &cobra.Command{
		Use:   "client [flags] [-- COMMAND ARG…]",
		Short: "Probe a client that connects",
		Long: `Probe a client as it is, with the cases that need no other setup: listen, and run
COMMAND for each case, in which {} stands for the address; without one, whatever
connects is taken. The client must take the certificate, which is a fresh one
that nobody has signed if --cert is not given, keep no session, and offer the PAC
of --pac-key and --pac-opaque, if they are given.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if n := cmd.ArgsLenAtDash(); n > 0 || n < 0 && len(args) > 0 {
				return usagef("probe client takes no argument, and got %q; a command stands behind --", args[0])
			}
			known, err := pac.parse()
			if err != nil {
				return err
			}
			shown, err := identities(cert, key)
			if err != nil {
				return err
			}
			return p.with(cmd, func(context.Context) (probe.System, func(), error) {
				run, err := commander(cmd, listen, args)
				if err != nil {
					return nil, nil, err
				}
				name := strings.TrimSpace("client " + strings.Join(args, " "))
				return probe.NewClient(name, run.Accept, known, shown), func() { run.Stop(); run.Listener.Close() }, nil
			})
		},
	}
	f := cmd.Flags()
	p.add(f)
	pac.add(f)
	addListening(f, &listen, &cert, &key)
	return cmd
}

// addListening adds the flags of verbs that a client connects to.
func addListening(f *pflag.FlagSet, listen, cert, key *string) {
	f.StringVar(listen, "listen", "127.0.0.1:0", "the `ADDRESS` to listen on")
	f.StringVar(cert, "cert", "", "certificate chain to show, a PEM `FILE`")
	f.StringVar(key, "key", "", "its private key, a PEM `FILE`")
}

// commander listens for clients, which a command makes connect; without one, it
// says where it listens.
func commander(cmd *cobra.Command, listen string, command []string) (*target.Commander, error) {
	address, err := net.ResolveTCPAddr("tcp", listen)
	if err != nil {
		return nil, usagef("--listen: %v; give HOST:PORT, for instance 127.0.0.1:0", err)
	}
	l, err := net.ListenTCP("tcp", address)
	if err != nil {
		return nil, usagef("--listen: %v; give an address of this machine that is free", err)
	}
	if len(command) == 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "listening on %v\n", l.Addr())
	}
	return &target.Commander{Listener: l, Command: command}, nil
}
