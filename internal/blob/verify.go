package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"milepost/internal/fault"
)

// Copy copies content from r to w and checks it against the announcement on
// the way, for adapters: evidence.sizeDiffers (after at most one byte too
// many) or evidence.hashDiffers. It stops between reads when ctx ends. On any
// error w holds content that must not be kept.
func Copy(ctx context.Context, w io.Writer, r io.Reader, a Announcement) error {
	hash := sha256.New()
	body := &contextReader{ctx: ctx, r: io.LimitReader(r, a.Size)}
	n, err := io.Copy(io.MultiWriter(w, hash), body)
	switch {
	case body.err != nil:
		return fmt.Errorf("blob: content: %w", body.err)
	case err != nil:
		return fault.Wrap(err, CodeFailed)
	case n != a.Size:
		return fault.New(fault.Invalid, CodeSizeDiffers, "announced", a.Size)
	}
	if err := atEnd(r, a); err != nil {
		return err
	}
	if hex.EncodeToString(hash.Sum(nil)) != a.SHA256 {
		return fault.New(fault.Invalid, CodeHashDiffers)
	}
	return nil
}

// atEnd refuses content that goes on after its announced size.
func atEnd(r io.Reader, a Announcement) error {
	var one [1]byte
	n, err := io.ReadFull(r, one[:])
	switch {
	case n > 0:
		return fault.New(fault.Invalid, CodeSizeDiffers, "announced", a.Size)
	case err != io.EOF:
		return fmt.Errorf("blob: content: %w", err)
	}
	return nil
}

// contextReader reads until its context ends, and remembers an error of the
// reader so that it is not taken for one of the writer.
type contextReader struct {
	ctx context.Context
	r   io.Reader
	err error
}

// Read reads once.
func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		c.err = err
		return 0, err
	}
	n, err := c.r.Read(p)
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}
