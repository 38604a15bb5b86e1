// Package sut runs systems under test: TLS libraries of other people and our
// own, each driven by a small program, a shim, that speaks one line protocol
// (docs/shim.md). A shim is told what its next connection is to be like, connects
// to us, and tells afterwards what it saw:
//
//	system, err := sut.Start(ctx, sut.Program{Name: "mine", Path: "./shim"})
//	conn, err := system.Connect(ctx, sut.Options{Role: spec.Server, Min: spec.TLS12, Max: spec.TLS12})
//	… // speak TLS over conn
//	verdict := conn.Verdict()
//
// A shim may crash, hang, print nonsense or print no end of it. Each is an
// outcome, a [Verdict] of that [Kind]; the shim is ended, and the next Connect
// starts it anew. Time and memory are bounded.
//
// The shims of this project are those for OpenSSL and wolfSSL in the folder shims,
// which [Build] compiles against a build of their library, and `sesame shim`.
package sut
