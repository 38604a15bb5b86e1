// Package sesame holds the texts of the project, for the programs that show
// them: the documentation as Markdown with its drawings.
//
// There is nothing to call here. To use TLS with a session-secret callback,
// import impl/tls; for EAP-FAST, impl/fast and impl/radius; for the handshake as
// a machine without a network, impl/handshake. The model is in model, the
// vocabulary in spec. The program is cmd/sesame.
package sesame

import "embed"

// Docs is README.md and the other texts at the root, and everything that
// docs/gen has written below docs/ but for plots as PNG.
//
//go:embed *.md docs/*.md docs/*/*.md docs/*/*.svg
var Docs embed.FS
