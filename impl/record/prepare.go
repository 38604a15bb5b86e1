package record

import (
	"crypto/aes"
	"crypto/cipher"

	"github.com/sesame-tls/sesame/impl/internal/mac"
	"github.com/sesame-tls/sesame/spec"
	"golang.org/x/crypto/chacha20poly1305"
)

// PrepareRead makes the pending keys of a direction that is read, for
// [Half.Activate]. etm says that encrypt-then-MAC was negotiated, which only a
// CBC suite heeds. The keys' octets are not needed afterwards.
//
// Preparing again replaces what was prepared: a fallback does. It fails when
// keys are active already, since there is no renegotiation, for a suite that is
// not the version's, and for keys of a wrong length.
func (h *Half) PrepareRead(v spec.Version, s spec.Suite, k Keys, etm bool) error {
	return h.prepare(v, s, k, etm, true)
}

// PrepareWrite is [Half.PrepareRead] for a direction that is written.
func (h *Half) PrepareWrite(v spec.Version, s spec.Suite, k Keys, etm bool) error {
	return h.prepare(v, s, k, etm, false)
}

func (h *Half) prepare(v spec.Version, s spec.Suite, k Keys, etm, read bool) error {
	if h.active {
		return errorf(spec.InternalError, "RFC 5246, Section 7.1", "keys are active already")
	}
	if v < s.MinVersion || v < spec.TLS10 || v > spec.TLS12 {
		return errorf(spec.InternalError, "RFC 5246, Appendix A.5", "%v is no suite of %v", s.ID, v)
	}
	if len(k.MAC) != s.MACKey || len(k.Key) != s.Key || len(k.IV) != ivSize(v, s) {
		return errorf(spec.InternalError, "RFC 5246, Section 6.3", "%v has keys of %d, %d and %d octets, not %d, %d and %d",
			s.ID, s.MACKey, s.Key, ivSize(v, s), len(k.MAC), len(k.Key), len(k.IV))
	}
	h.forget()
	var err error
	switch s.Cipher {
	case spec.ChaCha20Poly1305:
		err = h.prepareChaCha(k)
	case spec.AES128GCM, spec.AES256GCM:
		err = h.prepareGCM(k)
	default:
		err = h.prepareCBC(v, s, k, etm, read)
	}
	if err != nil {
		return errorf(spec.InternalError, "RFC 5246, Section 6.3", "%v", err)
	}
	h.keyed, h.prepared = v, true
	return nil
}

func (h *Half) prepareChaCha(k Keys) (err error) {
	// RFC 7905, Section 2: the nonce is the IV with the sequence number in its last octets, exclusive-or.
	h.mode, h.explicit, h.limit = modeChaCha, 0, seqLimit
	copy(h.fixed[:], k.IV)
	copy(h.nonce[:], k.IV)
	h.aead, err = chacha20poly1305.New(k.Key)
	return err
}

func (h *Half) prepareGCM(k Keys) error {
	// RFC 5288, Section 3: the nonce is salt and explicit part.
	h.mode, h.explicit, h.limit = modeGCM, 8, gcmLimit
	copy(h.nonce[:], k.IV)
	block, err := aes.NewCipher(k.Key)
	if err != nil {
		return err
	}
	h.aead, err = cipher.NewGCM(block)
	return err
}

func (h *Half) prepareCBC(v spec.Version, s spec.Suite, k Keys, etm, read bool) error {
	h.mode, h.etm, h.limit = modeCBC, etm, seqLimit
	iv := k.IV
	if v > spec.TLS10 {
		h.explicit = aes.BlockSize
		iv = zeroIV[:] // set for each record
	}
	block, err := aes.NewCipher(k.Key)
	if err != nil {
		return err
	}
	if h.cbc == nil {
		h.cbc = new(cbc)
	}
	h.cbc.mac.SetKey(macFunctions[s.MAC], k.MAC)
	h.cbc.layout = h.cbc.mac.Layout()
	if read {
		h.cbc.block = cipher.NewCBCDecrypter(block, iv).(blockMode)
	} else {
		h.cbc.block = cipher.NewCBCEncrypter(block, iv).(blockMode)
	}
	return nil
}

var macFunctions = [...]mac.Function{spec.SHA1: mac.SHA1, spec.SHA256: mac.SHA256, spec.SHA384: mac.SHA384}

var zeroIV [aes.BlockSize]byte
