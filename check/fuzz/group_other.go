//go:build !unix

package fuzz

import "os/exec"

// group lets a command be killed, and not waited for in vain.
func group(cmd *exec.Cmd) { cmd.WaitDelay = grace }

func endGroup(*exec.Cmd) {}
