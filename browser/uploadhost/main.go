// Command uploadhost is the demo's console as it stands in the cloud where files
// are concerned: what one request holds is bounded, and the page's script sends
// files to a bucket at another origin, under the CORS rule of template.yaml. The
// browser tests start it; lines on its standard input have something happen to
// the uploads that follow:
//
//	tamper N   a byte of the content changes on the way
//	cut N      the connection breaks in the middle
//	late N     the address has expired
//	hold       uploads wait, until: release
//
// Each is answered by a line on standard output. It is no part of the product.
package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/blob"
	"milepost/internal/blob/s3"
	"milepost/internal/blob/s3/s3test"
	"milepost/internal/console"
	"milepost/internal/console/session"
	"milepost/internal/demo"
	"milepost/internal/i18n"
	"milepost/internal/portfolio"
	"milepost/internal/store/sqlite"
	"milepost/internal/tracker"
)

const (
	bucket, key, region = "evidence", "uploadhost", "cn-north-1"
	issuer              = "http://127.0.0.1/issuer"
	atOnce              = 4 << 20 // bytes, as in the cloud
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	pages, err := listen(ctx)
	if err != nil {
		return err
	}
	files, err := listen(ctx)
	if err != nil {
		return err
	}
	address := "http://" + pages.Addr().String()
	storage, err := newBucket(address)
	if err != nil {
		return err
	}
	go serve(files, storage)
	handler, err := newConsole(ctx, address, "http://"+files.Addr().String())
	if err != nil {
		return err
	}
	go serve(pages, handler)
	fmt.Println(address)
	return obey(storage, os.Stdin, os.Stdout)
}

func listen(ctx context.Context) (net.Listener, error) {
	var c net.ListenConfig
	return c.Listen(ctx, "tcp", "127.0.0.1:0")
}

// serve answers until the process ends.
func serve(l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	fmt.Fprintln(os.Stderr, server.Serve(l))
}

// newBucket is a bucket with the CORS rule that a deployment gives to a console
// at an address.
func newBucket(address string) (*faulty, error) {
	template, err := os.ReadFile("template.yaml")
	if err != nil {
		return nil, err
	}
	rules, err := s3test.TemplateRules(template, address)
	if err != nil {
		return nil, err
	}
	b, err := s3test.New(s3test.Options{Bucket: bucket, AccessKey: key, SecretKey: key, Region: region, CORS: rules}, time.Now)
	return &faulty{Bucket: b}, err
}

// newConsole is the console with the demo's portfolio, whose files are in the
// bucket at an endpoint.
func newConsole(ctx context.Context, address, endpoint string) (http.Handler, error) {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	clock := demo.NewClock(time.Now)
	db, err := sqlite.Open(ctx, sqlite.Options{Path: sqlite.Memory, Now: clock.Now})
	if err != nil {
		return nil, err
	}
	policy := blob.DefaultPolicy()
	blobs, err := s3.Open(s3.Options{
		Bucket: bucket, MaxSize: policy.MaxSize, Now: time.Now, Jitter: func() float64 { return 0.5 }, Endpoint: endpoint,
		Config: aws.Config{Region: region, Credentials: credentials.NewStaticCredentialsProvider(key, key, "")},
	})
	if err != nil {
		return nil, err
	}
	authority, err := access.New()
	if err != nil {
		return nil, err
	}
	t := tracker.New(tracker.Options{
		Store: db, Blobs: blobs, Files: policy, Authority: authority, Now: clock.Now, Entropy: rand.Reader,
		Secret: []byte(rand.Text() + rand.Text()), Origin: award.Demo,
	})
	people, err := demo.Seed(ctx, demo.Options{Tracker: t, Store: db, Clock: clock, Issuer: issuer, Now: time.Now()})
	if err != nil {
		return nil, err
	}
	sessions, err := session.New(session.Options{
		Store: db, Now: time.Now, Entropy: rand.Reader, Logger: log, PublicURL: address,
		Personas: func(context.Context) ([]session.Persona, error) {
			var out []session.Persona
			for _, p := range people {
				out = append(out, session.Persona{Login: portfolio.Login{Issuer: issuer, Subject: p.Subject}, Names: p.Names, Role: p.Role})
			}
			return out, nil
		},
		Known: func(ctx context.Context, l portfolio.Login) error {
			_, err := t.Authenticated(ctx, l)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	catalogs, err := i18n.New()
	if err != nil {
		return nil, err
	}
	origin, err := blobs.Origin(ctx)
	if err != nil {
		return nil, err
	}
	return console.New(console.Options{
		Tracker: t, Catalogs: catalogs, Sessions: sessions, Files: policy, Now: clock.Now, Entropy: rand.Reader, Demo: true, Logger: log,
		MaxBody: atOnce, UploadOrigin: origin, NewRequestID: rand.Text,
	})
}

// obey does what the lines of a reader say until it ends.
func obey(f *faulty, from io.Reader, to io.Writer) error {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		what, count, _ := strings.Cut(lines.Text(), " ")
		n, err := strconv.Atoi(count)
		if err != nil && count != "" {
			return err
		}
		if err := f.set(what, n); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(to, "done:", what); err != nil {
			return err
		}
	}
	return errors.Join(lines.Err(), io.EOF)
}
