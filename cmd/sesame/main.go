// Command sesame checks, speaks and explores the TLS handshake that a
// session-secret callback shortens.
//
// Run `sesame help` for the verbs. Each is a thin file here over a package of
// the module. The exit status is 0 for success, 1 for a failure of what was
// asked for, and 2 for a wrong flag, file or address; errors are one line.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	err := newRoot().ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(os.Stderr, "sesame: "+strings.ReplaceAll(text, "\n", " "))
	}
	var wrong usageError
	if errors.As(err, &wrong) {
		return 2
	}
	return 1
}

// usageError is a wrong flag, file or address: the user can mend it.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// usagef returns an error that ends the program with status 2. It should say
// what was wrong and what to give instead.
func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errFailed ends the program with status 1 where all has been said already.
var errFailed = errors.New("")

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "sesame",
		Short:         "The TLS handshake under EAP-FAST: modelled, implemented, checked",
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("there is no verb %q; give one of %s", args[0], strings.Join(verbs(cmd), ", "))
			}
			return cmd.Help()
		},
		Args: cobra.ArbitraryArgs,
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%v; `%s --help` lists the flags", err, cmd.CommandPath())
	})
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(newServe(), newConnect(), newCheck(), newVerify(), newModel(), newLearn(), newProbe(), newTLA(),
		newRadius(), newExplain(), newExplore(), newSupplicant(), newPAC(), newBench(), newReleases(), newShim(), newDocs(),
		newFindings())
	return root
}

func verbs(cmd *cobra.Command) (names []string) {
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return names
}

// noArgs refuses arguments that a verb does not take.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no argument, and got %q; `%[1]s --help` lists its flags", cmd.CommandPath(), args[0])
	}
	return nil
}
