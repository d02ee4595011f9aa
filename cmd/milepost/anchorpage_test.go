package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// What the console's page of daily anchors hands out is what verify holds a
// data folder against, as the page says.
func TestAnchorsOfTheConsoleVerify(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	demo := start(t, nil, demoReady, "demo", "--data", dir, "--listen", "127.0.0.1:0")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	in, err := browser.PostForm(demo.url+"/session/persona", url.Values{"persona": {"auditor"}, "return": {"/"}})
	if err != nil {
		t.Fatal(err)
	}
	in.Body.Close()
	read := func(path string) string {
		t.Helper()
		answer, err := browser.Get(demo.url + path)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("GET %s = %d, %v: %.300s", path, answer.StatusCode, err, text)
		}
		return string(text)
	}
	href := ""
	for range 600 { // days are sealed soon after the start
		page, err := goquery.NewDocumentFromReader(strings.NewReader(read("/audit/anchors")))
		if err != nil {
			t.Fatal(err)
		}
		if href = page.Find(`.actions a[href*="format=json"]`).AttrOr("href", ""); href != "" {
			break
		}
		if page.Find(".actions a").Length() > 0 {
			t.Fatalf("the page offers no file for verify: %s", page.Find(".title").Text())
		}
		time.Sleep(100 * time.Millisecond)
	}
	file := filepath.Join(t.TempDir(), "anchors.json")
	if err := os.WriteFile(file, []byte(read(href)), 0o600); err != nil {
		t.Fatal(err)
	}
	demo.stop()
	if code, out, text := command(t, nil, "verify", "--data", dir, "--anchor", file); code != exitDone || !strings.Contains(out, "Anchors: days ") {
		t.Errorf("verify ends with %d: %s%s", code, out, text)
	}
}
