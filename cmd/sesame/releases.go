package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/releases"
)

func newReleases() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "releases",
		Short: "Build real releases of OpenSSL and wolfSSL, for programs that judge them",
		Long: `Build real releases of OpenSSL and wolfSSL from the crates that carry their
sources, and say where they are. Headers and static libraries are kept in the
user's cache folder; what has been built is not built again. It needs cargo,
gcc, make, perl and cmake.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("releases has no verb %q; give one of %s", args[0], strings.Join(verbs(cmd), ", "))
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(newReleasesBuild(), newReleasesList(), newReleasesPath(), newReleasesEnv())
	return cmd
}

func newReleasesBuild() *cobra.Command {
	var o releases.Options
	cmd := &cobra.Command{
		Use:   "build VERSION… | all",
		Short: "Build releases that are not there yet",
		Long: `Build releases that are not there yet, one after the other: openssl-3.2.1 or
3.2.1 names one, all is all of them. A release takes up to some minutes of all
cores. One that fails does not keep the others from being built. The command may
be interrupted: what was built stays, and the same command goes on with the rest.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			list, err := named(args)
			if err != nil {
				return err
			}
			if o.Jobs < 1 {
				return usagef("--jobs %d; give 1 or more", o.Jobs)
			}
			var failed []error
			for i, r := range list {
				err := buildRelease(cmd, r, o, fmt.Sprintf("%s (%d of %d)", r.Name(), i+1, len(list)))
				var failure *releases.Failure
				if err != nil && !errors.As(err, &failure) {
					return err // the others would end like it
				}
				failed = append(failed, err)
			}
			return errors.Join(failed...)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.ASan, "asan", false, "build with AddressSanitizer, beside the plain build")
	f.IntVar(&o.Jobs, "jobs", runtime.GOMAXPROCS(0), "run `N` compilers at once")
	return cmd
}

// named returns the releases that the arguments name.
func named(args []string) (list []releases.Release, err error) {
	if len(args) == 0 {
		return nil, usagef("name the releases to build, or all; `sesame releases list` has the names")
	}
	if slices.Equal(args, []string{"all"}) {
		return releases.Releases(), nil
	}
	for _, arg := range args {
		r, err := releases.ByName(arg)
		if err != nil {
			return nil, usageError{err}
		}
		list = append(list, r)
	}
	return list, nil
}

func buildRelease(cmd *cobra.Command, r releases.Release, o releases.Options, title string) error {
	line := ladder.NewLive(cmd.ErrOrStderr(), title)
	o.Progress = func(files int, at string) { line.Show(files, 0, "files compiled; "+at) }
	_, err := r.Build(cmd.Context(), o)
	line.End()
	var failure *releases.Failure
	switch {
	case errors.As(err, &failure):
		fmt.Fprintln(cmd.ErrOrStderr(), failure.Tail)
		return err
	case errors.Is(err, context.Canceled):
		return errors.New("interrupted")
	case err != nil:
		return err
	}
	dir, err := r.Dir(o.ASan)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%-15s %s\n", r.Name(), dir)
	return nil
}

func newReleasesList() *cobra.Command {
	return newListing("List the releases, and which of them are built", func(*cobra.Command) (any, string, error) {
		type row struct {
			Name string `json:"name"`
			releases.Release
			Built bool `json:"built"`
			ASan  bool `json:"asan"`
		}
		var rows []row
		text := ""
		for _, r := range releases.Releases() {
			_, plain := r.Find(false)
			_, asan := r.Find(true)
			rows = append(rows, row{r.Name(), r, plain == nil, asan == nil})
			text += fmt.Sprintf("%-15s %-9s %-10s %s %s\n", r.Name(), ifSo(plain == nil, "built", "not built"), ifSo(asan == nil, "built asan", ""), r.Crate, r.At)
		}
		return rows, text, nil
	})
}

// newListing is a verb that lists all of something, in text or in JSON.
func newListing(short string, list func(cmd *cobra.Command) (all any, text string, err error)) *cobra.Command {
	var jsonFile string
	cmd := &cobra.Command{
		Use:   "list",
		Short: short,
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			target, closeTarget, err := jsonTo(jsonFile, cmd.OutOrStdout())
			if err != nil {
				return err
			}
			defer closeTarget()
			all, text, err := list(cmd)
			if err != nil {
				return err
			}
			if target == nil {
				_, err := io.WriteString(cmd.OutOrStdout(), text)
				return err
			}
			enc := json.NewEncoder(target)
			enc.SetIndent("", " ")
			enc.SetEscapeHTML(false)
			return enc.Encode(all)
		},
	}
	cmd.Flags().StringVar(&jsonFile, "json", "", "write the list to `FILE`, - for standard output")
	return cmd
}

func ifSo(so bool, text, otherwise string) string {
	if so {
		return text
	}
	return otherwise
}

// builtRelease is a verb about one release that has been built.
func builtRelease(use, short, long string, print func(cmd *cobra.Command, r releases.Release, asan bool) error) *cobra.Command {
	var asan bool
	cmd := &cobra.Command{
		Use: use, Short: short, Long: long,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("%s takes one release, and got %d; `sesame releases list` has the names", cmd.CommandPath(), len(args))
			}
			r, err := releases.ByName(args[0])
			if err != nil {
				return usageError{err}
			}
			return print(cmd, r, asan)
		},
	}
	cmd.Flags().BoolVar(&asan, "asan", false, "of the build with AddressSanitizer")
	return cmd
}

func newReleasesPath() *cobra.Command {
	return builtRelease("path VERSION", "Print the folder of a release that is built", "", func(cmd *cobra.Command, r releases.Release, asan bool) error {
		if _, err := r.Find(asan); err != nil {
			return err
		}
		dir, err := r.Dir(asan)
		fmt.Fprintln(cmd.OutOrStdout(), dir)
		return err
	})
}

func newReleasesEnv() *cobra.Command {
	const long = `Print what a shell needs for compiling against a release that is built:

	eval "$(sesame releases env 3.2.1)" && cc $CFLAGS program.c $LDLIBS`
	return builtRelease("env VERSION", "Print CFLAGS and LDLIBS for a release that is built", long, func(cmd *cobra.Command, r releases.Release, asan bool) error {
		lib, err := r.Find(asan)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "CFLAGS='%s'\nLDLIBS='%s'\n", strings.Join(lib.Flags, " "), strings.Join(lib.Libs, " "))
		return nil
	})
}
