package bench

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"fmt"
	"hash"
	"io"
	"time"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/sesame-tls/sesame/impl/record"
	"github.com/sesame-tls/sesame/spec"
)

// Raw is the name of the side that has the cipher alone, once it is keyed, and
// Piped of the one that besides sends what it seals over the pipe that the stacks
// have: no stack on that cipher needs less.
const (
	Raw   = "raw"
	Piped = "raw, piped"
)

// protection is what records are measured under, all of TLS 1.2.
type protection struct {
	suite   spec.SuiteID
	name    string
	openssl string  // as the peer's commands have it
	conn    float64 // times crypto/tls at least, Conn to Conn, of 16 KiB; 0: no target
	conn1K  float64 // of 1 KiB
}

var protections = []protection{
	{0xc02f, "AES-128-GCM", "ECDHE-RSA-AES128-GCM-SHA256", 1.2, 1.3},
	{0xc030, "AES-256-GCM", "ECDHE-RSA-AES256-GCM-SHA384", 0, 0},
	{0xcca8, "ChaCha20-Poly1305", "ECDHE-RSA-CHACHA20-POLY1305", 0, 0}, // the AEAD alone does not leave so much to win
	{0xc013, "AES-128-CBC-SHA", "ECDHE-RSA-AES128-SHA", 1.05, 0},
}

// connSizes are the octets of one Write.
var connSizes = []int{64, 256, 1 << 10, 4 << 10, record.MaxPlaintext}

func recordRows(peers []*Peer) []Row {
	var rows []Row
	for _, p := range protections {
		sizes := []int{1 << 10, record.MaxPlaintext}
		if s, _ := spec.SuiteByID(p.suite); !s.Cipher.AEAD() {
			sizes = sizes[1:]
		}
		for _, n := range sizes {
			for _, open := range []bool{false, true} {
				what := "seal"
				if open {
					what = "open"
				}
				rows = append(rows, Row{
					Name: fmt.Sprintf("record %s %s, %d octets", what, p.name, n), Kind: KindRecord, Octets: n,
					Prepare: p.sides(n, open), Targets: []Target{{Against: Raw, AtLeast: 0.95}}, Limit: &Limit{},
				})
			}
		}
	}
	for _, p := range protections {
		if p.suite == 0xc030 {
			continue // as with the shorter key, but for the cipher
		}
		for _, n := range connSizes {
			row := Row{Name: fmt.Sprintf("Conn to Conn %s, %d octets", p.name, n), Kind: KindConn, Octets: n, Prepare: p.transfers(n)}
			bound := map[int]float64{1 << 10: p.conn1K, record.MaxPlaintext: p.conn}[n]
			if bound > 0 {
				row.Targets = []Target{{Against: CryptoTLS, AtLeast: bound}}
			}
			row.with(peers, fmt.Sprintf("record 1.2 %s %d", p.openssl, n), 0)
			rows = append(rows, row)
		}
	}
	return rows
}

// batch is how many octets of records are sealed before any is opened: more than
// a core's nearest cache has, as off a network.
const batch = 1 << 20

// sides are our Half and the raw cipher, at sealing or at opening records of n
// octets.
func (p protection) sides(n int, open bool) func() ([]Side, error) {
	return func() ([]Side, error) {
		ours, err := newHalves(p.suite, n)
		if err != nil {
			return nil, err
		}
		raw := newRaw(p.suite, n)
		if open {
			return []Side{opening(Ours, ours), opening(Raw, raw)}, nil
		}
		return []Side{local(Ours, sealing(ours)), local(Raw, sealing(raw))}, nil
	}
}

// sealer seals and opens records, record i of a batch in a place of its own.
// open opens the batch in the order in which it was sealed.
type sealer interface {
	count() int
	seal(i int) error
	open(i int) error
}

func sealing(s sealer) func(n int) error {
	return func(n int) error {
		for range n {
			if err := s.seal(0); err != nil {
				return err
			}
		}
		return nil
	}
}

// opening is a side that opens what it has sealed just before; only the opening
// is timed. Allocations are those of both.
func opening(name string, s sealer) Side {
	timed := func(n int) (took time.Duration, err error) {
		for ; n > 0 && err == nil; n -= s.count() {
			k := min(n, s.count())
			for i := 0; i < k && err == nil; i++ {
				err = s.seal(i)
			}
			before := cpuTime()
			for i := 0; i < k && err == nil; i++ {
				err = s.open(i)
			}
			took += cpuTime() - before
		}
		return took, err
	}
	side := local(name, func(n int) error { _, err := timed(n); return err })
	side.Work = timed
	return side
}

// halves are our two directions.
type halves struct {
	suite       spec.Suite
	write, read record.Half
	data, buf   []byte
	each        int // the octets of buf for one record
	sealed      [][]byte
	used        int // records under these keys
}

func newHalves(id spec.SuiteID, n int) (*halves, error) {
	h := &halves{data: make([]byte, n), each: n + 128, buf: make([]byte, batch)}
	h.suite, _ = spec.SuiteByID(id)
	h.sealed = make([][]byte, len(h.buf)/h.each)
	return h, h.key()
}

// key begins with new keys: an AEAD's last so long only.
func (h *halves) key() error {
	block := make([]byte, record.KeyBlockSize(spec.TLS12, h.suite))
	keys, _ := record.SplitKeyBlock(block, spec.TLS12, h.suite)
	h.write.Reset()
	h.read.Reset()
	h.used = 0
	if err := h.write.PrepareWrite(spec.TLS12, h.suite, keys, false); err != nil {
		return err
	}
	if err := h.read.PrepareRead(spec.TLS12, h.suite, keys, false); err != nil {
		return err
	}
	if err := h.write.Activate(); err != nil {
		return err
	}
	return h.read.Activate()
}

func (h *halves) count() int { return len(h.sealed) }

func (h *halves) seal(i int) (err error) {
	if h.used++; h.used > 1<<24 && i == 0 {
		if err := h.key(); err != nil {
			return err
		}
	}
	h.sealed[i], err = h.write.Seal(h.buf[i*h.each:i*h.each:(i+1)*h.each], spec.ContentApplicationData, h.data)
	return err
}

func (h *halves) open(i int) error {
	_, _, _, err := h.read.Open(h.sealed[i])
	return err
}

// rawAEAD is an AEAD without records.
type rawAEAD struct {
	aead        cipher.AEAD
	nonce, head []byte
	data, buf   []byte
	each        int
	sealed      [][]byte
}

// raw is a cipher without records.
type raw interface {
	sealer
	record(i int) []byte // what is sealed, to be opened
}

func newRaw(id spec.SuiteID, n int) raw {
	s, _ := spec.SuiteByID(id)
	if !s.Cipher.AEAD() {
		return newRawCBC(s, n)
	}
	r := &rawAEAD{nonce: make([]byte, 12), head: make([]byte, 13), data: make([]byte, n), buf: make([]byte, batch), each: n + 128}
	r.sealed = make([][]byte, len(r.buf)/r.each)
	if s.Cipher == spec.ChaCha20Poly1305 {
		r.aead, _ = chacha20poly1305.New(make([]byte, s.Key)) // 32 octets are a key
	} else {
		r.aead = newGCM(make([]byte, s.Key))
	}
	return r
}

func (r *rawAEAD) count() int { return len(r.sealed) }

func (r *rawAEAD) record(i int) []byte { return r.sealed[i] }

func (r *rawAEAD) seal(i int) error {
	r.sealed[i] = r.aead.Seal(r.buf[i*r.each:i*r.each:(i+1)*r.each], r.nonce, r.data, r.head)
	return nil
}

func (r *rawAEAD) open(i int) error {
	_, err := r.aead.Open(r.sealed[i][:0], r.nonce, r.sealed[i], r.head)
	return err
}

// rawCBC is HMAC-SHA1 and AES-CBC without records, the IV, padding and MAC
// beside the data.
type rawCBC struct {
	encrypt, decrypt cipher.BlockMode
	mac              hash.Hash
	sum, head        []byte
	data, buf        []byte
	each             int
}

func newRawCBC(s spec.Suite, n int) *rawCBC {
	key := make([]byte, s.Key)
	return &rawCBC{
		encrypt: newCBC(key, false), decrypt: newCBC(key, true), mac: hmac.New(sha1.New, make([]byte, s.MACKey)),
		sum: make([]byte, 0, sha1.Size), head: make([]byte, 13), data: make([]byte, n), buf: make([]byte, batch), each: n + 128,
	}
}

func (r *rawCBC) count() int { return len(r.buf) / r.each }

func (r *rawCBC) record(i int) []byte { return r.buf[i*r.each:][:len(r.data)+rest] }

// authenticate makes the MAC of a record.
func (r *rawCBC) authenticate(data []byte) {
	r.mac.Reset()
	r.mac.Write(r.head)
	r.mac.Write(data)
	r.mac.Sum(r.sum)
}

// rest is what MAC and padding add to data in whole blocks.
const rest = 32

func (r *rawCBC) seal(i int) error {
	out := r.buf[i*r.each:]
	r.authenticate(r.data)
	r.encrypt.CryptBlocks(out, r.data)
	r.encrypt.CryptBlocks(out[len(r.data):], out[len(r.data):len(r.data)+rest])
	return nil
}

func (r *rawCBC) open(i int) error {
	in := r.record(i)
	r.decrypt.CryptBlocks(in, in)
	r.authenticate(in[:len(r.data)])
	return nil
}

// transfers are the sides that send n octets from a Conn to another, and the raw
// cipher at both ends, with and without any sending.
func (p protection) transfers(n int) func() ([]Side, error) {
	return func() ([]Side, error) {
		ours, err := newSesame(spec.TLS12, p.suite, true)
		if err != nil {
			return nil, err
		}
		theirs, err := newStandard(spec.TLS12, p.suite, false)
		if err != nil {
			return nil, err
		}
		send, err := newConns(ours, spec.BySessionSecret).transfer(n)
		if err != nil {
			return nil, err
		}
		sendTheirs, err := newConns(theirs, spec.Full).transfer(n)
		if err != nil {
			return nil, fmt.Errorf("crypto/tls: %w", err)
		}
		return []Side{
			local(Ours, send), local(CryptoTLS, sendTheirs),
			local(Raw, sending(newRaw(p.suite, n), nil)), local(Piped, sending(newRaw(p.suite, n), newPipe())),
		}, nil
	}
}

// sending seals and opens one record after the other, which has gone through a
// pipe meanwhile; nil: it has not.
func sending(r raw, over *pipe) func(n int) error {
	return func(n int) error {
		for range n {
			if err := r.seal(0); err != nil {
				return err
			}
			if over != nil {
				if err := there(over, r.record(0)); err != nil {
					return err
				}
			}
			if err := r.open(0); err != nil {
				return err
			}
		}
		return nil
	}
}

// there sends a record over a pipe and takes it off.
func there(over *pipe, record []byte) error {
	if _, err := over.a.Write(record); err != nil {
		return err
	}
	_, err := io.ReadFull(&over.b, record)
	return err
}
