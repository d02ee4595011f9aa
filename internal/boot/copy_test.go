package boot_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/boot"
	"milepost/internal/fault"
	"milepost/internal/store"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/store/sqlite"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// filled is a data folder with an office and an award.
func filled(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s := openFile(t, dir)
	o := trackertest.New(t, s)
	o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "1000000.00", "M1")})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func openFile(t *testing.T, dir string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(dir, boot.DatabaseFile), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func copied(t *testing.T, o boot.CopyOptions) boot.CopyReport {
	t.Helper()
	report, err := boot.Copy(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// There and again: what arrives is equal, a second copy writes nothing, and
// what comes back through DynamoDB verifies.
func TestCopy(t *testing.T) {
	from := filled(t)
	to := filepath.Join(t.TempDir(), "copy")
	first := copied(t, boot.CopyOptions{From: from, To: to})
	if first.Items < 50 || first.Written != first.Items || !first.Same() {
		t.Errorf("the first copy: %+v", first)
	}
	want := boot.CopyReport{Items: first.Items}
	if diff := cmp.Diff(want, copied(t, boot.CopyOptions{From: from, To: to})); diff != "" {
		t.Errorf("a second copy (-want +got):\n%s", diff)
	}
	verified(t, to)
	if !dynamotest.Available() {
		dynamotest.Missing(t, "the copy through DynamoDB")
		return
	}
	_, table := dynamotest.Table(t)
	endpoint := os.Getenv(dynamotest.Env)
	if diff := cmp.Diff(first, copied(t, boot.CopyOptions{From: from, To: "dynamodb:" + table, Endpoint: endpoint})); diff != "" {
		t.Errorf("the copy to DynamoDB (-want +got):\n%s", diff)
	}
	back := filepath.Join(t.TempDir(), "back")
	if diff := cmp.Diff(first, copied(t, boot.CopyOptions{From: "dynamodb:" + table, To: back, Endpoint: endpoint})); diff != "" {
		t.Errorf("the copy back (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, copied(t, boot.CopyOptions{From: from, To: back})); diff != "" {
		t.Errorf("what came back differs (-want +got):\n%s", diff)
	}
	verified(t, back)
}

func verified(t *testing.T, dir string) {
	t.Helper()
	report, err := tracker.Verify(t.Context(), tracker.VerifyOptions{Store: openFile(t, dir)})
	if err != nil || report.Wrong != nil || report.Awards != 1 {
		t.Errorf("verify %s: %+v, %v", dir, report, err)
	}
}

// A copy that was broken off goes on: what is there is not written again, what
// is older is replaced, and what is newer never.
func TestCopyGoesOn(t *testing.T) {
	from, to := filled(t), t.TempDir()
	whole := copied(t, boot.CopyOptions{From: from, To: to})
	s := openFile(t, to)
	var keys []store.Item
	if err := s.Walk(t.Context(), 0, 1, nil, func(i store.Item) error { keys = append(keys, i); return nil }); err != nil {
		t.Fatal(err)
	}
	change := func(token string, ops ...store.Op) {
		t.Helper()
		if err := s.Transact(t.Context(), token, ops...); err != nil {
			t.Fatal(err)
		}
	}
	for n, item := range keys[:10] {
		change("gone-"+string(rune('a'+n)), store.DeleteOp(item.Key, store.Anything))
	}
	if got := copied(t, boot.CopyOptions{From: from, To: to}); got.Written != 10 || got.Items != whole.Items || !got.Same() {
		t.Errorf("after ten were lost: %+v", got)
	}
	extra := store.Item{Key: store.Key{PK: "x", SK: "x"}, Version: 1, Body: []byte(`{"type":"x"}`)}
	change("extra", store.PutOp(extra, store.Absent))
	if got := copied(t, boot.CopyOptions{From: from, To: to}); got.Extra != 1 || got.Same() {
		t.Errorf("with one more in the target: %+v", got)
	}
	newer := keys[20]
	newer.Version++
	change("newer", store.PutOp(newer, store.Anything))
	_, err := boot.Copy(t.Context(), boot.CopyOptions{From: from, To: to})
	if fault.CodeOf(err) != "copy.targetNewer" {
		t.Errorf("over a newer item: %v, want copy.targetNewer", err)
	}
}

func TestCopyRefuses(t *testing.T) {
	from := filled(t)
	for want, o := range map[string]boot.CopyOptions{
		"cli.copySame": {From: from, To: from},
		"data.absent":  {From: filepath.Join(from, "nowhere"), To: t.TempDir()},
		"table.unfit":  {From: from, To: "dynamodb:none", Endpoint: "http://127.0.0.1:1"},
	} {
		if _, err := boot.Copy(t.Context(), o); fault.CodeOf(err) != want {
			t.Errorf("Copy(%+v) = %v, want %s", o, err, want)
		}
	}
}

// The table of template.yaml is the one that the program needs.
func TestTableOfTheTemplate(t *testing.T) {
	text, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{"", "a: [", "Resources: {Queue: {Type: AWS::SQS::Queue}}"} {
		if _, err := boot.MakeTable(t.Context(), []byte(wrong), "t", "http://127.0.0.1:1"); fault.CodeOf(err) != "template.noTable" {
			t.Errorf("MakeTable(%q) = %v, want template.noTable", wrong, err)
		}
	}
	if !dynamotest.Available() {
		dynamotest.Missing(t, "the table of template.yaml")
		return
	}
	endpoint, name := os.Getenv(dynamotest.Env), "template-"+filepath.Base(t.TempDir())+"-"+time.Now().Format("150405.000000")
	for _, made := range []bool{true, false} {
		got, err := boot.MakeTable(t.Context(), text, name, endpoint)
		if err != nil || got != made {
			t.Errorf("MakeTable = %t, %v, want %t", got, err, made)
		}
	}
}
