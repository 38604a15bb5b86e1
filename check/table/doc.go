// Package table is the rung that holds the implementation's transition tables
// against the model. A table is data, so that all of it is compared: every
// endpoint that the model's open machine reaches, in every scenario that its
// guards can tell apart, reads every message that rows are about.
//
// What the guards of rows could also say together, and never do, is listed with
// the reason that makes it impossible.
//
// Use Rung on the ladder. Compare takes any rows, for instance altered ones.
//
// An action stands for what it shows: messages, alerts, callback calls, secrets
// and epochs. What it computes is for the rungs that run the implementation.
package table
