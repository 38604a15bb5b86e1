package tls

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"
)

func TestInputGrowsAsOctetsArrive(t *testing.T) {
	var in input
	from := bytes.NewReader(bytes.Repeat([]byte{1}, 1<<15))
	for arrived := 0; arrived < 1<<15; arrived = len(in.pending()) {
		if len(in.buf) > 2*max(arrived, minInput) {
			t.Fatalf("%d octets are held for %d", len(in.buf), arrived)
		}
		if err := in.fill(from); err != nil {
			t.Fatal(err)
		}
	}
	in.consume(1<<15 - 10)
	held := len(in.buf)
	if err := in.fill(bytes.NewReader([]byte{2})); err != nil || len(in.pending()) != 11 || len(in.buf) != held {
		t.Errorf("%d octets pending of %d, %v", len(in.pending()), len(in.buf), err)
	}
}

// Octets that come with an error are taken first.
func TestInputKeepsTheErrorBack(t *testing.T) {
	var in input
	from := iotest.DataErrReader(bytes.NewReader([]byte("last")))
	if err := in.fill(from); err != nil || string(in.pending()) != "last" {
		t.Fatalf("%q, %v", in.pending(), err)
	}
	in.consume(4)
	if err := in.fill(from); err != io.EOF {
		t.Errorf("%v", err)
	}
}

func TestInputWithoutProgress(t *testing.T) {
	var in input
	if err := in.fill(emptyReader{}); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("%v", err)
	}
}

type emptyReader struct{}

func (emptyReader) Read([]byte) (int, error) { return 0, nil }
