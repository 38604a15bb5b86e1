// Package itf writes traces in the Informal Trace Format, the JSON in which the
// tools around TLA+ exchange them (Apalache's ADR 015), so that what this
// project's explorers find opens in the viewers and libraries of others.
//
//	trace := &itf.Trace{Vars: []string{"x"}, Loop: -1}
//	trace.Add("", itf.Of(1))
//	trace.Add("Increment", itf.Of(2))
//	err := trace.Write(os.Stdout)
//
// [Of] turns Go values into the format's; package tla does so with the states of
// tla/Sesame.tla.
package itf

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"unicode"
)

// Trace is a sequence of states.
type Trace struct {
	About  string   // what it is a trace of; empty: not told
	Source string   // the module that has the variables; empty: not told
	Vars   []string // their names
	States []State
	Loop   int // the state that follows the last one; -1: none does
}

// State has a value for each variable, in their order.
type State struct {
	Action string // what led here; empty: not told
	Values []json.RawMessage
}

// Add appends a state.
func (t *Trace) Add(action string, values ...json.RawMessage) {
	t.States = append(t.States, State{action, values})
}

// Write writes the trace, a state on each line.
func (t *Trace) Write(w io.Writer) error {
	var b bytes.Buffer
	meta := object{}
	meta.add("format", "ITF")
	meta.add("format-description", "https://apalache.informal.systems/docs/adr/015adr-trace.html")
	meta.optional("description", t.About)
	meta.optional("source", t.Source)
	b.WriteString("{\"#meta\":" + meta.end() + ",\n\"vars\":" + text(t.Vars))
	if t.Loop >= 0 {
		b.WriteString(",\n\"loop\":" + strconv.Itoa(t.Loop))
	}
	b.WriteString(",\n\"states\":[")
	for i, s := range t.States {
		if len(s.Values) != len(t.Vars) {
			return fmt.Errorf("itf: state %d has %d values for %d variables", i, len(s.Values), len(t.Vars))
		}
		if i > 0 {
			b.WriteByte(',')
		}
		var of, about object
		about.add("index", i)
		about.optional("action", s.Action)
		of.raw("#meta", about.end())
		for k, name := range t.Vars {
			of.raw(name, string(s.Values[k]))
		}
		b.WriteString("\n" + of.end())
	}
	b.WriteString("\n]}\n")
	_, err := w.Write(b.Bytes())
	return err
}

// object is a JSON object whose members stay in order.
type object struct{ members []byte }

func (o *object) raw(name, value string) {
	if o.members != nil {
		o.members = append(o.members, ',')
	}
	o.members = append(append(append(o.members, text(name)...), ':'), value...)
}

func (o *object) add(name string, value any) { o.raw(name, text(value)) }

func (o *object) optional(name, value string) {
	if value != "" {
		o.add(name, value)
	}
}

func (o *object) end() string { return "{" + string(o.members) + "}" }

// text is a string, a list of strings or a small number as JSON.
func text(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("itf: " + err.Error())
	}
	return string(bytes.TrimSpace(b.Bytes()))
}

// Int is an integer in the format.
func Int(decimal string) json.RawMessage {
	return json.RawMessage(`{"#bigint":"` + decimal + `"}`)
}

// Of returns a Go value in the format: what has a name by a String method as a
// string, integers, booleans and strings as themselves, arrays and slices as
// sequences, structs as records with their fields' names in lower camel case. It
// panics on others.
func Of(v any) json.RawMessage { return of(reflect.ValueOf(v)) }

func of(v reflect.Value) json.RawMessage {
	if named, ok := v.Interface().(fmt.Stringer); ok && v.Kind() != reflect.Struct {
		return json.RawMessage(text(named.String()))
	}
	switch v.Kind() {
	case reflect.Bool:
		return json.RawMessage(strconv.FormatBool(v.Bool()))
	case reflect.String:
		return json.RawMessage(text(v.String()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return Int(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return Int(strconv.FormatUint(v.Uint(), 10))
	case reflect.Array, reflect.Slice:
		list := []byte{'['}
		for i := range v.Len() {
			if i > 0 {
				list = append(list, ',')
			}
			list = append(list, of(v.Index(i))...)
		}
		return append(list, ']')
	case reflect.Struct:
		names, values := Fields(v.Interface())
		var o object
		for i, name := range names {
			o.raw(name, string(values[i]))
		}
		return json.RawMessage(o.end())
	}
	panic("itf: no value of the format for a " + v.Kind().String())
}

// Fields returns the names and the values of a struct's exported fields.
func Fields(s any) (names []string, values []json.RawMessage) {
	v := reflect.ValueOf(s)
	for _, f := range reflect.VisibleFields(v.Type()) {
		if f.IsExported() {
			names, values = append(names, camel(f.Name)), append(values, of(v.FieldByIndex(f.Index)))
		}
	}
	return names, values
}

// camel is ToPeer as toPeer, and EAP as eap.
func camel(name string) string {
	letters := []rune(name)
	for i, r := range letters {
		if !unicode.IsUpper(r) || i > 0 && i+1 < len(letters) && unicode.IsLower(letters[i+1]) {
			break
		}
		letters[i] = unicode.ToLower(r)
	}
	return string(letters)
}
