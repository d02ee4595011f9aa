// Package s3 keeps evidence content in an Amazon S3 bucket: one object for
// each hash, its key made of the hash. Encryption is the bucket's business.
// The program needs the rights to s3:PutObject, s3:GetObject and
// s3:DeleteObject on the objects and to s3:ListBucket on the bucket: without
// the last, S3 answers 403 for what is absent, and that is taken for a failure.
package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"milepost/internal/blob"
	"milepost/internal/fault"
)

// Bounds of the life of a ticket.
const (
	DefaultTicketLife = 10 * time.Minute
	MaxTicketLife     = 15 * time.Minute
	// linkLife is how long a link can be followed: at once, by who asked for it.
	linkLife = time.Minute
)

// Options configure a Store. Bucket, MaxSize, Now and Jitter are required.
type Options struct {
	Bucket string
	// Prefix stands before every key, such as "evidence/".
	Prefix  string
	MaxSize int64            // bytes of one content
	Now     func() time.Time // for the expiry of tickets
	// Jitter returns numbers in [0,1) that spread retries.
	Jitter func() float64
	// TicketLife is how long a ticket can be used; 0 is DefaultTicketLife, and
	// MaxTicketLife is the most.
	TicketLife time.Duration

	// Client is used as it is where set; else one is made by NewClient from
	// Config, Endpoint, Timeout and Jitter.
	Client *s3.Client
	// Config holds the region and credentials.
	Config aws.Config
	// Endpoint replaces the address of AWS, for emulators.
	Endpoint string
	// Timeout bounds the wait for an answer to begin; 0 is DefaultTimeout.
	Timeout time.Duration
}

// Store is a blob.Store in a bucket.
type Store struct {
	client  *s3.Client
	bucket  string
	prefix  string
	maxSize int64
	now     func() time.Time
	life    time.Duration
	timeout time.Duration
}

var _ blob.Store = (*Store)(nil)

// Open makes a Store. It sends nothing: CheckBucket tells whether the bucket
// can be reached.
func Open(o Options) (*Store, error) {
	switch {
	case o.Bucket == "" || o.MaxSize <= 0 || o.Now == nil || o.Jitter == nil:
		return nil, errors.New("blob/s3: bucket, size limit, clock and jitter are required")
	case o.TicketLife < 0 || o.TicketLife > MaxTicketLife || o.TicketLife%time.Second != 0:
		return nil, fmt.Errorf("blob/s3: a ticket lives for whole seconds up to %v", MaxTicketLife)
	case strings.HasPrefix(o.Prefix, "/") || strings.Trim(o.Prefix, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/") != "":
		return nil, errors.New("blob/s3: the prefix takes letters, digits, -, _ and /, and begins with none")
	case o.Client == nil && o.Config.Region == "":
		return nil, errors.New("blob/s3: no client and no region")
	}
	if o.TicketLife == 0 {
		o.TicketLife = DefaultTicketLife
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Client == nil {
		o.Client = NewClient(o.Config, o.Endpoint, o.Timeout, o.Jitter)
	}
	return &Store{client: o.Client, bucket: o.Bucket, prefix: o.Prefix, maxSize: o.MaxSize, now: o.Now, life: o.TicketLife, timeout: o.Timeout}, nil
}

// CheckBucket says why the bucket cannot be used, for readiness.
func (s *Store) CheckBucket(ctx context.Context) error {
	ctx, cancel := s.bounded(ctx, 0)
	defer cancel()
	if _, err := s.client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &s.bucket}); err != nil {
		return fault.Wrap(err, blob.CodeFailed)
	}
	return nil
}

// key returns where content lies: as in a folder of package blob/fs, so that
// the one can be copied to the other as it is. The hash has been checked.
func (s *Store) key(sha256 string) *string {
	return aws.String(s.prefix + sha256[:2] + "/" + sha256[2:4] + "/" + sha256)
}

// In returns the same bucket in a space.
func (s *Store) In(space string) blob.Store {
	in := *s
	in.prefix += blob.SpaceName(space) + "/"
	return &in
}

// Stat says whether content is there. An object whose checksum, as S3 knows
// it, is not that of its key is a failure.
func (s *Store) Stat(ctx context.Context, sha256 string) (blob.Info, error) {
	info, _, err := s.stat(ctx, sha256)
	return info, err
}

// stat returns an object's entity tag as well.
func (s *Store) stat(ctx context.Context, sha256 string) (blob.Info, *string, error) {
	if err := blob.CheckSHA256(sha256); err != nil {
		return blob.Info{}, nil, err
	}
	ctx, cancel := s.bounded(ctx, 0)
	defer cancel()
	out, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &s.bucket, Key: s.key(sha256), ChecksumMode: types.ChecksumModeEnabled})
	if err != nil {
		return blob.Info{}, nil, notThere(err, sha256)
	}
	known := aws.ToString(out.ChecksumSHA256)
	if out.ContentLength == nil || known != "" && known != checksum(sha256) {
		return blob.Info{}, nil, fault.Wrap(fmt.Errorf("the object at %s has no length or another checksum (%q)", *s.key(sha256), known), blob.CodeFailed)
	}
	return blob.Info{SHA256: sha256, Size: *out.ContentLength}, out.ETag, nil
}

// Remove removes content. A bucket that keeps versions keeps it until its own
// rules let go of it.
func (s *Store) Remove(ctx context.Context, sha256 string) error {
	if err := blob.CheckSHA256(sha256); err != nil {
		return err
	}
	ctx, cancel := s.bounded(ctx, 0)
	defer cancel()
	_, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &s.bucket, Key: s.key(sha256)})
	if err != nil && !isAbsent(err) {
		return fault.Wrap(err, blob.CodeFailed)
	}
	return nil
}

func notThere(err error, sha256 string) error {
	if isAbsent(err) {
		return blob.Absent(sha256)
	}
	return fault.Wrap(err, blob.CodeFailed)
}

// isAbsent reports whether an answer says that an object is absent. The answer
// to HEAD has no body and so no code; that to others tells a missing bucket
// from a missing object.
func isAbsent(err error) bool {
	if _, ok := errors.AsType[*types.NoSuchBucket](err); ok {
		return false
	}
	answer, ok := errors.AsType[*awshttp.ResponseError](err)
	return ok && answer.HTTPStatusCode() == http.StatusNotFound
}
