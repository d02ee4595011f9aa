package tracker

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/go-json-experiment/json"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// position is where a list goes on: after an entry. One position stands for
// every partition of a merged list, since the merge has passed all entries
// that sort before it, and none that sorts after it.
type position struct {
	SK   string    `json:"k"` // index sort key of the last entry passed
	Item store.Key `json:"i"`
}

const (
	// cursorVersion is part of what is signed: cursors of another version of
	// the program are refused rather than misread.
	cursorVersion = "cursor/1"
	// maxCursor is the length of the longest cursor that is looked at.
	maxCursor = 6000
	macSize   = 16
)

// cursor writes a position as text that only the same caller can use, and only
// on with the same query. It is signed by HMAC-SHA-256, and sealed with the
// signature as nonce, since the entry that it names may be one that the caller
// may not see.
func (t *Tracker) cursor(p ident.Person, query string, at position) (string, error) {
	plain, err := json.Marshal(at)
	if err != nil {
		return "", fault.Wrap(err, "internal.error")
	}
	mac := t.cursorMAC(p, query, plain)
	if err := t.cursorSeal(mac, plain); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(append(mac, plain...)), nil
}

// openCursor reads what cursor wrote for the same caller and query. Anything
// else is cursor.invalid.
func (t *Tracker) openCursor(p ident.Person, query, text string) (position, error) {
	invalid := fault.New(fault.Invalid, "cursor.invalid")
	if len(text) > maxCursor {
		return position{}, invalid
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) <= macSize {
		return position{}, invalid
	}
	mac, plain := raw[:macSize], raw[macSize:]
	if err := t.cursorSeal(mac, plain); err != nil {
		return position{}, err
	}
	if !hmac.Equal(mac, t.cursorMAC(p, query, plain)) {
		return position{}, invalid
	}
	var at position
	if err := json.Unmarshal(plain, &at, json.RejectUnknownMembers(true)); err != nil {
		return position{}, invalid
	}
	return at, nil
}

func (t *Tracker) cursorMAC(p ident.Person, query string, plain []byte) []byte {
	h := hmac.New(sha256.New, t.secret)
	for _, part := range []string{cursorVersion, string(p), query, string(plain)} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return h.Sum(nil)[:macSize]
}

// cursorSeal encrypts and decrypts in place.
func (t *Tracker) cursorSeal(mac, text []byte) error {
	h := hmac.New(sha256.New, t.secret)
	fmt.Fprint(h, cursorVersion, " seal")
	block, err := aes.NewCipher(h.Sum(nil))
	if err != nil {
		return fault.Wrap(err, "internal.error")
	}
	cipher.NewCTR(block, mac).XORKeyStream(text, text)
	return nil
}

// canonicalQuery is what a cursor is bound to: the list's name and the hash of
// all that is asked of it but the page.
func canonicalQuery(list string, query any) (string, error) {
	text, err := schema.Canonical(query)
	if err != nil {
		return "", fault.Wrap(err, "internal.error")
	}
	return fmt.Sprintf("%s %x", list, sha256.Sum256(text)), nil
}
