package endpoint

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/sesame-tls/sesame/check/capture"
	"github.com/sesame-tls/sesame/check/tla"
	"github.com/sesame-tls/sesame/impl/tls"
)

// Recorder keeps what debugging asks for: the keys, the packets, the steps, or
// all of them. The zero value keeps nothing.
type Recorder struct {
	keys    *os.File
	packets *os.File
	capture *capture.Writer
	steps   *os.File
	log     *tla.Log
}

// OpenRecorder opens the files that are named; an empty name keeps nothing. The
// key log is appended to (it is usually SSLKEYLOGFILE), the capture and the trace
// are begun anew.
func OpenRecorder(keyLog, pcap, trace string) (*Recorder, error) {
	r := new(Recorder)
	var err error
	if keyLog != "" {
		if r.keys, err = os.OpenFile(keyLog, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600); err != nil {
			return nil, fmt.Errorf("SSLKEYLOGFILE: %w; name a file that can be written, or unset it", err)
		}
	}
	if pcap != "" {
		if r.packets, err = os.OpenFile(pcap, os.O_WRONLY|os.O_TRUNC|os.O_CREATE, 0o600); err == nil {
			r.capture, err = capture.NewWriter(r.packets)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("--pcap: %w; give a file that can be written", err), r.Close())
		}
	}
	if trace != "" {
		if r.steps, err = os.OpenFile(trace, os.O_WRONLY|os.O_TRUNC|os.O_CREATE, 0o600); err != nil {
			return nil, errors.Join(fmt.Errorf("--trace: %w; give a file that can be written", err), r.Close())
		}
		r.log = tla.NewLog(r.steps)
	}
	return r, nil
}

// keyLog is for tls.Config.KeyLogWriter; nil if there is nobody to tell.
func (r *Recorder) keyLog() io.Writer {
	var to []io.Writer
	if r.keys != nil {
		to = append(to, r.keys)
	}
	if r.capture != nil {
		to = append(to, r.capture.KeyLog())
	}
	if len(to) == 0 {
		return nil
	}
	return io.MultiWriter(to...)
}

// over returns the transport to use in c's place, and what to call once the
// handshake on it has ended.
func (r *Recorder) over(c net.Conn, dialled bool) (net.Conn, func()) {
	if r.capture == nil {
		return c, func() {}
	}
	recorded := r.capture.Conn(c, dialled)
	return recorded, recorded.Release
}

// Close writes everything out and closes the files.
func (r *Recorder) Close() error {
	var errs []error
	if r.capture != nil {
		errs = append(errs, r.capture.Flush())
	}
	for _, f := range []*os.File{r.keys, r.packets, r.steps} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}

// config returns a copy of c that tells the recorder its keys.
func (r *Recorder) config(c *tls.Config) *tls.Config {
	c = c.Clone()
	c.KeyLogWriter = r.keyLog()
	return c
}
