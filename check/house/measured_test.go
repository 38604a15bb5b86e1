package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	measuredLine = regexp.MustCompile(`(?m)^MEASURED = (.+)$`)
	testFunction = regexp.MustCompile(`(?m)^func (Test\w+)`)
)

// unmeasured says which tests of a file ask whether the race detector runs, and
// are not among those that make test runs without it.
func unmeasured(text string, measured *regexp.Regexp) (names []string, asks int) {
	starts := testFunction.FindAllStringSubmatchIndex(text, -1)
	for i, at := range starts {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		if name := text[at[2]:at[3]]; strings.Contains(text[at[0]:end], "raceEnabled") {
			asks++
			if !measured.MatchString(name) {
				names = append(names, name)
			}
		}
	}
	return names, asks
}

// Tests of impl that the race detector disturbs run without it, too.
func TestMeasuredWithoutRaceDetector(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	line := measuredLine.FindSubmatch(makefile)
	if line == nil {
		t.Fatal("the Makefile has no line MEASURED = ...")
	}
	measured, all := regexp.MustCompile(string(line[1])), 0
	walk(t, func(file string) {
		if !strings.HasPrefix(file, "impl/") || !strings.HasSuffix(file, "_test.go") {
			return
		}
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		names, asks := unmeasured(string(text), measured)
		all += asks
		for _, name := range names {
			t.Errorf("%s: %s: MEASURED in the Makefile does not name it", file, name)
		}
	})
	if all < 5 {
		t.Errorf("only %d such tests were found", all)
	}
}

func TestUnmeasuredIsFound(t *testing.T) {
	text := "func TestA(t *testing.T) {\n\tif raceEnabled {\n\t\tt.Skip()\n\t}\n}\n\nfunc TestAllocations(t *testing.T) {\n\t_ = raceEnabled\n}\n\nfunc TestB(t *testing.T) {}\n"
	names, asks := unmeasured(text, regexp.MustCompile("Alloc"))
	if asks != 2 || len(names) != 1 || names[0] != "TestA" {
		t.Errorf("found %v of %d", names, asks)
	}
}
