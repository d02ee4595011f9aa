package authn

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/go-jose/go-jose/v4"

	"milepost/internal/secretfile"
)

const (
	pemType         = "PRIVATE KEY"
	maxKeyFileBytes = 16 << 10
)

// localKey returns the key of the file, makes the file where there is none,
// and makes a key without a file where its name is empty.
func localKey(file string, entropy io.Reader) (jose.JSONWebKey, error) {
	if file == "" {
		key, err := newKey(entropy)
		if err != nil {
			return jose.JSONWebKey{}, err
		}
		return webKey(key)
	}
	key, err := readKey(file)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makeKeyFile(file, entropy)
	}
	if err != nil {
		return jose.JSONWebKey{}, fmt.Errorf("authn: key file: %w", err)
	}
	return webKey(key)
}

// webKey gives the key its thumbprint (RFC 7638) as id.
func webKey(key *ecdsa.PrivateKey) (jose.JSONWebKey, error) {
	out := jose.JSONWebKey{Key: key, Algorithm: string(jose.ES256), Use: "sig"}
	thumbprint, err := out.Thumbprint(crypto.SHA256)
	if err != nil {
		return out, fmt.Errorf("authn: %w", err)
	}
	out.KeyID = base64.RawURLEncoding.EncodeToString(thumbprint)
	return out, nil
}

// newKey makes a P-256 key of 32 bytes of entropy. ecdsa.GenerateKey would
// ignore the entropy handed in.
func newKey(entropy io.Reader) (*ecdsa.PrivateKey, error) {
	var scalar [32]byte
	for range 8 { // one in 2^32 scalars is out of range
		if _, err := io.ReadFull(entropy, scalar[:]); err != nil {
			return nil, fmt.Errorf("authn: entropy: %w", err)
		}
		if key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:]); err == nil {
			return key, nil
		}
	}
	return nil, errors.New("authn: entropy gives no key")
}

func readKey(file string) (*ecdsa.PrivateKey, error) {
	f, err := os.Open(filepath.Clean(file))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others (mode %04o, want 0600)", file, info.Mode().Perm())
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFileBytes))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != pemType {
		return nil, fmt.Errorf("%s holds no PEM %s", file, pemType)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, fmt.Errorf("%s holds no P-256 key", file)
	}
	return key, nil
}

// makeKeyFile writes a new key; where another process was faster, its key
// counts.
func makeKeyFile(file string, entropy io.Reader) (*ecdsa.PrivateKey, error) {
	key, err := newKey(entropy)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	err = secretfile.Make(file, pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der}))
	if errors.Is(err, fs.ErrExist) {
		return readKey(file)
	}
	return key, err
}
