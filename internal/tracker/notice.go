package tracker

import (
	"context"
	"errors"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// NoticesQuery asks for the caller's own notices, the latest first.
type NoticesQuery struct {
	Unread bool `json:"unread,omitzero"`
}

// NoticeRow is a notice in its person's inbox.
type NoticeRow struct {
	schema.Notice
	Version int64 `json:"version"`
	Unread  bool  `json:"unread"` // neither read nor settled
	// Settled says that what it tells of was done since, or began anew; State is
	// the thing's now.
	Settled bool   `json:"settled,omitzero"`
	State   string `json:"state,omitempty"`
	// Link is the path below the API's or console's root where it is dealt
	// with.
	Link       string          `json:"link"`
	AwardTitle portfolio.Names `json:"awardTitle,omitzero"`
}

// Notices lists what the caller is told, from the working day on which it is
// told; nothing of awards that they may not view any more.
func (t *Tracker) Notices(ctx context.Context, c Call, q NoticesQuery, p PageRequest) (Page[NoticeRow], error) {
	return t.noticeList(c, q).page(ctx, t, c, p)
}

// UnreadNotices counts the caller's unread notices, up to a number; more says
// that there is more than that.
func (t *Tracker) UnreadNotices(ctx context.Context, c Call, most int) (count int, more bool, err error) {
	page, err := t.noticeList(c, NoticesQuery{Unread: true}).rows(ctx, t, c, most, "")
	return len(page.Items), page.Next != "", err
}

func (t *Tracker) noticeList(c Call, q NoticesQuery) listing[NoticeRow] {
	me := c.Principal.Person
	from := source{index: store.Scope, partition: schema.NoticesOf(me)}
	if q.Unread {
		from = source{index: store.Program, partition: schema.UnreadOf(me)}
	}
	return listing[NoticeRow]{
		name: "notices", query: q, sources: []source{from}, narrow: "unread",
		within: store.Range{To: t.Today().AddDays(1).String()}, descending: true,
		rests: func(f *found) []store.Key {
			n, err := schema.Decode[schema.Notice](*f.item, schema.TypeNotice)
			if err != nil {
				return nil
			}
			key, _, _ := keyOfThing(n.Award, n.Thing)
			return present([]store.Key{schema.RootKey(string(n.Award)), key})
		},
		keep: func(f *found) (verdict, error) {
			n, err := schema.Decode[schema.Notice](*f.item, schema.TypeNotice)
			if err != nil || n.Person != me {
				return hidden, err
			}
			if n.Award == "" {
				return seen(true, !q.Unread || n.ReadAt == "", nil)
			}
			a, ok, err := get[award.Award](f.reading, schema.RootKey(string(n.Award)), schema.TypeAward)
			if err != nil || !ok {
				return hidden, err
			}
			may, err := t.may(c, access.ViewAttention, resourceOf(a, kindOfThing(n.Thing), n.Thing))
			if err != nil {
				return hidden, err
			}
			th, err := f.noticed(n)
			return seen(may, !q.Unread || n.ReadAt == "" && !settles(th, n), err)
		},
		then: keysOfNotice,
		row:  noticeRow,
	}
}

func noticeRow(f *found) (NoticeRow, error) {
	n, err := schema.Decode[schema.Notice](*f.item, schema.TypeNotice)
	row := NoticeRow{Notice: n, Version: f.item.Version, Unread: n.ReadAt == "", Link: linkOf(n)}
	if err != nil || n.Award == "" {
		return row, err
	}
	a, _, err := get[award.Award](f.reading, schema.RootKey(string(n.Award)), schema.TypeAward)
	if err != nil {
		return row, err
	}
	th, err := f.noticed(n)
	row.AwardTitle, row.State, row.Settled = a.Document.Title, th.state, settles(th, n)
	row.Unread = row.Unread && !row.Settled
	if th.kind == access.KindExtension { // by the milestone that it is for
		row.Code, row.Title = th.code, th.title
	}
	return row, err
}

// noticed is the thing that a notice tells of, as it is now; an empty one where
// it is not there.
func (f *found) noticed(n schema.Notice) (thing, error) {
	key, _, _ := keyOfThing(n.Award, n.Thing)
	item := f.items[key]
	if item == nil {
		return thing{}, nil
	}
	of := found{reading: f.reading, item: item}
	return of.thing()
}

// settles reports whether what a notice tells of is owed no more: the thing
// owes nothing, or something else.
func settles(th thing, n schema.Notice) bool {
	o := th.watch.Current
	return o == nil || o.Kind != n.Kind || o.Revision != n.Revision
}

// keysOfNotice are the milestones of the extensions that notices tell of.
func keysOfNotice(f *found) []store.Key {
	n, err := schema.Decode[schema.Notice](*f.item, schema.TypeNotice)
	if err != nil {
		return nil
	}
	key, kind, _ := keyOfThing(n.Award, n.Thing)
	if kind != access.KindExtension {
		return nil
	}
	e, ok, err := get[award.Extension](f.reading, key, schema.TypeExtension)
	if err != nil || !ok {
		return nil
	}
	return []store.Key{schema.MilestoneKey(e.Award, e.Milestone)}
}

// linkOf is where what a notice tells of is dealt with.
func linkOf(n schema.Notice) string {
	if n.Award == "" {
		return "/attention?mine=true&status=overdue&programme=" + string(n.Programme)
	}
	return "/awards/" + string(n.Award) + "/" + kindOfThing(n.Thing) + "s/" + n.Thing
}

// kindOfThing tells by its id what attention watches.
func kindOfThing(id string) string {
	switch ident.Prefix(id) {
	case ident.PrefixTranche:
		return access.KindTranche
	case ident.PrefixExtension:
		return access.KindExtension
	}
	return access.KindMilestone
}

// MarkNoticeRead notes that the caller has read one of their notices. It is no
// command: nothing is decided by it, and it is not journaled. Another person's
// notice is 404.
func (t *Tracker) MarkNoticeRead(ctx context.Context, c Call, id string) error {
	if !schema.ValidNoticeID(id) {
		return errNotFound()
	}
	for n := range attempts {
		err := t.markRead(ctx, schema.NoticeKey(c.Principal.Person, id))
		var lost *store.ConditionError
		if !errors.As(err, &lost) && !errors.Is(err, store.ErrContended) && !errors.Is(err, store.ErrUnknownOutcome) {
			return err
		}
		if err := t.sleep(ctx, t.raceWait(n+1, 0)); err != nil {
			return storeFault(err)
		}
	}
	return fault.New(fault.Busy, "store.contended")
}

// markRead returns store errors that mean "again" as they are.
func (t *Tracker) markRead(ctx context.Context, key store.Key) error {
	items, err := t.store.Get(ctx, key)
	if err != nil {
		return storeFault(err)
	}
	if items[0] == nil {
		return errNotFound()
	}
	n, err := schema.Decode[schema.Notice](*items[0], schema.TypeNotice)
	if err != nil || n.ReadAt != "" || n.On.After(t.Today()) {
		if err == nil && n.ReadAt == "" {
			err = errNotFound() // it is not told yet
		}
		return err
	}
	n.ReadAt = stamp(t.now())
	item, err := schema.NoticeRecord(n).Item(items[0].Version + 1)
	if err != nil {
		return fault.Wrap(err, "internal.error")
	}
	token, err := t.ids.New("t")
	if err != nil {
		return fault.Wrap(err, "internal.error")
	}
	err = t.store.Transact(ctx, token, store.PutOp(item, store.VersionIs(items[0].Version)))
	var lost *store.ConditionError
	if err == nil || errors.As(err, &lost) || errors.Is(err, store.ErrContended) || errors.Is(err, store.ErrUnknownOutcome) {
		return err
	}
	return storeFault(err)
}
