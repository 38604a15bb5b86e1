package probe

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sesame-tls/sesame/spec"
)

// version reads a version of a case.
func version(s string) (spec.Version, error) {
	switch s {
	case "3.0":
		return spec.SSL30, nil
	case "1.0":
		return spec.TLS10, nil
	case "1.1":
		return spec.TLS11, nil
	case "", "1.2":
		return spec.TLS12, nil
	}
	n, err := number(s)
	return spec.Version(n), err
}

func number(s string) (uint16, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "0x"), 16, 16)
	if err != nil || !strings.HasPrefix(s, "0x") {
		return 0, fmt.Errorf("probe: %q is neither a name nor a number such as 0x0304", s)
	}
	return uint16(n), nil
}

func numbers[T ~uint16](all []string) (list []T, err error) {
	for _, s := range all {
		n, err := number(s)
		if err != nil {
			return nil, err
		}
		list = append(list, T(n))
	}
	return list, nil
}

// suite reads a suite of a case.
func suite(s string) (spec.SuiteID, error) {
	switch s {
	case "EMPTY_RENEGOTIATION_INFO_SCSV":
		return spec.EmptyRenegotiationInfoSCSV, nil
	case "FALLBACK_SCSV":
		return spec.FallbackSCSV, nil
	}
	for _, known := range spec.Suites() {
		if known.Name == s {
			return known.ID, nil
		}
	}
	n, err := number(s)
	return spec.SuiteID(n), err
}

// plainSuite is the one that all have, where a case says nothing else.
const plainSuite = "ECDHE_RSA_WITH_AES_128_GCM_SHA256"

func suites(all []string) (list []spec.SuiteID, err error) {
	if len(all) == 0 {
		all = []string{plainSuite}
	}
	for _, s := range all {
		id, err := suite(s)
		if err != nil {
			return nil, err
		}
		list = append(list, id)
	}
	return list, nil
}

var (
	usualSchemes = []spec.SignatureScheme{spec.RSAPKCS1SHA256, spec.ECDSASecp256r1SHA256, spec.RSAPKCS1SHA384,
		spec.ECDSASecp384r1SHA384, spec.RSAPKCS1SHA512, spec.RSAPKCS1SHA1, spec.ECDSASHA1}
	usualGroups = []spec.Group{spec.X25519, spec.Secp256r1, spec.Secp384r1, spec.FFDHE2048}
)
