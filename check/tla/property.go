package tla

import "strings"

// PropertyName spells the name of one of the model's properties as TLA+ does:
// session-id-echoed is SessionIDEchoed.
func PropertyName(name string) string {
	words := strings.Split(name, "-")
	for i, w := range words {
		switch w {
		case "id", "ems":
			words[i] = strings.ToUpper(w)
		default:
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}
