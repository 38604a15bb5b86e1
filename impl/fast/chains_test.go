package fast

import (
	"bytes"
	"crypto"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/sesame-tls/sesame/impl/mschapv2"
	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/spec"
	"github.com/sesame-tls/sesame/spec/vectors"
)

var update = flag.Bool("update", false, "write spec/vectors/chains/chains.json anew")

// chainRow and chainFile are as spec/vectors/chains/schema.json says.
type chainRow struct {
	Version string `json:"version"`
	Suite   string `json:"suite"`
	Inner   string `json:"inner"`
	Quirks  string `json:"quirks"`
	PRF     string `json:"prf"`
	MACKey  int    `json:"mac_key"`
	Key     int    `json:"key"`
	IV      int    `json:"iv"`
	Offset  int    `json:"offset"`
	Seed    string `json:"session_key_seed"`
	Server  string `json:"server_challenge"`
	Client  string `json:"client_challenge"`
	ISK     string `json:"isk"`
	SIMCK   string `json:"s_imck"`
	CMK     string `json:"cmk"`
	Binding string `json:"binding"`
	MSK     string `json:"msk"`
	EMSK    string `json:"emsk"`
	Valid   bool   `json:"valid"`
}

type chainFile struct {
	PACKey    string     `json:"pac_key"`
	Client    string     `json:"client_random"`
	Server    string     `json:"server_random"`
	MasterKey string     `json:"mschapv2_master_key"`
	Nonce     string     `json:"nonce"`
	SessionID string     `json:"session_id"`
	Master    string     `json:"master_secret"`
	Chains    []chainRow `json:"chains"`
}

// makeChains derives every row, from the inputs that RFC 4851, Appendix B, and
// RFC 3079, Section 3.5.3, print.
func makeChains() *chainFile {
	v := vectors.ByName("eap-fast-key-derivation")
	client, server := v.Octets("client_random"), v.Octets("server_random")
	f := &chainFile{
		PACKey: hex.EncodeToString(v.Octets("pac_key")), Client: hex.EncodeToString(client), Server: hex.EncodeToString(server),
		MasterKey: hex.EncodeToString(vectors.ByName("eap-fast-mschapv2-isk").Octets("master_key")),
		Nonce:     hex.EncodeToString(vectors.ByName("eap-fast-crypto-binding-request").Octets("nonce")),
		SessionID: hex.EncodeToString(sessionID(client, server)),
	}
	var p prf.PRF
	var master [prf.MasterSecretSize]byte
	p.SessionSecret(master[:], v.Octets("pac_key"), server, client)
	f.Master = hex.EncodeToString(master[:])
	for version := spec.TLS10; version <= spec.TLS12; version++ {
		for _, suite := range spec.Suites() {
			for _, q := range []Quirks{{}, RFC} {
				for _, inner := range []string{"none", "GTC", "MSCHAPv2"} {
					if suite.MinVersion <= version {
						f.Chains = append(f.Chains, makeChain(f, &p, master[:], version, suite, q, inner))
					}
				}
			}
		}
	}
	// Negative rows: one octet of each field in turn.
	for i, field := range []func(*chainRow) *string{
		func(r *chainRow) *string { return &r.Seed }, func(r *chainRow) *string { return &r.Server },
		func(r *chainRow) *string { return &r.Client }, func(r *chainRow) *string { return &r.ISK },
		func(r *chainRow) *string { return &r.SIMCK }, func(r *chainRow) *string { return &r.CMK },
		func(r *chainRow) *string { return &r.Binding }, func(r *chainRow) *string { return &r.MSK },
		func(r *chainRow) *string { return &r.EMSK },
	} {
		row := f.Chains[2+6*i] // MSCHAPv2
		row.Valid = false
		text := []byte(*field(&row))
		text[len(text)-1] = "123456789abcdef0"[bytes.IndexByte([]byte("0123456789abcdef"), text[len(text)-1])]
		*field(&row) = string(text)
		f.Chains = append(f.Chains, row)
	}
	return f
}

func makeChain(f *chainFile, p *prf.PRF, master []byte, v spec.Version, s spec.Suite, q Quirks, inner string) chainRow {
	row := chainRow{Version: v.String(), Suite: s.Name, Inner: inner, Quirks: "hostap", MACKey: s.MACKey, Key: s.Key, Valid: true}
	if q == RFC {
		row.Quirks = "rfc"
	}
	hash := prf.Of(v, s)
	offset, forced := q.seedPlace(v, s)
	if forced == crypto.SHA256 {
		hash = prf.SHA256
	}
	row.PRF, row.Offset, row.IV = hash.String(), offset, offset/2-s.MACKey-s.Key
	unhex := func(digits string) []byte { b, _ := hex.DecodeString(digits); return b }
	block := make([]byte, offset+72)
	p.KeyBlock(block, hash, master, unhex(f.Server), unhex(f.Client))
	block = block[offset:]
	row.Seed, row.Server, row.Client = hex.EncodeToString(block[:40]), hex.EncodeToString(block[40:56]), hex.EncodeToString(block[56:])
	var c chain
	c.begin(block[:40])
	if inner != "none" {
		var isk [iskSize]byte
		if inner == "MSCHAPv2" {
			isk = mschapv2.InnerSessionKey([16]byte(unhex(f.MasterKey)))
		}
		c.add(p, isk)
		request := Binding{Version: Version, Received: Version, Nonce: [32]byte(unhex(f.Nonce))}
		row.ISK, row.CMK = hex.EncodeToString(isk[:]), hex.EncodeToString(c.cmk[:])
		row.Binding = hex.EncodeToString(request.appendTLV(nil, &c.cmk))
	}
	msk, emsk := c.sessionKeys(p)
	row.SIMCK, row.MSK, row.EMSK = hex.EncodeToString(c.simck[:]), hex.EncodeToString(msk), hex.EncodeToString(emsk)
	return row
}

var chainsFolder = filepath.Join("..", "..", "spec", "vectors", "chains")

// The recorded derivations are what the implementation derives.
func TestChains(t *testing.T) {
	text, err := json.MarshalIndent(makeChains(), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(chainsFolder, "chains.json")
	text = append(text, '\n')
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	recorded, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(recorded, text) {
		t.Error("chains.json is not what is derived; if the change is meant: go test ./impl/fast -run TestChains -update")
	}
}

// An independent checker, in Python, agrees with every row, and finds a flipped
// octet.
func TestChainsInPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("there is no python3, which this check needs")
		}
		t.Skip("there is no python3: the vectors' own checker does not run")
	}
	check := filepath.Join(chainsFolder, "check.py")
	if out, err := exec.Command(python, check).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	var doc struct {
		Chains []map[string]any `json:"chains"`
	}
	text, err := os.ReadFile(filepath.Join(chainsFolder, "chains.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	const row = 7 // it has an inner method, and so all fields
	for _, field := range []string{"session_key_seed", "server_challenge", "client_challenge", "isk", "s_imck", "cmk", "binding", "msk", "emsk"} {
		if value, _ := doc.Chains[row][field].(string); value == "" {
			t.Errorf("row %d has no %s", row, field)
		}
		flip := fmt.Sprintf("%d:%s", row, field)
		if out, err := exec.Command(python, check, "--flip", flip).CombinedOutput(); err == nil || !bytes.Contains(out, fmt.Appendf(nil, "row %d,", row)) {
			t.Errorf("a flipped octet of %s was not found: %v\n%s", field, err, out)
		}
	}
}
