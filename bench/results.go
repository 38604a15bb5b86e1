package bench

import (
	"bytes"
	_ "embed"
)

// The files that `make bench` and `make profile` write.
var (
	//go:embed results.json
	resultsJSON []byte
	//go:embed profile.json
	profileJSON []byte
)

// Results are the results of the last `make bench`.
func Results() (*Report, error) { return ReadReport(bytes.NewReader(resultsJSON)) }

// Profiles are the profiles of the last `make profile`.
func Profiles() (*Profile, error) { return ReadProfile(bytes.NewReader(profileJSON)) }
