package sut

import (
	"context"
	"embed"
	"fmt"

	"github.com/sesame-tls/sesame/check/cc"
)

//go:embed shims
var shims embed.FS

// Build compiles the shim of a library's kind against it, unless that has been
// done, and returns its path.
func Build(ctx context.Context, lib cc.Library) (string, error) {
	source, err := shims.ReadFile("shims/" + lib.Kind + ".c")
	if err != nil {
		return "", fmt.Errorf("sut: there is no shim for %s", lib.Kind)
	}
	header, err := shims.ReadFile("shims/shim.h")
	if err != nil {
		return "", err
	}
	return cc.Compile(ctx, cc.Program{Name: "shim", Source: string(source), Headers: map[string]string{"shim.h": string(header)}}, lib)
}

// BuildSystem is [Build] for the machine's own libssl.
func BuildSystem(ctx context.Context) (string, error) {
	lib, err := cc.FindSystem(ctx)
	if err != nil {
		return "", err
	}
	return Build(ctx, lib)
}
