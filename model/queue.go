package model

import "math/bits"

// queue is a stream: up to eight messages, one octet each, the head in the
// lowest octet. Zero is no message.
type queue uint64

func (q queue) head() uint8 { return uint8(q) }

func (q queue) pop() queue { return q >> 8 }

func (q queue) len() int { return (bits.Len64(uint64(q)) + 7) / 8 }

func (q queue) full() bool { return q>>56 != 0 }

// push appends o.
func (q queue) push(o uint8) queue {
	if q.full() {
		panic("model: more than eight messages on a stream")
	}
	return q | queue(o)<<(8*q.len())
}

// insert puts o before the head.
func (q queue) insert(o uint8) queue {
	if q.full() {
		panic("model: more than eight messages on a stream")
	}
	return q<<8 | queue(o)
}
