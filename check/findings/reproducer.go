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
	libs := map[string]string{"openssl": "-lssl -lcrypto", "wolfssl": "-lwolfssl -lm"}[f.Library]
	text := comment(" * ", f.about(), fmt.Sprintf("cc -o %s %[1]s.c %s && ./%[1]s; echo $?", f.ID, libs))
	return "/* " + strings.TrimPrefix(text, " * ") + " */\n"
}

// about are the lines that say what a program shows.
func (f Finding) about() (lines []string) {
	lines = append(lines, f.Title+".")
	for _, id := range f.Requirements {
		if r, ok := requirements.ByID(id); ok {
			lines = append(lines, fmt.Sprintf("%s (%s)", id, strings.Join(r.Sources, "; ")))
		}
	}
	if len(f.References) > 0 {
		lines = append(lines, "See "+strings.Join(f.References, ", ")+".")
	}
	return lines
}

// comment is the head of a program in any language: what it is about, how it is
// run, what its status says. Each line begins with mark.
func comment(mark string, about []string, usage string) string {
	var b strings.Builder
	for _, line := range append(about, "", usage, "0: not affected; 1 or a signal: affected; 2: it could not be tried.", "SPDX-License-Identifier: CC0-1.0") {
		b.WriteString(strings.TrimRight(mark+line, " ") + "\n")
	}
	return b.String()
}
