// Package group ends commands together with what they have started: a go
// command would leave its fuzz workers behind, and make its compilers.
package group
