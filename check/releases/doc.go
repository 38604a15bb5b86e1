// Package releases builds real releases of OpenSSL and wolfSSL, whose sources
// crates carry, and keeps them outside of the tree: headers and static
// libraries, for programs that judge them.
//
// Use [Find]: it takes a name of [Releases], or "system", and returns a
// [cc.Library] that [cc.Compile] compiles against. [Release.Build] makes what it
// does not find, once: `sesame releases build` calls it. A release that is there
// has been built whole.
package releases
