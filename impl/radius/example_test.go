package radius_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"sync"
	"time"

	layeh "layeh.com/radius"
	"layeh.com/radius/rfc2865"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/radius"
)

// handler puts EAP methods behind a plain handler of layeh.com/radius: for
// servers that do more than EAP. What it leaves out, radius.Server has: bounded
// sessions, answers to duplicates, limits.
func handler(methods *eap.Registry[eap.ServerMethod]) layeh.HandlerFunc {
	var mu sync.Mutex
	sessions := map[string]*eap.Server{} // by State
	return func(w layeh.ResponseWriter, r *layeh.Request) {
		mu.Lock()
		defer mu.Unlock()
		if radius.Verify(r.Packet) != nil {
			return
		}
		state := string(rfc2865.State_Get(r.Packet))
		session := sessions[state]
		if session == nil {
			session = eap.NewServer(&eap.ServerConfig{Methods: methods})
			state = rand.Text()
			sessions[state] = session
		}
		session.SetMTU(int(rfc2865.FramedMTU_Get(r.Packet)))
		message, status := session.Step(nil, radius.EAPMessage(r.Packet), time.Now())
		code := map[eap.Status]layeh.Code{
			eap.Continue: layeh.CodeAccessChallenge, eap.Succeeded: layeh.CodeAccessAccept, eap.Failed: layeh.CodeAccessReject,
		}[status]
		if code == 0 {
			return // discarded
		}
		reply := r.Response(code)
		radius.AddEAPMessage(reply, message)
		if status == eap.Continue {
			rfc2865.State_SetString(reply, state)
		} else {
			radius.AddKeys(reply, r.Packet, session.Keys())
			session.Release()
			delete(sessions, state)
		}
		if radius.Sign(reply) == nil {
			w.Write(reply)
		}
	}
}

func Example() {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	server := &layeh.PacketServer{Handler: handler(methods()), SecretSource: layeh.StaticSecretSource([]byte("testing123"))}
	go server.Serve(conn)
	defer server.Shutdown(context.Background())

	client, err := radius.Dial(context.Background(), &radius.ClientConfig{Server: conn.LocalAddr().String(), Secret: []byte("testing123")})
	if err != nil {
		panic(err)
	}
	defer client.Close()
	result, err := client.Authenticate(context.Background(), peer())
	fmt.Println(result.Accepted, result.KeysAgree, err)
	// Output: true true <nil>
}
