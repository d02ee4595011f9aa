package s3

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"milepost/internal/blob"
	"milepost/internal/fault"
)

// Ticket returns a presigned PUT. Length, media type and checksum of the body
// are signed headers: S3 refuses a request with others, and a body that is not
// that of the checksum. It can be used again until it expires, for the same
// content.
func (s *Store) Ticket(ctx context.Context, a blob.Announcement) (*blob.Ticket, error) {
	if err := a.Check(s.maxSize); err != nil {
		return nil, err
	}
	p := &presigner{now: s.now()}
	out, err := s3.NewPresignClient(s.client).PresignPutObject(ctx, s.object(a, nil), s3.WithPresignExpires(s.life),
		func(o *s3.PresignOptions) { o.Presigner = p })
	if err != nil {
		return nil, fault.Wrap(err, blob.CodeFailed)
	}
	expires := p.now.Truncate(time.Second).Add(s.life)
	if p.credentials.CanExpire && p.credentials.Expires.Before(expires) {
		expires = p.credentials.Expires
	}
	headers := make(map[string]string, len(out.SignedHeader))
	for name := range out.SignedHeader {
		if name = http.CanonicalHeaderKey(name); name != "Host" {
			headers[name] = out.SignedHeader.Get(name)
		}
	}
	return &blob.Ticket{Method: out.Method, URL: out.URL, Headers: headers, ExpiresAt: expires.UTC()}, nil
}

// Link returns a presigned GET. How it is saved is signed too: by it content
// leaves under its media type and disposition, and no other.
func (s *Store) Link(ctx context.Context, sha256, mediaType, disposition string) (string, error) {
	if err := blob.CheckSHA256(sha256); err != nil {
		return "", err
	}
	in := &s3.GetObjectInput{Bucket: &s.bucket, Key: s.key(sha256), ResponseContentType: &mediaType, ResponseContentDisposition: &disposition}
	out, err := s3.NewPresignClient(s.client).PresignGetObject(ctx, in, s3.WithPresignExpires(linkLife),
		func(o *s3.PresignOptions) { o.Presigner = &presigner{now: s.now()} })
	if err != nil {
		return "", fault.Wrap(err, blob.CodeFailed)
	}
	return out.URL, nil
}

// Origin is the scheme and host of the addresses in tickets, such as
// https://evidence.s3.cn-north-1.amazonaws.com.cn: what a page has to be let
// send to. It is worked out from bucket and region, and asks nobody.
func (s *Store) Origin(ctx context.Context) (string, error) {
	ticket, err := s.Ticket(ctx, blob.Announcement{SHA256: strings.Repeat("0", 64)})
	if err != nil {
		return "", err
	}
	u, err := url.Parse(ticket.URL)
	if err != nil {
		return "", fault.Wrap(err, blob.CodeFailed)
	}
	return u.Scheme + "://" + u.Host, nil
}

// presigner is the SDK's, at the time that was handed in.
type presigner struct {
	now         time.Time
	credentials aws.Credentials // used for the signature
}

// PresignHTTP implements s3.HTTPPresignerV4.
func (p *presigner) PresignHTTP(ctx context.Context, credentials aws.Credentials, r *http.Request, payloadHash, service, region string, _ time.Time, options ...func(*v4.SignerOptions)) (string, http.Header, error) {
	p.credentials = credentials
	return v4.NewSigner().PresignHTTP(ctx, credentials, r, payloadHash, service, region, p.now, options...)
}
