package s3_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"milepost/internal/blob"
	"milepost/internal/blob/blobtest"
	"milepost/internal/blob/s3"
	"milepost/internal/blob/s3/s3test"
	"milepost/internal/fault"
)

const (
	bucket    = "evidence-of-tests"
	accessKey = "AKIDTEST"
	secretKey = "secret/of+tests"
	region    = "cn-north-1"
)

// fake is a bucket that refuses what Amazon S3 refuses.
type fake struct {
	*s3test.Bucket
	server *httptest.Server
}

func newFake(t *testing.T) *fake {
	t.Helper()
	b, err := s3test.New(s3test.Options{Bucket: bucket, AccessKey: accessKey, SecretKey: secretKey, Region: region, CORS: []s3test.Rule{
		{Origins: []string{"https://milepost.example.org"}, Methods: []string{http.MethodPut}, Headers: []string{"content-type", "x-amz-checksum-sha256"}},
	}}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{Bucket: b, server: httptest.NewServer(b)}
	t.Cleanup(f.server.Close)
	return f
}

func (f *fake) options() s3.Options {
	return s3.Options{
		Bucket: bucket, Prefix: "evidence/", MaxSize: blobtest.MaxSize, Now: time.Now, Jitter: rand.Float64, Endpoint: f.server.URL,
		Config:  aws.Config{Region: region, Credentials: credentials.NewStaticCredentialsProvider(accessKey, secretKey, "")},
		Timeout: 30 * time.Second, // of a busy machine
	}
}

func (f *fake) open(t *testing.T, change func(*s3.Options)) *s3.Store {
	t.Helper()
	o := f.options()
	if change != nil {
		change(&o)
	}
	s, err := s3.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// keys lists what the bucket holds.
func (f *fake) keys(t *testing.T) []string {
	t.Helper()
	out, err := f.Keys()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func announce(content []byte) blob.Announcement {
	sum := sha256.Sum256(content)
	return blob.Announcement{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content)), MediaType: "application/pdf"}
}

func TestStore(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Store { return newFake(t).open(t, nil) })
}

func TestKeys(t *testing.T) {
	f := newFake(t)
	a := announce([]byte("content"))
	if err := f.open(t, nil).Put(t.Context(), a, strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	want := []string{"evidence/" + a.SHA256[:2] + "/" + a.SHA256[2:4] + "/" + a.SHA256}
	if diff := cmp.Diff(want, f.keys(t)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

// large is more than Put holds in memory.
func large() []byte {
	content := make([]byte, 9<<20)
	for i := range content {
		content[i] = byte(i * i >> 7)
	}
	return content
}

func TestLargeContentIsStreamed(t *testing.T) {
	f := newFake(t)
	s := f.open(t, func(o *s3.Options) { o.MaxSize = 16 << 20 })
	content := large()
	a := announce(content)
	broken := errors.New("connection lost")
	for _, tt := range []struct {
		name string
		r    io.Reader
		ok   func(error) bool
	}{
		{"shorter", bytes.NewReader(content[1:]), isFault(blob.CodeSizeDiffers)},
		{"longer", io.MultiReader(bytes.NewReader(content), strings.NewReader("x")), isFault(blob.CodeSizeDiffers)},
		{"other", io.MultiReader(bytes.NewReader(content[1:]), strings.NewReader("x")), isFault(blob.CodeHashDiffers)},
		{"broken midway", io.MultiReader(bytes.NewReader(content[:5<<20]), iotest.ErrReader(broken)), func(err error) bool { return errors.Is(err, broken) && fault.CodeOf(err) == "" }},
		{"broken at the end", io.MultiReader(bytes.NewReader(content), iotest.ErrReader(broken)), func(err error) bool { return errors.Is(err, broken) && fault.CodeOf(err) == "" }},
	} {
		if err := s.Put(t.Context(), a, tt.r); !tt.ok(err) {
			t.Errorf("%s: Put = %v", tt.name, err)
		}
		if keys := f.keys(t); len(keys) != 0 {
			t.Errorf("%s: the bucket holds %v", tt.name, keys)
		}
	}
	if err := s.Put(t.Context(), a, iotest.HalfReader(bytes.NewReader(content))); err != nil {
		t.Fatal(err)
	}
	got, info, err := s.Open(t.Context(), a.SHA256)
	if err != nil || info.Size != a.Size {
		t.Fatalf("Open = %v, %v", info, err)
	}
	if read, err := io.ReadAll(got); err != nil || !bytes.Equal(read, content) {
		t.Errorf("read %d bytes, %v", len(read), err)
	}
}

func isFault(code string) func(error) bool {
	return func(err error) bool { return fault.CodeOf(err) == code }
}

// A service that fails while it is being sent to, or answers without waiting,
// is a failure and no success; the reader is left alone afterwards.
func TestStreamAndTheServiceFails(t *testing.T) {
	f := newFake(t)
	s := f.open(t, func(o *s3.Options) { o.MaxSize = 16 << 20 })
	content := large()
	for name, status := range map[string]int{"refuses": 403, "is busy": 503, "answers too early": 200} {
		f.Before(func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(status); return true })
		r := &watched{r: bytes.NewReader(content)}
		if err := s.Put(t.Context(), announce(content), r); fault.CodeOf(err) != blob.CodeFailed {
			t.Errorf("%s: Put = %v, want %s", name, err, blob.CodeFailed)
		} else if errors.Unwrap(err) == nil { // the answer, or the connection that it cut short
			t.Errorf("%s: Put = %v, want the cause", name, err)
		}
		r.over.Store(true)
		time.Sleep(20 * time.Millisecond)
		if r.late.Load() {
			t.Errorf("%s: read after Put returned", name)
		}
	}
}

// watched tells whether it is read after it is over.
type watched struct {
	r          io.Reader
	over, late atomic.Bool
}

func (w *watched) Read(p []byte) (int, error) {
	if w.over.Load() {
		w.late.Store(true)
	}
	return w.r.Read(p)
}

func TestOpenRefuses(t *testing.T) {
	f := newFake(t)
	for name, change := range map[string]func(*s3.Options){
		"no bucket":    func(o *s3.Options) { o.Bucket = "" },
		"no size":      func(o *s3.Options) { o.MaxSize = 0 },
		"no clock":     func(o *s3.Options) { o.Now = nil },
		"no jitter":    func(o *s3.Options) { o.Jitter = nil },
		"no region":    func(o *s3.Options) { o.Config.Region = "" },
		"long ticket":  func(o *s3.Options) { o.TicketLife = s3.MaxTicketLife + time.Second },
		"odd ticket":   func(o *s3.Options) { o.TicketLife = 1500 * time.Millisecond },
		"slash prefix": func(o *s3.Options) { o.Prefix = "/a" },
		"odd prefix":   func(o *s3.Options) { o.Prefix = "a b/" },
	} {
		o := f.options()
		change(&o)
		if s, err := s3.Open(o); err == nil {
			t.Errorf("%s: Open = %v, want an error", name, s)
		}
	}
}
