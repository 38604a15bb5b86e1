package ui

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed axe.min.js
var axe string

// page is the page in a tab of its own.
type page struct {
	ctx   context.Context
	base  string // "http://127.0.0.1:1234"
	shots string // the folder of screenshots
	seen  int    // inspections

	mu       sync.Mutex
	messages []string // errors and warnings on the console
}

// openPage opens a tab.
func openPage(browser context.Context, base, shots string) (*page, context.CancelFunc, error) {
	ctx, stop := chromedp.NewContext(browser)
	p := &page{ctx: ctx, base: base, shots: shots}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height)); err != nil {
		stop()
		return nil, nil, err
	}
	return p, stop, chromedp.Listen(ctx, p.listen)
}

// patience bounds a wait, so that a condition that never comes is an error.
const patience = 30 * time.Second

// listen keeps what the console has that should not be there.
func (p *page) listen(event any) {
	text := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text = "exception: " + e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			text = fmt.Sprintf("console.%s", e.Type)
			for _, a := range e.Args {
				text += fmt.Sprintf(" %s%s", a.Value, a.Description)
			}
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			text = fmt.Sprintf("%s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL)
		}
	}
	if text != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.messages = append(p.messages, text)
	}
}

// console takes what the console has so far.
func (p *page) console() ([]string, error) {
	// What came before the answer to this has been heard.
	if _, err := value[int](p, "1"); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.messages
	p.messages = nil
	return all, nil
}

// expect takes one kind of message off the console: of an answer that was to be
// refused.
func (p *page) expect(part string) error {
	all, err := p.console()
	if err != nil {
		return err
	}
	kept := slices.DeleteFunc(slices.Clone(all), func(m string) bool { return strings.Contains(m, part) })
	if len(kept) == len(all) {
		return fmt.Errorf("the console does not say %q", part)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.messages = append(kept, p.messages...)
	return nil
}

// value evaluates an expression in the page. A promise is waited for.
func value[T any](p *page, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		err = fmt.Errorf("%s: %w", expression, err)
	}
	return v, err
}

// script is a list of steps on a page; the first that fails ends it.
type script []func(*page) error

func (s script) run(p *page) error {
	for i, step := range s {
		if err := step(p); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return nil
}

// visit opens an address and waits until the page shows a place.
func visit(address string) func(*page) error {
	return func(p *page) error {
		if err := do(chromedp.Navigate(p.base + address))(p); err != nil {
			return err
		}
		return until(`document.body?.dataset.place !== undefined`)(p)
	}
}

// until waits for an expression to be true. A page that goes away meanwhile
// takes the wait with it: it is begun anew on the next one.
func until(condition string) func(*page) error {
	return func(p *page) error {
		wait := fmt.Sprintf(`new Promise((done) => {
			const look = () => { let ok = false; try { ok = %s } catch {} ok ? done(true) : setTimeout(look, 10) };
			look();
		})`, condition)
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		defer cancel()
		_, err := value[bool](p, wait)
		for gone(err) && ctx.Err() == nil {
			_, err = value[bool](p, wait)
		}
		if errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("it does not come true: %s", condition)
		}
		return err
	}
}

// gone reports whether an evaluation ended because its page was left.
func gone(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "Inspected target navigated") || strings.Contains(err.Error(), "context was destroyed") ||
		strings.Contains(err.Error(), "Cannot find context"))
}

// do takes an action, which waits for what it acts on.
func do(a chromedp.Action[chromedp.Void]) func(*page) error {
	return func(p *page) error {
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		defer cancel()
		return chromedp.Do(ctx, a)
	}
}

// click clicks on what a selector finds, once it can be seen.
func click(selector string) func(*page) error {
	return func(p *page) error {
		if err := do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))(p); err != nil {
			return fmt.Errorf("click %s: %w", selector, err)
		}
		return nil
	}
}

// named clicks on the button with a text.
func named(text string) func(*page) error {
	return func(p *page) error {
		mark, err := json.Marshal(text)
		if err != nil {
			return err
		}
		find := fmt.Sprintf(`[...document.querySelectorAll('button')].find((b) => b.textContent.trim() === %s && b.checkVisibility() && !b.disabled)`, mark)
		if err := until(find + ` !== undefined`)(p); err != nil {
			return err
		}
		if _, err := value[bool](p, fmt.Sprintf(`(%s.setAttribute('data-driven', ''), true)`, find)); err != nil {
			return err
		}
		if err := click(`[data-driven]`)(p); err != nil {
			return err
		}
		_, err = value[bool](p, `(document.querySelector('[data-driven]')?.removeAttribute('data-driven'), true)`)
		return err
	}
}

// choose takes a value of a select, as a person would: the page is told.
func choose(id, option string) func(*page) error {
	return func(p *page) error {
		_, err := value[bool](p, fmt.Sprintf(`(() => { const s = document.getElementById(%q); s.value = %q; if (s.value !== %q) throw new Error('no such option');
			s.dispatchEvent(new Event('change', { bubbles: true })); return true })()`, id, option, option))
		return err
	}
}

// press sends keys to whatever has the focus.
func press(keys string) func(*page) error {
	return do(chromedp.KeyEvent(keys))
}

// focus gives an element the keyboard.
func focus(selector string) func(*page) error {
	return do(chromedp.Focus(chromedp.CSS(selector), chromedp.NodeVisible))
}

// say types into a field.
func say(selector, text string) func(*page) error {
	return do(chromedp.SendKeys(chromedp.CSS(selector), text, chromedp.NodeVisible))
}

// is requires that an expression is true now.
func is(condition string) func(*page) error {
	return func(p *page) error {
		ok, err := value[bool](p, "!!("+condition+")")
		if err == nil && !ok {
			err = fmt.Errorf("it is not so: %s", condition)
		}
		return err
	}
}

// scheme makes the system light or dark.
func scheme(name string) func(*page) error {
	return func(p *page) error {
		_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	}
}

// inspect takes a screenshot in light and one in dark, and asks axe-core and the
// console whether something is wrong.
func inspect(name string) func(*page) error {
	return func(p *page) error {
		for _, s := range []string{"light", "dark"} {
			if err := scheme(s)(p); err != nil {
				return err
			}
			if err := shot(name + "-" + s)(p); err != nil {
				return err
			}
			// Between light and dark nothing changes but colours.
			found, err := p.findings(map[string]string{"light": "", "dark": "color-contrast"}[s])
			if err != nil {
				return err
			}
			if len(found) > 0 {
				return fmt.Errorf("axe-core, %s, %s:\n%s", name, s, strings.Join(found, "\n"))
			}
			p.seen++
		}
		return p.silent()
	}
}

// silent requires that the console has nothing to say.
func (p *page) silent() error {
	messages, err := p.console()
	if err == nil && len(messages) > 0 {
		err = fmt.Errorf("the console says:\n%s", strings.Join(messages, "\n"))
	}
	return err
}

// shot keeps a screenshot.
func shot(name string) func(*page) error {
	return func(p *page) error {
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		defer cancel()
		png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(p.shots, name+".png"), png, 0o644)
	}
}

// findings are the violations that axe-core finds in the page as it is: of one
// rule, or of all.
func (p *page) findings(rule string) ([]string, error) {
	there, err := value[bool](p, `typeof axe !== 'undefined'`)
	if err != nil {
		return nil, err
	}
	if !there {
		if _, err := chromedp.Run(p.ctx, chromedp.Evaluate[chromedp.Void](axe)); err != nil {
			return nil, err
		}
	}
	only := ""
	if rule != "" {
		only = fmt.Sprintf(", runOnly: [%q]", rule)
	}
	return value[[]string](p, `axe.run(document, { resultTypes: ['violations']`+only+` }).then((r) =>
		r.violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + v.help + ': ' + n.target.join(' ') + ' ' + (n.any[0]?.message ?? ''))))`)
}
