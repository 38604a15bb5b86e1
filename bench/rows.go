package bench

import "slices"

// Rows returns what is measured. Without peers there are no OpenSSL sides; long
// adds what takes minutes and gigabytes.
func Rows(peers []*Peer, long bool) []Row {
	rows := slices.Concat(prfRows(peers), handshakeRows(peers), []Row{tracerRow()}, recordRows(peers), []Row{eapfastRow()}, explorerRows(), unitRows())
	return slices.DeleteFunc(rows, func(r Row) bool { return r.Long && !long })
}

// unitRows measure what the cost model counts.
func unitRows() (rows []Row) {
	for _, u := range units() {
		rows = append(rows, Row{Name: u.name, Kind: KindUnit, Prepare: func() ([]Side, error) {
			return []Side{local(Ours, u.make())}, nil
		}})
	}
	return rows
}

// PACHandshakeCosts counts what a PAC handshake of the first variant cannot do
// without.
func PACHandshakeCosts() ([]Cost, error) {
	m, err := newMachines(variants[0].version, variants[0].suite)
	if err != nil {
		return nil, err
	}
	return m.costs()
}
