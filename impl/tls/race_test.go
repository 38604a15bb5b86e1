//go:build race

package tls_test

// raceEnabled: memory is not what it is otherwise.
const raceEnabled = true
