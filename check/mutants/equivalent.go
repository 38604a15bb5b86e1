package mutants

// equivalentChanges are changes by the operators that nothing can tell from the
// source as it is, and why. The key is what [mutation.where] says.
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
}
