// Package checkout finds the module's source, for rungs that build or test it.
package checkout

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"github.com/sesame-tls/sesame/check/ladder"
)

// Tool is what a rung needs that works on the source.
var Tool = ladder.Tool{Name: "a checkout", Get: "clone the module and run inside it, with Go on the PATH", Find: func() error {
	_, err := Root(context.Background())
	return err
}}

// Root returns the folder of the module that the working folder is in.
func Root(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Path}} {{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("no Go module here: %w", err)
	}
	path, dir, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if path != "github.com/sesame-tls/sesame" {
		return "", fmt.Errorf("this is module %s", path)
	}
	return dir, nil
}
