package probe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesame-tls/sesame/check/cases"
	"github.com/sesame-tls/sesame/check/cc"
	"github.com/sesame-tls/sesame/check/interop"
	"github.com/sesame-tls/sesame/check/probe"
	"github.com/sesame-tls/sesame/check/sut"
	"github.com/sesame-tls/sesame/spec"
)

// The test binary is a shim of ours, if it is told which.
func TestMain(m *testing.M) {
	switch served, err := probe.ServeOwn(); {
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	case served:
		os.Exit(0)
	}
	var err error
	if folder, err = os.MkdirTemp("", "sesame-probe-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// start starts a shim.
func start(t *testing.T, p sut.Program) probe.System {
	t.Helper()
	s, err := sut.Start(context.WithoutCancel(t.Context()), p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	made, err := pki()
	if err != nil {
		t.Fatal(err)
	}
	return probe.NewShim(s, made)
}

// pki is made once, in folder.
var (
	folder string
	pki    = sync.OnceValues(func() (*interop.PKI, error) { return interop.NewPKI(folder) })
)

func own(t *testing.T, name string) probe.System {
	t.Helper()
	p, err := probe.OwnShim(name)
	if err != nil {
		t.Fatal(err)
	}
	return start(t, p)
}

func openssl(t *testing.T) probe.System {
	t.Helper()
	path, err := sut.BuildSystem(t.Context())
	if errors.Is(err, cc.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return start(t, sut.Program{Name: "openssl", Path: path})
}

func run(t *testing.T, s probe.System, pattern string, o probe.Options) *probe.Report {
	t.Helper()
	report, err := probe.Run(t.Context(), s, probe.Select(cases.Chosen(), regexp.MustCompile(pattern)), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Results) == 0 {
		t.Fatalf("no case is %s", pattern)
	}
	return report
}

// few are cases of every kind, and few.
const few = `/rule/|server/tour/accept/|client/tour/accept/Await(ServerHello|ServerFlight|FinishedAbbreviated)/|/kinds/[a-z]+/1\.[0-2]/ECDHE`

// TestImplementation: it deviates nowhere.
func TestImplementation(t *testing.T) {
	report := run(t, own(t, "impl"), few, probe.Options{})
	for _, r := range report.Results {
		if r.Status != probe.Passed && r.Status != probe.Skipped {
			t.Error(r)
		}
	}
	t.Log(report.Summary())
}

// TestPadding: data under padding comes back; with an octet of the padding
// changed it does not.
func TestPadding(t *testing.T) {
	s := own(t, "impl")
	for _, id := range []string{"server/rule/padding/cbc-1.2/15-blocks", "client/rule/padding/cbc-1.0/15-blocks"} {
		list := probe.Select(cases.Chosen(), regexp.MustCompile("^"+id+"$"))
		for _, wrong := range []bool{false, true} {
			steps := slices.Clone(list[0].Steps)
			last := &steps[len(steps)-1]
			last.Send = slices.Clone(last.Send)
			if wrong {
				last.Send[len(last.Send)-1].Sealed = &cases.Edit{At: -17, Xor: 1}
			}
			list[0].Steps = steps
			report, err := probe.Run(t.Context(), s, list, probe.Options{})
			if err != nil || (report.Results[0].Status == probe.Deviated) != wrong {
				t.Errorf("wrong %v: %v, %v", wrong, report.Results, err)
			}
		}
	}
}

// TestReach: every requirement on the wire is asked of the implementation and of
// OpenSSL, but those that have a reason; where the rules of one are not played,
// it is missed.
func TestReach(t *testing.T) {
	for _, s := range []struct {
		name   string
		system func(*testing.T) probe.System
	}{{"impl", func(t *testing.T) probe.System { return own(t, "impl") }}, {"openssl", openssl}} {
		t.Run(s.name, func(t *testing.T) {
			report := run(t, s.system(t), `/rule/|/tour/accept/|kinds/(accept|decline|unset)/1.2/(RSA_WITH_AES_128_CBC_SHA|ECDHE_RSA_WITH_AES_128_GCM)`, probe.Options{})
			if missed := cases.Missed(report.Reached()); len(missed) > 0 {
				t.Errorf("%q", missed)
			}
			less := &probe.Report{}
			for _, r := range report.Results {
				if !slices.Contains(r.Case.Requirements, "TLS-BASE-12") {
					less.Results = append(less.Results, r)
				}
			}
			if missed := cases.Missed(less.Reached()); len(missed) != 1 {
				t.Errorf("without the cases of TLS-BASE-12: %q", missed)
			}
		})
	}
}

// changed is a system that a setup is changed for: a fault that a case must
// find.
type changed struct {
	probe.System
	change func(*cases.Setup)
}

func (c changed) Connect(ctx context.Context, r spec.Role, s cases.Setup, session string) (probe.Conn, error) {
	c.change(&s)
	return c.System.Connect(ctx, r, s, session)
}

// TestFinds: what a system does wrong is found, by the case that is named for it,
// with its grade.
func TestFinds(t *testing.T) {
	s := own(t, "impl")
	for _, c := range []struct {
		name   string
		change func(*cases.Setup)
		run    string
		got    string
		grade  cases.Grade
	}{
		{"a callback that declines all", func(s *cases.Setup) { s.Callback = "decline" }, "^server/rule/ticket/accepted$", "Certificate", cases.Must},
		{"a callback that accepts what it should not", func(s *cases.Setup) { s.Callback = "accept" }, "^server/rule/ticket/declined$", "ChangeCipherSpec", cases.Must},
		{"another PAC-Key", func(s *cases.Setup) { s.OtherKey = true }, "^client/rule/session-id/empty-accepted$", "Alert(bad_record_mac)", cases.Must},
		{"a refusal for another reason", func(s *cases.Setup) { s.Min = "1.0" }, "^server/rule/version/1.1$", "Alert(handshake_failure)", cases.AlertOnly},
		{"no extended_master_secret", func(s *cases.Setup) { s.EMS = "off" }, "^client/rule/hello/extended-master-secret$", "ClientHello", cases.Must},
		{"trust in anybody's authority", func(s *cases.Setup) { s.Untrusting = false }, "^client/rule/certificate/unknown-authority$", "ClientKeyExchange", cases.Must},
		{"no certificate asked for", func(s *cases.Setup) { s.Verify = "" }, "^server/rule/client-authentication$", "ChangeCipherSpec", cases.NotRequired},
		{"a client without an offer", func(s *cases.Setup) { s.Callback, s.Ticket = "", "" }, "^client/rule/hello/pac$", "ticket=none", cases.Must},
	} {
		t.Run(c.name, func(t *testing.T) {
			report := run(t, changed{s, c.change}, c.run, probe.Options{})
			r := report.Results[0]
			if r.Status != probe.Deviated || r.Grade != c.grade || !strings.Contains(r.Got, c.got) {
				t.Errorf("%v\nwant a deviation of grade %s with %s", r, c.grade, c.got)
			}
		})
	}
}

// TestOpenSSL: the baseline of 3.0 passes on it; without it, what is known of
// 3.0 is found; with a case too many and one too few in it, both fail.
func TestOpenSSL(t *testing.T) {
	s := openssl(t)
	if !strings.HasPrefix(s.(interface{ Library() string }).Library(), "OpenSSL 3.0.") {
		t.Skip("the machine's OpenSSL is none of 3.0, which the baseline is for")
	}
	baseline, err := probe.KnownBaseline("openssl-3.0")
	if err != nil {
		t.Fatal(err)
	}
	report := run(t, s, few, probe.Options{Baseline: baseline})
	for _, r := range report.Results {
		if r.Status.Fails() {
			t.Error(r)
		}
	}
	if report.Count(probe.Expected) == 0 {
		t.Error("nothing deviates as expected")
	}
	const found, passes = "server/rule/echo-session-id/fresh", "server/rule/close-notify"
	other := &probe.Baseline{Deviations: []probe.Deviation{{Reason: "a mistake", Cases: []string{passes}}}}
	report = run(t, s, found+"|"+passes, probe.Options{Baseline: other})
	for _, r := range report.Results {
		switch {
		case r.Case.ID == found && (r.Status != probe.Deviated || r.Grade != cases.Must):
			t.Error(r)
		case r.Case.ID == passes && r.Status != probe.UnexpectedlyPass:
			t.Error(r)
		}
	}
	if !report.Failed() {
		t.Error("the report does not fail")
	}
	other.Deviations[0].Some = true
	if report = run(t, s, "^"+passes, probe.Options{Baseline: other}); report.Failed() || report.Count(probe.Passed) != 1 {
		t.Errorf("where some releases deviate: %s", report.Summary())
	}
}

// TestReports: JSON, JUnit and TAP say the same, and prove reads the TAP.
func TestReports(t *testing.T) {
	list := cases.Chosen()
	report := &probe.Report{System: "mine", Results: []probe.Result{
		{Case: &list[0], Status: probe.Passed, Grade: cases.Must},
		{Case: &list[1], Status: probe.Deviated, Grade: cases.AlertOnly, Got: "nothing <&>", Want: []string{"closed"}},
		{Case: &list[2], Status: probe.Expected, Grade: cases.Must, Got: "nothing", Want: []string{"closed"}, Reason: "it is #7"},
		{Case: &list[3], Status: probe.UnexpectedlyPass, Grade: cases.Must, Reason: "mended"},
		{Case: &list[4], Status: probe.Skipped, Grade: cases.Must, Reason: "no callback"},
	}}
	var text bytes.Buffer
	if err := report.JSON(&text); err != nil {
		t.Fatal(err)
	}
	var parsed struct {
		Counts  map[string]int
		Results []struct{ ID, Status, Got string }
	}
	if err := json.Unmarshal(text.Bytes(), &parsed); err != nil || len(parsed.Results) != 5 || parsed.Counts["deviates"] != 1 || parsed.Results[1].Got != "nothing <&>" {
		t.Errorf("%v\n%s", err, text.Bytes())
	}
	text.Reset()
	if err := report.JUnit(&text); err != nil {
		t.Fatal(err)
	}
	var suite struct {
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
		Cases    []struct {
			Failure *struct {
				Message string `xml:"message,attr"`
			} `xml:"failure"`
		} `xml:"testcase"`
	}
	if err := xml.Unmarshal(text.Bytes(), &suite); err != nil || suite.Failures != 2 || suite.Skipped != 2 || len(suite.Cases) != 5 ||
		suite.Cases[0].Failure != nil || !strings.Contains(suite.Cases[1].Failure.Message, "nothing <&>") {
		t.Errorf("%v\n%s", err, text.Bytes())
	}
	text.Reset()
	if err := report.TAP(&text); err != nil {
		t.Fatal(err)
	}
	want := []string{"ok 1 ", "not ok 2 ", "not ok 3 ", "not ok 4 ", "ok 5 "}
	for _, line := range strings.Split(strings.TrimSpace(text.String()), "\n")[2:] {
		if !strings.HasPrefix(line, "#") && (len(want) == 0 || !strings.HasPrefix(line, want[0])) {
			t.Errorf("%q, want it to begin with %q", line, want)
		} else if !strings.HasPrefix(line, "#") {
			want = want[1:]
		}
	}
	prove(t, text.String(), "Failed tests:  2, 4")
	prove(t, strings.NewReplacer("not ok 2", "ok 2", "not ok 4", "ok 4").Replace(text.String()), "All tests successful")
}

// prove has perl's own harness read a report.
func prove(t *testing.T, tap, want string) {
	t.Helper()
	program, err := exec.LookPath("prove")
	if err != nil {
		t.Skip("there is no prove; install perl")
	}
	file := t.TempDir() + "/report.tap"
	if err := os.WriteFile(file, []byte(tap), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command(program, "--exec", "cat", file).CombinedOutput() // its status is that of the tests
	if !strings.Contains(string(out), want) {
		t.Errorf("prove says\n%s\nwant %q", out, want)
	}
}

// TestBaseline: what a report's baseline lists is what deviates; what is no
// baseline is refused.
func TestBaseline(t *testing.T) {
	list := cases.Chosen()
	results := []probe.Result{
		{Case: &list[0], Status: probe.Passed}, {Case: &list[1], Status: probe.Deviated}, {Case: &list[2], Status: probe.Expected},
		{Case: &list[3], Status: probe.UnexpectedlyPass}, {Case: &list[4], Status: probe.Skipped}, {Case: &list[5], Status: probe.Deviated},
	}
	old := &probe.Baseline{Library: "mine", Deviations: []probe.Deviation{{Reason: "known", Cases: []string{list[2].ID, list[3].ID, list[4].ID}}}}
	var b bytes.Buffer
	if err := probe.NewBaseline(&probe.Report{Results: results}, old).Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := probe.ReadBaseline(&b)
	if err != nil {
		t.Fatal(err)
	}
	want := []probe.Deviation{{Reason: probe.Unexplained, Cases: []string{list[1].ID, list[5].ID}}, {Reason: "known", Cases: []string{list[2].ID, list[4].ID}}}
	if fmt.Sprint(got.Deviations) != fmt.Sprint(want) || got.Library != "mine" {
		t.Errorf("%v\nwant %v", got.Deviations, want)
	}
	for name, text := range map[string]string{
		"no JSON":         "x",
		"another format":  `{"format":"x","version":1,"deviations":[]}`,
		"another version": `{"format":"sesame-probe-baseline","version":2,"deviations":[]}`,
		"no reason":       `{"format":"sesame-probe-baseline","version":1,"deviations":[{"reason":" ","cases":["` + list[0].ID + `"]}]}`,
		"no case":         `{"format":"sesame-probe-baseline","version":1,"deviations":[{"reason":"x","cases":["server/none"]}]}`,
		"twice":           `{"format":"sesame-probe-baseline","version":1,"deviations":[{"reason":"x","cases":["` + list[0].ID + `","` + list[0].ID + `"]}]}`,
		"a new member":    `{"format":"sesame-probe-baseline","version":1,"colour":"red","deviations":[]}`,
	} {
		if _, err := probe.ReadBaseline(strings.NewReader(text)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	for _, name := range probe.KnownBaselines() {
		known, err := probe.KnownBaseline(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if slices.ContainsFunc(known.Deviations, func(d probe.Deviation) bool { return d.Reason == probe.Unexplained }) {
			t.Errorf("%s has deviations without a reason", name)
		}
	}
}

// TestCapture: a case that fails leaves its packets, with the keys.
func TestCapture(t *testing.T) {
	var failed []string
	o := probe.Options{Failed: func(r probe.Result, pcapng []byte) error {
		failed = append(failed, r.Case.ID)
		if !bytes.HasPrefix(pcapng, []byte{0x0a, 0x0d, 0x0d, 0x0a}) || !bytes.Contains(pcapng, []byte("CLIENT_RANDOM ")) {
			t.Errorf("%s: no pcapng with keys, but % x…", r.Case.ID, pcapng[:min(16, len(pcapng))])
		}
		return nil
	}}
	s := changed{own(t, "impl"), func(s *cases.Setup) { s.Callback = "accept" }}
	run(t, s, "^server/rule/ticket/declined$|^server/rule/ticket/accepted$", o)
	if !slices.Equal(failed, []string{"server/rule/ticket/declined"}) {
		t.Errorf("packets of %q", failed)
	}
	o.Failed = func(probe.Result, []byte) error { return errors.New("the disk is full") }
	_, err := probe.Run(t.Context(), s, probe.Select(cases.Chosen(), regexp.MustCompile("^server/rule/ticket/declined$")), o)
	if err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Error(err)
	}
}

// TestMisbehaviour: a shim that is no shim, and one that ends, are outcomes of
// each case, and no hang.
func TestMisbehaviour(t *testing.T) {
	greets := `printf '{"shim":1,"library":"broken 1","can":["client","server","callback","session-id"]}\n'; `
	for name, c := range map[string]struct{ script, want string }{
		"it ends at once":      {greets + "read line; exit 7", "crashed: exit status 7"},
		"it is killed":         {greets + "read line; kill -SEGV $$", "crashed: segmentation fault"},
		"it prints nonsense":   {greets + "read line; echo hello; sleep 9", "lied"},
		"it does nothing":      {greets + "read line; sleep 99", "hung"},
		"it answers for later": {greets + `read line; echo '{"connection":99}'; sleep 9`, "lied"},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, sut.Program{Name: name, Path: "/bin/sh", Args: []string{"-c", c.script}, Limit: time.Second / 2})
			report := run(t, s, "^server/rule/ticket/accepted$|^client/rule/hello/pac$", probe.Options{Limit: time.Second})
			for _, r := range report.Results {
				if r.Status != probe.Deviated || r.Grade != cases.Must || !strings.Contains(r.Got, c.want) {
					t.Errorf("%v, want %s", r, c.want)
				}
			}
		})
	}
}

// TestInterrupt: a run ends with its context.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := probe.Options{Done: func(probe.Result) { cancel() }}
	if _, err := probe.Run(ctx, own(t, "impl"), cases.Chosen(), o); !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}
