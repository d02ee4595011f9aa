package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"milepost/internal/blob"
	"milepost/internal/fault"
)

// piece is what a reader gets with one request and holds in memory.
const piece = 4 << 20

// Open opens content for reading. It is got piece by piece as it is read, with
// ctx, and each piece whole, so that a slow reader holds no connection.
func (s *Store) Open(ctx context.Context, sha256 string) (io.ReadSeekCloser, blob.Info, error) {
	info, etag, err := s.stat(ctx, sha256)
	if err != nil {
		return nil, blob.Info{}, err
	}
	return &reader{ctx: ctx, store: s, info: info, etag: etag}, info, nil
}

// reader reads an object by ranges.
type reader struct {
	ctx    context.Context // of Open: io.Reader takes none
	store  *Store
	info   blob.Info
	etag   *string // of the object that Open found
	at     int64
	from   int64 // where the piece begins
	piece  []byte
	closed bool
}

// Read reads from the piece at hand, or gets the next.
func (r *reader) Read(p []byte) (int, error) {
	switch {
	case r.closed:
		return 0, fs.ErrClosed
	case len(p) == 0:
		return 0, nil
	case r.at >= r.info.Size:
		return 0, io.EOF
	}
	if r.at < r.from || r.at >= r.from+int64(len(r.piece)) {
		if err := r.get(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.piece[r.at-r.from:])
	r.at += int64(n)
	return n, nil
}

// Seek moves within the content, and beyond its end.
func (r *reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.info.Size
	default:
		return 0, fmt.Errorf("blob/s3: seek from %d", whence)
	}
	if r.closed {
		return 0, fs.ErrClosed
	}
	if offset < 0 {
		return 0, errors.New("blob/s3: seek before the beginning")
	}
	r.at = offset
	return offset, nil
}

// Close lets go of the piece.
func (r *reader) Close() error {
	if r.closed {
		return fs.ErrClosed
	}
	r.closed, r.piece = true, nil
	return nil
}

// get gets the piece that begins where the reader is. An answer that ends
// early is asked for again, which the SDK does not do.
func (r *reader) get() error {
	size := min(piece, r.info.Size-r.at)
	ctx, cancel := r.store.bounded(r.ctx, size)
	defer cancel()
	if int64(cap(r.piece)) < size {
		r.piece = make([]byte, size)
	}
	r.piece = r.piece[:size]
	var err error
	for range attempts {
		var again bool
		if again, err = r.fill(ctx); err == nil {
			r.from = r.at
			return nil
		}
		if !again || ctx.Err() != nil {
			break
		}
	}
	r.piece = r.piece[:0]
	return notThere(err, r.info.SHA256)
}

// fill makes one request for the piece; again says that its answer began well.
func (r *reader) fill(ctx context.Context) (again bool, err error) {
	out, err := r.store.client.GetObject(ctx, &s3.GetObjectInput{
		Bucket: &r.store.bucket, Key: r.store.key(r.info.SHA256), IfMatch: r.etag,
		Range: aws.String(fmt.Sprintf("bytes=%d-%d", r.at, r.at+int64(len(r.piece))-1)),
	})
	if err != nil {
		return false, err
	}
	_, err = io.ReadFull(out.Body, r.piece)
	_ = out.Body.Close() // it was only read
	if want := fmt.Sprintf("bytes %d-%d/%d", r.at, r.at+int64(len(r.piece))-1, r.info.Size); err == nil && aws.ToString(out.ContentRange) != want {
		return false, fault.Wrap(fmt.Errorf("the answer is of %q, not of %q", aws.ToString(out.ContentRange), want), blob.CodeFailed)
	}
	return true, err
}
