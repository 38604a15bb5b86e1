package main

import (
	"fmt"
	"net"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame"
	"github.com/sesame-tls/sesame/check/web"
	"github.com/sesame-tls/sesame/docs/gen/site"
)

func newDocs() *cobra.Command {
	var out, address string
	cmd := &cobra.Command{
		Use:   "docs",
		Short: "Show the documentation as one site",
		Long: `Show the documentation, which this program carries along, as one static site: by
--serve until it is interrupted, or by --out as files that any web server can
serve and any browser can open. It needs no network and has no scripts.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if (out == "") == (address == "") {
				return usagef("give --out DIR or --serve HOST:PORT, for instance --serve 127.0.0.1:8080")
			}
			if address != "" {
				if err := web.Loopback(address); err != nil {
					return usagef("--serve: %w", err)
				}
			}
			s, err := site.Build(sesame.Docs)
			if err != nil {
				return err
			}
			if out == "" {
				return serveDocs(cmd, s, address)
			}
			if err := s.Write(out); err != nil {
				return usagef("--out: %v; give a folder that can be written", err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d files in %s; open %[2]s/index.html\n", len(s.Files()), out)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&out, "out", "", "write the site into the folder `DIR`")
	f.StringVar(&address, "serve", "", "serve the site on `HOST:PORT` of this machine; port 0 is a free one")
	return cmd
}

func serveDocs(cmd *cobra.Command, s *site.Site, address string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return usagef("--serve: %v; give another port, or 0 for a free one", err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "listening on http://%v/\n", l.Addr())
	return web.Serve(cmd.Context(), l, s, time.Second)
}
