package main

import (
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/check/browse"
	"github.com/sesame-tls/sesame/check/web"
)

func newExplore() *cobra.Command {
	var address string
	var public bool
	cmd := &cobra.Command{
		Use:   "explore",
		Short: "Step through the model in the browser",
		Long: `Serve a page on which the model of the handshake can be stepped through, until it
is interrupted: client, network, server and attacker, the graph of all states,
the properties and their shortest counterexamples, and the same path in the
implementation, with real octets. The address of the page is the path. Nothing
that is sent to the server is kept. An address that is not this machine's alone
takes --public: whoever reaches it can make this machine work.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkAddress(address); err != nil {
				return usagef("--http: %w", err)
			}
			if err := web.Loopback(address); err != nil && !public {
				return usagef("--http: %w, or --public if that is meant", err)
			}
			l, err := net.Listen("tcp", address)
			if err != nil {
				return usagef("--http: %v; give another HOST:PORT to listen on", err)
			}
			if public {
				fmt.Fprintln(cmd.ErrOrStderr(), "sesame: warning: whoever reaches this address can make this machine work")
			}
			fmt.Fprintf(cmd.OutOrStdout(), "exploring on http://%v/\n", l.Addr())
			server := browse.New()
			server.AnyHost = public
			return browse.Serve(cmd.Context(), l, server)
		},
	}
	f := cmd.Flags()
	f.StringVar(&address, "http", "127.0.0.1:8642", "serve on `HOST:PORT`; port 0 is a free one")
	f.BoolVar(&public, "public", false, "let --http be an address that other machines reach")
	return cmd
}
