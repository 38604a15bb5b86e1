package results

// Oracle is what the rung oracle has found of other people's libraries.
type Oracle struct {
	Releases []Release `json:"releases"`
	Atlas    []Machine `json:"atlas"`
}

// Release is what became of one build of a library.
type Release struct {
	Name      string `json:"name"`    // "openssl-3.2.1"; "system" for the machine's own
	Library   string `json:"library"` // in its own words
	Profile   string `json:"profile"` // that predicted all of it
	Classes   int    `json:"classes"`
	Words     int    `json:"words"`
	Steps     int    `json:"steps"`
	Deviating int    `json:"deviating"` // words on which it is not as rfc

	Deviations  []Deviation `json:"deviations"`
	Properties  []Property  `json:"properties"` // of package model, in its order
	Crashes     []Crash     `json:"crashes"`
	Sanitized   []Crash     `json:"sanitized"` // what AddressSanitizer says of a secret that is too long
	Unexplained []string    `json:"unexplained"`
	Skipped     []string    `json:"skipped"`
	Notes       []string    `json:"notes"`
}

// Deviation is a quirk that showed.
type Deviation struct {
	Quirk   string `json:"quirk"`
	Words   int    `json:"words"`
	Example string `json:"example"` // a shortest conversation
}

// Property is what became of one of the model's properties: a local one in what
// the build does, any other where two of its kind meet.
type Property struct {
	Name    string `json:"name"`
	Words   int    `json:"words"`             // that put it to the test
	Broken  int    `json:"broken"`            // of these
	Example string `json:"example,omitempty"` // a shortest conversation that breaks it
	Both    string `json:"both,omitempty"`    // "holds" or "violated": of the model with its profile on both sides
}

// Crash is a way to end.
type Crash struct {
	What  string `json:"what"`
	Words int    `json:"words"`
}

// Machine is a learned machine, and the releases that have it.
type Machine struct {
	Role        string   `json:"role"`
	Callback    string   `json:"callback"`
	States      int      `json:"states"`
	Releases    []string `json:"releases"`
	Differences []string `json:"differences"` // to the model's, as conversations
	Arcs        []Arc    `json:"arcs"`        // as it is drawn
	DOT         string   `json:"dot"`
}

// Arc is an arrow of a drawn machine. Own: only this machine does it, not the model.
type Arc struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Label string `json:"label"`
	Own   bool   `json:"own,omitempty"`
}

// LoadOracle returns the committed results.
func LoadOracle() (*Oracle, error) { return load[Oracle]("oracle.json") }

// Write writes the results into a checkout of the module.
func (o *Oracle) Write(root string) error { return write(root, "oracle.json", o) }
