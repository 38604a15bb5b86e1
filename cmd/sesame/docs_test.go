package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestServeDocs: the site is served until the program is interrupted, and then
// it ends well.
func TestServeDocs(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	read, write := io.Pipe()
	root := newRoot()
	root.SetArgs([]string{"docs", "--serve", "127.0.0.1:0"})
	root.SetOut(write)
	done := make(chan error, 1)
	go func() { done <- root.ExecuteContext(ctx) }()
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if !ok {
		t.Fatalf("it said %q", line)
	}
	r, err := http.Get(address + "museum/issue-24213.html")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if text, err := io.ReadAll(r.Body); err != nil || r.StatusCode != 200 || !strings.Contains(string(text), "issue 24213") {
		t.Errorf("%s, %v", r.Status, err)
	}
	interrupt()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
