package evidence

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/sesame-tls/sesame/check/harness"
	"github.com/sesame-tls/sesame/check/tla"
	"github.com/sesame-tls/sesame/model"
)

// How much a bundle holds.
const (
	conversations = 64
	traces        = 32 // with each budget
)

// draw returns the generator of one kind of sample.
func draw(seed uint64, kind uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, kind)) }

// samples makes what follows from a seed.
func samples(seed uint64) (map[string][]byte, error) {
	files := map[string][]byte{}
	var err error
	if files[conversationsFile], err = converse(draw(seed, 1)); err != nil {
		return nil, err
	}
	if files[tracesFile], err = recordTraces(seed); err != nil {
		return nil, err
	}
	var index []capture
	for i, sc := range captured {
		c := capture{File: fmt.Sprintf("%s%02d.pcapng", capturesFolder, i+1), Scenario: sc, Seed: draw(seed, uint64(100+i)).Uint64() >> 8}
		if files[c.File], err = c.octets(); err != nil {
			return nil, err
		}
		index = append(index, c)
	}
	files[capturesFile], err = indented(index)
	return files, err
}

// converse lets model and implementation go through random scenarios, schedules
// and attacks, and writes each as a conversation of check/testdata.
func converse(rnd *rand.Rand) ([]byte, error) {
	var b bytes.Buffer
	run := harness.NewRun()
	for n := 0; n < conversations; {
		sc := harness.Draw(rnd.IntN).WithDefaults()
		sys, err := model.New(model.Options{Fix: sc, Budget: n % 3})
		if err != nil {
			return nil, err
		}
		seed := rnd.Uint64() >> 8
		if err := run.Begin(sys, seed); err != nil {
			return nil, err
		}
		for enabled := run.Enabled(); len(enabled) > 0; enabled = run.Enabled() {
			if err := run.Step(enabled[rnd.IntN(len(enabled))]); err != nil {
				return nil, err
			}
		}
		fmt.Fprintf(&b, "handshake seed=%d %s\n%s----\n%s\n", seed, model.ScenarioString(sc), run.Script(), run.Told())
		n++
	}
	return b.Bytes(), nil
}

// conversation is one that was kept.
type conversation struct {
	line           int // in the file
	seed           uint64
	scenario       string
	script, answer string
}

// parseConversations reads what converse writes.
func parseConversations(text []byte) (all []conversation, err error) {
	line := 1
	for _, block := range strings.SplitAfter(string(text), "\n\n") {
		if block == "" {
			continue
		}
		c := conversation{line: line}
		line += strings.Count(block, "\n")
		head, rest, _ := strings.Cut(block, "\n")
		words, ok := strings.CutPrefix(head, "handshake seed=")
		digits, scenario, _ := strings.Cut(words, " ")
		var split bool
		c.script, c.answer, split = strings.Cut(rest, "----\n")
		if c.seed, err = strconv.ParseUint(digits, 10, 64); err != nil || !ok || !split {
			return nil, fmt.Errorf("%s, line %d: %q begins no conversation", conversationsFile, c.line, head)
		}
		c.scenario, c.answer = scenario, strings.TrimSuffix(c.answer, "\n")
		all = append(all, c)
	}
	return all, nil
}

// play plays the conversation again, and returns how many steps it has.
func (c *conversation) play(run *harness.Run) (steps int, err error) {
	where := fmt.Sprintf("%s, line %d", conversationsFile, c.line)
	sc, err := model.ParseScenario(c.scenario)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", where, err)
	}
	if err := run.Play(sc, c.script, c.seed); err != nil {
		return 0, fmt.Errorf("%s: %w", where, err)
	}
	if told := run.Told(); told != c.answer {
		return 0, fmt.Errorf("%s: it is told otherwise now\nrecorded:\n%s\nnow:\n%s", where, c.answer, told)
	}
	return strings.Count(c.script, "\n"), nil
}

// recordTraces records the implementation, without an attacker and with one.
func recordTraces(seed uint64) ([]byte, error) {
	var all []tla.Trace
	for budget := range 2 {
		some, err := tla.Record(draw(seed, uint64(10+budget)), traces, budget)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	var b bytes.Buffer
	err := tla.WriteTraces(&b, all)
	return b.Bytes(), err
}

// parseCaptures reads the index of the captures.
func parseCaptures(text []byte) (all []capture, err error) {
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", capturesFile, err)
	}
	return all, nil
}
