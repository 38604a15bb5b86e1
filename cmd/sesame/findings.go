package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/check/cc"
	"github.com/sesame-tls/sesame/check/checkout"
	"github.com/sesame-tls/sesame/check/findings"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/releases"
)

func newFindings() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "findings",
		Short: "Show what is wrong with TLS libraries, and run the programs that show it",
		Long: `Show what is wrong with the session-secret path of OpenSSL's and wolfSSL's
releases: one finding for each root cause, with a standalone C program that
fails on the affected releases and passes on the others; where all that it shows
is in the clear, with one in Python too. In a checkout, findings of the untracked
folder check/findings/untriaged are shown too.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("findings has no verb %q; give one of %s", args[0], strings.Join(verbs(cmd), ", "))
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(newFindingsList(), newFindingsShow(), newFindingsRun())
	return cmd
}

// everyFinding returns the public findings and, in a checkout, the untriaged.
func everyFinding(cmd *cobra.Command) ([]findings.Finding, error) {
	all, err := findings.All()
	if err != nil {
		return nil, err
	}
	root, err := checkout.Root(cmd.Context())
	if err != nil {
		return all, nil
	}
	untriaged, err := findings.Untriaged(root)
	return append(all, untriaged...), err
}

func newFindingsList() *cobra.Command {
	return newListing("List the findings", func(cmd *cobra.Command) (any, string, error) {
		all, err := everyFinding(cmd)
		text := ""
		for _, f := range all {
			where := "not public"
			if len(f.References) > 0 {
				where = strings.Join(f.References, " ")
			}
			text += fmt.Sprintf("%-33s %-8s %s [%s; %s]\n", f.ID, f.Library, f.Title, strings.Join(f.Requirements, " "), where)
		}
		return all, text, err
	})
}

func newFindingsShow() *cobra.Command {
	var issue, reproducer, python bool
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show a finding: in short, as the text of an issue, or its program",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("findings show takes one ID, and got %d; `sesame findings list` has them", len(args))
			}
			if issue && reproducer || issue && python || reproducer && python {
				return usagef("give one of --issue, --reproducer and --python")
			}
			all, err := everyFinding(cmd)
			if err != nil {
				return err
			}
			f, err := findings.ByID(all, args[0])
			if err != nil {
				return usageError{err}
			}
			text := ""
			switch {
			case issue:
				text, err = f.Issue()
			case reproducer:
				text, err = f.Reproducer()
			case python:
				var ok bool
				if text, ok, err = f.Python(); err == nil && !ok {
					return usagef("%s has no program in Python, since not all that it shows is in the clear; --reproducer prints the one in C", f.ID)
				}
			default:
				text, err = f.Summary()
			}
			if err == nil {
				_, err = io.WriteString(cmd.OutOrStdout(), text)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&issue, "issue", false, "print a text to report it with, in Markdown")
	cmd.Flags().BoolVar(&reproducer, "reproducer", false, "print the program that shows it, in C")
	cmd.Flags().BoolVar(&python, "python", false, "print the program that shows it at any endpoint, in Python, where all is in the clear")
	return cmd
}

func newFindingsRun() *cobra.Command {
	var names []string
	var asan bool
	cmd := &cobra.Command{
		Use:   "run [ID…]",
		Short: "Compile and run the findings' programs, and say which releases are affected",
		Long: `Compile the programs of all findings, or of those that are named, against the
machine's libssl or the releases of --release, and run each for ` + findings.Limit.String() + ` at most;
those in Python behind the release's shim. The exit status is 1 if one does not
do what the table of affected releases says.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			libs, err := librariesOf(cmd, names, asan)
			if err != nil {
				return err
			}
			all, err := everyFinding(cmd)
			if err != nil {
				return err
			}
			if len(args) > 0 {
				var picked []findings.Finding
				for _, id := range args {
					f, err := findings.ByID(all, id)
					if err != nil {
						return usageError{err}
					}
					picked = append(picked, f)
				}
				all = picked
			}
			return runFindings(cmd, all, libs)
		},
	}
	cmd.Flags().StringSliceVar(&names, "release", nil, "run against these `RELEASES`, comma-separated: names of sesame releases list, all that are built, or system; if not given, system")
	cmd.Flags().BoolVar(&asan, "asan", false, "against the builds with AddressSanitizer")
	return cmd
}

// librariesOf returns the libraries that --release names.
func librariesOf(cmd *cobra.Command, names []string, asan bool) (libs []cc.Library, err error) {
	if len(names) == 0 && !asan {
		names = []string{cc.System}
	}
	if len(names) == 0 || len(names) == 1 && names[0] == "all" {
		if libs = releases.Built(asan); len(libs) == 0 {
			return nil, fmt.Errorf("no release is built; sesame releases build all builds them")
		}
		return libs, nil
	}
	for _, name := range names {
		if name != cc.System {
			if _, err := releases.ByName(name); err != nil {
				return nil, usagef("--release: %v, and %s", err, cc.System)
			}
		}
		lib, err := releases.Find(cmd.Context(), name, asan)
		if err != nil {
			return nil, err
		}
		libs = append(libs, lib)
	}
	return libs, nil
}

func runFindings(cmd *cobra.Command, all []findings.Finding, libs []cc.Library) error {
	todo, err := findings.Runs(all, libs)
	if err != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "%v\n", err)
	}
	if len(todo) == 0 {
		return usagef("none of the findings is about the releases that were named")
	}
	line := ladder.NewLive(cmd.ErrOrStderr(), "findings")
	var wrong []string
	text := ""
	for i, r := range todo {
		line.Show(i, len(todo), r.Program()+" on "+r.Library.Name)
		r, err := r.Run(cmd.Context())
		if err != nil {
			line.End()
			return err
		}
		text += fmt.Sprintf("%-12s %-33s %-18s %s\n", r.Outcome, r.Program(), findings.Column(r.Library), r.Said())
		if w := r.Judge(); w != "" {
			wrong = append(wrong, w)
		}
	}
	line.End()
	fmt.Fprint(cmd.OutOrStdout(), text)
	if len(wrong) > 0 {
		fmt.Fprintf(cmd.OutOrStdout(), "not as the table says:\n%s\n", strings.Join(wrong, "\n"))
		return errFailed
	}
	return nil
}
