package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/check/interop"
)

func newShim() *cobra.Command {
	names := slices.Sorted(maps.Keys(interop.Shims))
	return &cobra.Command{
		Use:   "shim impl|crypto-tls",
		Short: "Be a system under test: lines of options in, verdicts out",
		Long: `Be a system under test, as docs/shim.md says: each line of options on standard
input makes a connection, and each connection a line of JSON on standard output.
impl is this implementation; crypto-tls is Go's, which has no session-secret
callback.`,
		ValidArgs: names,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || !slices.Contains(names, args[0]) {
				return usagef("shim: got %q; give %s", strings.Join(args, " "), strings.Join(names, " or "))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return interop.Serve(cmd.Context(), args[0], cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
}
