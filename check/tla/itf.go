package tla

import (
	"bytes"
	"encoding/json"

	"github.com/sesame-tls/sesame/check/itf"
	"github.com/sesame-tls/sesame/model"
)

// inITF writes values in the Informal Trace Format.
var inITF = &notation{
	tuple: [2]string{`{"#tup":[`, `]}`}, set: [2]string{`{"#set":[`, `]}`}, record: [2]string{"{", "}"}, field: [2]string{`"`, `":`},
	word: func(dst, word []byte) []byte {
		if c := word[0]; c == '-' || c >= '0' && c <= '9' {
			return append(dst, itf.Int(string(word))...)
		}
		return append(dst, bytes.ToLower(word)...) // TRUE or FALSE
	},
}

// ITF returns a path of the model as a trace, with the variables of
// tla/Sesame.tla. About says what it is a trace of.
func ITF(p *model.Path, about string) (*itf.Trace, error) {
	t := &itf.Trace{About: about, Source: "Sesame.tla", Loop: p.Loop}
	for i, st := range p.States {
		action := ""
		if i > 0 {
			action = p.Actions[i-1]
		}
		t.Vars = nil
		var values []json.RawMessage
		read := &parser{in: st.AppendTLA(nil), form: inITF}
		err := read.variables(func(name, value []byte) {
			t.Vars = append(t.Vars, string(name))
			values = append(values, stream(value))
		})
		if err != nil {
			return nil, err
		}
		t.Add(action, values...)
	}
	return t, nil
}

// stream turns a tuple that is a variable's whole value, and so one of the two
// streams, into a sequence: TLA+ writes both alike, the format does not.
func stream(value []byte) json.RawMessage {
	if inside, ok := bytes.CutPrefix(value, []byte(inITF.tuple[0])); ok {
		return append([]byte{'['}, bytes.TrimSuffix(inside, []byte{'}'})...)
	}
	return value
}
