package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

func (k *book) keysPage(b *bytes.Buffer) error {
	r, err := newPACRun()
	if err != nil {
		return err
	}
	if err := k.drawKeys(r); err != nil {
		return err
	}
	fmt.Fprintf(b, "![How the keys follow from the PAC-Key](diagrams/keys.svg)\n\n")
	fmt.Fprintf(b, "The octets are those of one run of impl/handshake with %v. Whoever wrote this page has opened both Finished with these keys and the standard library's AES-GCM.\n\n", suiteOfRun)
	octets := func(title, formula string, rows [][]string) {
		fmt.Fprintf(b, "## %s\n\n", title)
		if formula != "" {
			fmt.Fprint(b, fence("", formula)+"\n")
		}
		table(b, []string{"What", "Octets"}, rows)
	}
	client, server := r.clientHello.Random[:], r.serverHello.Random[:]
	octets("What the callback has", "", [][]string{
		{"PAC-Key, from provisioning", hexa(r.key)},
		{"PAC-Opaque, in ClientHello", hexa(r.opaque)},
		{"client_random", hexa(client)},
		{"server_random", hexa(server)},
	})
	octets("What the callback returns", "master_secret = T-PRF(PAC-Key, \"PAC to master secret label hash\",\n                      server_random + client_random, 48)",
		[][]string{{"master_secret (RFC 4851, Section 5.1)", hexa(r.master)}})
	fmt.Fprintf(b, "From here on all is plain TLS, except that the order of the two Finished is that of a resumed session.\n\n")
	rows := [][]string{}
	for _, role := range []spec.Role{spec.Client, spec.Server} {
		key, iv := r.writeKeys(role)
		who := strings.ToLower(role.String())
		rows = append(rows, []string{who + "_write_key", hexa(key)}, []string{who + "_write_IV", hexa(iv)})
	}
	rows = append(rows, []string{"session_key_seed, for EAP-FAST's second phase (RFC 5422, Section 3.3)", hexa(r.block[seedFrom:])})
	octets("The key block", "key_block = PRF(master_secret, \"key expansion\", server_random + client_random)", rows)
	rows = nil
	for _, role := range []spec.Role{spec.Server, spec.Client} {
		last := r.sent[role][len(r.sent[role])-1]
		rows = append(rows, []string{"verify_data of the " + strings.ToLower(role.String()), hexa(r.verify[role])},
			[]string{"its Finished as a record", hexa(append(bytes.Clone(last.header), last.body...))})
	}
	octets("Finished", "verify_data = PRF(master_secret, \"server finished\", SHA-256(ClientHello + ServerHello))[0..11]\n"+
		"verify_data = PRF(master_secret, \"client finished\", SHA-256(ClientHello + ServerHello + Finished of the server))[0..11]", rows)
	fmt.Fprintf(b, "Nothing but the two randoms and the PAC-Key goes into the secret: who learns the PAC-Key opens every recorded session under that PAC. "+
		"There is no forward secrecy, and the model finds the attack (`pac-key-opens-the-past`).\n")
	return nil
}

// hexa sets octets as code, in groups of eight.
func hexa(octets []byte) string {
	var b strings.Builder
	b.WriteByte('`')
	for i, o := range octets {
		if i > 0 && i%8 == 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%02x", o)
	}
	b.WriteByte('`')
	return b.String()
}

// drawKeys draws what is made of what.
func (k *book) drawKeys(r *pacRun) error {
	var d dot
	short := func(name string, octets []byte) string { return fmt.Sprintf("%s\n%x…", name, octets[:4]) }
	d.node("key", short("PAC-Key", r.key), "")
	d.node("client", short("client_random", r.clientHello.Random[:]), "")
	d.node("server", short("server_random", r.serverHello.Random[:]), "")
	d.node("master", short("master_secret", r.master), "new")
	d.node("block", short("key_block", r.block), "")
	d.node("hellos", "ClientHello, ServerHello", "")
	for _, role := range []spec.Role{spec.Client, spec.Server} {
		who := strings.ToLower(role.String())
		key, _ := r.writeKeys(role)
		d.node(who+"key", short(who+" write key", key), "")
		d.node(who+"fin", short("verify_data of the "+who, r.verify[role]), "")
		d.edge("block", who+"key", "", "")
		d.edge("master", who+"fin", "PRF", "")
		d.edge("hellos", who+"fin", "SHA-256", "")
	}
	d.node("seed", short("session_key_seed", r.block[seedFrom:]), "")
	d.edge("key", "master", "T-PRF", "new")
	d.edge("server", "master", "", "")
	d.edge("client", "master", "", "")
	d.edge("master", "block", "PRF", "")
	d.edge("block", "seed", "", "")
	d.edge("serverfin", "clientfin", "SHA-256", "")
	return k.draw("diagrams/keys.svg", "The key schedule", &d)
}
