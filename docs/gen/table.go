package main

import (
	"bytes"
	"fmt"
	"strings"
)

// table writes a Markdown table.
func table(b *bytes.Buffer, head []string, rows [][]string) {
	row := func(cells []string) {
		for i, c := range cells {
			cells[i] = strings.ReplaceAll(c, "|", `\|`)
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
	}
	row(head)
	fmt.Fprintf(b, "|%s\n", strings.Repeat("---|", len(head)))
	for _, r := range rows {
		row(r)
	}
	b.WriteByte('\n')
}
