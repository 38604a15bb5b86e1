package interop

import (
	"context"
	"embed"

	"github.com/sesame-tls/sesame/check/cc"
)

// ErrMissing is wrapped by errors for an outside program that is not there. Its
// text names the packages to install.
var ErrMissing = cc.ErrMissing

//go:embed peer
var peerSource embed.FS

// Build compiles the program that drives the machine's libssl through its
// callback API, unless that has been done, and returns its path.
func Build(ctx context.Context) (string, error) {
	lib, err := cc.FindSystem(ctx)
	if err != nil {
		return "", err
	}
	source, err := peerSource.ReadFile("peer/openssl.c")
	if err != nil {
		return "", err
	}
	shim, err := peerSource.ReadFile("peer/shim.h")
	if err != nil {
		return "", err
	}
	return cc.Compile(ctx, cc.Program{Name: "peer", Source: string(source), Headers: map[string]string{"shim.h": string(shim)}}, lib)
}
