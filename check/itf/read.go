package itf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// Read reads a trace and refuses whatever the format does not have. Values stay
// as they were written.
func Read(r io.Reader) (*Trace, error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	var file struct {
		Meta   map[string]any `json:"#meta"`
		Params []string       `json:"params"`
		Vars   []string       `json:"vars"`
		Loop   *int           `json:"loop"`
		States []members      `json:"states"`
	}
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("itf: no trace: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("itf: something follows the trace")
	}
	if f, told := file.Meta["format"]; told && f != "ITF" {
		return nil, fmt.Errorf("itf: the format is %v", f)
	}
	t := &Trace{Vars: file.Vars, Loop: -1}
	t.About, _ = file.Meta["description"].(string)
	t.Source, _ = file.Meta["source"].(string)
	if len(file.Vars) == 0 || len(file.States) == 0 {
		return nil, errors.New("itf: a trace has variables and states")
	}
	if file.Loop != nil {
		if t.Loop = *file.Loop; t.Loop < 0 || t.Loop >= len(file.States) {
			return nil, fmt.Errorf("itf: the loop goes back to %d, of %d states", t.Loop, len(file.States))
		}
	}
	for i, state := range file.States {
		s, err := readState(state, i, file.Vars)
		if err != nil {
			return nil, fmt.Errorf("itf: state %d: %w", i, err)
		}
		t.States = append(t.States, s)
	}
	return t, nil
}

type members = map[string]json.RawMessage

func readState(state members, i int, vars []string) (s State, err error) {
	if m, ok := state["#meta"]; ok {
		var meta struct {
			Index  *int   `json:"index"`
			Action string `json:"action"`
		}
		if err := strictly(m, &meta); err != nil {
			return s, err
		}
		if meta.Index != nil && *meta.Index != i {
			return s, fmt.Errorf("its index is %d", *meta.Index)
		}
		s.Action = meta.Action
		delete(state, "#meta")
	}
	for _, name := range vars {
		value, ok := state[name]
		if !ok {
			return s, fmt.Errorf("no value of %s", name)
		}
		if err := check(value); err != nil {
			return s, fmt.Errorf("%s: %w", name, err)
		}
		s.Values = append(s.Values, value)
	}
	if len(state) != len(vars) {
		return s, fmt.Errorf("values of %q for the variables %q", slices.Sorted(maps.Keys(state)), vars)
	}
	return s, nil
}

func strictly(in json.RawMessage, into any) error {
	dec := json.NewDecoder(bytes.NewReader(in))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

// check says what of a value is not in the format.
func check(v json.RawMessage) error {
	switch v = bytes.TrimSpace(v); {
	case bytes.Equal(v, []byte("true")), bytes.Equal(v, []byte("false")), v[0] == '"':
		return nil
	case v[0] == '[':
		return checkList(v)
	case v[0] == '{':
		return checkObject(v)
	}
	var n int64
	if err := json.Unmarshal(v, &n); err != nil || v[0] == 'n' || n >= 1<<53 || n <= -1<<53 {
		return fmt.Errorf("%s is no value", v)
	}
	return nil
}

func checkList(v json.RawMessage) error {
	var list []json.RawMessage
	if err := json.Unmarshal(v, &list); err != nil {
		return err
	}
	for _, e := range list {
		if err := check(e); err != nil {
			return err
		}
	}
	return nil
}

func checkObject(v json.RawMessage) error {
	var o members
	if err := json.Unmarshal(v, &o); err != nil {
		return err
	}
	for name, value := range o {
		if !strings.HasPrefix(name, "#") {
			if err := check(value); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			continue
		}
		if len(o) != 1 {
			return fmt.Errorf("%s beside other members", name)
		}
		return checkSpecial(name, value)
	}
	return nil
}

func checkSpecial(name string, value json.RawMessage) error {
	switch name {
	case "#bigint":
		var digits string
		if err := json.Unmarshal(value, &digits); err != nil {
			return err
		}
		if _, ok := new(big.Int).SetString(digits, 10); !ok {
			return fmt.Errorf("%q is no integer", digits)
		}
		return nil
	case "#tup", "#set":
		return checkList(value)
	case "#map":
		var pairs [][2]json.RawMessage
		if err := json.Unmarshal(value, &pairs); err != nil {
			return err
		}
		for _, p := range pairs {
			if err := errors.Join(check(p[0]), check(p[1])); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("%s is no kind of value", name)
}
