package functions

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"milepost/internal/lambdatest"
)

// BenchmarkStart reports for each bootstrap the time from process start to its
// first /next (the median and the best of the runs), the memory it has then,
// and the size that is deployed; sdkonly is the yardstick. Run it with
//
//	go test ./functions -run '^$' -bench Start -benchtime 20x
func BenchmarkStart(b *testing.B) {
	i := newIssuer(b)
	env := map[string]string{
		"MILEPOST_TABLE": "none", "MILEPOST_BUCKET": bucket, "MILEPOST_CURSOR_KEY": cursorKey, "MILEPOST_ISSUER": i.url, "MILEPOST_AUDIENCE": audience,
	}
	for _, name := range append([]string{"testdata/sdkonly"}, names()...) {
		b.Run(filepath.Base(name), func(b *testing.B) {
			binary := lambdatest.Build(b, filepath.Join(".", name))
			host := lambdatest.Start(b, binary, env)
			var took []time.Duration
			for b.Loop() {
				d, err := host.ColdStart()
				if err != nil {
					b.Fatal(err)
				}
				took = append(took, d)
			}
			slices.Sort(took)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
			b.ReportMetric(float64(took[0].Microseconds())/1000, "ms-best")
			b.ReportMetric(float64(host.PeakMemory())/(1<<20), "MiB-RSS")
			b.ReportMetric(float64(zipped(b, binary))/1e6, "MB-zip")
		})
	}
}

// zipped is the size of a deployed archive of a bootstrap.
func zipped(t testing.TB, binary string) int {
	t.Helper()
	content, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	file, err := archive.Create("bootstrap")
	if err == nil {
		_, err = file.Write(content)
	}
	if err != nil || archive.Close() != nil {
		t.Fatal(err)
	}
	return out.Len()
}
