// Package supplicant is what `sesame supplicant` runs: EAP-FAST against a RADIUS
// server, once or many times. Fill an [Options] and call [Run].
package supplicant

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/radius"
)

// Options is what to do.
type Options struct {
	Peer      fast.PeerConfig
	Anonymous string // the identity outside of the tunnel
	Client    radius.ClientConfig

	Repeat, Parallel int
	Out              io.Writer
	Progress         func(done, total int, at string)
}

// Summary is what has come of all authentications.
type Summary struct {
	Accepted, Rejected, Failed int
	Repeated                   int // requests that were sent again
	latencies                  []time.Duration
	took                       time.Duration
	first                      error
}

var errRejected = errors.New("no access")

// Run authenticates as often as is asked for, and prints each phase of one, or
// a summary of many. It fails where not all were accepted.
func Run(ctx context.Context, o *Options) (*Summary, error) {
	var next, done atomic.Int64
	var mu sync.Mutex
	var workers sync.WaitGroup
	sum := new(Summary)
	start := time.Now()
	for range max(1, o.Parallel) {
		client, err := radius.Dial(ctx, &o.Client)
		if err != nil {
			return sum, err
		}
		workers.Go(func() {
			defer client.Close()
			for next.Add(1) <= int64(max(1, o.Repeat)) && ctx.Err() == nil {
				begun := time.Now()
				result, report, err := o.once(ctx, client)
				mu.Lock()
				sum.add(result, report, err, time.Since(begun))
				mu.Unlock()
				if o.Progress != nil {
					o.Progress(int(done.Add(1)), o.Repeat, "")
				}
				if o.Repeat <= 1 {
					o.tell(result, report, err)
				}
			}
		})
	}
	workers.Wait()
	sum.took = time.Since(start)
	if o.Repeat > 1 {
		sum.print(o.Out)
	}
	return sum, sum.verdict(ctx)
}

// verdict is an error unless all were accepted.
func (s *Summary) verdict(ctx context.Context) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case s.first != nil:
		return s.first
	case s.Accepted == 0 || s.Rejected+s.Failed > 0:
		return fmt.Errorf("%d of %d were not accepted", s.Rejected+s.Failed, s.Accepted+s.Rejected+s.Failed)
	}
	return nil
}

func (o *Options) once(ctx context.Context, client *radius.Client) (*radius.Result, fast.Report, error) {
	peer := fast.NewPeer(&o.Peer)
	defer peer.Release()
	var methods eap.Registry[eap.PeerMethod]
	methods.Add(eap.TypeFAST, func() eap.PeerMethod { return peer })
	identity := o.Anonymous
	if identity == "" {
		identity = "anonymous"
	}
	result, err := client.Authenticate(ctx, eap.NewPeer(&eap.PeerConfig{Identity: []byte(identity), Methods: &methods, MTU: o.Client.MTU}))
	report := peer.Report()
	if err != nil && report.Reason != nil {
		err = fmt.Errorf("%w: %w", err, report.Reason)
	}
	return result, report, err
}

func (s *Summary) add(r *radius.Result, report fast.Report, err error, took time.Duration) {
	s.latencies = append(s.latencies, took)
	if r != nil {
		s.Repeated += r.Repeated
	}
	switch {
	case err != nil || r.Accepted && !r.KeysAgree:
		s.Failed++
		if err == nil {
			err = fmt.Errorf("the server's keys are not the peer's")
		}
	case r.Accepted:
		s.Accepted++
		return
	default:
		s.Rejected++
		err = errRejected
		if report.Reason != nil {
			err = fmt.Errorf("%w: %w", errRejected, report.Reason)
		}
	}
	if s.first == nil {
		s.first = err
	}
}

// tell prints one authentication, phase by phase.
func (o *Options) tell(r *radius.Result, report fast.Report, err error) {
	if report.Tunnel != fast.NoTunnel {
		fmt.Fprintf(o.Out, "phase 1  %v, %v, %v\n", report.Tunnel, report.Version, report.Suite)
	}
	if report.Declined != nil && report.Tunnel != fast.ByPAC {
		fmt.Fprintln(o.Out, "         the PAC was declined")
	}
	if report.Method != eap.TypeNone {
		fmt.Fprintf(o.Out, "phase 2  %v\n", report.Method)
	}
	for _, t := range report.Issued {
		fmt.Fprintf(o.Out, "stored   a %v PAC\n", t)
	}
	switch {
	case err != nil:
	case r.Accepted:
		fmt.Fprintf(o.Out, "access   in %d rounds, keys agree: %v\n", r.Rounds, r.KeysAgree)
	default:
		fmt.Fprintf(o.Out, "no access, in %d rounds\n", r.Rounds)
	}
}

// print writes the counts, and the latencies' percentiles.
func (s *Summary) print(w io.Writer) {
	n := len(s.latencies)
	fmt.Fprintf(w, "%d authentications in %.1f s (%.0f/s): %d accepted, %d rejected, %d failed, %d requests sent again\n",
		n, s.took.Seconds(), float64(n)/s.took.Seconds(), s.Accepted, s.Rejected, s.Failed, s.Repeated)
	if n == 0 {
		return
	}
	slices.Sort(s.latencies)
	at := func(percent int) time.Duration {
		return s.latencies[min(n-1, n*percent/100)].Round(10 * time.Microsecond)
	}
	fmt.Fprintf(w, "latency: 50 %% %v, 90 %% %v, 99 %% %v, most %v\n", at(50), at(90), at(99), s.latencies[n-1].Round(10*time.Microsecond))
}
