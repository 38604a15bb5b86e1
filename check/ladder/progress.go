package ladder

import (
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progress is the live line of one rung. It shows on a terminal only, and is
// gone before the verdict is written.
type progress struct {
	bars  *mpb.Progress // nil where live is no terminal
	bar   *mpb.Bar
	now   atomic.Pointer[position]
	start time.Time
	live  io.Writer
}

type position struct {
	done, total int
	at          string
}

func showProgress(live io.Writer, name string) *progress {
	p := &progress{start: time.Now(), live: live}
	p.now.Store(&position{})
	if !onTerminal(live) {
		return p
	}
	p.bars = mpb.New(mpb.WithOutput(live), mpb.WithRefreshRate(200*time.Millisecond))
	p.bar = p.bars.New(0, mpb.NopStyle(), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return name + "  " + p.text() })))
	return p
}

func (p *progress) set(done, total int, at string) { p.now.Store(&position{done, total, at}) }

func (p *progress) text() string {
	now := p.now.Load()
	text := fmt.Sprintf("%.0f s", time.Since(p.start).Seconds())
	switch {
	case now.total > 0:
		text += fmt.Sprintf("  %s of %s (%d %%)", grouped(now.done), grouped(now.total), 100*now.done/now.total)
	case now.done > 0:
		text += "  " + grouped(now.done)
	}
	if now.at != "" {
		text += "  " + now.at
	}
	return text
}

// line writes a line, above the live one if there is one.
func (p *progress) line(s string) {
	w := p.live
	if p.bars != nil {
		w = p.bars
	}
	fmt.Fprintln(w, s)
}

func (p *progress) end() {
	if p.bars != nil {
		p.bar.Abort(true)
		p.bars.Wait()
	}
}

func onTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
