// Package tla holds the TLA+ specification, for programs that run TLC on it
// where there is no checkout.
package tla

import "embed"

// Files are the modules, the configurations and their manifest.
//
//go:embed *.tla *.cfg manifest.json
var Files embed.FS
