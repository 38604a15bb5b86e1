package mutants

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sesame-tls/sesame/check/fault"
)

// mutation is what an operator does to one function.
type mutation struct {
	fault.Fault        // Old and New are the whole function
	pkg         string // "impl/wire"
	function    string
	source      string // the line as it is, without blanks around it
	column      int    // in source, from 1
	nth         int    // of those that are alike in this function, from 1
	operator    string // what is done, and to what: "< becomes <="
	edited      string // the file as it becomes
}

// where says what the mutation is, however the lines move: the key of those that
// are known to change nothing.
func (m *mutation) where() string {
	text := fmt.Sprintf("%s %s: %s: at %d, %s", m.File, m.function, m.source, m.column, m.operator)
	if m.nth > 1 {
		text += fmt.Sprintf(", number %d", m.nth)
	}
	return text
}

// swaps are the operators on operators. Those that make the same of a condition
// as its negation are there once.
var swaps = map[token.Token]token.Token{
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR, token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.LAND: token.LOR, token.LOR: token.LAND,
	token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL, token.REM: token.MUL,
	token.AND: token.OR, token.OR: token.AND, token.XOR: token.OR, token.AND_NOT: token.AND, token.SHL: token.SHR, token.SHR: token.SHL,
	token.ADD_ASSIGN: token.SUB_ASSIGN, token.SUB_ASSIGN: token.ADD_ASSIGN, token.OR_ASSIGN: token.AND_ASSIGN,
	token.AND_ASSIGN: token.OR_ASSIGN, token.XOR_ASSIGN: token.OR_ASSIGN, token.INC: token.DEC, token.DEC: token.INC,
}

// mutations returns all that the operators do to a package's functions, tests
// apart: conditions negated, comparisons and operators swapped, numbers one too
// large, truth values inverted, statements deleted, functions that return at
// once. Not all of it builds.
func mutations(root, pkg string) ([]*mutation, error) {
	entries, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(pkg)))
	if err != nil {
		return nil, err
	}
	var all []*mutation
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(pkg), e.Name()))
		if err != nil {
			return nil, err
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, e.Name(), text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		g := generator{set: set, file: pkg + "/" + e.Name(), pkg: pkg, text: string(text)}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil && f.Name.Name != "init" {
				g.function(f)
			}
		}
		all = append(all, g.all...)
	}
	seen := map[string]int{}
	for i, m := range all {
		m.Name = fmt.Sprintf("m%d", i)
		key := m.where()
		seen[key]++
		m.nth = seen[key]
	}
	return all, nil
}

// generator makes the mutations of one file.
type generator struct {
	set             *token.FileSet
	file, pkg, text string
	decl            *ast.FuncDecl
	all             []*mutation
}

func (g *generator) offset(p token.Pos) int { return g.set.Position(p).Offset }

// replace makes a mutation: text in the place of what stands there.
func (g *generator) replace(from, to token.Pos, text, operator string) {
	start, end := g.offset(g.decl.Pos()), g.offset(g.decl.End())
	a, b := g.offset(from), g.offset(to)
	line := g.set.Position(from).Line
	source := strings.Split(g.text, "\n")[line-1]
	m := &mutation{pkg: g.pkg, function: g.decl.Name.Name, operator: operator}
	m.source = strings.TrimSpace(source)
	m.column = g.set.Position(from).Column - (len(source) - len(strings.TrimLeft(source, "\t")))
	m.File, m.Old, m.New = g.file, g.text[start:end], g.text[start:a]+text+g.text[b:end]
	m.edited = g.text[:a] + text + g.text[b:]
	g.all = append(g.all, m)
}

func (g *generator) function(f *ast.FuncDecl) {
	g.decl = f
	if len(f.Body.List) > 0 {
		g.returnAtOnce(f)
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			g.swap(n.OpPos, n.Op)
		case *ast.IfStmt:
			g.negate(n.Cond)
		case *ast.ForStmt:
			if n.Cond != nil {
				g.negate(n.Cond)
			}
		case *ast.CaseClause:
			for _, e := range n.List {
				if isCondition(e) {
					g.negate(e)
				}
			}
		case *ast.IncDecStmt:
			g.swap(n.TokPos, n.Tok)
			g.remove(n)
		case *ast.AssignStmt:
			g.swap(n.TokPos, n.Tok)
			if n.Tok != token.DEFINE {
				g.remove(n)
			}
		case *ast.ExprStmt, *ast.DeferStmt:
			g.remove(n)
		case *ast.ReturnStmt:
			return !fails(f, n)
		case *ast.BasicLit:
			g.number(n)
		case *ast.Ident:
			if other := map[string]string{"true": "false", "false": "true"}[n.Name]; other != "" {
				g.replace(n.Pos(), n.End(), other, n.Name+" becomes "+other)
			}
		}
		return true
	})
}

func (g *generator) swap(at token.Pos, op token.Token) {
	if other, ok := swaps[op]; ok {
		g.replace(at, at+token.Pos(len(op.String())), other.String(), fmt.Sprintf("%v becomes %v", op, other))
	}
}

// negate negates a condition, unless swapping its operator does so.
func (g *generator) negate(e ast.Expr) {
	if b, ok := e.(*ast.BinaryExpr); ok && (b.Op == token.EQL || b.Op == token.NEQ) {
		return
	}
	text := g.text[g.offset(e.Pos()):g.offset(e.End())]
	g.replace(e.Pos(), e.End(), "!("+text+")", "negate "+oneLine(text))
}

// isCondition reports whether a case may be one of a switch without a tag; the
// type checker knows.
func isCondition(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return true
	case *ast.UnaryExpr:
		return e.Op == token.NOT
	}
	return false
}

// fails reports whether a return hands up an error: what comes beside it means
// nothing, whatever it is.
func fails(f *ast.FuncDecl, r *ast.ReturnStmt) bool {
	if len(r.Results) < 2 || f.Type.Results == nil {
		return false
	}
	types := f.Type.Results.List
	of, ok := types[len(types)-1].Type.(*ast.Ident)
	last, isName := r.Results[len(r.Results)-1].(*ast.Ident)
	return ok && of.Name == "error" && !(isName && last.Name == "nil")
}

// remove deletes a statement; its lines stay.
func (g *generator) remove(n ast.Node) {
	text := g.text[g.offset(n.Pos()):g.offset(n.End())]
	g.replace(n.Pos(), n.End(), strings.Repeat("\n", strings.Count(text, "\n")), "delete "+oneLine(text))
}

func (g *generator) number(n *ast.BasicLit) {
	if v, err := strconv.ParseInt(n.Value, 0, 32); n.Kind == token.INT && err == nil {
		g.replace(n.Pos(), n.End(), strconv.FormatInt(v+1, 10), fmt.Sprintf("%s becomes %d", n.Value, v+1))
	}
}

// returnAtOnce makes the function return zero values.
func (g *generator) returnAtOnce(f *ast.FuncDecl) {
	var zeros []string
	if f.Type.Results != nil {
		for _, r := range f.Type.Results.List {
			zero := "*new(" + g.text[g.offset(r.Type.Pos()):g.offset(r.Type.End())] + ")"
			zeros = append(zeros, slices.Repeat([]string{zero}, max(1, len(r.Names)))...)
		}
	}
	at := f.Body.Lbrace + 1
	g.replace(at, at, "return "+strings.Join(zeros, ", ")+";", "return at once")
}

// oneLine shortens source for a name.
func oneLine(text string) string {
	line, _, cut := strings.Cut(strings.TrimSpace(text), "\n")
	if cut {
		line += " …"
	}
	return line
}
