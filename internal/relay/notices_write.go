package relay

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/schema"
	"milepost/internal/store"
)

func membersOf(t *telling, scope string) ([]schema.Member, error) {
	var out []schema.Member
	err := readAll(t.ctx, t.store, scope, schema.MemberRange(), func(item store.Item) (bool, error) {
		m, err := schema.Decode[schema.Member](item, schema.TypeMember)
		out = append(out, m)
		return true, err
	})
	return out, err
}

// tell notes that a person is told of a rung: once, whatever is delivered how
// often.
func (t *telling) tell(e told, to recipient) {
	is, d := e.is, t.award.Document
	n := schema.Notice{
		ID:     schema.NoticeID(e.thing, string(is.Of), fmt.Sprint(is.Revision), is.Rung, string(to.person)),
		Person: to.person, At: e.At, On: is.NoticeOn, Why: to.why, Role: is.Role, Programme: d.Programme,
		Award: t.award.ID, Number: d.Number, Thing: e.thing, Code: t.things[e.thing].code, Title: t.things[e.thing].title,
		Kind: is.Of, Revision: is.Revision, Rung: is.Rung, Level: is.Level, Asks: is.Asks,
		DueOn: is.DueOn, EffectiveDueOn: is.EffectiveDueOn, DaysLate: is.DaysLate,
	}
	t.notices[schema.NoticeKey(n.Person, n.ID)] = n
}

// noticeOps puts the notices that are not there.
func (t *telling) noticeOps() ([]store.Op, error) {
	var ops []store.Op
	for chunk := range slices.Chunk(sortedKeys(t.notices), store.MaxGet) {
		items, err := t.store.Get(t.ctx, chunk...)
		if err != nil {
			return nil, err
		}
		for i, key := range chunk {
			if items[i] != nil {
				continue
			}
			op, err := putOp(schema.NoticeRecord(t.notices[key]), 0)
			if err != nil {
				return nil, err
			}
			ops = append(ops, op)
		}
	}
	return ops, nil
}

func sortedKeys[V any](m map[store.Key]V) []store.Key {
	return slices.SortedFunc(maps.Keys(m), func(a, b store.Key) int { return strings.Compare(a.PK+"\x00"+a.SK, b.PK+"\x00"+b.SK) })
}

// summing is what a delivery adds to a person's notice of many.
type summing struct {
	notice  schema.Notice
	entries map[int64]int // how many by entry
}

// sum counts an obligation that was overdue when attention began: in one
// notice for an import, or for the day.
func (t *telling) sum(e told, to recipient) {
	n := schema.Notice{Person: to.person, At: e.At, On: e.On, Why: to.why, Role: e.is.Role, Programme: t.award.Document.Programme}
	group := e.On.String()
	if t.award.Opening != nil && t.award.Opening.Import != "" && e.Seq == 1 {
		n.Import = t.award.Opening.Import
		group = string(n.Import)
	}
	n.ID = schema.NoticeID(string(attention.Baselined), string(n.Programme), group, string(to.person))
	key := schema.NoticeKey(n.Person, n.ID)
	if t.sums[key] == nil {
		t.sums[key] = &summing{notice: n, entries: map[int64]int{}}
	}
	t.sums[key].entries[e.Seq]++
}

// sumOps puts each notice of many with the mark of how far this award is
// counted in it, the two side by side.
func (t *telling) sumOps() ([]store.Op, error) {
	var ops []store.Op
	for _, key := range sortedKeys(t.sums) {
		pair, err := t.sumPair(key, t.sums[key])
		if err != nil {
			return nil, err
		}
		ops = append(ops, pair...)
	}
	return ops, nil
}

func (t *telling) sumPair(key store.Key, s *summing) ([]store.Op, error) {
	has, version, err := stored[schema.Notice](t.ctx, t.store, key, schema.TypeNotice)
	if err != nil {
		return nil, err
	}
	mark, marked, err := stored[schema.Noticed](t.ctx, t.store, schema.NoticedKey(s.notice.Person, s.notice.ID, t.award.ID), schema.TypeNoticed)
	if err != nil {
		return nil, err
	}
	next := s.notice
	next.Baselined = has.Baselined
	mark.Notice, mark.Award = next.ID, t.award.ID
	for seq, n := range s.entries {
		if marked == 0 || seq > mark.Seq {
			next.Baselined += n
		}
	}
	last := slices.Max(slices.Collect(maps.Keys(s.entries)))
	if next.Baselined == has.Baselined {
		return nil, nil
	}
	mark.Seq = last
	if version > 0 {
		next.At, next.On = has.At, civil.Max(has.On, next.On)
	}
	first, err := putOp(schema.NoticeRecord(next), version)
	if err != nil {
		return nil, err
	}
	second, err := putOp(schema.NoticedRecord(s.notice.Person, mark), marked)
	return []store.Op{first, second}, err
}
