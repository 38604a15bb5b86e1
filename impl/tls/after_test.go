package tls_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/sesame-tls/sesame/impl/internal/testcert"
	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/impl/tls"
	"github.com/sesame-tls/sesame/spec"
)

// forger takes the place of one end of a connection after its handshake: it has
// its keys, and sends what no Conn would.
type forger struct {
	t         *testing.T
	transport net.Conn
	write     record.Half
}

// takeOver returns the forger of an end that has sent nothing after Finished.
func takeOver(t *testing.T, conn *tls.Conn, role spec.Role) *forger {
	t.Helper()
	state := conn.ConnectionState()
	suite, _ := spec.SuiteByID(spec.SuiteID(state.CipherSuite))
	version := spec.Version(state.Version)
	block, err := conn.AppendKeyBlock(nil, 0, record.KeyBlockSize(version, suite), 0)
	if err != nil {
		t.Fatal(err)
	}
	keys, server := record.SplitKeyBlock(block, version, suite)
	if role == spec.Server {
		keys = server
	}
	f := &forger{t: t, transport: conn.NetConn()}
	if err := errors.Join(f.write.PrepareWrite(version, suite, keys, state.EncryptThenMAC), f.write.Activate()); err != nil {
		t.Fatal(err)
	}
	f.seal(spec.ContentHandshake, nil) // Finished had the first sequence number
	return f
}

func (f *forger) seal(typ spec.ContentType, data []byte) []byte {
	f.t.Helper()
	sealed, err := f.write.Seal(nil, typ, data)
	if err != nil {
		f.t.Fatal(err)
	}
	return sealed
}

// send sends records of one type, and data behind them.
func (f *forger) send(typ spec.ContentType, contents ...[]byte) {
	f.t.Helper()
	var all []byte
	for _, content := range contents {
		all = append(all, f.seal(typ, content)...)
	}
	if _, err := f.transport.Write(append(all, f.seal(spec.ContentApplicationData, []byte("data"))...)); err != nil {
		f.t.Error(err)
	}
}

// What may come between application data, and how often.
func TestBetweenApplicationData(t *testing.T) {
	const warning, fatal = 1, 2
	hello := clientHello(t, clientConfig())[5:]
	times := func(n int, content []byte) [][]byte { return slices.Repeat([][]byte{content}, n) }
	for _, tt := range []struct {
		name     string
		role     spec.Role // the forger's
		typ      spec.ContentType
		contents [][]byte
		alert    spec.AlertDescription // AlertNone: the data arrives
		sent     bool
		answer   spec.ContentType // the record that comes back before anything else; 0: none is awaited
	}{
		// RFC 5746, Section 4.4; RFC 5246, Section 7.4.1.1.
		{"HelloRequest", spec.Server, spec.ContentHandshake, times(1, []byte{0, 0, 0, 0}), spec.AlertNone, false, spec.ContentAlert},
		{"ClientHello", spec.Client, spec.ContentHandshake, times(1, hello), spec.AlertNone, false, spec.ContentAlert},
		{"a flood of HelloRequest", spec.Server, spec.ContentHandshake, times(1000, []byte{0, 0, 0, 0}), spec.UnexpectedMessage, true, 0},
		{"a warning", spec.Server, spec.ContentAlert, times(1, []byte{warning, byte(spec.NoRenegotiation)}), spec.AlertNone, false, 0},
		{"a flood of warnings", spec.Server, spec.ContentAlert, times(1000, []byte{warning, byte(spec.NoRenegotiation)}), spec.UnexpectedMessage, true, 0},
		{"an empty record", spec.Client, spec.ContentApplicationData, times(1, nil), spec.AlertNone, false, 0},
		{"a flood of empty records", spec.Client, spec.ContentApplicationData, times(1000, nil), spec.UnexpectedMessage, true, 0},
		{"a fatal alert", spec.Server, spec.ContentAlert, times(1, []byte{fatal, byte(spec.AccessDenied)}), spec.AccessDenied, false, 0},
		{"Finished", spec.Server, spec.ContentHandshake, times(1, append([]byte{20, 0, 0, 12}, make([]byte, 12)...)), spec.UnexpectedMessage, true, 0},
		{"ChangeCipherSpec", spec.Server, spec.ContentChangeCipherSpec, times(1, []byte{1}), spec.UnexpectedMessage, true, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, s := connect(t, clientConfig(), serverConfig(testcert.ECDSA))
			own, peer := c, s
			if tt.role == spec.Client {
				own, peer = s, c
			}
			f := takeOver(t, peer, tt.role)
			go f.send(tt.typ, tt.contents...)
			got := make([]byte, 4)
			_, err := io.ReadFull(own, got)
			if tt.alert != spec.AlertNone {
				wantAlert(t, "own", err, tt.sent, tt.alert)
				for range 2 {
					if _, again := own.Read(got); again != err {
						t.Errorf("then %v", again)
					}
				}
				if _, err := own.Write(got); err == nil {
					t.Error("a write after a fatal alert")
				}
				return
			}
			if err != nil || string(got) != "data" {
				t.Fatalf("%q, %v", got, err)
			}
			if tt.answer != 0 {
				back, err := readRecord(f.transport)
				if err != nil || back[0] != byte(tt.answer) {
					t.Errorf("answered by %x, %v", back, err)
				}
			}
			if _, err := own.Write([]byte("the connection goes on")); err != nil {
				t.Error(err)
			}
		})
	}
}

// A Read that has something to answer does not wait for a Write that is stuck,
// and its answer goes out behind it.
func TestReadDoesNotWaitForWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := net.Pipe()
		c, s := tls.Client(a, clientConfig()), tls.Server(b, serverConfig(testcert.ECDSA))
		if clientErr, serverErr := handshakes(c, s); clientErr != nil || serverErr != nil {
			t.Fatal(clientErr, serverErr)
		}
		written := make(chan error)
		go func() {
			_, err := c.Write(make([]byte, 1000))
			written <- err
		}()
		synctest.Wait() // the Write is stuck
		f := takeOver(t, s, spec.Server)
		go f.send(spec.ContentHandshake, []byte{0, 0, 0, 0})
		got := make([]byte, 4)
		if _, err := io.ReadFull(c, got); err != nil || string(got) != "data" {
			t.Errorf("%q, %v", got, err)
		}
		var types []byte
		for range 2 {
			record, err := readRecord(b)
			if err != nil {
				t.Fatal(err)
			}
			types = append(types, record[0])
		}
		if !bytes.Equal(types, []byte{byte(spec.ContentApplicationData), byte(spec.ContentAlert)}) {
			t.Errorf("records of type %v", types)
		}
		if err := <-written; err != nil {
			t.Error(err)
		}
		a.Close()
		b.Close()
	})
}
