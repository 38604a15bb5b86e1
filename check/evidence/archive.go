package evidence

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// pack writes files as an archive: the same files make the same octets.
func pack(w io.Writer, files map[string][]byte) error {
	zipped := gzip.NewWriter(w)
	archive := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text := files[name]
		header := &tar.Header{Name: name, Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(header); err != nil {
			return fmt.Errorf("evidence: %w", err)
		}
		if _, err := archive.Write(text); err != nil {
			return fmt.Errorf("evidence: %w", err)
		}
	}
	if err := errors.Join(archive.Close(), zipped.Close()); err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	return nil
}

// What a bundle may hold at most: it may come from anybody.
const (
	mostFiles  = 1000
	mostOctets = 64 << 20
)

// unpack reads an archive.
func unpack(r io.Reader) (map[string][]byte, error) {
	zipped, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("evidence: no bundle: %w", err)
	}
	archive := tar.NewReader(zipped)
	files := map[string][]byte{}
	for left := int64(mostOctets); ; {
		header, err := archive.Next()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("evidence: no bundle: %w", err)
		}
		_, twice := files[header.Name]
		if left -= header.Size; header.Typeflag != tar.TypeReg || twice || left < 0 || len(files) == mostFiles {
			return nil, fmt.Errorf("evidence: no bundle: %q is no file of its own, or there is too much", header.Name)
		}
		if files[header.Name], err = io.ReadAll(archive); err != nil {
			return nil, fmt.Errorf("evidence: no bundle: %s: %w", header.Name, err)
		}
	}
}
