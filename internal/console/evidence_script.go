package console

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
)

// The script of pages sends files one by one: it announces a file with its
// hash, sends the bytes to where the answer says, the storage itself where that
// takes them, and confirms. What it sends is what a form would.

// ticket is where the script sends a file that it announced.
type ticket struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers,omitempty"`
	Confirm string            `json:"confirm"` // address that is posted to afterwards
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
	ref, err := q.announce(q.milestoneRef(), f.Key, in)
	if err != nil {
		return q.answer(nil, err)
	}
	page := at("awards", ref.Award, "evidence", ref.Milestone, ref.Evidence)
	out := ticket{Method: http.MethodPut, URL: page + "/content", Confirm: page + "/confirm"}
	if c.UploadOrigin != "" {
		t, err := c.Tracker.EvidenceTicket(q.Context(), q.call, ref)
		if err != nil {
			return q.answer(nil, err)
		}
		if t != nil {
			out.Method, out.URL, out.Headers = t.Method, t.URL, t.Headers
		}
	}
	return q.answer(out, nil)
}

// sendEvidence takes the bytes of an announced file.
func (c *Console) sendEvidence(q *request) error {
	if err := q.extend(); err != nil {
		return err
	}
	q.Body = http.MaxBytesReader(q.w, q.Body, c.Files.MaxSize)
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
	e, err := c.Tracker.Evidence(q.Context(), q.call, ref)
	return q.answer(confirmed{e.ID, e.FileName, at("awards", e.Award, "evidence", e.Milestone, e.ID), sizeText(e.Size), e.SHA256}, err)
}
