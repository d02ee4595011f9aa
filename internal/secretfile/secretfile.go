// Package secretfile makes files of secrets that a data folder keeps.
package secretfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Make writes a file that only its owner may read. The file appears whole, and
// synced, or not at all. Where another process was faster, its file stays and
// the error is fs.ErrExist.
func Make(path string, content []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".secret-*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("secretfile: %w", err)
	}
	defer os.Remove(temp.Name()) // what stays behind has a name that nobody reads
	_, err = temp.Write(content)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return fmt.Errorf("secretfile: %w", err)
	}
	if err := os.Link(temp.Name(), path); err != nil {
		return fmt.Errorf("secretfile: %w", err)
	}
	return nil
}
