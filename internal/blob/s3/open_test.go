package s3_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"milepost/internal/blob/s3"
)

func TestSeek(t *testing.T) {
	f := newFake(t)
	s := f.open(t, func(o *s3.Options) { o.MaxSize = 16 << 20 })
	content := large()
	a := announce(content)
	if err := s.Put(t.Context(), a, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	r, _, err := s.Open(t.Context(), a.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	want := bytes.NewReader(content)
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		offset, whence := random.Int64N(12<<20)-2<<20, random.IntN(3)
		at, err := r.Seek(offset, whence)
		wantAt, wantErr := want.Seek(offset, whence)
		if err == nil && at != wantAt || (err == nil) != (wantErr == nil) {
			t.Fatalf("Seek(%d, %d) = %d, %v; want %d, %v", offset, whence, at, err, wantAt, wantErr)
		}
		got, read := make([]byte, random.IntN(3<<10)), make([]byte, 3<<10)
		n, err := io.ReadFull(r, got)
		m, wantErr := io.ReadFull(want, read[:len(got)])
		if n != m || !bytes.Equal(got[:n], read[:m]) || !errors.Is(err, wantErr) {
			t.Fatalf("read %d, %v; want %d, %v", n, err, m, wantErr)
		}
	}
	if _, err := r.Seek(0, 7); err == nil {
		t.Error("Seek from 7 = nil")
	}
	if err := r.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
	_, err = r.Read(make([]byte, 1))
	_, seekErr := r.Seek(0, io.SeekStart)
	if err == nil || seekErr == nil || r.Close() == nil {
		t.Errorf("after Close: Read %v, Seek %v", err, seekErr)
	}
}
