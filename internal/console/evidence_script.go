package console

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"time"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

// The script of pages sends files one by one: it announces a file with its
// hash, sends the bytes to where the answer says, the storage itself where that
// takes them, and confirms. What it sends is what a form would.

// ticket is where the script sends a file that it announced.
type ticket struct {
	Method  string            `json:"method,omitempty"`
	URL     string            `json:"url,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Seconds int64             `json:"seconds,omitempty"` // for which URL can be used; none where it does not expire
	Confirm string            `json:"confirm,omitempty"` // address that is posted to afterwards
	Done    *confirmed        `json:"done,omitempty"`    // the file is there already: nothing is to be sent
}

// confirmed is a file that became evidence.
type confirmed struct {
	ID     ident.Evidence `json:"id"`
	Name   string         `json:"name"`
	Href   string         `json:"href"`
	Size   string         `json:"size"`
	SHA256 string         `json:"sha256"`
}

// answer sends the script a value, or why something was refused.
func (q *request) answer(v any, err error) error {
	status := http.StatusOK
	if err != nil {
		e, ok := errors.AsType[*fault.Error](err)
		if !ok || e.Kind == fault.Internal {
			return err
		}
		status, v = e.Kind.Status(), map[string]string{"error": q.faultText(e)}
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", "application/json")
	q.w.WriteHeader(status)
	_, _ = q.w.Write(text) // a reader who has gone needs no answer
	return nil
}

func (c *Console) announceEvidence(q *request) error {
	f, err := q.sent()
	if err != nil {
		return q.answer(nil, err)
	}
	size, err := strconv.ParseInt(f.Value("size"), 10, 64)
	if err != nil {
		return q.answer(nil, fault.New(fault.Malformed, "form.malformed"))
	}
	in := c.fileOf(award.EvidenceKind(f.Value("kind")), f.Value("name"), size, f.Value("sha256"))
	in.Supersedes = ident.Evidence(f.Value("replaces"))
	m, err := c.Tracker.Milestone(q.Context(), q.call, q.milestoneRef())
	if err != nil {
		return q.answer(nil, err)
	}
	if same := sameFile(m.Evidence, in.FileName, in.SHA256); same != "" && in.Supersedes == "" {
		done, err := q.confirmed(tracker.EvidenceRef{Award: m.Award, Milestone: m.ID, Evidence: same})
		return q.answer(ticket{Done: &done}, err)
	}
	ref, err := q.announce(q.milestoneRef(), f.Key, in)
	if err != nil {
		return q.answer(nil, err)
	}
	page := at("awards", ref.Award, "evidence", ref.Milestone, ref.Evidence)
	t, err := c.Tracker.EvidenceTicket(q.Context(), q.call, ref)
	switch {
	case fault.CodeOf(err) == "evidence.notAnnounced": // announced again, after its answer was lost
		done, err := q.confirmed(ref)
		return q.answer(ticket{Done: &done}, err)
	case err != nil:
		return q.answer(nil, err)
	}
	out := ticket{Method: http.MethodPut, URL: page + "/content", Confirm: page + "/confirm"}
	if c.UploadOrigin != "" && t != nil {
		out.Method, out.URL, out.Headers = t.Method, t.URL, maps.Clone(t.Headers)
		delete(out.Headers, "Content-Length") // browsers set it, and let no script do so
		out.Seconds = max(1, int64(t.ExpiresAt.Sub(c.Now())/time.Second))
	}
	return q.answer(out, nil)
}

// confirmed is a file that is evidence.
func (q *request) confirmed(ref tracker.EvidenceRef) (confirmed, error) {
	e, err := q.tracker().Evidence(q.Context(), q.call, ref)
	if err == nil && e.State != award.Confirmed {
		err = fault.New(fault.Conflict, "evidence.notAnnounced", "state", string(e.State))
	}
	return confirmed{e.ID, e.FileName, at("awards", e.Award, "evidence", e.Milestone, e.ID), sizeText(e.Size), e.SHA256}, err
}

// sendEvidence takes the bytes of an announced file.
func (c *Console) sendEvidence(q *request) error {
	if err := q.extend(); err != nil {
		return err
	}
	q.Body = http.MaxBytesReader(q.w, q.Body, q.limits().File)
	if err := c.Tracker.SendEvidence(q.Context(), q.call, q.evidenceRef(), q.Body); err != nil {
		return q.answer(nil, err)
	}
	q.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (c *Console) confirmEvidence(q *request) error {
	f, err := q.sent()
	if err != nil {
		return q.answer(nil, err)
	}
	ref := q.evidenceRef()
	if _, err := q.confirm(ref, f.Key); err != nil {
		return q.answer(nil, err)
	}
	done, err := q.confirmed(ref)
	return q.answer(done, err)
}
