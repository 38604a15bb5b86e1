package bench

import "fmt"

// Timing is whether the time to open a record tells two classes of records
// apart.
type Timing struct {
	Protection string  `json:"protection"`
	Pair       string  `json:"pair"`
	T          float64 `json:"t"`
	Verdict    Verdict `json:"verdict"`
}

// String is the timing as a line.
func (t Timing) String() string {
	return fmt.Sprintf("%-24s %-44s t = %6.1f  %s", t.Protection, t.Pair, t.T, t.Verdict)
}
