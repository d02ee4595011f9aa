package boot

import (
	"bytes"
	"path/filepath"
	"sync"
	"testing"
)

// First starts at the same time keep one secret.
func TestFirstStartsShareOneSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), SecretFile)
	secrets := make([][]byte, 32)
	var all sync.WaitGroup
	for n := range secrets {
		all.Go(func() {
			secret, err := keptSecret(path)
			if err != nil {
				t.Error(err)
			}
			secrets[n] = secret
		})
	}
	all.Wait()
	for _, s := range secrets {
		if len(s) != 32 || !bytes.Equal(s, secrets[0]) {
			t.Fatalf("secrets differ: %x and %x", s, secrets[0])
		}
	}
}
