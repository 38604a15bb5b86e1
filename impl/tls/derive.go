package tls

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/sesame-tls/sesame/impl/handshake"
	"github.com/sesame-tls/sesame/impl/internal/kx"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// masterSecretSize is a master secret's length in octets (RFC 5246, Section 8.1).
const masterSecretSize = 48

// randomSize is the length of client_random and server_random in octets (RFC
// 5246, Section 7.4.1.2).
const randomSize = 32

// derived is what a Config is made into at its first use.
type derived struct {
	client, server handshake.Config
	certificates   []*prepared
	err            error
}

func (c *Config) derive() (*derived, error) {
	c.once.Do(func() {
		d := &c.derived
		if d.err = c.check(); d.err != nil {
			return
		}
		c.fillShared(&d.client)
		c.fillShared(&d.server)
		// A ticket that could not be kept is not asked for.
		d.client.Tickets = !c.SessionTicketsDisabled && c.ClientSessionCache != nil
		d.server.Tickets = !c.SessionTicketsDisabled
		d.server.SessionIDs = c.ServerSessionCache != nil
		d.server.SessionSecrets = c.AcceptTicket != nil
		d.server.ClientAuth = clientAuthClasses[c.ClientAuth]
		d.server.Authorities = c.authorities()
		for i := range c.Certificates {
			p, err := c.prepare(&c.Certificates[i])
			if err != nil {
				d.err = fmt.Errorf("tls: Config.Certificates[%d]: %w", i, err)
				return
			}
			d.certificates = append(d.certificates, p)
		}
	})
	return &c.derived, c.derived.err
}

// check says what makes no sense at either end. An empty list of groups is one
// without elliptic curves.
func (c *Config) check() error {
	lowest, highest := cmp.Or(c.MinVersion, VersionTLS12), cmp.Or(c.MaxVersion, VersionTLS12)
	if lowest > highest || lowest < VersionTLS10 || highest > VersionTLS12 {
		return fmt.Errorf("tls: Config has versions from %s to %s; TLS 1.0 to TLS 1.2 are possible", VersionName(lowest), VersionName(highest))
	}
	if _, ok := clientAuthClasses[c.ClientAuth]; !ok {
		return fmt.Errorf("tls: Config.ClientAuth is %d; give one of the constants", c.ClientAuth)
	}
	// RFC 7301, Section 3.1: names of 1 to 255 octets, in a list of at most 65535.
	total := 0
	for _, p := range c.NextProtos {
		if total += 1 + len(p); p == "" || len(p) > 255 || total > 1<<16-1 {
			return fmt.Errorf("tls: Config.NextProtos has a name of %d octets, or is too long; names have 1 to 255", len(p))
		}
	}
	implemented := func(s spec.SignatureScheme) bool { return slices.Contains(kx.Schemes(), s) }
	if c.SignatureSchemes != nil && !slices.ContainsFunc(c.SignatureSchemes, implemented) {
		return errors.New("tls: Config.SignatureSchemes has none that is implemented; nil is all of SignatureSchemes()")
	}
	return nil
}

var clientAuthClasses = map[ClientAuthType]handshake.ClientAuth{
	NoClientCert:               handshake.NoClientAuth,
	RequestClientCert:          handshake.RequestClientAuth,
	VerifyClientCertIfGiven:    handshake.RequestClientAuth,
	RequireAnyClientCert:       handshake.RequireClientAuth,
	RequireAndVerifyClientCert: handshake.RequireClientAuth,
}

// fillShared fills what client and server have in common.
func (c *Config) fillShared(h *handshake.Config) {
	h.Rand = c.Rand
	h.MinVersion, h.MaxVersion = spec.Version(c.MinVersion), spec.Version(c.MaxVersion)
	if c.CipherSuites != nil {
		h.Suites = make([]spec.SuiteID, len(c.CipherSuites))
		for i, id := range c.CipherSuites {
			h.Suites[i] = spec.SuiteID(id)
		}
	}
	h.AllowAnonymous = c.AllowAnonymous
	h.Groups, h.Schemes = c.Groups, c.SignatureSchemes
	h.Protocols = c.NextProtos
	h.ExtendedMasterSecret, h.ResumeWithoutEMS = c.ExtendedMasterSecret, c.ResumeWithoutEMS
	h.ExportWithoutEMS = c.ExportWithoutEMS
	h.EncryptThenMAC = c.EncryptThenMAC
	h.TicketIsClientAuth, h.AnySecretLength = c.TicketIsClientAuth, c.AnySecretLength
	h.Confirm = c.VerifyConnection != nil
	h.DisableRecordSplitting = c.DisableRecordSplitting
	h.Tracer = c.Tracer
}

// authorities are the names that a CertificateRequest carries.
func (c *Config) authorities() wire.Names {
	if c.ClientCAs == nil {
		return nil
	}
	//lint:ignore SA1019 a pool of the user's own has all its names
	names := wire.MakeNames(c.ClientCAs.Subjects()...)
	if len(names) > wire.MaxAuthorities {
		return nil // any
	}
	return names
}

// checkServer says whether a server can do anything with the Config.
func (c *Config) checkServer() error {
	if len(c.Certificates) == 0 && c.GetCertificate == nil && c.AcceptTicket == nil && !c.AllowAnonymous {
		return errors.New("tls: a server needs Config.Certificates, GetCertificate, AcceptTicket or AllowAnonymous")
	}
	return nil
}

func (c *Config) time() time.Time {
	if c.Time != nil {
		return c.Time()
	}
	return time.Now()
}

func (c *Config) rand() io.Reader {
	if c.Rand != nil {
		return c.Rand
	}
	return rand.Reader
}
