package ui

import (
	"context"
	"errors"
	"os"
	"os/exec"

	"github.com/chromedp/chromedp"

	"github.com/sesame-tls/sesame/check/ladder"
)

// Tool is the browser.
var Tool = ladder.Tool{Name: "chromium", Get: "apt-get install chromium", Find: func() error {
	_, err := find()
	return err
}}

// find returns the browser's program.
func find() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no Chromium and no Chrome is on the PATH")
}

// The window that the page has to look well in.
const (
	width  = 1280
	height = 800
)

// browser starts the browser. Pages are opened in contexts made from what it
// returns.
func browser(ctx context.Context) (context.Context, context.CancelFunc, error) {
	program, err := find()
	if err != nil {
		return nil, nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.DisableGPU,
		chromedp.WindowSize(width, height), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("force-device-scale-factor", "1"))
	if os.Geteuid() == 0 {
		// The sandbox is not to be had by root; what is browsed is our own.
		options = append(options, chromedp.NoSandbox)
	}
	ctx, stopAllocator := chromedp.NewExecAllocator(ctx, options...)
	ctx, stopBrowser := chromedp.NewContext(ctx)
	stop := func() { stopBrowser(); stopAllocator() }
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, nil, err
	}
	return ctx, stop, nil
}
