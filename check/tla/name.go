package tla

import "strings"

// Name spells the name of a property or of a mutant of the model as TLA+ does:
// session-id-echoed is SessionIDEchoed.
func Name(name string) string {
	words := strings.Split(name, "-")
	for i, w := range words {
		switch w {
		case "id", "ems", "pac":
			words[i] = strings.ToUpper(w)
		default:
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}
