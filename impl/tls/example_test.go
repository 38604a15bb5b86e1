package tls_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/tls"
)

// exampleConfigs are a server with a certificate, as LoadX509KeyPair reads it
// from files, and a client that trusts its issuer.
func exampleConfigs() (client, server *tls.Config) {
	certificate, err := tls.X509KeyPair(testcert.Server(testcert.ECDSA).PEM())
	if err != nil {
		panic(err)
	}
	server = &tls.Config{Certificates: []tls.Certificate{certificate}}
	return &tls.Config{RootCAs: testcert.Roots(), ServerName: testcert.Name}, server
}

// A client and a server over TCP.
func Example() {
	client, server := exampleConfigs()
	l, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		io.WriteString(conn, "hello") // runs the handshake
	}()

	conn, err := tls.Dial("tcp", l.Addr().String(), client)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	greeting, err := io.ReadAll(conn)
	fmt.Printf("%s %v\n", greeting, err)
	fmt.Println(tls.VersionName(conn.ConnectionState().Version))
	// Output:
	// hello <nil>
	// TLS 1.2
}

// Agreeing on an application protocol.
func Example_alpn() {
	client, server := exampleConfigs()
	client.NextProtos = []string{"radius/1.1", "radius/1.0"}
	server.NextProtos = []string{"radius/1.0"}

	here, there := net.Pipe()
	go tls.Server(there, server).Handshake()
	conn := tls.Client(here, client)
	err := conn.Handshake()
	fmt.Println(conn.ConnectionState().NegotiatedProtocol, err)
	// Output: radius/1.0 <nil>
}

// A server that requires a client certificate.
func Example_clientCertificate() {
	client, server := exampleConfigs()
	server.ClientAuth = tls.RequireAndVerifyClientCert
	server.ClientCAs = testcert.Roots()
	certificate, err := tls.X509KeyPair(testcert.Client(testcert.ECDSA).PEM())
	if err != nil {
		fmt.Println(err)
		return
	}
	client.Certificates = []tls.Certificate{certificate}

	here, there := net.Pipe()
	go tls.Client(here, client).Handshake()
	conn := tls.Server(there, server)
	if err := conn.Handshake(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(conn.ConnectionState().PeerCertificates[0].Subject.CommonName)
	// Output: client.example
}

// A key log lets Wireshark open what was recorded.
func Example_keyLog() {
	client, server := exampleConfigs()
	var log bytes.Buffer
	client.KeyLogWriter = &log

	here, there := net.Pipe()
	go tls.Server(there, server).Handshake()
	if err := tls.Client(here, client).Handshake(); err != nil {
		fmt.Println(err)
		return
	}
	label, rest, _ := strings.Cut(log.String(), " ")
	fmt.Println(label, len(strings.TrimSpace(rest)))
	// Output: CLIENT_RANDOM 161
}

// Resuming by ticket or by Session ID.
func Example_resumption() {
	client, server := exampleConfigs()
	client.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	for range 2 {
		here, there := net.Pipe()
		go tls.Server(there, server).Handshake()
		conn := tls.Client(here, client)
		if err := conn.Handshake(); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(conn.ConnectionState().ResumedBy)
	}
	// Output:
	// none
	// ticket
}

// A handshake with a time limit.
func ExampleConn_HandshakeContext() {
	here, there := net.Pipe()
	go io.Copy(io.Discard, there) // a server that never answers
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	client, _ := exampleConfigs()
	fmt.Println(tls.Client(here, client).HandshakeContext(ctx))
	// Output: context deadline exceeded
}
