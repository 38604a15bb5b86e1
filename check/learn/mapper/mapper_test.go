package mapper_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sesame-tls/sesame/check/learn/mapper"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/model"
	"github.com/sesame-tls/sesame/spec"
)

// A client that is seen from the server's side.
func Example() {
	client := mapper.New(mapper.Config{Role: spec.Server})
	server := mapper.New(mapper.Config{Role: spec.Client})
	client.Reset()
	server.Reset()
	hello := client.Write(nil, model.Input{Message: model.Message{
		Type: spec.ClientHello, Hello: model.Hello{ID: spec.IDFresh, Ticket: model.TicketStripped},
	}})
	n, sent := server.Read(hello)
	fmt.Println(n == len(hello), sent[0].Message, server.AtRest())
	answer := server.Write(nil, model.Input{Message: model.Message{
		Type: spec.ServerHello, Hello: model.Hello{ID: spec.IDEcho, TicketExt: spec.Off},
	}})
	_, sent = client.Read(answer)
	fmt.Println(sent[0].Message, sent[0].ID, sent[0].Suite, client.AtRest())
	// Output:
	// true ClientHello true
	// ServerHello echo ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 false
}

func record(t spec.ContentType, content ...byte) []byte {
	return append([]byte{byte(t), 3, 3, byte(len(content) >> 8), byte(len(content))}, content...)
}

// TestRead: messages are found however records cut them, and what is none is
// Garbage.
func TestRead(t *testing.T) {
	done := new(wire.ServerHelloDone).Append(nil)
	request := new(wire.HelloRequest).Append(nil)
	handshake := spec.ContentHandshake
	for _, c := range []struct {
		name string
		in   []byte
		left int
		want []spec.Message
		over bool
	}{
		{"one", record(handshake, done...), 0, []spec.Message{spec.ServerHelloDone}, false},
		{"two in a record", record(handshake, append(slices.Clone(request), done...)...), 0, []spec.Message{spec.HelloRequest, spec.ServerHelloDone}, false},
		{"one in two records", append(record(handshake, done[:2]...), record(handshake, done[2:]...)...), 0, []spec.Message{spec.ServerHelloDone}, false},
		{"half a record", record(handshake, done...)[:7], 7, nil, false},
		{"half a message", record(handshake, done[:3]...), 0, nil, false},
		{"a warning", record(spec.ContentAlert, 1, 90), 0, []spec.Message{spec.Alert}, false},
		{"a fatal alert", record(spec.ContentAlert, 2, 40), 0, []spec.Message{spec.Alert}, true},
		{"half an alert", record(spec.ContentAlert, 2), 0, []spec.Message{spec.Garbage}, false},
		{"another protocol", []byte("HTTP/1.1 400 Bad Request"), 0, []spec.Message{spec.Garbage}, true},
		{"a record that is too long", []byte{22, 3, 3, 0xff, 0xff}, 0, []spec.Message{spec.Garbage}, true},
		{"a message that nobody knows", record(handshake, 99, 0, 0, 0), 0, []spec.Message{spec.Garbage}, false},
		{"a message that is too long", record(handshake, 11, 0xff, 0xff, 0xff), 0, []spec.Message{spec.Garbage}, false},
		{"a malformed hello", record(handshake, 2, 0, 0, 1, 3), 0, []spec.Message{spec.Garbage}, false},
		{"sealed without keys", append(record(spec.ContentChangeCipherSpec, 1), record(handshake, done...)...), 0,
			[]spec.Message{spec.ChangeCipherSpec, spec.Garbage}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := mapper.New(mapper.Config{Role: spec.Server})
			m.Reset()
			n, sent := m.Read(c.in)
			var got []spec.Message
			for _, s := range sent {
				got = append(got, s.Message)
			}
			if n != len(c.in)-c.left || !slices.Equal(got, c.want) || m.Over() != c.over {
				t.Errorf("took %d of %d octets, %v, over: %v", n, len(c.in), got, m.Over())
			}
		})
	}
}
