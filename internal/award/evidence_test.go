package award

import (
	"strings"
	"testing"
	"time"

	"milepost/internal/fault"
)

func file() File {
	return File{ID: "evd_1", Kind: StampedScan, FileName: "验收.pdf", MediaType: "application/pdf", Size: 100, SHA256: strings.Repeat("ab", 32)}
}

func noon() time.Time { return time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC) }

func announced(t testing.TB) Evidence {
	t.Helper()
	return must[Evidence](t)(Announce(operator(), Milestone{ID: "mst_1", State: InProgress}, 0, file(), limits(), noon()))
}

func TestAnnounce(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*File)
		want   string
	}{
		{"good", func(*File) {}, ""},
		{"kind", func(f *File) { f.Kind = "rumour" }, "/kind field.badValue"},
		{"name with a path", func(f *File) { f.FileName = "../a.pdf" }, "/fileName evidence.badFileName"},
		{"name with a line break", func(f *File) { f.FileName = "a\nb.pdf" }, "/fileName evidence.badFileName"},
		{"type", func(f *File) { f.MediaType = "text/html" }, "/mediaType evidence.typeNotAllowed"},
		{"empty", func(f *File) { f.Size = 0 }, "/size evidence.empty"},
		{"large", func(f *File) { f.Size = 101 }, "/size evidence.tooLarge"},
		{"short hash", func(f *File) { f.SHA256 = "ab" }, "/sha256 evidence.badHash"},
		{"capital hash", func(f *File) { f.SHA256 = strings.Repeat("AB", 32) }, "/sha256 evidence.badHash"},
	} {
		f := file()
		c.change(&f)
		_, err := Announce(operator(), Milestone{State: Planned}, 0, f, limits(), noon())
		if got := strings.Join(fieldsOf(err), ","); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	_, err := Announce(operator(), Milestone{State: Cancelled}, 0, file(), limits(), noon())
	wantCode(t, err, fault.Conflict, "evidence.milestoneCancelled")
}

func TestConfirm(t *testing.T) {
	e := announced(t)
	_, err := e.Confirm(99, strings.Repeat("cd", 32), noon())
	wantFields(t, err, "/size evidence.sizeDiffers", "/sha256 evidence.hashDiffers")
	got := must[Evidence](t)(e.Confirm(100, e.SHA256, noon().Add(24*time.Hour-time.Second)))
	if got.State != Confirmed || got.ConfirmedAt != "2026-05-05T11:59:59Z" || got.Expired(noon().Add(48*time.Hour)) {
		t.Errorf("confirmed = %+v", got)
	}
	late := noon().Add(24 * time.Hour)
	if !e.Expired(late) || e.StateAt(late) != Expired {
		t.Errorf("not expired after a day")
	}
	_, err = e.Confirm(100, e.SHA256, late)
	wantCode(t, err, fault.Conflict, "move.illegal")
}

func TestSupersede(t *testing.T) {
	old := must[Evidence](t)(announced(t).Confirm(100, file().SHA256, noon()))
	next := old
	next.ID, next.Supersedes = "evd_2", old.ID
	got := must[Evidence](t)(old.Supersede(next))
	if got.State != Superseded || got.SupersededBy != "evd_2" || got.SHA256 == "" {
		t.Errorf("superseded = %+v", got)
	}
	for _, change := range []func(*Evidence){
		func(e *Evidence) { e.State = Announced }, func(e *Evidence) { e.Supersedes = "" }, func(e *Evidence) { e.Milestone = "mst_2" },
	} {
		bad := next
		change(&bad)
		_, err := old.Supersede(bad)
		wantCode(t, err, fault.Conflict, "evidence.doesNotReplace")
	}
}

func TestEraseTakesTwo(t *testing.T) {
	e := must[Evidence](t)(announced(t).Confirm(100, file().SHA256, noon()))
	_, err := e.Erase(second())
	wantCode(t, err, fault.Conflict, "evidence.eraseNotAsked")
	_, err = e.AskErase(manager(), "")
	wantFields(t, err, "/reason field.required")
	asked := must[Evidence](t)(e.AskErase(manager(), "personal data"))
	_, err = asked.Erase(manager())
	wantCode(t, err, fault.Forbidden, "separation.eraserConfirms")
	gone := must[Evidence](t)(asked.Erase(second()))
	if gone.State != Erased || len(gone.ErasedBy) != 2 || gone.SHA256 != e.SHA256 || gone.FileName != e.FileName || gone.ErasedFor != "personal data" {
		t.Errorf("erased = %+v", gone)
	}
}

// Announcements are bounded, sent or not, so that nobody grows an award without
// end.
func TestAnnounceWithoutEnd(t *testing.T) {
	m := Milestone{ID: "mst_1", Code: "M1", State: InProgress}
	if _, err := Announce(operator(), m, MaxEvidence-1, file(), limits(), noon()); err != nil {
		t.Errorf("the last one: %v", err)
	}
	_, err := Announce(operator(), m, MaxEvidence, file(), limits(), noon())
	wantCode(t, err, fault.Conflict, "evidence.tooMany")
}
