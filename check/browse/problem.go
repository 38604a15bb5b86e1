package browse

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/sesame-tls/sesame/model/explore"
	"github.com/sesame-tls/sesame/model/graph"
)

// Problem is the answer to a question that has none.
type Problem struct {
	Status int    `json:"-"`     // of HTTP
	What   string `json:"what"`  // was wrong
	Where  string `json:"where"` // in the question
	Do     string `json:"do"`    // instead
}

// Error is the problem as one line.
func (p *Problem) Error() string { return fmt.Sprintf("%s: %s; %s", p.Where, p.What, p.Do) }

// wrong is a mistake of whoever asks.
func wrong(where, do, what string, args ...any) *Problem {
	return &Problem{http.StatusBadRequest, fmt.Sprintf(what, args...), where, do}
}

// problemOf turns what a question has ended with into a Problem.
func problemOf(err error) *Problem {
	var p *Problem
	var memory *explore.MemoryError
	var large *graph.TooLarge
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &memory):
		return tooMuch("the states do not fit into %d MiB", maxMemory>>20)
	case errors.As(err, &large):
		return tooMuch("there are more than %d states", large.Max)
	case errors.Is(err, explore.ErrStopped), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return tooMuch("it takes more than %v", maxTime)
	}
	return &Problem{http.StatusInternalServerError, err.Error(), "the server", "report this, with the address of the page"}
}

func tooMuch(what string, args ...any) *Problem {
	return &Problem{http.StatusUnprocessableEntity, fmt.Sprintf(what, args...), "the system",
		"fix more of the scenario, give the attacker fewer moves, or use `sesame model explore`, which has no such limit"}
}
