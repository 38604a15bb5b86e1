//go:build !unix

package group

import (
	"os/exec"
	"time"
)

// Interrupt lets a command be killed, and not waited for in vain.
func Interrupt(cmd *exec.Cmd, grace time.Duration) { cmd.WaitDelay = grace }

// End has nothing to do where there are no groups.
func End(*exec.Cmd) {}

// Signal returns "": there are no signals.
func Signal(*exec.Cmd) string { return "" }
