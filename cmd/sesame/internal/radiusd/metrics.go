package radiusd

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sesame-tls/sesame/impl/radius"
)

// metrics is what Prometheus gets.
type metrics struct {
	registry *prometheus.Registry
	packets  *prometheus.CounterVec
	fates    []prometheus.Counter // of packets, which every packet needs
	ended    *prometheus.CounterVec
	issued   *prometheus.CounterVec
	declined prometheus.Counter
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		packets: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sesame_radius_packets_total", Help: "Packets that came, by what became of them."}, []string{"fate"}),
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sesame_eap_fast_sessions_total", Help: "EAP-FAST sessions that ended, by tunnel, inner method and access."},
			[]string{"tunnel", "inner", "access"}),
		issued: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sesame_eap_fast_pacs_issued_total", Help: "PACs that were issued, by type."}, []string{"type"}),
		declined: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "sesame_eap_fast_pacs_declined_total", Help: "PACs that led to a full handshake or did not stand in for a login."}),
	}
	for f := radius.Challenged; f <= radius.Unknown; f++ {
		m.fates = append(m.fates, m.packets.WithLabelValues(f.String()))
	}
	m.registry.MustRegister(m.packets, m.ended, m.issued, m.declined)
	return m
}

// watch adds the number of open sessions.
func (m *metrics) watch(sessions func() int) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "sesame_radius_sessions", Help: "Conversations under way."}, func() float64 { return float64(sessions()) }))
}

func (m *metrics) observe(o radius.Observation) {
	m.fates[o.Fate].Inc()
	if o.Session == nil {
		return
	}
	access := "no"
	if o.Fate == radius.Accepted {
		access = "yes"
	}
	m.ended.WithLabelValues(o.Session.Tunnel.String(), o.Session.Method.String(), access).Inc()
	for _, t := range o.Session.Issued {
		m.issued.WithLabelValues(t.String()).Inc()
	}
	if o.Session.Declined != nil {
		m.declined.Inc()
	}
}
