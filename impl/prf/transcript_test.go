package prf

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"testing"
)

func digest(h Hash, messages []byte) []byte {
	switch h {
	case SHA256:
		sum := sha256.Sum256(messages)
		return sum[:]
	case SHA384:
		sum := sha512.Sum384(messages)
		return sum[:]
	}
	first, second := md5.Sum(messages), sha1.Sum(messages)
	return append(first[:], second[:]...)
}

// TestTranscript chooses the hash after each possible number of messages, and
// looks at the sum after each message, in a Transcript that is used again.
func TestTranscript(t *testing.T) {
	messages := [][]byte{[]byte("ClientHello"), []byte("ServerHello"), bytes.Repeat([]byte("Certificate"), 40), {}, []byte("Finished")}
	var tr Transcript
	for h := range names {
		for choose := range messages {
			for _, keep := range []bool{false, true} {
				tr.Reset()
				if keep {
					tr.Keep()
				}
				var all []byte
				for i, m := range messages {
					if i == choose {
						tr.Choose(h)
					}
					tr.Write(m)
					all = append(all, m...)
					if i < choose || keep {
						if !bytes.Equal(tr.Messages(), all) {
							t.Fatalf("%v chosen before message %d: message %d is not kept", h, choose, i)
						}
					}
					if i < choose {
						continue
					}
					prefix := []byte("prefix")
					want := append(bytes.Clone(prefix), digest(h, all)...)
					if got := tr.Sum(prefix); !bytes.Equal(got, want) || len(got)-len(prefix) != h.Size() {
						t.Fatalf("%v chosen before message %d, sum after message %d: %x, want %x", h, choose, i, got, want)
					}
				}
				if tr.Chosen() != h || !keep && len(tr.Messages()) != 0 {
					t.Fatalf("%v: %v is chosen, %d octets are kept", h, tr.Chosen(), len(tr.Messages()))
				}
				tr.Forget()
				tr.Write([]byte("more"))
				if len(tr.Messages()) != 0 {
					t.Fatal("Forget keeps messages")
				}
			}
		}
	}
}

func TestTranscriptChoosesAgain(t *testing.T) {
	var tr Transcript
	tr.Keep()
	tr.Write([]byte("one"))
	tr.Choose(SHA384)
	tr.Write([]byte("two"))
	tr.Choose(SHA256)
	if got := tr.Sum(nil); !bytes.Equal(got, digest(SHA256, []byte("onetwo"))) {
		t.Errorf("%x", got)
	}
}

// TestTranscriptForgetsAll: nothing of a message from before Reset is hashed,
// whether or not a hash had been chosen, or messages were to be kept.
func TestTranscriptForgetsAll(t *testing.T) {
	for name, before := range map[string]func(*Transcript){
		"nothing chosen": func(*Transcript) {},
		"chosen":         func(tr *Transcript) { tr.Choose(SHA384) },
		"kept":           func(tr *Transcript) { tr.Keep(); tr.Choose(SHA256) },
	} {
		var tr Transcript
		tr.Write([]byte("one"))
		before(&tr)
		tr.Reset()
		tr.Write([]byte("two"))
		tr.Choose(SHA256)
		if got := tr.Sum(nil); !bytes.Equal(got, digest(SHA256, []byte("two"))) {
			t.Errorf("%s: %x", name, got)
		}
	}
}

func TestTranscriptMisuse(t *testing.T) {
	mustPanic(t, "Sum before Choose", func() { new(Transcript).Sum(nil) })
	mustPanic(t, "Keep after Choose", func() {
		var tr Transcript
		tr.Choose(SHA256)
		tr.Keep()
	})
}

func TestTranscriptGivesUpLargeBuffers(t *testing.T) {
	var tr Transcript
	tr.Write(make([]byte, keptBuffer))
	tr.Reset()
	if cap(tr.messages) == 0 {
		t.Error("a small buffer is not kept")
	}
	tr.Write(make([]byte, 10*keptBuffer))
	tr.Reset()
	if cap(tr.messages) > keptBuffer {
		t.Errorf("%d octets are kept", cap(tr.messages))
	}
}
