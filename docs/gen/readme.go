package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// The README shows part of an example that is compiled and run by a test, and
// the results of the last measurements.
const (
	exampleFile  = "impl/tls/example_readme_test.go"
	exampleBegin = "// README begin"
	exampleEnd   = "// README end"
	readmeBegin  = "<!-- " + exampleFile + " -->\n```go\n"
	readmeEnd    = "```\n<!-- end -->\n"
	resultsBegin = "<!-- bench/results.json -->\n"
	resultsEnd   = "<!-- end -->\n"
)

// readme returns the module's README with the example as its source has it, and
// the results as the last run of them has them, where it shows them.
func readme(root string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		return nil, err
	}
	source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(exampleFile)))
	if err != nil {
		return nil, err
	}
	example, err := between(source, exampleBegin+"\n", exampleEnd)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", exampleFile, err)
	}
	shown, err := between(text, readmeBegin, readmeEnd)
	if err != nil {
		return nil, fmt.Errorf("README.md: %w", err)
	}
	part := func(code []byte) []byte { return []byte(readmeBegin + string(code) + readmeEnd) }
	text = bytes.Replace(text, part(shown), part([]byte(dedent(string(example)))), 1)
	old, err := between(text, resultsBegin, resultsEnd)
	if err != nil {
		return text, nil // it shows none
	}
	results, err := readmeResults()
	if err != nil {
		return nil, err
	}
	region := func(table []byte) []byte { return []byte(resultsBegin + string(table) + resultsEnd) }
	return bytes.Replace(text, region(old), region(results), 1), nil
}

func between(text []byte, begin, end string) ([]byte, error) {
	_, rest, ok := bytes.Cut(text, []byte(begin))
	part, _, closed := bytes.Cut(rest, []byte(end))
	if !ok || !closed {
		return nil, fmt.Errorf("there is no part between %q and %q", begin, end)
	}
	return part, nil
}
