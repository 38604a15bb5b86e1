package radiusd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/sesame-tls/sesame/impl/eap"
	"github.com/sesame-tls/sesame/impl/fast"
	"github.com/sesame-tls/sesame/impl/radius"
)

// Daemon is a server that runs.
type Daemon struct {
	config  *Config
	log     *slog.Logger
	ring    *fast.KeyRing
	server  *radius.Server
	limits  *fast.Limiter
	metrics *metrics
}

// Open reads the files of a config, makes those that may be made, and returns a
// server that can run.
func (c *Config) Open(log *slog.Logger) (*Daemon, error) {
	d := &Daemon{config: c, log: log, ring: new(fast.KeyRing), metrics: newMetrics(),
		limits: fast.NewLimiter(c.UserFailures, c.FailureWindow)}
	err := d.ring.Load(c.path(c.Keys))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err = d.ring.Rotate(time.Now(), 0, 0); err == nil {
			err = d.ring.Save(c.path(c.Keys))
		}
		log.Info("made a key ring", "file", c.path(c.Keys))
	}
	if err != nil {
		return nil, err
	}
	rc, err := d.radiusConfig()
	if err != nil {
		return nil, err
	}
	if d.server, err = radius.NewServer(rc); err != nil {
		return nil, err
	}
	d.metrics.watch(d.server.Sessions)
	return d, nil
}

// radiusConfig reads users and certificate, and makes what the server runs with.
func (d *Daemon) radiusConfig() (*radius.ServerConfig, error) {
	c := d.config
	fc, err := c.server()
	if err != nil {
		return nil, err
	}
	fc.Keys, fc.Limits, fc.KeyLogWriter = d.ring, d.limits, c.KeyLog
	if fc.Users, err = loadUsers(c.path(c.Users)); err != nil {
		return nil, err
	}
	if fc.Certificate, err = c.certificate(func(text string) { d.log.Info(text) }); err != nil {
		return nil, err
	}
	engine, err := fast.NewServer(fc)
	if err != nil {
		return nil, err
	}
	methods := new(eap.Registry[eap.ServerMethod])
	methods.Add(eap.TypeFAST, func() eap.ServerMethod { return engine.NewSession() })
	clients, err := c.clients()
	if err != nil {
		return nil, err
	}
	return &radius.ServerConfig{
		Methods: methods, Clients: clients, MaxSessions: c.MaxSessions, Timeout: c.Timeout, Drain: c.Drain,
		Failures: c.NASFailures, FailureWindow: c.FailureWindow, Log: d.log, Observe: d.metrics.observe,
	}, nil
}

// Issue makes a PAC of the config's server, outside of any conversation.
func (c *Config) Issue(t fast.PACType, identity string, now time.Time) (*fast.PAC, error) {
	fc, err := c.server()
	if err != nil {
		return nil, err
	}
	if fc.Keys, err = fast.LoadKeyRing(c.path(c.Keys)); err != nil {
		return nil, err
	}
	accounts, err := loadUsers(c.path(c.Users))
	if err != nil {
		return nil, err
	}
	if accounts.Find(identity) == nil {
		return nil, fmt.Errorf("there is no user %q", identity)
	}
	fc.Users = accounts
	engine, err := fast.NewServer(fc)
	if err != nil {
		return nil, err
	}
	return engine.Issue(t, identity, now)
}

// Reload reads key ring, users and certificate again. Where that fails, the
// server goes on as before.
func (d *Daemon) Reload() {
	err := d.ring.Load(d.config.path(d.config.Keys))
	if err == nil {
		var rc *radius.ServerConfig
		if rc, err = d.radiusConfig(); err == nil {
			err = d.server.Reconfigure(rc)
		}
	}
	if err != nil {
		d.log.Error("not reloaded", "reason", err)
		return
	}
	d.log.Info("reloaded users, keys and certificate")
}

// Run serves until the context is done, and reloads on every value of reload.
func (d *Daemon) Run(ctx context.Context, reload <-chan os.Signal) error {
	address, err := net.ResolveUDPAddr("udp", d.config.Listen)
	if err != nil {
		return err
	}
	conn, err := net.ListenUDP("udp", address)
	if err != nil {
		return err
	}
	if d.config.Metrics != "" {
		stop, err := d.serveMetrics()
		if err != nil {
			return errors.Join(err, conn.Close())
		}
		defer stop()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-reload:
				d.Reload()
			}
		}
	}()
	d.log.Info("listening", "address", conn.LocalAddr().String())
	err = d.server.Serve(ctx, conn)
	d.log.Info("stopped", "sessions", d.server.Sessions())
	return err
}

// serveMetrics answers Prometheus on a listener of its own.
func (d *Daemon) serveMetrics() (stop func(), err error) {
	listener, err := net.Listen("tcp", d.config.Metrics)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(d.metrics.registry, promhttp.HandlerOpts{}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			d.log.Error("metrics", "reason", err)
		}
	}()
	d.log.Info("metrics", "address", "http://"+listener.Addr().String()+"/metrics")
	return func() { server.Close() }, nil
}
