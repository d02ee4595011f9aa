package console

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/blob"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

const evidencePath = "/awards/{award}/evidence/{milestone}/{evidence}"

// evidenceRoutes are files of a milestone: uploaded, looked at, erased.
func (c *Console) evidenceRoutes(m routes) {
	m.page("GET "+milestonePath+"/evidence", c.addEvidence)
	m.page("POST "+milestonePath+"/evidence", c.addEvidence)
	m.page("POST "+milestonePath+"/evidence/announce", c.announceEvidence)
	m.page("GET "+evidencePath, c.evidence)
	m.page("GET "+evidencePath+"/content", c.evidenceContent)
	m.page("PUT "+evidencePath+"/content", c.sendEvidence)
	m.page("POST "+evidencePath+"/confirm", c.confirmEvidence)
	m.page("GET "+evidencePath+"/erase", c.eraseEvidence)
	m.page("POST "+evidencePath+"/erase", c.eraseEvidence)
}

// evidenceLine is a file as lists show it.
type evidenceLine struct {
	tracker.EvidenceView
	Href    string
	Content string // address of the bytes; empty where there are none
	Inline  bool   // a picture that is shown in pages
	Size    string
	Short   string // the beginning of the hash
	At      string // when it became evidence, or was announced
	By      *tracker.Named
}

func (h *milestoneHome) evidenceLine(e tracker.EvidenceView, mostShown int64) evidenceLine {
	line := evidenceLine{
		EvidenceView: e, Href: at("awards", e.Award, "evidence", e.Milestone, e.ID), Size: sizeText(e.Size), Short: e.SHA256[:min(len(e.SHA256), 12)],
		At: e.ConfirmedAt, By: h.Name(e.UploadedBy),
	}
	if line.At == "" {
		line.At = e.AnnouncedAt
	}
	if e.State == award.Confirmed || e.State == award.Superseded {
		line.Content = line.Href + "/content"
		line.Inline = shownInline(e.MediaType) && (mostShown == 0 || e.Size <= mostShown)
	}
	return line
}

// shownInline reports whether a type is shown in pages: pictures that browsers
// decode and that cannot run anything.
func shownInline(mediaType string) bool { return mediaType == "image/png" || mediaType == "image/jpeg" }

func (q *request) evidenceRef() tracker.EvidenceRef {
	m := q.milestoneRef()
	return tracker.EvidenceRef{Award: m.Award, Milestone: m.Milestone, Evidence: ident.Evidence(q.PathValue("evidence"))}
}

// evidenceForm takes files.
type evidenceForm struct {
	*milestoneHome
	Form     *form
	Kinds    []option
	Limits   uploadLimits
	Files    []evidenceLine
	Replaces *evidenceLine
}

func (c *Console) addEvidence(q *request) error {
	h, err := q.milestoneHome()
	if err != nil {
		return err
	}
	if !h.can(tracker.ActionAddEvidence) {
		return q.notNow(h, "evidence", "addEvidence")
	}
	show := func(f *form) error {
		view := evidenceForm{milestoneHome: h, Form: f, Kinds: options(q, "evidenceKind", evidenceKinds()...), Limits: q.limits(), Files: h.files,
			Replaces: h.File(ident.Evidence(f.Value("replaces")))}
		return q.show("evidence-add", q.text("console.evidence.add.title"), view)
	}
	if !isPost(q) {
		f := q.form(h.Page+"/evidence", 0)
		if e := h.File(ident.Evidence(q.URL.Query().Get("replaces"))); e != nil {
			f.With("replaces", e.ID).With("kind", e.Kind)
		}
		return show(f)
	}
	f, files, err := q.sentWithFiles()
	defer closeAll(files)
	if err != nil {
		return err
	}
	replaces := ident.Evidence(f.Value("replaces"))
	if e := h.File(ident.Evidence(f.Value("kept"))); len(files) == 0 && e != nil && e.State == award.Confirmed {
		// the script has sent them
		if err := c.Sessions.Flash(q.Context(), notice{Command: "confirmEvidence"}); err != nil {
			return err
		}
		return q.redirect(h.Page)
	}
	if len(files) == 0 || replaces != "" && len(files) > 1 {
		code := "console.evidence.add.none"
		if len(files) > 1 {
			code = "console.evidence.add.one"
		}
		f.Faults, q.status = []fieldFault{{Field: fieldFiles, Text: q.text(code)}}, fault.Invalid.Status()
		return show(f)
	}
	_, last, wrong := q.keep(h, f, award.EvidenceKind(f.Value("kind")), replaces, files)
	if len(wrong) > 0 || len(f.Twice) > 0 {
		if err := q.load(h); err != nil {
			return err
		}
		if f.Faults = wrong; len(wrong) > 0 {
			q.status = fault.Invalid.Status()
		}
		return show(f)
	}
	return q.done(last, h.Page)
}

// evidencePage is a file: what it is, what came before and after it.
type evidencePage struct {
	*milestoneHome
	File     evidenceLine
	Versions []evidenceLine // that it replaced or that replaced it, the oldest first, itself among them
	Text     string         // the beginning of a text
	Cut      bool
	Replace  string // address of the form
	Asked    *tracker.Named
	Erase    bool // the reader may ask for it, or carry it out
	Confirm  bool // it is asked for
	Why      string
}

// mostPreview is how much of a text a page shows, in bytes.
const mostPreview = 4 << 10

func (c *Console) evidence(q *request) error {
	h, err := q.milestoneHome()
	if err != nil {
		return err
	}
	e := h.File(q.evidenceRef().Evidence)
	if e == nil {
		return fault.New(fault.NotFound, "thing.notFound")
	}
	view := evidencePage{milestoneHome: h, File: *e, Versions: h.versions(*e)}
	if h.can(tracker.ActionAddEvidence) && e.State == award.Confirmed {
		view.Replace = to(h.Page+"/evidence", "replaces", e.ID)
	}
	view.Erase, view.Confirm = hasAction(e.Actions, award.CommandAskErase), len(e.ErasedBy) > 0
	if view.Confirm {
		view.Asked = h.Name(e.ErasedBy[0])
		if view.Erase && e.ErasedBy[0] == h.me.Person && e.State != award.Erased {
			view.Erase, view.Why = false, q.text("console.evidence.erase.other")
		}
	}
	if e.Content != "" && strings.HasPrefix(e.MediaType, "text/") {
		if view.Text, view.Cut, err = q.beginning(e); err != nil {
			return err
		}
	}
	return q.show("evidence", e.FileName, view)
}

// versions are a file with those that it replaced and that replaced it.
func (h *milestoneHome) versions(e evidenceLine) []evidenceLine {
	first := &e
	for range h.files {
		before := h.File(first.Supersedes)
		if before == nil {
			break
		}
		first = before
	}
	out := []evidenceLine{*first}
	for range h.files {
		next := h.File(out[len(out)-1].SupersededBy)
		if next == nil {
			break
		}
		out = append(out, *next)
	}
	return out
}

// beginning is how a text begins, as far as it is UTF-8.
func (q *request) beginning(e *evidenceLine) (text string, cut bool, err error) {
	file, err := q.tracker().OpenEvidence(q.Context(), q.call, q.evidenceRef())
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return "", false, nil // the page says what is known of it all the same
	}
	if err != nil {
		return "", false, err
	}
	defer func() { _ = file.Content.Close() }() // it was only read
	raw, err := io.ReadAll(io.LimitReader(file.Content, mostPreview))
	if err != nil {
		return "", false, fault.Wrap(err, blob.CodeFailed)
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	for n := 0; n < utf8.UTFMax && len(raw) > 0 && !utf8.Valid(raw); n++ { // a letter that was cut in two
		raw = raw[:len(raw)-1]
	}
	if !utf8.Valid(raw) {
		return "", false, nil
	}
	return string(raw), e.EvidenceView.Size > mostPreview, nil
}

// evidenceContent streams a file. Pictures may be shown in pages; everything
// else is saved, and runs nowhere.
func (c *Console) evidenceContent(q *request) error {
	file, err := c.Tracker.OpenEvidence(q.Context(), q.call, q.evidenceRef())
	if err != nil {
		return err
	}
	defer func() { _ = file.Content.Close() }() // it was only read
	if c.MaxBody > 0 && file.Evidence.Size > c.MaxBody && c.UploadOrigin != "" {
		address, err := c.Tracker.EvidenceLink(q.Context(), q.call, q.evidenceRef())
		if err != nil {
			return err
		}
		if address != "" { // to nowhere but the storage, which gives what the tracker named
			return q.redirect(address)
		}
	}
	if err := q.extend(); err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Type", file.Evidence.MediaType)
	disposition := blob.Disposition(file.Evidence.FileName)
	if shownInline(file.Evidence.MediaType) && q.URL.Query().Get("show") == "1" {
		if _, parameters, err := mime.ParseMediaType(disposition); err == nil {
			disposition = mime.FormatMediaType("inline", parameters)
		}
	}
	h.Set("Content-Disposition", disposition)
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	h.Set("ETag", `"`+file.Evidence.SHA256+`"`)
	http.ServeContent(q.w, q.Request, "", time.Time{}, file.Content)
	return nil
}

// eraseEvidence asks for the bytes to be erased, or carries out what another
// person asked for.
func (c *Console) eraseEvidence(q *request) error {
	h, err := q.milestoneHome()
	if err != nil {
		return err
	}
	ref := q.evidenceRef()
	e := h.File(ref.Evidence)
	if e == nil {
		return fault.New(fault.NotFound, "thing.notFound")
	}
	if !h.may(access.EraseEvidence) {
		return fault.New(fault.Forbidden, "access.forbidden", "action", string(access.EraseEvidence))
	}
	view := evidencePage{milestoneHome: h, File: *e, Confirm: len(e.ErasedBy) > 0}
	if view.Confirm {
		view.Asked = h.Name(e.ErasedBy[0])
	}
	show := func(f *form) error {
		return q.show("evidence-erase", q.text("console.evidence.erase.title"), struct {
			evidencePage
			Form *form
		}{view, f})
	}
	if !isPost(q) {
		return show(q.form(e.Href+"/erase", e.Version))
	}
	f, err := q.sent()
	if err != nil {
		return err
	}
	give := func(ctx context.Context, call tracker.Call) (tracker.Receipt, error) {
		if f.Value("confirm") != "" {
			return c.Tracker.EraseEvidence(ctx, call, ref)
		}
		return c.Tracker.AskEraseEvidence(ctx, call, ref, tracker.Reason{Reason: f.Value("reason")})
	}
	r, err := give(q.Context(), q.command(f))
	if err != nil {
		return q.again(f, err, subject{string(ref.Award), string(ref.Evidence), e.Href}, func() error { return show(f) })
	}
	return q.done(r, e.Href)
}
