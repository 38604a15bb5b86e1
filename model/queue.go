package model

// queue is a stream: up to eight messages, one octet each, the head in the
// lowest octet. Zero is no message.
type queue uint64

func (q queue) head() uint8 { return uint8(q) }
func (q queue) pop() queue  { return q >> 8 }
func (q queue) empty() bool { return q == 0 }
