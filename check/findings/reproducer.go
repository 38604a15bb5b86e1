package findings

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/sesame-tls/sesame/spec/requirements"
)

// Reproducer returns the finding's program: one C file that needs nothing but
// the library. It ends with status 0 where the library is not affected, with 1 or
// by a signal where it is, and with 2 where it cannot say.
func (f Finding) Reproducer() (string, error) {
	pair, err := fs.ReadFile(f.from, "reproducers/"+f.Library+"/pair.h")
	if err != nil {
		return "", fmt.Errorf("findings: %s: %w", f.ID, err)
	}
	own, err := fs.ReadFile(f.from, "reproducers/"+f.Library+"/"+f.ID+".c")
	if err != nil {
		return "", fmt.Errorf("findings: %s: %w", f.ID, err)
	}
	return f.head() + string(pair) + "\n" + string(own), nil
}

// head is the comment that begins a program.
func (f Finding) head() string {
	var b strings.Builder
	fmt.Fprintf(&b, "/* %s.\n", f.Title)
	for _, id := range f.Requirements {
		if r, ok := requirements.ByID(id); ok {
			fmt.Fprintf(&b, " * %s (%s)\n", id, strings.Join(r.Sources, "; "))
		}
	}
	if len(f.References) > 0 {
		fmt.Fprintf(&b, " * See %s.\n", strings.Join(f.References, ", "))
	}
	libs := map[string]string{"openssl": "-lssl -lcrypto", "wolfssl": "-lwolfssl -lm"}[f.Library]
	fmt.Fprintf(&b, " *\n * cc -o %s %[1]s.c %s && ./%[1]s; echo $?\n", f.ID, libs)
	b.WriteString(" * 0: not affected; 1 or a signal: affected; 2: it could not be tried.\n * SPDX-License-Identifier: CC0-1.0\n */\n")
	return b.String()
}
