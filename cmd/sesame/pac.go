package main

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/cmd/sesame/internal/radiusd"
	"github.com/sesame-tls/sesame/impl/fast"
)

func newPAC() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "pac",
		Short: "Issue and inspect PACs, and rotate the keys that seal them",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newPACIssue(), newPACInspect(), newPACRotate())
	return cmd
}

func newPACIssue() *cobra.Command {
	var config, identity, file, kind, format string
	cmd := &cobra.Command{
		Use:   "issue",
		Short: "Issue a PAC into a peer's PAC file, to be carried there by hand",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if config == "" || identity == "" || file == "" {
				return usagef("give --config, --identity and --out")
			}
			t, err := fast.ParsePACType(kind)
			if err != nil {
				return usagef("--type: %w", err)
			}
			f, err := fast.ParseFormat(format)
			if err != nil {
				return usagef("--format: %w", err)
			}
			c, err := radiusd.Load(config)
			if err != nil {
				return usagef("--config: %w", err)
			}
			p, err := c.Issue(t, identity, time.Now())
			if err != nil {
				return usagef("--config: %w", err)
			}
			store, err := fast.OpenStore(file, f)
			if err != nil {
				return usagef("--out: %w", err)
			}
			if err := store.Put(p); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%v PAC for %q, until %s, in %s\n", t, identity, p.Expires.UTC().Format(time.RFC3339), file)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVarP(&config, "config", "c", "", "the server's TOML `FILE`")
	f.StringVar(&identity, "identity", "", "the `USER` it is issued to")
	f.StringVar(&file, "out", "", "the PAC `FILE` it is added to")
	f.StringVar(&kind, "type", "tunnel", "tunnel, machine or user-authorization")
	f.StringVar(&format, "format", "sesame", "of a new file: sesame, wpa or wpa-binary")
	return cmd
}

func newPACInspect() *cobra.Command {
	var file, keys string
	cmd := &cobra.Command{
		Use:   "inspect",
		Short: "Show the PACs of a file; with the server's key ring, what they grant",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file == "" {
				return usagef("give --file")
			}
			store, err := fast.OpenStore(file, fast.FormatSesame)
			if err != nil {
				return usagef("--file: %w", err)
			}
			var ring *fast.KeyRing
			if keys != "" {
				if ring, err = fast.LoadKeyRing(keys); err != nil {
					return usagef("--keys: %w", err)
				}
			}
			for _, p := range store.All() {
				showPAC(cmd, p, ring)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&file, "file", "", "the PAC `FILE`, in any format")
	f.StringVar(&keys, "keys", "", "the server's key ring `FILE`")
	return cmd
}

// showPAC prints a PAC, but no key.
func showPAC(cmd *cobra.Command, p *fast.PAC, ring *fast.KeyRing) {
	expires := "unknown"
	if !p.Expires.IsZero() {
		expires = p.Expires.UTC().Format(time.RFC3339)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%v a-id=%x (%s) i-id=%q expires=%s opaque=%d octets\n",
		p.Type, p.AuthorityID, p.AuthorityInfo, p.Identity, expires, len(p.Opaque))
	if ring == nil {
		return
	}
	g, err := ring.Open(p.Opaque, p.AuthorityID)
	if err != nil {
		fmt.Fprintf(cmd.OutOrStdout(), "  %v\n", err)
		return
	}
	fmt.Fprintf(cmd.OutOrStdout(), "  grants %v to %q until %s\n", g.Type, g.Identity, g.Expires.UTC().Format(time.RFC3339))
}

func newPACRotate() *cobra.Command {
	var file string
	var lead, keep time.Duration
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Add a new key to a key ring, and drop the ones that are too old",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file == "" {
				return usagef("give --keys")
			}
			ring, err := fast.LoadKeyRing(file)
			if errors.Is(err, fs.ErrNotExist) {
				ring, err = new(fast.KeyRing), nil
				lead = 0 // the first key seals at once
			}
			if err != nil {
				return usagef("--keys: %w", err)
			}
			now := time.Now()
			if _, err := ring.Rotate(now, lead, keep); err != nil {
				return err
			}
			if err := ring.Save(file); err != nil {
				return err
			}
			for _, k := range ring.Keys(now) {
				seals := ""
				if k.Seals {
					seals = " seals now"
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s from %s%s\n", k.Name, k.From.Format(time.RFC3339), seals)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&file, "keys", "", "the key ring `FILE`; made if it is not there")
	f.DurationVar(&lead, "lead", time.Minute, "how long before the new key seals: the time in which it reaches all replicas")
	f.DurationVar(&keep, "keep", fast.DefaultLifetime, "how long a key still opens after its successor seals: the longest PAC lifetime")
	return cmd
}
