// Package ui drives the page of package browse in a real browser: each of its
// features, with no error on the console, no finding of axe-core's in light and
// in dark, and a screenshot of each.
//
// [Rung] is the rung explorer-ui. Nothing sleeps: every wait is for something
// that the page shows.
package ui
