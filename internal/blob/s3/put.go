package s3

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"

	"milepost/internal/blob"
	"milepost/internal/fault"
)

// held is the largest content that Put holds in memory, to check it before it
// is sent and to send it again where that fails. What is larger is checked on
// its way and has one attempt.
const held = 8 << 20

var errUploadEnded = errors.New("blob/s3: the upload has ended")

// Put uploads content. S3 gets its last byte only after all of it was checked,
// and a request without its last byte leaves nothing; S3 checks it once more
// against the same hash.
func (s *Store) Put(ctx context.Context, a blob.Announcement, r io.Reader) error {
	if err := a.Check(s.maxSize); err != nil {
		return err
	}
	if a.Size > held {
		return s.stream(ctx, a, r)
	}
	content := bytes.NewBuffer(make([]byte, 0, a.Size))
	if err := blob.Copy(ctx, content, r, a); err != nil {
		return err
	}
	ctx, cancel := s.bounded(ctx, attempts*a.Size)
	defer cancel()
	return s.send(ctx, a, bytes.NewReader(content.Bytes()))
}

// stream uploads content as it comes. It returns when r is read no more.
func (s *Store) stream(ctx context.Context, a blob.Announcement, r io.Reader) error {
	body, w := io.Pipe()
	checked := make(chan error, 1)
	go func() {
		last := &holdback{w: w}
		err := blob.Copy(ctx, last, r, a)
		if err == nil {
			err = last.release()
		}
		_ = w.CloseWithError(err) // always nil; without an error the body is at its end
		checked <- err
	}()
	// The SDK takes the length from a pipe that it recognises.
	sent := s.send(ctx, a, struct{ io.Reader }{body}, func(o *s3.Options) { o.Retryer = aws.NopRetryer{} })
	_ = body.CloseWithError(errUploadEnded) // always nil; ends the copying
	err := <-checked
	if err != nil && !errors.Is(err, errUploadEnded) {
		return err // what was wrong with the content, and so with the upload
	}
	if sent != nil {
		return sent
	}
	return err // an answer that did not wait for the content is none
}

// send makes the request, bound to the announced hash twice: S3 compares the
// body with the payload's hash, which is signed, and keeps the checksum.
func (s *Store) send(ctx context.Context, a blob.Announcement, body io.Reader, more ...func(*s3.Options)) error {
	bound := func(o *s3.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Finalize.Insert(payloadHash(a.SHA256), (&v4.ComputePayloadSHA256{}).ID(), middleware.Before)
		})
	}
	_, err := s.client.PutObject(ctx, s.object(a, body), append(more, bound)...)
	if err != nil {
		return fault.Wrap(err, blob.CodeFailed)
	}
	return nil
}

// object is the object that an announcement promises.
func (s *Store) object(a blob.Announcement, body io.Reader) *s3.PutObjectInput {
	in := &s3.PutObjectInput{
		Bucket: &s.bucket, Key: s.key(a.SHA256), Body: body, ContentLength: aws.Int64(a.Size), ChecksumSHA256: aws.String(checksum(a.SHA256)),
	}
	if a.MediaType != "" {
		in.ContentType = aws.String(a.MediaType)
	}
	return in
}

// payloadHash gives the signer the hash of a body that it could not read
// twice.
func payloadHash(sha256 string) middleware.FinalizeMiddleware {
	return middleware.FinalizeMiddlewareFunc("AnnouncedPayloadHash",
		func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			return next.HandleFinalize(v4.SetPayloadHash(ctx, sha256), in)
		})
}

// checksum is a checked hash as S3 writes it.
func checksum(sha256 string) string {
	raw, _ := hex.DecodeString(sha256) // checked
	return base64.StdEncoding.EncodeToString(raw)
}

// holdback keeps the last byte back until it is released.
type holdback struct {
	w    io.Writer
	last []byte // at most one
}

// Write passes on what was kept and all of p but its last byte.
func (h *holdback) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := h.release(); err != nil {
		return 0, err
	}
	n, err := h.w.Write(p[:len(p)-1])
	if err != nil {
		return n, err
	}
	h.last = append(h.last[:0], p[len(p)-1])
	return len(p), nil
}

// release passes the last byte on.
func (h *holdback) release() error {
	_, err := h.w.Write(h.last)
	h.last = h.last[:0]
	return err
}
