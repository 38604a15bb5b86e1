package main

import (
	"errors"
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/cmd/sesame/internal/endpoint"
	"github.com/sesame-tls/sesame/impl/tls"
)

func newServe() *cobra.Command {
	var e endpointFlags
	var www, echo, pacIsAuth bool
	var accept int
	var clientAuth string
	cmd := &cobra.Command{
		Use:   "serve [HOST:PORT]",
		Short: "Serve TLS, with or without a PAC",
		Long: `Serve TLS on an address, 127.0.0.1:4433 if none is given. Without --cert the
certificate is self-signed and made for the occasion. With --pac-key and
--pac-opaque a client that offers the same opaque ticket gets a shortened
handshake, and every other client a full one. Received data is printed, unless
--www or --echo say otherwise. SSLKEYLOGFILE in the environment names a file
that the keys are appended to.`,
		Args: func(_ *cobra.Command, args []string) error { return atMostOneAddress(args) },
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			s := &endpoint.Server{Accept: accept, Out: cmd.OutOrStdout(), Log: cmd.ErrOrStderr()}
			switch {
			case www && echo:
				return usagef("--www and --echo exclude each other; give one")
			case www:
				s.Answer = endpoint.Page
			case echo:
				s.Answer = endpoint.Echo
			}
			if s.Config, s.PAC, s.Recorder, err = e.config(); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.Recorder.Close()) }()
			if err := serverConfig(s.Config, &e, clientAuth, pacIsAuth); err != nil {
				return err
			}
			address := "127.0.0.1:4433"
			if len(args) > 0 {
				address = args[0]
			}
			l, err := net.Listen("tcp", address)
			if err != nil {
				return usagef("%v; give another HOST:PORT to listen on", err)
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "listening on %v\n", l.Addr())
			return s.Run(cmd.Context(), l)
		},
	}
	f := cmd.Flags()
	e.add(f)
	f.BoolVar(&www, "www", false, "answer any HTTP GET with a page of facts about the connection")
	f.BoolVar(&echo, "echo", false, "send back what is received")
	f.IntVar(&accept, "accept", 0, "stop after `N` connections; 0 goes on")
	f.StringVar(&clientAuth, "client-auth", "none", "ask clients for a certificate: `none`, request or require")
	f.BoolVar(&pacIsAuth, "pac-is-client-auth", false, "let a PAC stand in for a required client certificate")
	return cmd
}

// serverConfig completes what only a server has.
func serverConfig(config *tls.Config, e *endpointFlags, clientAuth string, pacIsAuth bool) (err error) {
	config.TicketIsClientAuth = pacIsAuth
	config.ServerSessionCache = tls.NewLRUServerSessionCache(0)
	if config.ClientCAs, err = e.roots(); err != nil {
		return err
	}
	switch {
	case clientAuth == "none":
	case clientAuth == "request" && config.ClientCAs != nil:
		config.ClientAuth = tls.VerifyClientCertIfGiven
	case clientAuth == "request":
		config.ClientAuth = tls.RequestClientCert
	case clientAuth == "require" && config.ClientCAs != nil:
		config.ClientAuth = tls.RequireAndVerifyClientCert
	case clientAuth == "require":
		config.ClientAuth = tls.RequireAnyClientCert
	default:
		return usagef("--client-auth: %q; give none, request or require", clientAuth)
	}
	if config.Certificates == nil {
		config.Certificates, err = endpoint.SelfSigned()
	}
	return err
}

func atMostOneAddress(args []string) error {
	if len(args) > 1 {
		return usagef("%d arguments; give one HOST:PORT", len(args))
	}
	if len(args) == 1 {
		return checkAddress(args[0])
	}
	return nil
}
