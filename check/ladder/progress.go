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

// Live is a line on a terminal that says how far something long has come. It
// shows on a terminal only, and is gone when it ends.
type Live struct {
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

// NewLive begins a line on w under a name. [Live.End] ends it.
func NewLive(w io.Writer, name string) *Live {
	p := &Live{start: time.Now(), live: w}
	p.now.Store(&position{})
	if !onTerminal(w) {
		return p
	}
	p.bars = mpb.New(mpb.WithOutput(w), mpb.WithRefreshRate(200*time.Millisecond))
	p.bar = p.bars.New(0, mpb.NopStyle(), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return name + "  " + p.text() })))
	return p
}

// Show says how far it has come: done of total, and what it is at. A total of 0
// is unknown. It is cheap enough for a loop of a million.
func (p *Live) Show(done, total int, at string) { p.now.Store(&position{done, total, at}) }

func (p *Live) text() string {
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
func (p *Live) line(s string) {
	w := p.live
	if p.bars != nil {
		w = p.bars
	}
	fmt.Fprintln(w, s)
}

// End erases the line.
func (p *Live) End() {
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
