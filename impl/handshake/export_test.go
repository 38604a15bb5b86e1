package handshake

import (
	"reflect"
	"slices"

	"github.com/sesame-tls/sesame/impl/prf"
	"github.com/sesame-tls/sesame/impl/wire"
	"github.com/sesame-tls/sesame/spec"
)

// SealAs appends a record of any type, sealed as the machine's next one.
func (m *Machine) SealAs(t spec.ContentType, content []byte) []byte {
	out, err := m.write.Seal(nil, t, content)
	if err != nil {
		panic(err)
	}
	return out
}

// ActivateWrite makes the machine write with the keys that it has prepared, as
// if it had sent ChangeCipherSpec.
func (m *Machine) ActivateWrite() error { return m.write.Activate() }

// Fresh reports whether nothing can be seen of an earlier connection in a
// machine that has been reset: neither state nor octets in its buffers.
func (m *Machine) Fresh() bool {
	if m.config != nil || m.table != nil || m.question != 0 || m.err != nil || m.hasHello || m.secret != 0 || m.master != [48]byte{} {
		return false
	}
	for _, b := range [][]byte{m.in, m.message, m.kept, m.name, m.premaster, m.scratch} {
		if len(b) != 0 || !zeros(b[:cap(b)]) {
			return false
		}
	}
	return m.Wiped() && m.finished == (wire.Finished{}) && m.sum == [prf.MaxSize]byte{} && m.transcript.Chosen() == 0
}

// Wiped reports whether a machine holds no secret, nor anything that has yet to
// be handled.
func (m *Machine) Wiped() bool {
	keyed := reflect.ValueOf(&m.prf).Elem().FieldByName("keyed").Uint() != 0
	return !keyed && m.secret == spec.NoSecret && !m.keyed && m.master == [48]byte{} && m.long == nil && m.key == nil &&
		zeros(m.premaster[:cap(m.premaster)]) && zeros(m.block[:]) && !m.read.Active() && !m.write.Active() && len(m.in)+len(m.rest) == 0
}

func zeros(b []byte) bool {
	return !slices.ContainsFunc(b, func(octet byte) bool { return octet != 0 })
}

// NameSession makes the Session ID of the ServerHello that comes next another one.
func (m *Machine) NameSession(id []byte) { m.idLen = copy(m.id[:], id) }

// Holds returns how many octets of handshake messages the machine has room for,
// and whether it keeps a hash of them.
func (m *Machine) Holds() (octets int, hash bool) { return cap(m.in), m.transcript.Chosen() != 0 }

// Kept returns how many octets of messages are kept for a CertificateVerify.
func (m *Machine) Kept() int { return len(m.transcript.Messages()) }

// Reset is what Release does before the machine goes back.
func (m *Machine) Reset() { m.reset() }

// EditRows replaces a role's table for machines that are made until restore is
// called.
func EditRows(r spec.Role, edit func([]EditableRow) []EditableRow) (restore func()) {
	t := &clientTable
	if r == spec.Server {
		t = &serverTable
	}
	old := *t
	rows := make([]EditableRow, len(old.rows))
	for i, r := range old.rows {
		rows[i] = EditableRow{r}
	}
	var edited []row
	for _, r := range edit(rows) {
		edited = append(edited, r.row)
	}
	*t = newTable(edited)
	return func() { *t = old }
}

// EditableRow is a row that a test may change.
type EditableRow struct{ row }

// SetNext changes where the row leads.
func (r *EditableRow) SetNext(s spec.State) { r.Next = s }

// DropGuard takes a guard away.
func (r *EditableRow) DropGuard(name string) {
	for i, n := range guardNames {
		if n == name {
			r.If &^= 1 << i
			r.Unless &^= 1 << i
		}
	}
}
