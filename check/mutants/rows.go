package mutants

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"runtime"
	"strconv"
	"sync"

	"github.com/sesame-tls/sesame/check/internal/atonce"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/mutants/checker"
)

// The hook lets a program run the machines with other tables. It is put beside
// impl/handshake by the overlay, and nowhere else.
var (
	//go:embed hook/handshake.go.txt
	hookHandshake []byte
	//go:embed hook/machines.go.txt
	hookMachines []byte
)

// equivalentRows are the faults in the tables that change nothing that can be
// seen, and why. Another one is a survivor.
var equivalentRows = map[string]string{
	"Server row 16 (AwaitFinished on Finished) without issueSession": "the session is in the ticket that the row sends, and its Session ID is empty",
}

// rows tries the faults in the transition tables, those of the shard.
func (b *bench) rows(ctx context.Context, shard ladder.Shard, ended func(checker.Line)) error {
	o, err := newOverlay(b.root, b.dir)
	if err != nil {
		return err
	}
	defer o.remove()
	if err := o.put("impl/handshake/hook.go", hookHandshake); err != nil {
		return err
	}
	if err := o.put("check/mutants/checker/machines/hook.go", hookMachines); err != nil {
		return err
	}
	program, err := o.buildChecker(ctx, "machines")
	if err != nil {
		return fmt.Errorf("the hook: %w", err)
	}
	var mu sync.Mutex
	workers := runtime.GOMAXPROCS(0)
	return atonce.Do(workers, workers, func(i int) error {
		return rowsFrom(ctx, program, shard.Index+i*shard.Count, workers*shard.Count, func(l checker.Line) {
			mu.Lock()
			defer mu.Unlock()
			ended(l)
		})
	})
}

// rowsFrom tries every step-th fault from one on. After one that makes the
// program die or hang, a new one goes on.
func rowsFrom(ctx context.Context, program string, from, step int, ended func(checker.Line)) error {
	for next := from; next >= 0; {
		from, next = next, -1
		err := runChecker(ctx, program, "", hangs, func(l checker.Line) {
			if ended(l); l.Check == "" && l.Failed {
				next = l.Index + step
			}
		}, "-rows", strconv.Itoa(from), "-step", strconv.Itoa(step))
		if err != nil || ctx.Err() != nil {
			return cmp.Or(ctx.Err(), err)
		}
	}
	return nil
}
