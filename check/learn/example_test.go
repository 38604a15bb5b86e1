package learn_test

import (
	"context"
	"fmt"

	"github.com/sesame-tls/sesame/check/learn"
)

// turnstile opens for a coin and closes behind who goes through.
type turnstile struct{ open bool }

func (t *turnstile) Reset(context.Context) error { t.open = false; return nil }

func (t *turnstile) Step(_ context.Context, in string) (string, error) {
	was := t.open
	t.open = in == "coin"
	if in == "push" && was {
		return "through", nil
	}
	return "-", nil
}

func Example() {
	ctx := context.Background()
	teacher := learn.NewTeacher([]string{"coin", "push"}, &turnstile{})
	machine, err := learn.LSharp(ctx, teacher, learn.Wp(teacher, 1))
	if err != nil {
		panic(err)
	}
	fmt.Println(machine.States(), "states")
	fmt.Println(machine.Run([]string{"push", "coin", "push", "push"}))
	// Output:
	// 2 states
	// [- - through -]
}
