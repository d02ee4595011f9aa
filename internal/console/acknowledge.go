package console

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

// mostAcknowledged bounds what one form acknowledges.
const mostAcknowledged = 50

// chosen is a thing of an award, as it was shown.
type chosen struct {
	award   ident.Award
	id      string
	version int64
}

// choice names a line in a form, with its version.
func choiceOf(r tracker.AttentionRow) string {
	return fmt.Sprintf("%s/%s/%d", r.Award, r.ID, r.Version)
}

func parseChoice(text string) (chosen, bool) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 {
		return chosen{}, false
	}
	version, err := strconv.ParseInt(parts[2], 10, 64)
	return chosen{ident.Award(parts[0]), parts[1], version}, err == nil && version > 0
}

// acknowledge notes that the reader has seen one line, or those that were
// ticked. It stops nothing. What cannot be acknowledged is named; the rest is
// done all the same.
func (c *Console) acknowledge(q *request) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	show := f.Value("show")
	if !slices.Contains([]string{showWaiting, showBaselined}, show) {
		show = ""
	}
	again := func() error { return c.inboxWith(q, f, show) }
	list, err := chosenIn(f)
	if err != nil {
		f.Action = "/acknowledge"
		return q.again(f, err, subject{}, again)
	}
	var failed []fieldFault
	for _, x := range list {
		_, err := c.Tracker.Acknowledge(q.Context(), q.callOn(f, x), x.award, x.id)
		if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind != fault.Internal {
			failed = append(failed, fieldFault{Text: q.text("console.inbox.failed", "what", q.titleOf(x), "why", c.Catalogs.Fault(q.lang, e).Title)})
		} else if err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		f.Title = q.text("console.inbox.partly", "done", len(list)-len(failed), "count", len(failed))
		f.Faults, f.Key, f.Action = failed, q.newKey(), "/acknowledge"
		q.status = fault.Conflict.Status()
		return again()
	}
	if err := c.Sessions.Flash(q.Context(), notice{Text: "console.inbox.acknowledged", Count: len(list)}); err != nil {
		return err
	}
	if show == "" {
		return q.redirect("/")
	}
	return q.redirect(to("/", "show", show))
}

// chosenIn are the lines that a form names: the one whose button was pressed,
// else those that were ticked.
func chosenIn(f *form) ([]chosen, error) {
	texts := f.Values["thing"]
	if one := f.Value("one"); one != "" {
		texts = []string{one}
	}
	slices.Sort(texts)
	texts = slices.Compact(texts)
	switch {
	case len(texts) == 0:
		return nil, fault.New(fault.Invalid, "selection.empty")
	case len(texts) > mostAcknowledged:
		return nil, fault.New(fault.Invalid, "selection.tooMany", "max", mostAcknowledged)
	}
	var out []chosen
	for _, text := range texts {
		x, ok := parseChoice(text)
		if !ok {
			return nil, fault.New(fault.Invalid, "request.invalid")
		}
		out = append(out, x)
	}
	return out, nil
}

// callOn is the call of one of several commands that a form gives: each has a
// key of its own, which follows from the form's.
func (q *request) callOn(f *form, x chosen) tracker.Call {
	one := *f
	sum := sha256.Sum256([]byte(f.Key + "/" + x.id))
	one.Key, one.Version = hex.EncodeToString(sum[:16]), x.version
	one.Values = map[string][]string{"thing": {string(x.award), x.id}}
	return q.command(&one)
}

// titleOf is what a line that could not be acknowledged is about, as far as the
// reader may know.
func (q *request) titleOf(x chosen) string {
	if ident.Prefix(x.id) == ident.PrefixMilestone {
		m, err := q.tracker().Milestone(q.Context(), q.call, tracker.MilestoneRef{Award: x.award, Milestone: ident.Milestone(x.id)})
		if err == nil {
			return m.Code + " " + m.Title
		}
	}
	if ident.Prefix(x.id) == ident.PrefixTranche {
		t, err := q.tracker().Tranche(q.Context(), q.call, tracker.TrancheRef{Award: x.award, Tranche: ident.Tranche(x.id)})
		if err == nil {
			return q.text("console.tranche", "number", t.Number)
		}
	}
	return x.id
}
