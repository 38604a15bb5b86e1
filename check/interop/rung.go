package interop

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"

	"github.com/sesame-tls/sesame/check/ladder"
	"github.com/sesame-tls/sesame/check/sut"
)

// Rung holds impl/tls against other people's TLS.
var Rung = ladder.Rung{
	Name:  "interop",
	Shows: "impl/tls and OpenSSL's callback API, s_client, s_server and crypto/tls agree, in both roles",
	Needs: []ladder.Tool{
		{Name: "libssl-dev", Get: "apt-get install gcc libssl-dev", Find: func() error { _, err := sut.BuildSystem(context.Background()); return err }},
		{Name: "openssl", Get: "apt-get install openssl", Find: func() error { _, err := exec.LookPath("openssl"); return err }},
	},
	Run: climb,
}

func climb(ctx context.Context, r *ladder.Run) error {
	report, err := Run(ctx, Options{Long: r.Long, Mine: r.Shard.Has, Progress: r.Progress})
	if err != nil {
		return err
	}
	for _, l := range report.Lines {
		r.Notef("%v", l)
		r.Count("cases", l.Cases)
		r.Count("cells", l.Cells)
		for _, n := range l.NotApplicable {
			r.Count("cells not applicable", n)
		}
	}
	recorded, err := Recorded()
	if err != nil {
		return err
	}
	if n := report.Passed.Without(recorded); n > 0 {
		r.Notef("%d cells passed that manifest.json does not record: go test ./check/interop -run TestUpdateManifest -update", n)
	}
	failures := append(report.Failures(), recorded.Falls()...)
	if len(failures) > 0 {
		return ladder.Differ("%d of the connections did not go as they must; the first:\n%s%s", len(failures), failures[0], others(failures))
	}
	return nil
}

// others names the failures after the first.
func others(failures []string) string {
	if len(failures) == 1 {
		return ""
	}
	text := "\nand:"
	for i, f := range failures[1:] {
		if i == 20 {
			return text + fmt.Sprintf("\n  %d more", len(failures)-21)
		}
		text += "\n  " + firstLine(f)
	}
	return text
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func goVersion() string { return runtime.Version() }
