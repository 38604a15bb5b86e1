package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"strconv"
	"strings"

	"github.com/sesame-tls/sesame/check/cases"
	"github.com/sesame-tls/sesame/check/probe"
)

// casesPage describes the conformance cases, how they are played and their
// format.
func (k *book) casesPage(b *bytes.Buffer) error {
	counts := map[string]int{}
	for _, c := range cases.Chosen() {
		part := strings.Join(strings.SplitN(c.ID, "/", 3)[:2], "/")
		counts[part]++
		counts["all"]++
		counts[c.System]++
		if c.Clear {
			counts["clear"]++
		}
	}
	fmt.Fprintf(b, `%d cases: %d for servers, %d for clients. %d+%d are one edge each of the model's machine of an endpoint, %d+%d are kinds
of handshake in which each two settings come together (with `+"`--all`"+`, every set of them), %d+%d stand for a requirement each.
%d end before the first protected record, and can be played with Python alone.

`, counts["all"], counts["server"], counts["client"], counts["server/tour"], counts["client/tour"], counts["server/kinds"], counts["client/kinds"],
		counts["server/rule"], counts["client/rule"], counts["clear"])
	fmt.Fprint(b, `    sesame probe --shim ./shim                            # a library behind a shim: docs/shim.md
    sesame probe --shim ./shim --baseline openssl-3.0     # beside the deviations that are known
    sesame probe --shim ./shim --run FAST-TLS-07 --out d  # one requirement; a pcapng for each case that fails
    prove --exec 'sesame probe --tap --shim' ./shim       # as one of perl's tests
    sesame probe server HOST:PORT --pac-key HEX --pac-opaque HEX
    sesame probe client --pac-key HEX --pac-opaque HEX -- COMMAND {}
    sesame probe player --out d                           # the player in Python

A line says of each case what became of it: its status, id, requirements and grade. The exit status is 0 if no case deviates but those of
the baseline, 1 if another one does or one of the baseline passes, 2 for wrong flags, files or addresses.

## Grades

`)
	table(b, []string{"Grade", "Meaning"}, [][]string{
		{cases.Must.Text(), "An RFC requires it, by its key words or because nothing works without."},
		{cases.NotRequired.Text(), "It is what this project recommends; each case says why."},
		{cases.AlertOnly.Text(), "What is to be refused is refused, with another alert or with none."},
	})
	fmt.Fprintf(b, "A crash, a hang and a shim that lies have the first grade, whatever was asked.\n\n## What no case reaches\n\n")
	var rows [][]string
	for _, id := range cases.OnTheWire() {
		if why, ok := cases.Unreached()[id]; ok {
			rows = append(rows, []string{id, why})
		}
	}
	table(b, []string{"Requirement", "Why"}, rows)
	return k.baselinesAndFormat(b)
}

func (k *book) baselinesAndFormat(b *bytes.Buffer) error {
	fmt.Fprintf(b, "## Baselines that come with the program\n\n")
	for _, name := range probe.KnownBaselines() {
		known, err := probe.KnownBaseline(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(b, "`%s`, %s:\n\n", name, known.Library)
		for _, d := range known.Deviations {
			some := ""
			if d.Some {
				some = "some of its releases; "
			}
			fmt.Fprintf(b, "- %s (%s%d cases, such as %s)\n", d.Reason, some, len(d.Cases), d.Cases[0])
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(b, "## The format of the cases, version %d\n\n", cases.Version)
	doc, err := k.packageDoc("check/cases/doc.go")
	if err != nil {
		return err
	}
	_, format, _ := strings.Cut(doc, "# The format\n")
	fmt.Fprintf(b, "%s\n\n", strings.TrimSpace(format))
	for _, file := range []string{"check/cases/case.go", "check/cases/outcome.go", "check/cases/registry.go"} {
		if err := k.members(b, file); err != nil {
			return err
		}
	}
	return nil
}

func (k *book) parse(file string) (*ast.File, error) {
	text, err := fs.ReadFile(k.source, file)
	if err != nil {
		return nil, err
	}
	return parser.ParseFile(token.NewFileSet(), file, text, parser.ParseComments)
}

func (k *book) packageDoc(file string) (string, error) {
	parsed, err := k.parse(file)
	if err != nil {
		return "", err
	}
	return parsed.Doc.Text(), nil
}

// members writes a table for each exported struct of a file that stands in JSON.
func (k *book) members(b *bytes.Buffer, file string) error {
	parsed, err := k.parse(file)
	if err != nil {
		return err
	}
	for _, d := range parsed.Decls {
		general, ok := d.(*ast.GenDecl)
		if !ok || general.Tok != token.TYPE {
			continue
		}
		spec := general.Specs[0].(*ast.TypeSpec)
		fields, ok := spec.Type.(*ast.StructType)
		if !ok || !spec.Name.IsExported() {
			continue
		}
		if rows := memberRows(fields); len(rows) > 0 {
			fmt.Fprintf(b, "### %s\n\n%s\n\n", spec.Name, oneLine(general.Doc.Text()))
			table(b, []string{"Member", "Type", "Meaning"}, rows)
		}
	}
	return nil
}

func memberRows(s *ast.StructType) (rows [][]string) {
	for _, f := range s.Fields.List {
		if f.Tag == nil {
			continue
		}
		tag, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			continue
		}
		name, rest, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		text := oneLine(f.Doc.Text() + f.Comment.Text())
		if rest == "" {
			text = strings.TrimSpace("Always there. " + text)
		}
		rows = append(rows, []string{"`" + name + "`", typeName(f.Type), text})
	}
	return rows
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// typeName is a type in JSON's words.
func typeName(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return typeName(t.X)
	case *ast.ArrayType:
		return "list of " + typeName(t.Elt)
	case *ast.MapType:
		return "object of " + typeName(t.Value)
	case *ast.Ident:
		switch t.Name {
		case "string", "Grade":
			return "string"
		case "bool":
			return "boolean"
		case "int", "uint8", "uint16":
			return "number"
		}
		return "[" + t.Name + "](#" + strings.ToLower(t.Name) + ")"
	}
	return "?"
}
