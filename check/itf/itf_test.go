package itf_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/sesame-tls/sesame/check/itf"
)

type colour uint8

func (c colour) String() string { return [...]string{"red", "green"}[c] }

func example() *itf.Trace {
	t := &itf.Trace{About: "two <colours>", Source: "Colours.tla", Vars: []string{"light", "all"}, Loop: 0}
	t.Add("", itf.Of(colour(0)), json.RawMessage(`{"#set":["red",{"#tup":[true,{"#bigint":"-3"}]}]}`))
	t.Add("Turn", itf.Of(colour(1)), itf.Of(struct {
		ToPeer [2]bool
		EAP    uint8
		hidden int
	}{[2]bool{true, false}, 7, 0}))
	return t
}

func written(t *testing.T, trace *itf.Trace) string {
	t.Helper()
	var b strings.Builder
	if err := trace.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestReadBack: what was written is read again, and is what it was.
func TestReadBack(t *testing.T) {
	text := written(t, example())
	got, err := itf.Read(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if again := written(t, got); again != text {
		t.Errorf("wrote\n%s\nand read\n%s", text, again)
	}
	for _, want := range []string{`"light":"green"`, `{"toPeer":[true,false],"eap":{"#bigint":"7"}}`, `"#meta":{"index":1,"action":"Turn"}`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

// TestRead: what the format does not have is refused.
func TestRead(t *testing.T) {
	text := written(t, example())
	for _, c := range []struct{ name, old, new, want string }{
		{"another format", `"ITF"`, `"XML"`, "the format is XML"},
		{"an unknown member", `"loop"`, `"loops"`, "unknown field"},
		{"a loop to nowhere", `"loop":0`, `"loop":2`, "goes back to 2"},
		{"a missing variable", `"light":"green"`, `"lamp":"green"`, "no value of light"},
		{"one variable too many", `"light":"green"`, `"light":"green","lamp":"green"`, "for the variables"},
		{"a wrong index", `"index":1`, `"index":3`, "index is 3"},
		{"null", `"green"`, `null`, "null is no value"},
		{"a fraction", `"green"`, `1.5`, "1.5 is no value"},
		{"a large number", `"green"`, `9007199254740992`, "is no value"},
		{"an unknown kind", `"#tup"`, `"#bag"`, "#bag is no kind"},
		{"a kind beside a field", `{"#bigint":"7"}`, `{"#bigint":"7","x":true}`, "beside other members"},
		{"no integer", `"7"`, `"seven"`, `"seven" is no integer`},
		{"more", "]}\n", "]}\n{}", "something follows"},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := strings.Replace(text, c.old, c.new, 1)
			if changed == text {
				t.Fatal("nothing was changed")
			}
			if _, err := itf.Read(strings.NewReader(changed)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

// TestWriteRefuses: a state without all values is no state.
func TestWriteRefuses(t *testing.T) {
	trace := example()
	trace.Add("Half", itf.Of(colour(0)))
	if err := trace.Write(os.NewFile(0, "none")); err == nil || !strings.Contains(err.Error(), "1 values for 2 variables") {
		t.Error(err)
	}
}
