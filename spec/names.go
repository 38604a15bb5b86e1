package spec

import (
	"fmt"
	"strconv"
)

// nameOf returns names[i], or kind(i) where there is no such name.
func nameOf(names []string, i int, kind string) string {
	if i < len(names) && names[i] != "" {
		return names[i]
	}
	return kind + "(" + strconv.Itoa(i) + ")"
}

// parseName is the inverse of nameOf: it finds text among names and says what
// would have been right when it is not there.
func parseName(names []string, text, kind string) (int, error) {
	for i, n := range names {
		if n == text && n != "" {
			return i, nil
		}
	}
	known := ""
	for _, n := range names {
		if n != "" {
			known += " " + n
		}
	}
	return 0, fmt.Errorf("spec: no %s is named %q; known are:%s", kind, text, known)
}
