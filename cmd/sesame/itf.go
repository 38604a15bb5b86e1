package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/sesame-tls/sesame/check/itf"
	"github.com/sesame-tls/sesame/check/learn/target"
	"github.com/sesame-tls/sesame/check/tla"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/model/phase2"
)

// itfFolder is where counterexamples go as traces, one file each.
type itfFolder struct {
	dir     string // empty: nowhere
	written map[string]int
}

func (f *itfFolder) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.dir, "itf", "", "write each counterexample to `DIR`, as a NAME.itf.json in the Informal Trace Format")
}

// create makes the folder, before anything runs.
func (f *itfFolder) create() error {
	if f.dir == "" {
		return nil
	}
	if err := os.MkdirAll(f.dir, 0o755); err != nil {
		return usagef("--itf: %v; give a folder that can be made", err)
	}
	return nil
}

// path writes a path of the handshake's model; nil is none.
func (f *itfFolder) path(name string, p *model.Path) error {
	if f.dir == "" || p == nil {
		return nil
	}
	t, err := tla.ITF(p, name)
	if err != nil {
		return err
	}
	return f.write(name, t)
}

// phase2 writes a path of the second phase's model; nil is none.
func (f *itfFolder) phase2(name string, p *phase2.Path) error {
	if f.dir == "" || p == nil {
		return nil
	}
	t := &itf.Trace{About: name + ", " + p.Scenario, Loop: -1}
	for i, st := range p.States {
		action := ""
		if i > 0 {
			action = p.Actions[i-1]
		}
		names, values := itf.Fields(st)
		t.Vars = names
		t.Add(action, values...)
	}
	return f.write(name, t)
}

// difference writes a conversation that a learned machine and the model's end
// differently.
func (f *itfFolder) difference(learned, want *target.Machine, inputs []string) error {
	if f.dir == "" {
		return nil
	}
	t := &itf.Trace{About: "a learned machine beside the model's", Vars: []string{"learned", "model"}, Loop: -1}
	t.Add("", itf.Of(""), itf.Of(""))
	was, is := want.Run(inputs), learned.Run(inputs)
	for i, in := range inputs {
		t.Add(in, itf.Of(is[i]), itf.Of(was[i]))
	}
	return f.write("difference", t)
}

func (f *itfFolder) write(name string, t *itf.Trace) error {
	if f.written == nil {
		f.written = map[string]int{}
	}
	if f.written[name]++; f.written[name] > 1 {
		name = fmt.Sprintf("%s-%d", name, f.written[name])
	}
	file, err := os.Create(filepath.Join(f.dir, name+".itf.json"))
	if err != nil {
		return usagef("--itf: %v; give a folder that can be written to", err)
	}
	if err := errors.Join(t.Write(file), file.Close()); err != nil {
		return fmt.Errorf("--itf: %w", err)
	}
	return nil
}
