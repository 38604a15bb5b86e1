package coverage

import (
	"reflect"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/checkout"
	"github.com/sesame-tls/sesame/check/ladder"
)

const profile = `mode: set
github.com/sesame-tls/sesame/impl/wire/alert.go:1.1,2.2 3 1
github.com/sesame-tls/sesame/impl/wire/alert.go:3.1,4.2 1 0
github.com/sesame-tls/sesame/impl/record/open.go:3.1,4.2 2 0
mode: set
github.com/sesame-tls/sesame/impl/record/open.go:3.1,4.2 2 1
`

func TestParse(t *testing.T) {
	got, err := parse([]byte(profile))
	want := map[string]Measured{"impl/wire": {4, 3, []string{"alert.go:3.1,4.2"}}, "impl/record": {2, 2, nil}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, bad := range []string{"x", "a:1 2", "a:1 x 1", "a:1 1 x"} {
		if _, err := parse([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// A package with too little is told, with the places.
func TestTooLittleIsFound(t *testing.T) {
	all := map[string]Measured{}
	for _, p := range Packages {
		all[p] = Measured{100, 95, nil}
	}
	if err := enough(all); err != nil {
		t.Error(err)
	}
	all["impl/record"] = Measured{100, 94, []string{"open.go:3.1,4.2"}}
	if err := enough(all); !ladder.IsDifference(err) || !strings.Contains(err.Error(), "impl/record: 94.0 %") || !strings.Contains(err.Error(), "open.go:3.1") {
		t.Errorf("got %v", err)
	}
	delete(all, "impl/record")
	if enough(all) == nil {
		t.Error("a package that was not measured has enough")
	}
}

func TestMeasure(t *testing.T) {
	root, err := checkout.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := Measure(t.Context(), root, []string{"impl/wire"})
	if err != nil || len(got) != 1 || got["impl/wire"].Percent() < Least {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := Measure(t.Context(), root, []string{"impl/nothing"}); err == nil {
		t.Error("a package that is not there was measured")
	}
}
