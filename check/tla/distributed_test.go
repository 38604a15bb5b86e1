package tla

import (
	"context"
	"testing"
)

// TestDistributed has one server and two workers on loopback find the states
// that the manifest has.
func TestDistributed(t *testing.T) {
	needsTLC(t)
	dir, all := load(t)
	c, err := Find(all, "MC0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done := make(chan error, 2)
	for range 2 {
		go func() { done <- Work(ctx, "127.0.0.1", 1) }()
	}
	if _, err := c.Serve(ctx, "127.0.0.1", Options{Dir: dir}); err != nil {
		t.Error(err)
	}
	stop()
	for range 2 {
		<-done
	}
}
