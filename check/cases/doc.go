// Package cases has what a TLS endpoint with a session-secret callback is asked,
// as data that others can play: what is sent to it, in symbols, and every answer
// that the RFCs allow it.
//
// Use [Chosen] for the list that is committed as cases.json, [All] for every
// combination, and [Write] to export either. Package probe plays them.
//
//	for _, c := range cases.Chosen() {
//		fmt.Println(c.ID, c.Requirements, c.Grade)
//	}
//
// # Where they come from
//
// Three sources, told apart by the first words of an id after the role:
//
//   - tour: every edge of the model's machine of one endpoint ([model.Machine]),
//     with its callback unset, accepting, and declining or failing. The answer is
//     the model's.
//   - kinds: every kind of handshake, predicted by the model: callback, version,
//     key exchange, cipher, extended_master_secret, encrypt_then_mac, client
//     authentication, tickets. Chosen has each pair of settings, All each set.
//   - rule: what the model has no word for, one requirement after the other:
//     octets, lengths, records, values out of range, secrets of a wrong length.
//
// # The format
//
// The file is one JSON object: format, "sesame-cases"; version, [Version]; pac,
// the key and the opaque of the PAC that all cases mean, in hexadecimal; registry,
// the numbers of the names, see [Registry]; cases, a list of [Case]. Members that are false, empty or zero are left out, and mean
// what their fields here say. A reader must refuse another version, and members
// that it does not know: a case that it plays in half it has not played.
//
// The player speaks the other end. For a step it sends what the step says, in
// order and without waiting, and then reads until the answers of one of the
// allowed outcomes have come, or what has come begins none of them. Records of
// application data that follow each other count as one. An outcome that is closed
// ends with the end of the stream, or with a fatal alert.
//
// What the player says beyond a message's words is what an honest peer would say
// at that place: right keys, right signatures, an empty renegotiation_info, its
// own randoms. A message that has to be sealed is, from the player's
// ChangeCipherSpec on; the first secret that opens the system's records is the
// one in force.
package cases
