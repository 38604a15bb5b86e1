package mutants

// equivalentChanges are changes by the operators that nothing can tell from the
// source as it is, and why; the tests of allocations, which are left out under
// changes, do not count. The key is what [mutation.where] says.
var equivalentChanges = map[string]string{
	"impl/prf/prf.go TPRF: copy(msg, m.Sum(s[:m.Pad(s, n-size)], n-size)): at 40, - becomes +":       "the length without padding is for hashes of an unknown layout",
	"impl/prf/prf.go expand: copy(a, m.Sum(seed[:m.Pad(seed, n-size)], n-size)): at 44, - becomes +": "the length without padding is for hashes of an unknown layout",
	"impl/prf/prf.go buffer: if n <= len(p.msg) {: at 6, <= becomes <":                               "a message that just fits gets a buffer of its own",

	"impl/wire/alpn.go readProtocols: return readItems(s, 2, 1, out) && len(*out) > 0: at 47, 0 becomes 1": "an item has two octets or more",
	"impl/wire/extensions.go manyWellFormed: var seen [1 << 16 / 64]uint64: at 11, 1 becomes 2":            "room for types that there are not",
	"impl/wire/extensions.go wellFormed: var seen [32]spec.Extension: at 11, 32 becomes 33":                "the two ways to count say the same",
	"impl/wire/extensions.go wellFormed: if n == len(seen) {: at 6, == becomes !=":                         "the two ways to count say the same",
	"impl/wire/view.go MakeList: l := make(List[T], 0, 2*len(values)): at 23, 2 becomes 3":                 "a capacity",
	"impl/wire/view.go makeItems: n := 0: at 6, 0 becomes 1":                                               "a capacity",

	"impl/record/cbc.go clamp8: over := (8 - x) >> 63: at 20, 63 becomes 64":                                                                           "a shift by more than 63 is one by 63",
	"impl/record/cbc.go innerHash: longest := len(plain) - size - 1: at 30, - becomes +":                                                               "two octets more at one end; at the other, no message of whole cipher blocks ends in the two that are lost",
	"impl/record/cbc.go padding: for i := 0; i < 32 && 8*i < len(plain); i++ {: at 15, < becomes <=":                                                   "no octet of the last word is within the padding",
	"impl/record/open.go decrypt: if h.explicit > 0 {: at 17, 0 becomes 1":                                                                             "it is 0 or 16",
	"impl/record/seal.go Seal: if h.active && h.mode != modeCBC && len(data) <= h.fragment() && h.seq < min(h.limit, seqLimit) {: at 47, <= becomes <": "the general way does the same",
	"impl/record/cbc.go extract: for i := 0; 8*i < len(plain)-start; i++ {: at 17, < becomes <=":                                                       "the word behind the last one is zeros",
	"impl/record/cbc.go innerHash: shortest := max(0, longest-255): at 17, 0 becomes 1":                                                                "an octet less or more is in the first block all the same",
	"impl/record/cbc.go innerHash: shortest := max(0, longest-255): at 28, 255 becomes 256":                                                            "a block more is hashed in constant time",
	"impl/record/cbc.go load: if len(b) >= 8 {: at 14, 8 becomes 9":                                                                                    "eight octets are read one by one",
	"impl/record/cbc.go padding: for i := 0; i < 32 && 8*i < len(plain); i++ {: at 17, 32 becomes 33":                                                  "no octet of the last word is within the padding",
	"impl/record/open.go openAEAD: copy(h.nonce[4:], body[:8]) // RFC 5288, Section 3: whatever the sender chose: at 25, 8 becomes 9":                  "the nonce has room for eight",
	"impl/record/open.go openEncryptThenMAC: if covered < h.explicit+aes.BlockSize || (covered-h.explicit)%aes.BlockSize != 0 {: at 50, - becomes +":   "the explicit IV is a whole block, or none",
	"impl/record/open.go openMACThenEncrypt: if n < c.mac.Size()+1 || n%aes.BlockSize != 0 {: at 21, 1 becomes 2":                                      "n is of whole blocks, and no MAC is two octets short of one",
	"impl/record/open.go openMACThenEncrypt: if n < c.mac.Size()+1 || n%aes.BlockSize != 0 {: at 6, < becomes <=":                                      "n is of whole blocks, and no MAC is an octet short of one",
	"impl/record/seal.go fragment: if h.Fragment < 1 || h.Fragment > MaxPlaintext {: at 33, > becomes >=":                                              "both ways it is MaxPlaintext",
	"impl/record/seal.go sealCBC: if h.explicit > 0 {: at 17, 0 becomes 1":                                                                             "it is 0 or 16",

	"impl/handshake/alert.go end: m.err, m.state, m.row, m.todo, m.question = e, spec.Failed, nil, nil, 0: at 71, 0 becomes 1":    "Progress is no question either",
	"impl/handshake/client_start.go makeExtensions: if len(d.protocols) > 0 {: at 23, 0 becomes 1":                                "a protocol takes two octets or more",
	"impl/handshake/client_start.go makeExtensions: if d.maxVersion >= spec.TLS12 && len(d.schemeList) > 0 {: at 54, 0 becomes 1": "a scheme takes two octets",
	"impl/handshake/machine.go NewClient: m.Release(): at 1, delete m.Release()":                                                  "what is not given back is collected; it holds no secret yet",
	"impl/handshake/machine.go Release: pool.Put(m): at 1, delete pool.Put(m)":                                                    "machines are made anew, which the tests of allocations find",
	"impl/handshake/server_flight.go takeClientKey: return 0, nil: at 8, 0 becomes 1":                                             "Progress: the caller goes on at once",
	"impl/handshake/server_flight.go takeClientKey: return 0, nil: at 8, 0 becomes 1, number 2":                                   "Progress: the caller goes on at once",
	"impl/handshake/step.go keepRest: if m.handled > 0 {: at 14, > becomes >=":                                                    "it moves the octets to where they are",
	"impl/handshake/step.go keepRest: if m.handled > 0 {: at 16, 0 becomes 1":                                                     "a message has four octets or more",
	"impl/handshake/table.go find: g, asked = m.guards(), true: at 24, true becomes false":                                        "asked again, the guards say the same",
	"impl/handshake/machine.go recycle: if cap(b) > keptBuffer {: at 11, > becomes >=":                                            "a buffer that is just small enough is made anew",
	"impl/handshake/step.go keepRest: if len(m.in) == 0 && cap(m.in) > keptBuffer {: at 32, > becomes >=":                         "a buffer that is just small enough is made anew",
	"impl/handshake/server_choice.go lacksGroup: _, ok := kx.ChooseFFDHE(m.d.groups, m.hello.Groups, 0): at 53, 0 becomes 1":      "no group has less than a bit",
	"impl/handshake/server_choice.go possible: _, ok := kx.ChooseFFDHE(m.d.groups, m.hello.Groups, 0): at 53, 0 becomes 1":        "no group has less than a bit",
	"impl/handshake/server_choice.go rsaBits: return 0: at 8, 0 becomes 1":                                                        "no group has less than a bit",
	"impl/handshake/server_flight.go makeServerKey: bits := 0: at 9, 0 becomes 1":                                                 "no group has less than a bit",
}
