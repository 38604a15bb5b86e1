package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sesame-tls/sesame/check/learn/mapper"
	"github.com/sesame-tls/sesame/check/learn/target"
	"github.com/sesame-tls/sesame/cmd/sesame/internal/endpoint"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// outsideFlags are the flags of endpoints at the other end of a socket.
type outsideFlags struct {
	learnFlags
	pacKey, pacOpaque, version string
	suites                     []string
	silence, timeout           time.Duration
}

func (o *outsideFlags) add(f *pflag.FlagSet) {
	o.learnFlags.add(f)
	f.StringVar(&o.callback, "callback", "", "what the endpoint's callback is to do: `unset`, accept or decline; if not given, accept with a PAC and unset without")
	f.StringVar(&o.pacKey, "pac-key", "", "the PAC-Key: 64 `HEX` digits")
	f.StringVar(&o.pacOpaque, "pac-opaque", "", "the PAC-Opaque: `HEX` digits, or @FILE")
	f.StringVar(&o.version, "max-version", "1.2", "speak `VERSION`: 1.0, 1.1 or 1.2")
	f.StringSliceVar(&o.suites, "suites", nil, "cipher `SUITES` by IANA name, the best first, comma-separated")
	f.DurationVar(&o.silence, "silence", 0, "take an answer to be whole after so long a `TIME` of silence; if not given, 25ms and more as it turns out to be needed")
	f.DurationVar(&o.timeout, "timeout", target.DefaultLimit, "wait no longer than this `TIME` for a connection or a whole answer")
}

// mapping turns the flags into a mapper's configuration.
func (o *outsideFlags) mapping() (c mapper.Config, p target.Pace, err error) {
	if err := o.check(); err != nil {
		return c, p, err
	}
	if o.silence < 0 || o.timeout <= 0 || o.silence > o.timeout {
		return c, p, usagef("--silence %v and --timeout %v; give times above zero, and a shorter silence", o.silence, o.timeout)
	}
	pac, err := endpoint.ParsePAC(o.pacKey, o.pacOpaque)
	if err != nil {
		return c, p, usageError{err}
	}
	if pac != nil {
		c.PAC = &mapper.PAC{Opaque: pac.Opaque, Secret: pac.Master}
	}
	if callbacks[o.callback] > spec.CallbackUnset && pac == nil {
		return c, p, usagef("--callback %s needs a PAC; give --pac-key and --pac-opaque", o.callback)
	}
	version, err := parseVersion("--max-version", o.version)
	if err != nil {
		return c, p, err
	}
	ids, err := parseSuites(o.suites)
	if err != nil {
		return c, p, err
	}
	for _, id := range ids {
		c.Suites = append(c.Suites, spec.SuiteID(id))
	}
	c.Version = spec.Version(version)
	return c, target.Pace{Silence: o.silence, Limit: o.timeout}, nil
}

// does returns what the callback of the endpoint is taken to do.
func (o *outsideFlags) does() spec.Callback {
	switch {
	case o.callback != "":
		return callbacks[o.callback]
	case o.pacKey != "":
		return spec.CallbackAccept
	}
	return spec.CallbackUnset
}

func newLearnServer() *cobra.Command {
	var o outsideFlags
	var serverName string
	cmd := &cobra.Command{
		Use:   "server HOST:PORT",
		Short: "Learn any server",
		Long: `Learn the machine of a server, one connection for each question. Its certificate
is not verified. With --pac-key and --pac-opaque the PAC is the good ticket;
without, a ticket that the server has issued itself. Let it be a server that
keeps a connection open: what its application does shows, too.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("learn server needs an address; give HOST:PORT, for instance 127.0.0.1:4433")
			}
			return atMostOneAddress(args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			c, pace, err := o.mapping()
			if err != nil {
				return err
			}
			c.ServerName = serverName
			s, err := target.NewServer(cmd.Context(), target.Dial(args[0]), c, pace)
			if err != nil {
				return usagef("%v; give the HOST:PORT of a TLS server that is running", err)
			}
			defer s.Close()
			return o.run(cmd, learned{s, "server " + args[0], s.Scenario(o.does()), true})
		},
	}
	o.add(cmd.Flags())
	cmd.Flags().StringVar(&serverName, "servername", "", "the `NAME` to ask for")
	return cmd
}

func newLearnClient() *cobra.Command {
	var o outsideFlags
	var listen, cert, key string
	cmd := &cobra.Command{
		Use:   "client [flags] [-- COMMAND ARG…]",
		Short: "Learn any client that connects",
		Long: `Learn the machine of a client, one connection for each question: listen, and run
COMMAND each time, in which {} stands for the address; without one, whatever
connects is taken. The client must take the certificate, which is a fresh one
that nobody has signed if --cert is not given, keep no session, and stay
connected.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if n := cmd.ArgsLenAtDash(); n > 0 || n < 0 && len(args) > 0 {
				return usagef("learn client takes no argument, and got %q; a command stands behind --", args[0])
			}
			c, pace, err := o.mapping()
			if err != nil {
				return err
			}
			if c.Chain, c.Key, err = presented(cert, key); err != nil {
				return err
			}
			run, err := commander(cmd, listen, args)
			if err != nil {
				return err
			}
			defer run.Listener.Close()
			defer run.Stop()
			s, err := target.NewClient(cmd.Context(), run.Accept, c, pace)
			if err != nil {
				return err
			}
			defer s.Close()
			name := "client"
			if len(args) > 0 {
				name += " " + strings.Join(args, " ")
			}
			return o.run(cmd, learned{s, name, s.Scenario(o.does()), true})
		},
	}
	f := cmd.Flags()
	o.add(f)
	addListening(f, &listen, &cert, &key)
	return cmd
}

// presented returns the certificate that a client is shown.
func presented(cert, key string) (wire.Chain, crypto.Signer, error) {
	if (cert == "") != (key == "") {
		return nil, nil, usagef("--cert and --key belong together: give both, or neither")
	}
	var c tls.Certificate
	if cert == "" {
		both, err := endpoint.SelfSigned()
		if err != nil {
			return nil, nil, err
		}
		c = both[1] // every client takes RSA
	} else {
		var err error
		if c, err = tls.LoadX509KeyPair(cert, key); err != nil {
			return nil, nil, usagef("--cert and --key: %v; give PEM files of a chain and of its key", err)
		}
	}
	switch c.PrivateKey.Public().(type) {
	case *rsa.PublicKey, *ecdsa.PublicKey:
	default:
		return nil, nil, usagef("--key: a key of another kind than RSA and ECDSA; give one of these")
	}
	return wire.MakeChain(c.Certificate...), c.PrivateKey, nil
}

func newLearnImpl() *cobra.Command {
	var l learnFlags
	cmd := &cobra.Command{
		Use:       "impl server|client",
		Short:     "Learn an endpoint of this implementation, in process",
		ValidArgs: []string{"server", "client"},
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] != "server" && args[0] != "client" {
				return usagef("learn impl: got %q; give server or client", strings.Join(args, " "))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := l.check(); err != nil {
				return err
			}
			role := spec.Server
			if args[0] == "client" {
				role = spec.Client
			}
			sc := target.ScenarioOf(role, callbacks[l.callback])
			s, err := target.NewImpl(role, sc, l.Seed)
			if err != nil {
				return err
			}
			return l.run(cmd, learned{s, "impl " + args[0] + " with its callback " + l.callback, sc, false})
		},
	}
	l.add(cmd.Flags())
	cmd.Flags().StringVar(&l.callback, "callback", "unset", "what its callback does: `unset`, accept or decline; a client that declines fails")
	return cmd
}
