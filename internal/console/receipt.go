package console

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

// receiptPage says what a command did: who gave it, when, what happens next
// and how it is taken back.
type receiptPage struct {
	tracker.ReceiptView
	Page     string // of the award
	Subjects []receiptSubject
	Next     []receiptSubject // of which something is owed
	NextText string           // id of what happens next with the award itself, or empty
	Back     []string         // ids of texts
	Changes  []awardEvent
	Files    []fileLine
}

// fileLine is a file that an entry tells of.
type fileLine struct {
	tracker.EvidenceFile
	Href  string
	About string // its size as people read it
	Exact string // its size in bytes
}

// filesOf are the files of an entry on an award.
func filesOf(award string, files []tracker.EvidenceFile) []fileLine {
	var out []fileLine
	for _, f := range files {
		out = append(out, fileLine{f, at("awards", award, "evidence", f.Milestone, f.ID), sizeText(f.Size), grouped(strconv.FormatInt(f.Size, 10))})
	}
	return out
}

// fileName is the name of one of the files, "" where it is none of them.
func fileName(files []fileLine, id string) string {
	for _, f := range files {
		if string(f.ID) == id {
			return f.FileName
		}
	}
	return ""
}

// receiptSubject is a thing that the command changed.
type receiptSubject struct {
	tracker.ReceiptSubject
	Name string // in the reader's language
	Href string
	Late int
	Left int
}

func (c *Console) receipt(q *request) error {
	seq, err := strconv.ParseInt(q.PathValue("sequence"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "thing.notFound")
	}
	view, err := c.Tracker.Receipt(q.Context(), q.call, ident.Award(q.PathValue("award")), seq)
	if err != nil {
		return err
	}
	v := receiptPage{ReceiptView: view, Page: at("awards", view.Award.ID), Files: filesOf(view.Award.ID, view.Files)}
	for _, s := range view.Subjects {
		s.Events = mainly(s.Events)
		row := receiptSubject{ReceiptSubject: s, Name: q.receiptName(s), Href: q.receiptHref(v.Page, s)}
		if s.Waits != nil {
			row.Late, row.Left = s.Waits.DaysLate(q.today), s.Waits.EffectiveOn.Sub(q.today)
			v.Next = append(v.Next, row)
		}
		v.Subjects = append(v.Subjects, row)
	}
	if id := "console.receipt.next." + view.Command; c.Catalogs.Has(q.lang, id) {
		v.NextText = id
	}
	for _, b := range view.TakeBack {
		if id := "console.receipt.back." + b; c.Catalogs.Has(q.lang, id) {
			v.Back = append(v.Back, id)
		}
	}
	named := func(id string) string {
		for _, s := range v.Subjects {
			if s.ID == id {
				return s.Name
			}
		}
		if n, ok := view.Names[id]; ok {
			return cmp.Or(n.Names.In(string(q.lang)), n.Code, id)
		}
		return cmp.Or(fileName(v.Files, id), id)
	}
	left := mostPageLines
	for _, ev := range view.Events {
		line := q.eventLine(ev, named, min(left, mostChangeLines))
		left -= len(line.Changes)
		if ident.Prefix(ev.Thing) != "" {
			line.Subject = named(ev.Thing)
		}
		if len(line.Changes) > 0 || line.Note != "" {
			v.Changes = append(v.Changes, line)
		}
	}
	return q.show("receipt", q.text("console.receipt.title", "number", view.Award.Code, "sequence", view.Sequence), v)
}

// mainly leaves out that reminders ended where the command did something else to
// the thing, which ended them.
func mainly(events []string) []string {
	what := slices.DeleteFunc(slices.Clone(events), func(e string) bool { return strings.HasPrefix(e, "obligation.") })
	if len(what) == 0 {
		return events
	}
	return what
}

// receiptName is a thing of a receipt in words.
func (q *request) receiptName(s tracker.ReceiptSubject) string {
	switch s.Kind {
	case "tranche":
		return q.text("console.tranche", "number", s.Code)
	case "milestone":
		return strings.TrimSpace(s.Code + " " + s.Title)
	}
	return strings.TrimSpace(q.console.Catalogs.Label(q.lang, "thing", s.Kind) + " " + s.Code)
}

func (q *request) receiptHref(page string, s tracker.ReceiptSubject) string {
	if s.Kind == "award" {
		return page
	}
	return page + "/" + s.Kind + "s/" + s.ID
}
