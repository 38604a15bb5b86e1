package interop

import (
	"context"
	"os"

	"github.com/sesame-tls/sesame/spec"
)

// worker plays one job at a time, with peers of its own that last.
type worker struct {
	program, dir string
	pki          *PKI
	ours         End

	shim    *Shim
	stock   *Stock
	library map[*PeerInfo]string
}

func (w *worker) run(ctx context.Context, r *runner, jobs <-chan job) error {
	w.library = map[*PeerInfo]string{}
	defer w.close()
	for j := range jobs {
		if ctx.Err() != nil {
			continue // drain, so that nobody waits
		}
		peer, err := w.peer(ctx, j.peer())
		if err != nil {
			r.end(j, "", spec.Profile{}, nil, err)
			continue
		}
		profile := ProfileOf(w.library[j.peer()])
		quirks, err := w.play(ctx, j, peer, profile)
		if ctx.Err() == nil {
			r.end(j, w.library[j.peer()], profile, quirks, err)
		}
	}
	return nil
}

func (w *worker) play(ctx context.Context, j job, peer Peer, profile spec.Profile) ([]spec.Quirk, error) {
	if j.kase == nil {
		return j.cell.Play(ctx, w.ours, peer, profile, w.pki)
	}
	for _, q := range j.kase.Quirks {
		if !profile.Has(q) {
			return nil, notDeviating{profile.Name}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*connectionLimit)
	defer cancel()
	return j.kase.Quirks, j.kase.Play(ctx, w.ours, w.shim, w.pki)
}

// peer returns a running peer.
func (w *worker) peer(ctx context.Context, info *PeerInfo) (Peer, error) {
	switch info {
	case OpenSSLCallback:
		if w.shim == nil {
			s, err := StartShim(ctx, info.Name, w.program)
			if err != nil {
				return nil, err
			}
			w.shim, w.library[info] = s, s.Library()
		}
		return w.shim, nil
	case OpenSSLStock:
		if w.stock == nil {
			dir, err := os.MkdirTemp(w.dir, "stock-")
			if err != nil {
				return nil, err
			}
			s, err := NewStock(ctx, dir)
			if err != nil {
				return nil, err
			}
			w.stock, w.library[info] = s, s.Library()
		}
		return w.stock, nil
	}
	w.library[info] = goVersion()
	return PeerOf(new(GoTLS)), nil
}

func (w *worker) close() {
	if w.shim != nil {
		w.shim.Close()
	}
	if w.stock != nil {
		w.stock.Close()
	}
}
