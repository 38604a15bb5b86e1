// Command stack checks impl/tls over sockets.
package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/mutants/checker"
	"github.com/sesame-tls/sesame/spec"
)

func main() { checker.Main(map[string]checker.Func{"stack": stack, "interop": interopInProcess}) }

// interopInProcess plays the cells of the rung interop that need no other program.
func interopInProcess(ctx context.Context) error {
	pki, remove, err := interop.TempPKI()
	if err != nil {
		return err
	}
	defer remove()
	groups := slices.DeleteFunc(interop.Groups(), func(g interop.Group) bool { return g.Peer != interop.CryptoTLS })
	cells, _ := interop.Choose(groups)
	if len(cells) == 0 {
		return errors.New("there is no cell to play")
	}
	ours, peer := interop.NewSesame(), interop.PeerOf(new(interop.GoTLS))
	for _, c := range cells {
		if _, err := c.Play(ctx, ours, peer, spec.Profile{}, pki); err != nil {
			return fmt.Errorf("our %v\n%w", c, err)
		}
	}
	return nil
}
