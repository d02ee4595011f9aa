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

// yardstick is what the functions are measured by: AWS's runtime and client of
// DynamoDB, and nothing else.
const yardstick = "testdata/sdkonly"

// BenchmarkStart reports for each bootstrap the time from process start to its
// first /next: the median, the best, and the median of how many times that of
// the yardstick's start before it. Starts of all functions take turns, so that
// what else the machine does meets all of them. It reports the memory a process
// has by then, and the size that is deployed, too. Run it with
//
//	go test ./functions -run '^$' -bench Start -benchtime 1x
func BenchmarkStart(b *testing.B) {
	const rounds = 41
	i := newIssuer(b)
	env := map[string]string{
		"MILEPOST_TABLE": "none", "MILEPOST_BUCKET": bucket, "MILEPOST_CURSOR_KEY": cursorKey, "MILEPOST_ISSUER": i.url, "MILEPOST_AUDIENCE": audience,
		"MILEPOST_CONSOLE_CLIENT": "console", "MILEPOST_PUBLIC_URL": "http://127.0.0.1:1",
	}
	all := append([]string{yardstick}, names()...)
	binaries, hosts, took := map[string]string{}, map[string]*lambdatest.Host{}, map[string][]time.Duration{}
	for _, name := range all {
		binaries[name] = lambdatest.Build(b, filepath.Join(".", name))
		hosts[name] = lambdatest.Start(b, binaries[name], env)
	}
	for range rounds {
		for _, name := range all {
			d, err := hosts[name].ColdStart()
			if err != nil {
				b.Fatal(err)
			}
			took[name] = append(took[name], d)
		}
	}
	times := map[string][]float64{} // that of the yardstick, sorted
	for _, name := range all {
		for n, d := range took[name] {
			times[name] = append(times[name], float64(d)/float64(took[yardstick][n]))
		}
		slices.Sort(times[name])
	}
	for _, name := range all {
		b.Run(filepath.Base(name), func(b *testing.B) {
			for b.Loop() { // measured above, where starts take turns
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(times[name][rounds/2], "×sdk")
			b.ReportMetric(median(took[name]), "ms-median")
			b.ReportMetric(float64(slices.Min(took[name]).Microseconds())/1000, "ms-best")
			b.ReportMetric(float64(hosts[name].PeakMemory())/(1<<20), "MiB-RSS")
			b.ReportMetric(float64(zipped(b, binaries[name]))/1e6, "MB-zip")
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
