package main

import (
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/cmd/sesame/internal/radiusd"
)

func newRadius() *cobra.Command {
	var config string
	var example, json bool
	cmd := &cobra.Command{
		Use:   "radius",
		Short: "Serve EAP-FAST over RADIUS",
		Long: `Serve EAP-FAST over RADIUS until SIGTERM, which lets sessions under way end.
SIGHUP reads users, keys and certificate again. --example prints a whole
configuration with its defaults; a certificate and a key ring are made where
there are none. SSLKEYLOGFILE in the environment names a file that the keys of
tunnels are appended to.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if example {
				fmt.Fprint(cmd.OutOrStdout(), radiusd.Example)
				return nil
			}
			if config == "" {
				return usagef("give --config FILE; `sesame radius --example` prints one")
			}
			c, err := radiusd.Load(config)
			if err != nil {
				return usagef("--config: %w", err)
			}
			var handler slog.Handler = slog.NewTextHandler(cmd.ErrOrStderr(), nil)
			if json {
				handler = slog.NewJSONHandler(cmd.ErrOrStderr(), nil)
			}
			keyLog, err := openKeyLog()
			if err != nil {
				return err
			}
			if keyLog != nil {
				defer keyLog.Close()
				c.KeyLog = keyLog
			}
			daemon, err := c.Open(slog.New(handler))
			if err != nil {
				return usagef("--config: %w", err)
			}
			hangup := make(chan os.Signal, 1)
			signal.Notify(hangup, syscall.SIGHUP)
			defer signal.Stop(hangup)
			collectSeldom()
			return daemon.Run(cmd.Context(), hangup)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&config, "config", "c", "", "TOML `FILE`")
	f.BoolVar(&example, "example", false, "print a configuration and end")
	f.BoolVar(&json, "json", false, "log as JSON")
	return cmd
}

// collectSeldom lets the garbage collector wait, while the heap is small, for
// four times what lives: little lives but the sessions under way. Beyond a few
// gigabytes, as many sessions as there may be at once, it works as ever. Who has
// set GOGC or GOMEMLIMIT knows better.
func collectSeldom() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(2 << 30)
	}
}
