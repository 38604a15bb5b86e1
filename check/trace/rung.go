package trace

import (
	"context"
	"os"
	"runtime"
	"slices"
	"sync"

	"github.com/sesame-tls/sesame/check/checkout"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/spec/requirements"
)

// Rung runs every citing test under its faults.
var Rung = ladder.Rung{
	Name:  "requirements",
	Shows: "every requirement that can be checked is, by something that fails where the requirement is violated; and impl passes its own tests",
	Needs: []ladder.Tool{checkout.Tool},
	Run:   climb,
}

func climb(ctx context.Context, r *ladder.Run) error {
	root, err := checkout.Root(ctx)
	if err != nil {
		return err
	}
	tree := os.DirFS(root)
	coverage, err := Read(tree)
	if err != nil {
		return err
	}
	if open := coverage.Open(); len(open) > 0 {
		return ladder.Differ("%d requirements are cited by nothing that must fail: %v", len(open), open)
	}
	for _, q := range requirements.All() {
		if q.Checkable() {
			r.Count("requirements", 1)
		}
	}
	twins, err := twinsOf(tree)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	done := 0
	mine := func(t Twin) bool { return r.Shard.Has(slices.Index(twins, t)) }
	err = Twins(ctx, root, mine, runtime.GOMAXPROCS(0), func(t Twin) {
		mu.Lock()
		defer mu.Unlock()
		done++
		r.Progress(done, len(twins), t.String())
	})
	r.Count("tests under a fault", done)
	if err != nil && ctx.Err() == nil {
		return ladder.Differ("%v", err)
	}
	return err
}
