package bench

// Rows returns what is measured. A nil peer leaves the OpenSSL sides out.
func Rows(peer *Peer) ([]Row, error) {
	rows := prfRows(peer)
	handshakes, err := handshakeRows(peer)
	if err != nil {
		return nil, err
	}
	rows = append(rows, handshakes...)
	for _, u := range units() {
		rows = append(rows, Row{Name: u.name, Kind: KindUnit, Sides: []Side{local(Ours, u.make())}})
	}
	return rows, nil
}
