package browse

import (
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/model"
)

// Hits are the states that a search has found.
type Hits struct {
	States int   `json:"states"` // that were searched
	Total  int   `json:"total"`  // that fit
	Hits   []Hit `json:"hits"`   // the nearest of them
}

// Hit is a state.
type Hit struct {
	Text   string `json:"text"`
	Client string `json:"client"`
	Server string `json:"server"`
	Steps  int    `json:"steps"` // of a shortest path
	Link   string `json:"link"`  // its address
	Node   int    `json:"node"`
}

// hitsMost bounds the hits of an answer, queryMost the octets of a query.
const (
	hitsMost  = 50
	queryMost = 200
)

// search finds the states that have every word, in upper or lower case.
func (r *reached) search(s Setting, query string) (*Hits, error) {
	if len(query) > queryMost {
		return nil, wrong("q", "give fewer words", "the search has more than %d octets", queryMost)
	}
	words := strings.Fields(strings.ToLower(query))
	if len(words) == 0 {
		return nil, wrong("q", "give words that the state has, as in client=Established secret=pac", "the search is empty")
	}
	h := &Hits{States: r.graph.Len(), Hits: []Hit{}}
	for i, st := range r.graph.State {
		text := searchText(r.sys, st)
		if !hasAll(strings.ToLower(text), words) {
			continue
		}
		h.Total++
		if len(h.Hits) == hitsMost {
			continue
		}
		path := r.pathTo(i)
		h.Hits = append(h.Hits, Hit{
			Text: text, Client: st.Client.State.String(), Server: st.Server.State.String(), Steps: len(path), Link: linkTo(s, r.sys, path), Node: i,
		})
	}
	return h, nil
}

func hasAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// searchText is the state in words, and the properties that it violates.
func searchText(sys *model.System, st model.State) string {
	text := fmt.Sprintf("client=%v server=%v %v", st.Client.State, st.Server.State, st)
	for _, name := range sys.JudgeState(st).Violated {
		text += " violates=" + name
	}
	return text
}
