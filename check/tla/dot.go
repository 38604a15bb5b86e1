package tla

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

// ReadDot reads the graph that TLC writes with -dump dot,actionlabels. The file
// must stay for as long as the graph is used: states are read from it again
// when they are to be shown.
func ReadDot(file string, progress func(states int)) (*Graph, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("tla: %w", err)
	}
	defer f.Close()
	d := &dot{graph: &Graph{Name: "TLC", index: map[key]int32{}}, numbers: map[int64]int32{}}
	in := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := d.readLine(in)
		if err == nil {
			err = d.read(line)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("tla: %s: %w", file, err)
		}
		if progress != nil && len(d.places)%4096 == 0 {
			progress(len(d.places))
		}
	}
	if len(d.graph.Initial) == 0 {
		return nil, fmt.Errorf("tla: %s: no initial state", file)
	}
	for i := range d.graph.Edges {
		e := &d.graph.Edges[i]
		from, okFrom := d.numbers[d.ends[i][0]]
		to, okTo := d.numbers[d.ends[i][1]]
		if !okFrom || !okTo {
			return nil, fmt.Errorf("tla: %s: an edge without its state", file)
		}
		e.From, e.To = from, to
	}
	d.graph.text = func(i int32) (string, error) { return d.state(file, i) }
	d.graph.tidy()
	return d.graph, nil
}

// dot is what has been read so far. An edge may come before its states.
type dot struct {
	graph   *Graph
	numbers map[int64]int32 // TLC's fingerprints
	ends    [][2]int64
	places  []place
	offset  int64
	long    []byte
	text    []byte
}

// place is where a state's label stands in the file.
type place struct {
	at     int64
	length int
}

// readLine returns the next line; a long one is only good until the next call.
func (d *dot) readLine(in *bufio.Reader) ([]byte, error) {
	d.offset += int64(len(d.long))
	d.long = d.long[:0]
	for {
		part, err := in.ReadSlice('\n')
		d.long = append(d.long, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if len(d.long) > 0 && errors.Is(err, io.EOF) {
			err = nil
		}
		return d.long, err
	}
}

var labelStart, arrow = []byte(` [label="`), []byte(" -> ")

func (d *dot) read(line []byte) error {
	i := bytes.Index(line, labelStart)
	if i < 0 {
		return nil // the frame of the graph, or ranks
	}
	head, label := line[:i], line[i+len(labelStart):]
	if from, to, ok := bytes.Cut(head, arrow); ok {
		a, errA := strconv.ParseInt(string(from), 10, 64)
		b, errB := strconv.ParseInt(string(to), 10, 64)
		name, _, ok := bytes.Cut(label, []byte(`"`))
		if errA != nil || errB != nil || !ok {
			return fmt.Errorf("no edge: %.80q", line)
		}
		d.ends = append(d.ends, [2]int64{a, b})
		d.graph.Edges = append(d.graph.Edges, Edge{Action: actions.number(string(name))})
		return nil
	}
	id, err := strconv.ParseInt(string(head), 10, 64)
	end := bytes.LastIndex(label, []byte(`"]`))
	initial := false
	if j := bytes.LastIndex(label, []byte(`",style = filled]`)); j >= 0 {
		end, initial = j, true
	}
	if err != nil || end < 0 {
		return fmt.Errorf("no state: %.80q", line)
	}
	if _, ok := d.numbers[id]; ok {
		return nil
	}
	if d.text, err = Canonical(d.text[:0], unescape(label[:end])); err != nil {
		return err
	}
	n, isNew := d.graph.add(keyOf(d.text))
	d.numbers[id] = n
	if isNew {
		d.places = append(d.places, place{d.offset + int64(i+len(labelStart)), end})
	}
	if initial {
		d.graph.Initial = append(d.graph.Initial, n)
	}
	return nil
}

// unescape undoes what TLC does to a label, in place.
func unescape(label []byte) []byte {
	out := label[:0]
	for i := 0; i < len(label); i++ {
		c := label[i]
		if c == '\\' && i+1 < len(label) {
			i++
			c = label[i]
			if c == 'n' {
				c = '\n'
			}
		}
		out = append(out, c)
	}
	return out
}

// state reads a state from the file again.
func (d *dot) state(file string, i int32) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("tla: %w", err)
	}
	defer f.Close()
	label := make([]byte, d.places[i].length)
	if _, err := f.ReadAt(label, d.places[i].at); err != nil {
		return "", fmt.Errorf("tla: %s: %w", file, err)
	}
	text, err := Canonical(nil, unescape(label))
	return string(text), err
}
