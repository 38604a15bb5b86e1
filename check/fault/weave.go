package fault

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// variable is what switches a fault on, by its name.
const variable = "SESAME_FAULT"

// switchFile is what each package with faults gets.
const switchFile = `package %s

import "os"

var faultOn = os.Getenv(%q)

func faultChoice[T any](fault string, faulty, right T) T {
	if faultOn == fault {
		return faulty
	}
	return right
}
`

// splice is a replacement of the text from one offset to another.
type splice struct {
	from, to int
	text     string
}

// weave returns the source of one file with its faults in it, each in a copy of
// its function or beside the first value of its variable, and the package's name.
func weave(file, source string, faults []Fault) (woven, pkg string, err error) {
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, source, parser.SkipObjectResolution)
	if err != nil {
		return "", "", fmt.Errorf("fault: %w", err)
	}
	offset := func(p token.Pos) int { return set.Position(p).Offset }
	cases := map[ast.Node][]Fault{}
	var order []ast.Node
	for _, f := range faults {
		place, err := f.place(source, parsed, offset)
		if err != nil {
			return "", "", err
		}
		if slices.ContainsFunc(cases[place], func(other Fault) bool { return other.Name == f.Name }) {
			return "", "", fmt.Errorf("fault: %s is twice in one function or variable of %s", f.Name, file)
		}
		if cases[place] == nil {
			order = append(order, place)
		}
		cases[place] = append(cases[place], f)
	}
	var edits []splice
	var copies strings.Builder
	for _, place := range order {
		decl, ok := place.(*ast.FuncDecl)
		if !ok {
			edits = append(edits, choice(source, place.(*ast.ValueSpec), offset, cases[place]))
			continue
		}
		w := weaver{source: source, offset: offset, decl: decl}
		edits = append(edits, w.original(cases[place])...)
		for _, f := range cases[place] {
			copies.WriteString("\n" + w.faulty(f) + "\n")
		}
	}
	slices.SortFunc(edits, func(a, b splice) int { return b.from - a.from })
	for _, e := range edits {
		source = source[:e.from] + e.text + source[e.to:]
	}
	return source + copies.String(), parsed.Name.Name, nil
}

// place finds what the fault is in: an *[ast.FuncDecl], or the *[ast.ValueSpec] of
// one variable of the package.
func (f Fault) place(source string, parsed *ast.File, offset func(token.Pos) int) (ast.Node, error) {
	if n := strings.Count(source, f.Old); n != 1 {
		return nil, fmt.Errorf("fault: what %s replaces stands %d times in %s, not once", f.Name, n, f.File)
	}
	at := strings.Index(source, f.Old)
	within := func(n ast.Node) bool { return offset(n.Pos()) <= at && at+len(f.Old) <= offset(n.End()) }
	for _, d := range parsed.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body != nil && within(d) {
				return d, nil
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if v, ok := s.(*ast.ValueSpec); ok && d.Tok == token.VAR && len(v.Names) == 1 && len(v.Values) == 1 && within(v.Values[0]) {
					return v, nil
				}
			}
		}
	}
	return nil, fmt.Errorf("fault: what %s replaces is not within a function or the value of a variable of %s", f.Name, f.File)
}

// choice gives a variable the value that its fault says. All of them are computed,
// so that it must do no harm to.
func choice(source string, v *ast.ValueSpec, offset func(token.Pos) int, faults []Fault) splice {
	from, to := offset(v.Values[0].Pos()), offset(v.Values[0].End())
	of := ""
	if v.Type != nil {
		of = "[" + source[offset(v.Type.Pos()):offset(v.Type.End())] + "]"
	}
	right := source[from:to]
	text := right
	for _, f := range faults {
		text = fmt.Sprintf("faultChoice%s(%q, %s, %s)", of, f.Name, strings.Replace(right, f.Old, f.New, 1), text)
	}
	return splice{from, to, text}
}

// weaver rewrites one function.
type weaver struct {
	source string
	offset func(token.Pos) int
	decl   *ast.FuncDecl
}

func (w *weaver) text(n ast.Node) string { return w.source[w.offset(n.Pos()):w.offset(n.End())] }

// fields names every parameter, so that they can be handed on: what is declared
// and what is passed.
func (w *weaver) fields(list *ast.FieldList, prefix string) (declared, passed []string) {
	if list == nil {
		return nil, nil
	}
	for _, field := range list.List {
		names := field.Names
		if len(names) == 0 {
			names = []*ast.Ident{ast.NewIdent("_")}
		}
		for _, n := range names {
			name := n.Name
			if name == "_" {
				name = fmt.Sprintf("%s%d", prefix, len(declared))
			}
			declared = append(declared, name+" "+w.text(field.Type))
			if _, variadic := field.Type.(*ast.Ellipsis); variadic {
				name += "..."
			}
			passed = append(passed, name)
		}
	}
	return declared, passed
}

func (f Fault) suffix() string { return "Fault" + strings.ReplaceAll(f.Name, "-", "_") }

// original begins the function with a switch to its faulty copies.
func (w *weaver) original(faults []Fault) []splice {
	params, passed := w.fields(w.decl.Type.Params, "faultArg")
	call := w.decl.Name.Name
	edits := []splice{{w.offset(w.decl.Type.Params.Pos()), w.offset(w.decl.Type.Params.End()), "(" + strings.Join(params, ", ") + ")"}}
	if w.decl.Recv != nil {
		receiver, name := w.fields(w.decl.Recv, "faultSelf")
		call = name[0] + "." + call
		edits = append(edits, splice{w.offset(w.decl.Recv.Pos()), w.offset(w.decl.Recv.End()), "(" + receiver[0] + ")"})
	}
	var b strings.Builder
	b.WriteString("{\nswitch faultOn {\n")
	for _, f := range faults {
		form := "case %q:\nreturn %s%s(%s)\n"
		if w.decl.Type.Results == nil {
			form = "case %q:\n%s%s(%s)\nreturn\n"
		}
		fmt.Fprintf(&b, form, f.Name, call, f.suffix(), strings.Join(passed, ", "))
	}
	b.WriteString("}\n")
	lbrace := w.offset(w.decl.Body.Lbrace)
	return append(edits, splice{lbrace, lbrace + 1, b.String()})
}

// faulty is the function with the fault in it, under another name.
func (w *weaver) faulty(f Fault) string {
	name := w.decl.Name.Name + "("
	if w.decl.Type.TypeParams != nil {
		name = w.decl.Name.Name + "["
	}
	last := len(name) - 1
	text := strings.Replace(w.text(w.decl), f.Old, f.New, 1)
	return strings.Replace(text, " "+name, " "+name[:last]+f.suffix()+name[last:], 1)
}
