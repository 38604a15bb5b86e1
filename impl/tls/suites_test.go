package tls

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"github.com/sesame-tls/sesame/spec"
)

func TestSuiteConstantsAreTheVocabularys(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "suites.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := make(map[spec.SuiteID]string)
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) > 0 {
			id, err := strconv.ParseUint(v.Values[0].(*ast.BasicLit).Value, 0, 16)
			if err != nil {
				t.Fatal(err)
			}
			declared[spec.SuiteID(id)] = v.Names[0].Name
		}
		return true
	})
	for _, s := range spec.Suites() {
		if got, want := declared[s.ID], CipherSuiteName(uint16(s.ID)); got != want {
			t.Errorf("0x%04X is declared as %q, want %q", uint16(s.ID), got, want)
		}
	}
	if got, want := len(declared), len(spec.Suites()); got != want {
		t.Errorf("%d suites are declared, want %d", got, want)
	}
}
