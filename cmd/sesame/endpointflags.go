package main

import (
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sesame-tls/sesame/cmd/sesame/internal/endpoint"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// endpointFlags are the flags that both ends of a connection have.
type endpointFlags struct {
	pacKey, pacOpaque string
	certs, keys       []string
	ca                string
	minTLS, maxTLS    string
	suites, protocols []string
	groups, schemes   []string
	anonymous         bool
	noTickets         bool
	ems, etm          string
	withoutEMS        bool
	pcap, trace       string
}

func (e *endpointFlags) add(f *pflag.FlagSet) {
	f.StringVar(&e.pacKey, "pac-key", "", "the PAC-Key: 64 `HEX` digits")
	f.StringVar(&e.pacOpaque, "pac-opaque", "", "the PAC-Opaque: `HEX` digits, or @FILE")
	f.StringArrayVar(&e.certs, "cert", nil, "certificate chain, a PEM `FILE`; once for each")
	f.StringArrayVar(&e.keys, "key", nil, "its private key, a PEM `FILE`; in the order of --cert")
	f.StringVar(&e.ca, "ca", "", "trusted roots, a PEM `FILE`")
	f.StringVar(&e.minTLS, "min-version", "1.2", "lowest `VERSION`: 1.0, 1.1 or 1.2")
	f.StringVar(&e.maxTLS, "max-version", "1.2", "highest `VERSION`")
	f.StringSliceVar(&e.suites, "suites", nil, "cipher `SUITES` by IANA name, the best first, comma-separated")
	f.StringSliceVar(&e.groups, "groups", nil, "key exchange `GROUPS` by IANA name, the best first, comma-separated")
	f.StringSliceVar(&e.schemes, "sigalgs", nil, "signature `SCHEMES` by IANA name, the best first, comma-separated")
	f.StringSliceVar(&e.protocols, "alpn", nil, "application `PROTOCOLS`, the best first, comma-separated")
	f.BoolVar(&e.anonymous, "anonymous", false, "allow DH_anon suites, which authenticate nobody: after all others, or as --suites says")
	f.BoolVar(&e.noTickets, "no-tickets", false, "neither issue nor use RFC 5077 tickets")
	f.StringVar(&e.ems, "ems", "offer", "extended master secret `POLICY`: offer, require or never")
	f.StringVar(&e.etm, "etm", "offer", "encrypt-then-MAC `POLICY`, for CBC suites: offer, require or never")
	f.BoolVar(&e.withoutEMS, "resume-without-ems", false, "resume sessions without extended master secret too, which RFC 7627 advises against")
	f.StringVar(&e.pcap, "pcap", "", "record the connections, with their keys, to a pcapng `FILE`")
	f.StringVar(&e.trace, "trace", "", "record the steps of this end to a `FILE` for sesame tla trace, one JSON object a line")
}

// config turns the flags into a Config, a PAC if there is one, and a Recorder
// that the caller closes. Its errors are the user's to mend.
func (e *endpointFlags) config() (*tls.Config, *endpoint.PAC, *endpoint.Recorder, error) {
	pac, err := endpoint.ParsePAC(e.pacKey, e.pacOpaque)
	if err != nil {
		return nil, nil, nil, usageError{err}
	}
	config := &tls.Config{NextProtos: e.protocols, AllowAnonymous: e.anonymous, SessionTicketsDisabled: e.noTickets}
	if config.MinVersion, err = parseVersion("--min-version", e.minTLS); err != nil {
		return nil, nil, nil, err
	}
	if config.MaxVersion, err = parseVersion("--max-version", e.maxTLS); err != nil {
		return nil, nil, nil, err
	}
	if config.MinVersion > config.MaxVersion {
		return nil, nil, nil, usagef("--min-version %s is above --max-version %s; exchange them", e.minTLS, e.maxTLS)
	}
	if config.CipherSuites, err = parseSuites(e.suites); err != nil {
		return nil, nil, nil, err
	}
	if e.anonymous && config.CipherSuites == nil {
		config.CipherSuites = append(tls.DefaultCipherSuites(), anonymousSuites()...)
	}
	if config.Groups, err = parseNames("--groups", e.groups, tls.Groups()); err != nil {
		return nil, nil, nil, err
	}
	if config.SignatureSchemes, err = parseNames("--sigalgs", e.schemes, tls.SignatureSchemes()); err != nil {
		return nil, nil, nil, err
	}
	if err := e.policies(config); err != nil {
		return nil, nil, nil, err
	}
	if config.Certificates, err = e.certificates(); err != nil {
		return nil, nil, nil, err
	}
	recorder, err := endpoint.OpenRecorder(os.Getenv("SSLKEYLOGFILE"), e.pcap, e.trace)
	if err != nil {
		return nil, nil, nil, usageError{err}
	}
	return config, pac, recorder, nil
}

// policies sets how optional extensions are treated.
func (e *endpointFlags) policies(config *tls.Config) (err error) {
	config.ResumeWithoutEMS = e.withoutEMS
	if config.ExtendedMasterSecret, err = parsePolicy("--ems", e.ems); err != nil {
		return err
	}
	config.EncryptThenMAC, err = parsePolicy("--etm", e.etm)
	return err
}

// certificates reads --cert and --key; nil if they were not given.
func (e *endpointFlags) certificates() (all []tls.Certificate, err error) {
	if len(e.certs) != len(e.keys) {
		return nil, usagef("--cert and --key belong together: give both, or neither")
	}
	for i, file := range e.certs {
		c, err := tls.LoadX509KeyPair(file, e.keys[i])
		if err != nil {
			return nil, usagef("--cert and --key: %v; give PEM files of a chain and of its key", err)
		}
		all = append(all, c)
	}
	return all, nil
}

// roots reads --ca; nil if it was not given.
func (e *endpointFlags) roots() (*x509.CertPool, error) {
	if e.ca == "" {
		return nil, nil
	}
	text, err := os.ReadFile(e.ca)
	if err != nil {
		return nil, usagef("--ca: %v; give a PEM file of trusted roots", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, usagef("--ca: %s has no certificate in it; give a PEM file of trusted roots", e.ca)
	}
	return pool, nil
}

func parseVersion(flag, text string) (uint16, error) {
	i := slices.Index([]string{"1.0", "1.1", "1.2"}, text)
	if i < 0 {
		return 0, usagef("%s: there is no TLS %q here; give 1.0, 1.1 or 1.2", flag, text)
	}
	return tls.VersionTLS10 + uint16(i), nil
}

func parsePolicy(flag, text string) (tls.Policy, error) {
	i := slices.Index([]string{tls.Offer: "offer", tls.Require: "require", tls.Never: "never"}, text)
	if i < 0 {
		return 0, usagef("%s: %q; give offer, require or never", flag, text)
	}
	return tls.Policy(i), nil
}

func parseSuites(names []string) (ids []uint16, err error) {
	for _, name := range names {
		i := slices.IndexFunc(spec.Suites(), func(s spec.Suite) bool { return s.Name == strings.TrimPrefix(name, "TLS_") })
		if i < 0 {
			return nil, usagef("--suites: %q is not implemented; give names such as %s", name, tls.CipherSuiteName(tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256))
		}
		ids = append(ids, uint16(spec.Suites()[i].ID))
	}
	return ids, nil
}

// parseNames finds the names of a list among all that there are; nil for none.
func parseNames[T fmt.Stringer](flag string, names []string, all []T) (list []T, err error) {
	for _, name := range names {
		i := slices.IndexFunc(all, func(v T) bool { return v.String() == name })
		if i < 0 {
			return nil, usagef("%s: %q is not implemented; give some of %v", flag, name, all)
		}
		list = append(list, all[i])
	}
	return list, nil
}

// anonymousSuites are those of DH_anon, AEAD first.
func anonymousSuites() (ids []uint16) {
	for _, s := range slices.Backward(spec.Suites()) {
		if s.KeyExchange.Anonymous() {
			ids = append(ids, uint16(s.ID))
		}
	}
	return ids
}

// checkAddress says what is wrong with a host:port.
func checkAddress(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return usagef("%q is not an address: %v; give HOST:PORT, for instance 127.0.0.1:4433", address, err)
	}
	return nil
}

// hostOf returns the host of an address that [checkAddress] has passed.
func hostOf(address string) string {
	host, _, _ := net.SplitHostPort(address)
	return host
}
