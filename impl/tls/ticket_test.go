package tls

import (
	"bytes"
	"crypto/rand"
	"testing"
	"time"
)

const testLifetime = 24 * time.Hour

var testNow = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func sealTicket(t *testing.T, keys *ticketKeys, now time.Time, session string) []byte {
	t.Helper()
	ticket, err := keys.seal(rand.Reader, now, testLifetime, []byte(session))
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

func TestTicketOpens(t *testing.T) {
	var keys ticketKeys
	ticket := sealTicket(t, &keys, testNow, "a session")
	got, err := keys.open(ticket)
	if err != nil || string(got) != "a session" {
		t.Fatalf("open: %q, %v", got, err)
	}
	if bytes.Contains(ticket, []byte("a session")) {
		t.Error("the session stands in the ticket in the clear")
	}
}

// RFC 5077, Section 5.2: a ticket that was changed anywhere does not open.
func TestTicketRefused(t *testing.T) {
	var keys, others ticketKeys
	ticket := sealTicket(t, &keys, testNow, "a session")
	sealTicket(t, &others, testNow, "another")
	for bit := range 8 * len(ticket) {
		forged := bytes.Clone(ticket)
		forged[bit/8] ^= 1 << (bit % 8)
		if _, err := keys.open(forged); err == nil {
			t.Fatalf("the ticket opens with bit %d flipped", bit)
		}
	}
	for n := range ticket {
		if _, err := keys.open(ticket[:n]); err == nil {
			t.Fatalf("the first %d octets of the ticket open", n)
		}
	}
	if _, err := others.open(ticket); err == nil {
		t.Error("the ticket opens under other keys")
	}
	if _, err := keys.open(append(bytes.Clone(ticket), 0)); err == nil {
		t.Error("the ticket opens with an octet behind it")
	}
}

func TestTicketKeysRotate(t *testing.T) {
	var keys ticketKeys
	first := sealTicket(t, &keys, testNow, "1")
	same := sealTicket(t, &keys, testNow.Add(testLifetime-time.Second), "2")
	second := sealTicket(t, &keys, testNow.Add(testLifetime), "3")
	name := func(ticket []byte) string { return string(ticket[:ticketNameSize]) }
	if name(first) != name(same) {
		t.Error("a new key before the lifetime is over")
	}
	if name(first) == name(second) {
		t.Error("no new key after the lifetime")
	}
	if _, err := keys.open(first); err != nil {
		t.Error("the key before the newest does not open its tickets")
	}
	sealTicket(t, &keys, testNow.Add(2*testLifetime), "4")
	if _, err := keys.open(first); err == nil {
		t.Error("a key is kept for more than two lifetimes")
	}
	if _, err := keys.open(second); err != nil {
		t.Error("a key is dropped with its elder")
	}
}

func TestTicketKeysAreBounded(t *testing.T) {
	var keys ticketKeys
	for i := range 10 * maxTicketKeys {
		sealTicket(t, &keys, testNow.Add(-time.Duration(i)*time.Second), "the clock runs backwards")
	}
	if len(keys.keys) > maxTicketKeys {
		t.Errorf("%d keys are kept", len(keys.keys))
	}
	keys.keys[0].uses = ticketKeyUses
	used := keys.keys[0]
	sealTicket(t, &keys, used.made, "one too many")
	if keys.keys[0] == used {
		t.Error("a key that is used up seals on")
	}
}

func TestSetSessionTicketKeys(t *testing.T) {
	var a, b Config
	a.SetSessionTicketKeys([][32]byte{{1}})
	b.SetSessionTicketKeys([][32]byte{{2}, {1}})
	ticket := sealTicket(t, &a.tickets, testNow, "shared")
	if _, err := b.tickets.open(ticket); err != nil {
		t.Error("a shared key does not open")
	}
	if _, err := a.tickets.open(sealTicket(t, &b.tickets, testNow, "not shared")); err == nil {
		t.Error("a key that is not shared opens")
	}
	defer func() {
		if recover() == nil {
			t.Error("no keys, and no panic")
		}
	}()
	a.SetSessionTicketKeys(nil)
}
