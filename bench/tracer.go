package bench

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// Untraced is the name of the side that has no code for tracing.
const Untraced = "without tracing"

// tracerRow holds machines whose Tracer is nil against machines that have no
// code for it: two builds of bench/machines. Two per cent is what the layout of
// the code does to either.
func tracerRow() Row {
	return Row{Name: "PAC handshake, Tracer nil", Kind: KindHandshake, Prepare: tracerSides, Slices: handshakeSlices,
		Targets: []Target{{Against: Untraced, AtLeast: 0.98}}, Limit: &Limit{As: Untraced}}
}

// errNoSource says that a build needs what this program was built from.
var errNoSource = errors.New("bench: building another program needs Go, and the module's folder as the current one")

func tracerSides() ([]Side, error) {
	dir, err := os.MkdirTemp("", "sesame-untraced-")
	if err != nil {
		return nil, err
	}
	var all []Side
	for _, name := range []string{Ours, Untraced} {
		side, err := machinesSide(dir, name)
		if errors.Is(err, errNoSource) {
			os.RemoveAll(dir)
			return all, nil // the row says nothing then
		}
		if err != nil {
			return nil, err
		}
		all = append(all, side)
	}
	end := all[1].Close
	all[1].Close = func() { end(); os.RemoveAll(dir) }
	return all, nil
}

// machinesSide builds and starts bench/machines.
func machinesSide(dir, name string) (Side, error) {
	program := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
	var flags []string
	if name == Untraced {
		overlay, err := untraced(dir)
		if err != nil {
			return Side{}, err
		}
		flags = []string{"-overlay", overlay}
	}
	if err := build(program, "bench/machines", flags...); err != nil {
		return Side{}, err
	}
	peer, err := StartPeer(name, program)
	if err != nil {
		return Side{}, err
	}
	return Side{
		Name: name, Work: peer.Work("pac"), Close: func() { peer.Close() },
		Count: func(n int) (objects, octets float64, err error) {
			answer, err := peer.ask(fmt.Sprint("allocations ", n))
			if err == nil {
				_, err = fmt.Sscan(answer, &objects, &octets)
			}
			return objects, octets, err
		},
	}, nil
}

// build builds a program of this module. The error is errNoSource where that
// cannot be done.
func build(program, folder string, flags ...string) error {
	args := append(append([]string{"build", "-o", program}, flags...), "github.com/sesame-tls/sesame/"+folder)
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %v: %s", errNoSource, err, out)
	}
	return nil
}

// untraced writes package handshake without tracing, as an overlay for go build.
func untraced(dir string) (overlay string, err error) {
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/sesame-tls/sesame/impl/handshake").Output()
	if err != nil {
		return "", fmt.Errorf("%w: %v", errNoSource, err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "*.go"))
	if err != nil {
		return "", err
	}
	replace, changes := map[string]string{}, 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		text, n, err := withoutTracing(source)
		if err != nil {
			return "", err
		}
		if n == 0 {
			continue
		}
		changes += n
		replace[file] = filepath.Join(dir, filepath.Base(file))
		if err := os.WriteFile(replace[file], text, 0o600); err != nil {
			return "", err
		}
	}
	if changes == 0 {
		return "", errors.New("bench: nothing in package handshake looks like tracing")
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, text, 0o600)
}

var (
	asksTracer = regexp.MustCompile(`m\.config\.Tracer (!=|==) nil`)
	notesTrace = regexp.MustCompile(`(?m)^\s*m\.trace\.\w+ = .*$`)
)

// withoutTracing takes the notes for the tracer out of a file: questions whether
// there is one are answered with no, what is noted is dropped, and what a trace
// method does is nothing. It returns how much it has changed.
func withoutTracing(source []byte) (text []byte, changes int, err error) {
	text = asksTracer.ReplaceAllFunc(source, func(q []byte) []byte {
		changes++
		if strings.Contains(string(q), "!=") {
			return []byte("false")
		}
		return []byte("true")
	})
	text = notesTrace.ReplaceAllFunc(text, func([]byte) []byte { changes++; return nil })
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, 0)
	if err != nil {
		return nil, 0, err
	}
	for i := len(file.Decls) - 1; i >= 0; i-- { // from behind, so that places stay right
		f, ok := file.Decls[i].(*ast.FuncDecl)
		if !ok || f.Recv == nil || f.Type.Results != nil || !isTrace(f.Recv.List[0].Type) {
			continue
		}
		changes++
		from, to := fset.Position(f.Body.Lbrace).Offset+1, fset.Position(f.Body.Rbrace).Offset
		text = append(append(append([]byte(nil), text[:from]...), '\n'), text[to:]...)
	}
	return text, changes, nil
}

func isTrace(receiver ast.Expr) bool {
	star, ok := receiver.(*ast.StarExpr)
	if !ok {
		return false
	}
	name, ok := star.X.(*ast.Ident)
	return ok && name.Name == "trace"
}

// ServeMachines answers a [Peer]: version, pac COUNT (nanoseconds of CPU time
// for one of the first variant) and allocations COUNT (objects and octets).
func ServeMachines(in io.Reader, out io.Writer) error {
	runtime.GOMAXPROCS(1)
	m, err := newMachines(variants[0].version, variants[0].suite)
	if err != nil {
		return err
	}
	for lines := bufio.NewScanner(in); lines.Scan(); {
		var command string
		var n int
		fmt.Sscan(lines.Text(), &command, &n)
		switch {
		case command == "version":
			fmt.Fprintln(out, runtime.Version())
		case command == "pac" && n > 0:
			took, err := CPU(m.run)(n)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "%.1f\n", float64(took.Nanoseconds())/float64(n))
		case command == "allocations" && n > 0:
			objects, octets, err := allocations(m.run, n)
			if err != nil {
				return err
			}
			fmt.Fprintln(out, objects, octets)
		default:
			fmt.Fprintln(out, "error: no such command")
		}
	}
	return nil
}
