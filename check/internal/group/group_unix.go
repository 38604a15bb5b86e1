//go:build unix

package group

import (
	"os/exec"
	"syscall"
	"time"
)

// Interrupt puts a command, which has not been started, and what it will start
// into a process group of their own. When its context ends, the group is
// interrupted as a whole; after the grace the command is no longer waited for.
func Interrupt(cmd *exec.Cmd, grace time.Duration) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = grace
}

// End kills what is left of a started command's group.
func End(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // usually there is nobody left
	}
}

// Signal returns the name of the signal that ended a command, "" if none did.
func Signal(cmd *exec.Cmd) string {
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return status.Signal().String()
	}
	return ""
}
