package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/check/trace"
)

func newCheckRequirements() *cobra.Command {
	return &cobra.Command{
		Use:   "requirements",
		Short: "Say what checks each requirement",
		Long: `Say what checks each requirement: the properties of the model and the tests that
cite it, each with what must fail where the check is any good. A citation
without such a twin does not count. It reads the project's tree, so it is run
inside of it.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := moduleRoot()
			if err != nil {
				return err
			}
			coverage, err := trace.Read(os.DirFS(root))
			if err != nil {
				return err
			}
			return coverage.Report(cmd.OutOrStdout())
		},
	}
}

// moduleRoot finds Sesame's tree around the working directory.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(text), "module github.com/sesame-tls/sesame\n") {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", usagef("there is no tree of Sesame around the working directory; run it inside of one")
		}
		dir = parent
	}
}
