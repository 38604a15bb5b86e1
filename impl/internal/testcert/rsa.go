package testcert

import (
	"crypto/rsa"
	"math/big"
)

// rsaPrimes are the primes of the RSA-2048 test keys. They protect nothing.
var rsaPrimes = [...][2]string{
	{
		"d37b5788b6db68a7f637246bf1a2ecf441a8bb695adce23d98278bba32ffb63e4fab65ba469bd329c389f367b62ce4d7bc3f848f699933183c80ca795d17eba5" +
			"b5b3314e8e7c12b2fa0a8e606280ce1cba5c23f0e47c39cf6d54987ad49bbcc21c6af5fd8fc005dff243f6ac34d57d66fc55f535fe571f8f5b4df8faff0b4e17",
		"c03e0394a2ccf6957a74cde2aa355f89b9b4baf659ce2447655bf329f2799a1fc1695360790b9cce80e94ea2a6c4de088496ac20537d1da77894cbadf942f383" +
			"9f78d807b7c3810183fab52203bf216270f5bd762a5ababa8f849fa002d1d04a10a4b1d467ecfa6b196cc2bc5130313968a0fa0bf7c4014f29653361fec0a77d",
	},
	{
		"f1f1c902b11ab1541286b3fde5ea341eafb9dc18ec9e2f72590afe73267a096b53d02ff2db7cb04b8578c603246e277edea5c647414da4e0cedcc967f0ac1330" +
			"750a36597c1c2a3929268de6e89735fdf886dfa7736de31628eacf1c675378755823fda2cd591e33400ffb1524be7d9794f7f7e45c7c29d43050aaa59c1a5169",
		"f14ef136f74dfc1572fad7a2bfb37b0f91167f27474ff82eb9d176aadce012b706d45819297762f823908fb3e84f277e2964c56096a3b8d20c795b08a5126af0" +
			"d0ac0e4bd3e76fda87e524bfae9648f591e4f7efabcb611e62b9277b6fed0aa7ebcbfb17a4e692499e2dd4a016aa2789a866916f69d28ff8a735505ff1d531a7",
	},
	{
		"c90a3892ad6bbd3133408fceca271bcaa385bfac3e62873d66cba9e9d941a0e73af4dbc6ca7577cb11caeda044c98ae2095ed28fdc5d36c9e2144a1a3a62e180" +
			"85702e977d395f862f7632c754f120f0649ea0f3b71c1d31d0a6678eed7af378278b01352f4da76d0034e5bd204152eff4c96c89f7939236b196530b4d5b5b55",
		"f05481396821397bfc446535dc643a03401571bfeeb55dc9535aabb72e7b3d34a2b68f5f641210c5de5a5d8d383d47fdfa1370e34004c84606140502a43ef587" +
			"275a648f94b603202be5711b3f92dc71e937259aa422f6ecf16dfc3610d6de838c0de6710b8bc24498e943c563a6d920814210e82c47843f230849623e6ccc2d",
	},
}

// rsaKey builds a key from its primes, since rsa.GenerateKey takes its
// randomness from nobody.
func rsaKey(primes [2]string) *rsa.PrivateKey {
	one := big.NewInt(1)
	p, q := fromHex(primes[0]), fromHex(primes[1])
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537},
		D:         new(big.Int).ModInverse(big.NewInt(65537), phi),
		Primes:    []*big.Int{p, q},
	}
	key.Precompute()
	return key
}

func fromHex(s string) *big.Int {
	n, ok := new(big.Int).SetString(s, 16)
	if !ok {
		panic("testcert: not a number: " + s)
	}
	return n
}
