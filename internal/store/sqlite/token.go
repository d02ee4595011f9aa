package sqlite

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"time"

	"milepost/internal/store"
)

// tokenLife is the least time for which a token is remembered, as in DynamoDB.
const tokenLife = 10 * time.Minute

// dropOldTokens forgets more tokens than one batch can bring, so that the table
// holds about tokenLife's worth and no commit has much to clear away.
const dropOldTokens = `DELETE FROM tokens WHERE token IN (SELECT token FROM tokens WHERE at < ? ORDER BY at LIMIT 256)`

// token returns the content that a token stands for, nil for an unknown one.
func (b *batchTx) token(token string) ([]byte, error) {
	var content []byte
	err := b.row(b.s.findToken, token).Scan(&content)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return content, err
}

func (b *batchTx) dropOldTokens() error {
	return b.exec(b.s.dropOld, b.now.Add(-tokenLife).Unix())
}

// contentOf is a hash of all that operations ask for.
func contentOf(ops []store.Op) []byte {
	h := sha256.New()
	var buf []byte
	number := func(n int64) { buf = binary.AppendVarint(buf, n) }
	text := func(s string) { number(int64(len(s))); buf = append(buf, s...) }
	for _, op := range ops {
		buf = buf[:0]
		number(int64(op.Verb))
		text(op.If.String())
		text(op.Item.PK)
		text(op.Item.SK)
		if op.Verb == store.Put {
			number(op.Item.Version)
			number(op.Item.Expires)
			for _, e := range op.Item.Index {
				text(e.PK)
				text(e.SK)
			}
			text(string(op.Item.Body))
		}
		h.Write(buf)
	}
	return h.Sum(nil)
}
