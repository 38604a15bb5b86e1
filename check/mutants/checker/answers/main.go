// Command answers checks what both sides share against known answers.
package main

import "github.com/sesame-tls/sesame/check/mutants/checker"

func main() { checker.Main(map[string]checker.Func{"answers": answers}) }
