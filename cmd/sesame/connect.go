package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/cmd/sesame/internal/endpoint"
	"github.com/sesame-tls/sesame/impl/tls"
)

func newConnect() *cobra.Command {
	var e endpointFlags
	var serverName string
	var insecure, sessionID bool
	var reconnect int
	cmd := &cobra.Command{
		Use:   "connect HOST:PORT",
		Short: "Connect by TLS, with or without a PAC, and tell the handshake",
		Long: `Connect to a server, tell the handshake as a conversation on standard error, and
carry standard input to the server and what it sends to standard output. With
--pac-key and --pac-opaque the PAC is offered; whether it was accepted stands in
the last line of the conversation. SSLKEYLOGFILE in the environment names a
file that the keys are appended to.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("connect needs an address; give HOST:PORT, for instance 127.0.0.1:4433")
			}
			return atMostOneAddress(args)
		},
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if reconnect < 0 {
				return usagef("--reconnect %d; give 0 or more", reconnect)
			}
			c := &endpoint.Client{
				Address: args[0], Reconnect: reconnect,
				In: cmd.InOrStdin(), Out: cmd.OutOrStdout(), Log: cmd.ErrOrStderr(),
			}
			if c.Config, c.PAC, c.Recorder, err = e.config(); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, c.Recorder.Close()) }()
			if err := clientConfig(c.Config, &e, args[0], serverName); err != nil {
				return err
			}
			c.Config.InsecureSkipVerify, c.Config.OfferSessionID = insecure, sessionID
			err = c.Run(cmd.Context())
			var dial *endpoint.DialError
			if errors.As(err, &dial) {
				return usagef("%v; give the HOST:PORT of a server that is running", err)
			}
			return err
		},
	}
	f := cmd.Flags()
	e.add(f)
	f.StringVar(&serverName, "servername", "", "the `NAME` to ask for and to verify; the address's host if not given")
	f.BoolVar(&insecure, "insecure", false, "take any certificate and name")
	f.BoolVar(&sessionID, "session-id", false, "send a fresh Session ID beside the PAC")
	f.IntVar(&reconnect, "reconnect", 0, "connect `N` times more, resuming what can be resumed")
	return cmd
}

// clientConfig completes what only a client has.
func clientConfig(config *tls.Config, e *endpointFlags, address, serverName string) (err error) {
	config.RootCAs, err = e.roots()
	if config.ServerName = serverName; serverName == "" {
		config.ServerName = hostOf(address)
	}
	return err
}
