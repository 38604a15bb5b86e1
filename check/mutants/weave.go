package mutants

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"github.com/sesame-tls/sesame/check/fault"
	"github.com/sesame-tls/sesame/check/mutants/checker"
)

// woven are the checker's programs with many patches in them, which their names
// switch on: those that change the bodies of functions and the values of variables,
// and nothing else. They are built once, and not for each patch.
type woven struct {
	files map[string]string // by the program's name
	has   map[string]bool   // by the patch's; "" is none, which they have too
}

// weave builds the programs, into a folder that stays. A patch that cannot be
// woven, or keeps the others from building, is left to be built by itself.
func (b *bench) weave(ctx context.Context, faults []*Fault) (woven, error) {
	w := woven{files: map[string]string{}, has: map[string]bool{"": true}}
	var all []fault.Fault
	for _, f := range faults {
		parts, err := f.parts(b.root)
		if err == nil && len(parts) > 0 {
			all = append(all, parts...)
			w.has[f.Name] = true
		}
	}
	o, err := newOverlay(b.root, b.dir)
	if err != nil {
		return woven{}, err
	}
	texts, err := fault.Weave(b.root, all)
	if err != nil {
		return woven{}, err
	}
	for file, text := range texts {
		if err := o.put(file, []byte(text)); err != nil {
			return woven{}, err
		}
	}
	programs, err := o.buildCheckers(ctx, checker.Programs()...)
	if isBuild(err) {
		o.remove()
		return woven{}, nil // each by itself will tell whose fault it is
	}
	for i, name := range checker.Programs() {
		w.files[name] = programs[i]
	}
	return w, err
}

// parts returns the fault as what it changes: functions, each whole, and the values
// of variables; none if it changes anything else. The error is that the patch does
// not apply.
func (f *Fault) parts(root string) (all []fault.Fault, err error) {
	for _, p := range f.files {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(p.file)))
		if err != nil {
			return nil, err
		}
		changed, err := p.apply(string(text))
		if err != nil {
			return nil, err
		}
		was, err := declarations(string(text))
		if err != nil {
			return nil, err
		}
		is, err := declarations(changed)
		if err != nil {
			return nil, err
		}
		if len(was) != len(is) {
			return nil, nil
		}
		for i, d := range was {
			if d.outside != is[i].outside {
				return nil, nil
			}
			if d.text != is[i].text {
				if strings.Count(string(text), d.text) != 1 {
					return nil, nil // which one is meant, the weaver cannot tell
				}
				all = append(all, fault.Fault{Name: f.Name, File: p.file, Old: d.text, New: is[i].text})
			}
		}
	}
	return all, nil
}

// declaration is one of a file: the text that may be another, and the text that
// may not.
type declaration struct{ text, outside string }

func declarations(text string) ([]declaration, error) {
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	cut := func(from, to token.Pos) string { return text[set.Position(from).Offset:set.Position(to).Offset] }
	var all []declaration
	for _, d := range parsed.Decls {
		one := declaration{outside: cut(d.Pos(), d.End())}
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body != nil {
				one = declaration{cut(d.Pos(), d.End()), cut(d.Pos(), d.Body.Pos())}
			}
		case *ast.GenDecl:
			if d.Tok != token.VAR || len(d.Specs) != 1 {
				break
			}
			if v := d.Specs[0].(*ast.ValueSpec); len(v.Names) == 1 && len(v.Values) == 1 { // all that a var declares is values
				one = declaration{cut(v.Values[0].Pos(), v.Values[0].End()), cut(d.Pos(), v.Values[0].Pos())}
			}
		}
		all = append(all, one)
	}
	return all, nil
}
