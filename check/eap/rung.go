package eap

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/sesame-tls/sesame/check/internal/atonce"
	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/impl/fast"
)

// Rung holds impl/fast against hostapd and eapol_test.
var Rung = ladder.Rung{
	Name:  "eap",
	Shows: "EAP-FAST works with hostapd and eapol_test, in both roles",
	Needs: []ladder.Tool{
		{Name: "hostapd", Get: "apt-get install hostapd", Find: func() error { _, err := exec.LookPath("hostapd"); return err }},
		{Name: "eapol_test", Get: "apt-get install eapoltest", Find: func() error { _, err := exec.LookPath("eapol_test"); return err }},
	},
	Run: climb,
}

func climb(ctx context.Context, r *ladder.Run) error {
	dir, err := os.MkdirTemp("", "sesame-eap-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p, err := newPlace(dir)
	if err != nil {
		return err
	}
	if err := runCases(ctx, r, p); err != nil {
		return err
	}
	if p.by, err = internalTLS(ctx); err != nil {
		r.Notef("without hostap's own TLS: %v", err)
		return nil
	}
	return runCases(ctx, r, p)
}

// atOnce is how many authentications run at once: most of the time they wait for
// each other.
const atOnce = 4

// sides are the roles that Sesame has, and who plays it.
var sides = []struct {
	name string
	run  func(ctx context.Context, p *place, c *Case, pacs string) (int, error)
}{{"server", asServer}, {"peer", asPeer}}

// runCases runs all cases with one build of hostap.
func runCases(ctx context.Context, r *ladder.Run, p *place) error {
	cases := Cases()
	var mu sync.Mutex
	done := 0
	return atonce.Do(atOnce, len(cases)*len(sides), func(i int) error {
		c, side := &cases[i/len(sides)], sides[i%len(sides)]
		if !r.Shard.Has(i / len(sides)) {
			return ctx.Err()
		}
		own, err := p.within(fmt.Sprintf("%d-%s-%v", i/len(sides), side.name, p.by.internal))
		if err != nil {
			return err
		}
		n, err := side.run(ctx, own, c, filepath.Join(own.dir, "pac"))
		mu.Lock()
		defer mu.Unlock()
		done++
		r.Progress(done, len(cases)*len(sides), c.Name)
		r.Count("authentications with Sesame as "+side.name, n)
		if err != nil {
			return fmt.Errorf("%s, Sesame as %s, hostap on %s: %w", c.Name, side.name, p.by.name, err)
		}
		return nil
	})
}

// compare holds a step's end against what it must be.
func compare(i int, s Step, want Want, g got) error {
	if g.Want == want && g.Keys == want.Access {
		return nil
	}
	return ladder.Differ("step %d: %+v\ngot  %+v, keys agree: %v\nwant %+v\n%s", i+1, s, g.Want, g.Keys, want, tail(g.Log))
}

// tail is the end of a log, with the lines that matter.
func tail(log string) string {
	lines := strings.Split(log, "\n")
	if len(lines) > 150 {
		lines = lines[len(lines)-150:]
	}
	return strings.Join(lines, "\n")
}

// asServer runs a case with eapol_test as the peer.
func asServer(ctx context.Context, p *place, c *Case, pacs string) (n int, err error) {
	ring := new(fast.KeyRing)
	if _, err := ring.Rotate(time.Now().Add(-time.Minute), 0, time.Hour); err != nil {
		return 0, err
	}
	if c.Blob {
		pacs = "blob://pac"
	}
	var ahead time.Duration
	for i, s := range c.Steps {
		if s.OtherKey {
			ring = new(fast.KeyRing)
			if _, err := ring.Rotate(time.Now().Add(-time.Minute), 0, time.Hour); err != nil {
				return n, err
			}
		}
		ahead += s.Later
		x, err := startServer(p, c, s, ring, ahead)
		if err != nil {
			return n, err
		}
		all, err := eapolTest(ctx, p, c, s, pacs, x.port)
		reports, said := x.stop()
		if err != nil {
			return n, err
		}
		for j, g := range all {
			if p.by.internal {
				g.Resumed = j < len(reports) && reports[j].Tunnel == fast.ByPAC
			}
			want := c.Steps[i+j].Want
			if s.Later > 0 {
				// An expired PAC is answered by a full handshake. This peer then asks for no new one.
				want = Want{Access: true}
			}
			if p.by.internal && (s.OtherKey || s.Later > 0) {
				want = Want{Access: true, NewPAC: true} // hostap's own TLS tells it that the PAC was declined (DEP-23)
			}
			g.Log += said
			if err := compare(i+j, s, want, g); err != nil {
				return n, err
			}
			n++
		}
		if c.Blob {
			break
		}
	}
	return n, nil
}

// asPeer runs a case with hostapd as the server.
func asPeer(ctx context.Context, p *place, c *Case, pacs string) (n int, err error) {
	format := c.Format
	if format == fast.FormatSesame {
		format = fast.FormatWPA
	}
	var h *hostapd
	for i, s := range c.Steps {
		if s.Later > 0 {
			// hostapd's clock is the machine's.
			if err := passTime(ctx, s.Later); err != nil {
				return n, err
			}
		}
		store, err := fast.OpenStore(pacs, format)
		if err != nil {
			return n, err
		}
		for _, pac := range store.All() {
			if s.Later > 0 {
				pac.Expires = time.Time{} // or the peer would not offer it
			}
		}
		if h, err = startHostapd(ctx, p, s); err != nil {
			return n, err
		}
		g, err := runPeer(ctx, p, c, s, store, h.port)
		g.Log += h.stop()
		if err != nil {
			return n, err
		}
		want := s.Want
		switch {
		case s.Closed:
			want = Want{} // hostapd refuses a peer that asks
		case s.OtherKey:
			want = Want{Access: true, NewPAC: true} // Sesame's peer replaces a PAC that was declined
		case s.Later > 0:
			want = Want{Resumed: true, NewPAC: true} // hostapd takes an expired PAC, renews it, and refuses (DEP-09)
		}
		if err := compare(i, s, want, g); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// passTime lets the machine's clock move on.
func passTime(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
