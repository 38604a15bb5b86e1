package tls

import (
	"encoding/hex"
	"io"
	"sync"
)

// keyLogMu keeps the lines of one writer apart, which connections and Configs
// may share.
var keyLogMu sync.Mutex

// writeKeyLog writes one line of the NSS key log format.
func writeKeyLog(w io.Writer, clientRandom, masterSecret []byte) error {
	const label = "CLIENT_RANDOM "
	line := make([]byte, 0, len(label)+2*len(clientRandom)+1+2*len(masterSecret)+1)
	line = append(line, label...)
	line = hex.AppendEncode(line, clientRandom)
	line = append(line, ' ')
	line = hex.AppendEncode(line, masterSecret)
	line = append(line, '\n')
	keyLogMu.Lock()
	defer keyLogMu.Unlock()
	_, err := w.Write(line)
	clear(line)
	return err
}
