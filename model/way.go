package model

import "slices"

// Way is a path that shares its beginning with others, as a search makes them:
// the last action, and the way before it. Nil is the path without actions.
type Way struct {
	Last   Action
	Before *Way
}

// Actions returns the whole path.
func (w *Way) Actions() (path []Action) {
	for ; w != nil; w = w.Before {
		path = append(path, w.Last)
	}
	slices.Reverse(path)
	return path
}
