package bench

// Rows returns what is measured. A nil peer leaves the OpenSSL sides out.
func Rows(peer *Peer) []Row {
	rows := prfRows(peer)
	rows = append(rows, handshakeRows(peer)...)
	rows = append(rows, recordRows(peer)...)
	for _, u := range units() {
		rows = append(rows, Row{Name: u.name, Kind: KindUnit, Prepare: func() ([]Side, error) {
			return []Side{local(Ours, u.make())}, nil
		}})
	}
	return rows
}
