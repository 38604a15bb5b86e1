// Command machines does PAC handshakes for package bench, which builds it twice:
// as it is, and without the code that traces. It reads commands and answers each
// with a line, as bench/openssl does.
package main

import (
	"fmt"
	"os"

	"github.com/sesame-tls/sesame/bench"
)

func main() {
	if err := bench.ServeMachines(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
