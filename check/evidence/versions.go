package evidence

import (
	"bytes"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
)

// Versions are those of what was run.
type Versions struct {
	Go       string            `json:"go"`
	Platform string            `json:"platform"` // "linux/amd64"
	Revision string            `json:"revision"` // of the module's source; "" where it is not known
	Changed  bool              `json:"changed"`  // the source differs from the revision
	Modules  map[string]string `json:"modules"`  // that are built in
	Programs map[string]string `json:"programs"` // what each says first of itself; "" is not there
}

// programs are what rungs use besides Go, and how each says its version.
var programs = map[string][]string{
	"gcc": {"--version"}, "hostapd": {"-v"}, "java": {"-version"}, "openssl": {"version"}, "python3": {"--version"},
}

func versions() Versions {
	v := Versions{Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Modules: map[string]string{}, Programs: map[string]string{}}
	v.Revision, v.Changed = source()
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			v.Modules[d.Path] = d.Version
		}
	}
	for name, args := range programs {
		out, _ := exec.Command(name, args...).CombinedOutput() // hostapd -v ends with status 1
		line, _, _ := bytes.Cut(out, []byte("\n"))
		v.Programs[name] = strings.TrimSpace(string(line))
	}
	return v
}

// source returns the revision that this program is made of, "" where it is not
// known, and whether the source differed from it.
func source() (revision string, changed bool) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", false
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.modified":
			changed = s.Value == "true"
		}
	}
	return revision, changed
}
