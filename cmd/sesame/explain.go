package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/sesame-tls/sesame/check/explain"
	"github.com/sesame-tls/sesame/impl/fast"
)

func newExplain() *cobra.Command {
	var secret, keyLog, pacKey, pacFile, jsonFile string
	var short bool
	cmd := &cobra.Command{
		Use:   "explain CAPTURE",
		Short: "Say what went wrong in a capture of EAP-FAST over RADIUS",
		Long: `Read a pcap or pcapng file, put RADIUS, EAP and TLS together again, walk each
conversation along the model, and say who deviated, where and why. What is said
in the tunnel is read where there are keys: those in a pcapng file are used;
others are given by --keylog or, for a tunnel that a PAC has opened, --pac-key or
--pac-file. The exit status is 1 if a peer was not let in.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("explain got %d arguments; give one CAPTURE, a pcap or pcapng file", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o := explain.Options{Secret: []byte(secret), Keys: explain.KeyLog{}}
			if err := explainKeys(&o, keyLog, pacKey, pacFile); err != nil {
				return err
			}
			file, err := os.Open(args[0])
			if err != nil {
				return usagef("%v; give a pcap or pcapng file", err)
			}
			defer file.Close()
			reports, err := explain.Capture(file, o)
			if err != nil {
				return usagef("%s: %v", args[0], err)
			}
			return tellReports(cmd.OutOrStdout(), reports, short, jsonFile)
		},
	}
	f := cmd.Flags()
	f.StringVar(&secret, "secret", "", "the secret that NAS and server share, to verify Message-Authenticator")
	f.StringVar(&keyLog, "keylog", "", "a key log `FILE` in the NSS format")
	f.StringVar(&pacKey, "pac-key", "", "the PAC-Key, 32 octets in `HEX`")
	f.StringVar(&pacFile, "pac-file", "", "a peer's `FILE` of PACs, Sesame's or wpa_supplicant's")
	f.BoolVar(&short, "short", false, "print the diagnoses alone")
	f.StringVar(&jsonFile, "json", "", "write the reports to `FILE`, - for standard output")
	return cmd
}

// explainKeys reads what opens tunnels.
func explainKeys(o *explain.Options, keyLog, pacKey, pacFile string) error {
	if keyLog != "" {
		file, err := os.Open(keyLog)
		if err != nil {
			return usagef("--keylog: %v", err)
		}
		defer file.Close()
		if err := o.Keys.Read(file); err != nil {
			return usagef("--keylog %s: %v", keyLog, err)
		}
	}
	if pacKey != "" {
		key, err := hex.DecodeString(pacKey)
		if err != nil || len(key) != 32 {
			return usagef("--pac-key: give 32 octets, 64 hexadecimal digits")
		}
		o.PACs = append(o.PACs, &fast.PAC{Type: fast.TunnelPAC, Key: key})
	}
	if pacFile != "" {
		text, err := os.ReadFile(pacFile)
		if err != nil {
			return usagef("--pac-file: %v", err)
		}
		pacs, _, err := fast.ParsePACs(text)
		if err != nil {
			return usagef("--pac-file %s: %v", pacFile, err)
		}
		o.PACs = append(o.PACs, pacs...)
	}
	return nil
}

func tellReports(out io.Writer, reports []explain.Report, short bool, jsonFile string) error {
	target, closeTarget, err := jsonTo(jsonFile, out)
	if err != nil {
		return err
	}
	defer closeTarget()
	ok := len(reports) > 0
	for _, r := range reports {
		ok = ok && r.Diagnosis.OK
		if jsonFile == "-" {
			continue
		}
		if !short {
			fmt.Fprintf(out, "%s to %s, identity %q\n", r.NAS, r.Server, r.Identity)
			for _, line := range r.Lines {
				fmt.Fprintln(out, line)
			}
		}
		fmt.Fprintln(out, r.Diagnosis)
	}
	if target != nil {
		enc := json.NewEncoder(target)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(reports); err != nil {
			return fmt.Errorf("--json: %w", err)
		}
	}
	if len(reports) == 0 {
		return fmt.Errorf("the capture has no conversation of EAP over RADIUS; capture UDP port 1812 at the NAS or the server")
	}
	if !ok {
		return errFailed
	}
	return nil
}
