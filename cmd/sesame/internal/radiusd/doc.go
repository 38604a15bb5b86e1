// Package radiusd is what `sesame radius` runs: a RADIUS server for EAP-FAST
// from a TOML file, with users, keys and certificate in files beside it.
//
// [Load] reads the file, [Config.Open] makes a [Daemon] of it, and Daemon.Run
// serves until its context is done.
package radiusd
