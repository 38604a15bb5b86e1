package fast

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// conforms holds a JSON value against the part of JSON Schema that the vectors'
// schema uses; root is where references begin. Another keyword is an error.
func conforms(value any, schema, root map[string]any, at string) error {
	object, _ := value.(map[string]any)
	for keyword, want := range schema {
		switch keyword {
		case "$schema", "$defs", "title", "description":
		case "$ref":
			name := strings.TrimPrefix(want.(string), "#/$defs/")
			if err := conforms(value, root["$defs"].(map[string]any)[name].(map[string]any), root, at); err != nil {
				return err
			}
		case "type":
			if got := jsonType(value); got != want {
				return fmt.Errorf("%s: %v, want %v", at, got, want)
			}
		case "enum":
			if !slices.Contains(want.([]any), value) {
				return fmt.Errorf("%s: %v is none of %v", at, value, want)
			}
		case "pattern":
			if s, _ := value.(string); !regexp.MustCompile(want.(string)).MatchString(s) {
				return fmt.Errorf("%s: %q does not fit %v", at, s, want)
			}
		case "required":
			for _, name := range want.([]any) {
				if _, there := object[name.(string)]; !there {
					return fmt.Errorf("%s: no %v", at, name)
				}
			}
		case "additionalProperties":
			known, _ := schema["properties"].(map[string]any)
			for name := range object {
				if _, there := known[name]; !there && want == false {
					return fmt.Errorf("%s: nobody knows %s", at, name)
				}
			}
		case "properties":
			for name, s := range want.(map[string]any) {
				if v, there := object[name]; there {
					if err := conforms(v, s.(map[string]any), root, at+"."+name); err != nil {
						return err
					}
				}
			}
		case "items":
			items, _ := value.([]any)
			for i, v := range items {
				if err := conforms(v, want.(map[string]any), root, fmt.Sprintf("%s[%d]", at, i)); err != nil {
					return err
				}
			}
		default:
			return fmt.Errorf("%s: the schema's keyword %s is not checked", at, keyword)
		}
	}
	return nil
}

// jsonType is a value's type as JSON Schema has it.
func jsonType(value any) string {
	switch v := value.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	}
	return "null"
}

// readJSON reads a file of the vectors' folder.
func readJSON(t *testing.T, name string) (value map[string]any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(chainsFolder, name))
	if err == nil {
		err = json.Unmarshal(text, &value)
	}
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// The recorded derivations are as their schema says, and what is not is found.
func TestChainsSchema(t *testing.T) {
	schema := readJSON(t, "schema.json")
	if err := conforms(readJSON(t, "chains.json"), schema, schema, "chains.json"); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(doc, row map[string]any){
		"a field less":     func(_, row map[string]any) { delete(row, "emsk") },
		"a field more":     func(_, row map[string]any) { row["mks"] = "00" },
		"no digits":        func(doc, _ map[string]any) { doc["nonce"] = "xy" },
		"half an octet":    func(_, row map[string]any) { row["msk"] = "abc" },
		"an unknown value": func(_, row map[string]any) { row["version"] = "TLS 1.3" },
		"another type":     func(_, row map[string]any) { row["offset"] = "104" },
	} {
		doc := readJSON(t, "chains.json")
		change(doc, doc["chains"].([]any)[3].(map[string]any))
		if conforms(doc, schema, schema, "chains.json") == nil {
			t.Errorf("%s is not found", name)
		}
	}
}

// Every field of octets has a negative row.
func TestChainsHaveNegativeRows(t *testing.T) {
	file := makeChains()
	negative := map[string]bool{}
	for _, row := range file.Chains {
		if row.Valid {
			continue
		}
		for _, good := range file.Chains {
			if good.Valid && good.Version == row.Version && good.Suite == row.Suite && good.Inner == row.Inner && good.Quirks == row.Quirks {
				a, b := reflect.ValueOf(row), reflect.ValueOf(good)
				for i := range a.NumField() {
					if a.Field(i).Kind() == reflect.String && a.Field(i).String() != b.Field(i).String() {
						negative[a.Type().Field(i).Name] = true
					}
				}
			}
		}
	}
	for _, name := range []string{"Seed", "Server", "Client", "ISK", "SIMCK", "CMK", "Binding", "MSK", "EMSK"} {
		if !negative[name] {
			t.Errorf("no negative row has another %s", name)
		}
	}
	if len(negative) != 9 {
		t.Errorf("negative rows differ in %d fields", len(negative))
	}
}
