package sut

import (
	"errors"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/cc"
)

// TestShimsAreShort: an owner writes at most 200 lines.
func TestShimsAreShort(t *testing.T) {
	for _, name := range []string{"openssl.c", "wolfssl.c", "shim.h"} {
		text, err := shims.ReadFile("shims/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > 200 {
			t.Errorf("%s has %d lines", name, n)
		}
		if !strings.Contains(string(text), "SPDX-License-Identifier: CC0-1.0") {
			t.Errorf("%s does not say that it may be taken", name)
		}
	}
}

// TestBuild: the shim greets in the words of the library that it was built
// against.
func TestBuild(t *testing.T) {
	program, err := BuildSystem(t.Context())
	if errors.Is(err, cc.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := Start(t.Context(), Program{Name: "system", Path: program})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(s.Library(), "OpenSSL ") || !s.Can("callback") || s.Can("magic") {
		t.Errorf("it is %q, and can do %q", s.Library(), s.greeting.Can)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := Build(t.Context(), cc.Library{Kind: "gnutls"}); err == nil {
		t.Error("there is a shim for a library that has none")
	}
}
