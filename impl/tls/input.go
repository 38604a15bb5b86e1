package tls

import (
	"io"
)

// minInput is what a connection's read buffer starts with: a ClientHello. It
// doubles only as octets arrive, so that a peer has to send what it makes us
// hold.
const minInput = 512

// maxEmptyReads bounds reads that return neither octets nor an error.
const maxEmptyReads = 100

// input holds octets off the transport until the machine has consumed them.
type input struct {
	buf  []byte
	r, w int
	err  error // of the transport, after what is buffered
}

func (in *input) pending() []byte { return in.buf[in.r:in.w] }

func (in *input) consume(n int) {
	if in.r += n; in.r == in.w {
		in.r, in.w = 0, 0
	}
}

// fill reads once from the transport, behind what is pending.
func (in *input) fill(from io.Reader) error {
	if in.err != nil {
		err := in.err
		in.err = nil
		return err
	}
	in.makeRoom()
	for range maxEmptyReads {
		n, err := from.Read(in.buf[in.w:])
		in.w += n
		if n > 0 {
			in.err = err
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// makeRoom moves what is pending to the front, or doubles a buffer that is full.
func (in *input) makeRoom() {
	switch {
	case in.buf == nil:
		in.buf = make([]byte, minInput)
	case in.w < len(in.buf):
	case in.r > 0:
		in.w = copy(in.buf, in.pending())
		in.r = 0
	default:
		// The machine takes a whole record or refuses its length, so that this
		// ends at the first power of two above a record.
		larger := make([]byte, 2*len(in.buf))
		in.w = copy(larger, in.buf)
		in.buf = larger
	}
}
