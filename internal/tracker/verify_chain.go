package tracker

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// chain follows the journal's texts from the first entry to the head, and
// replays them.
func (c *aggregateCheck) chain() error {
	c.rules = newSeparations(c)
	var at journal.Head
	for _, item := range c.entries {
		j, err := schema.Decode[schema.JournalText](item, schema.TypeJournal)
		if err != nil {
			return unreadable(c.id, item.Key, err)
		}
		next, e, err := at.Next(c.id, j.Text)
		if err != nil {
			return c.brokenChain(item.SK, err)
		}
		at = next
		if item.Key != schema.JournalKey(c.id, e.Seq) || j.Hash != at.Hash {
			return fault.New(fault.Internal, "verify.chain", about(c.id, item.SK, at.Hash, j.Hash)...)
		}
		if err := c.listed(item, e, j); err != nil {
			return err
		}
		if err := c.replay.Add(e); err != nil {
			f := fault.New(fault.Internal, "verify.replay", about(c.id, item.SK, "changes that fit", fault.CodeOf(err))...)
			f.Cause = err
			return f
		}
		if err := c.rules.entry(e); err != nil {
			return err
		}
		c.count(e)
	}
	if at.Seq != c.head.Seq || at.Hash != c.head.Hash {
		return fault.New(fault.Internal, "verify.chain", about(c.id, fmt.Sprintf("7#%012d", c.head.Seq),
			fmt.Sprint(c.head.Seq, " ", c.head.Hash), fmt.Sprint(at.Seq, " ", at.Hash))...)
	}
	return nil
}

func (c *aggregateCheck) brokenChain(sk string, cause error) error {
	f := fault.New(fault.Internal, "verify.chain", about(c.id, sk, "an entry chained to the one before", fault.CodeOf(cause))...)
	f.Cause = cause
	return f
}

// listed holds a journal item's index entries.
func (c *aggregateCheck) listed(item store.Item, e journal.Entry, j schema.JournalText) error {
	listedIn, ok := strings.CutPrefix(item.Index[store.Program].PK, "JP#")
	programme := ident.Programme("")
	if ok {
		programme = ident.Programme(listedIn[:max(0, strings.LastIndexByte(listedIn, '#'))])
	}
	if c.programme != "" && programme != "" {
		programme = c.programme
	}
	want := schema.JournalRecord(e, j.Text, j.Hash, programme)
	if before := schema.JournalRecordOfBefore(e, j.Text, j.Hash, programme); item.Index[store.Scope] == before.Index[store.Scope] {
		want = before
	}
	if item.Index[store.Work] != (store.Key{}) { // not delivered yet
		want = schema.Undelivered(want, e)
	}
	if want.Index != item.Index {
		return fault.New(fault.Internal, "verify.index", about(c.id, item.SK, want.Index, item.Index)...)
	}
	return nil
}

func (c *aggregateCheck) count(e journal.Entry) {
	c.report.Entries++
	for _, ev := range e.Events {
		c.report.Events++
		for _, change := range ev.Changes {
			if change.Path == "" && bytes.Contains(change.To, []byte(`"opening":{`)) || change.Path == "/opening" {
				c.report.Opening++
				break
			}
		}
	}
}

// journalName is how the journal names the thing that an item holds, "" for an
// item of which it does not tell.
func journalName(key store.Key, kind string) string {
	last := key.SK[strings.LastIndexByte(key.SK, '#')+1:]
	switch kind {
	case schema.TypeLink, schema.TypeSweep:
		return ""
	case schema.TypeImportRow:
		return "row/" + number(last)
	case schema.TypeDeployment:
		return "deployment"
	case schema.TypeMember:
		return "member/" + key.SK
	case schema.TypeEnrolment:
		return "enrolment/" + last
	case schema.TypeParty:
		return "party/" + last
	case schema.TypeCalendar:
		return "calendar/" + last
	case schema.TypeLedger:
		return "ledger/" + number(last)
	case schema.TypeLadder:
		return "ladder/" + strings.Split(key.SK, "#")[1] + "/" + number(last)
	}
	if key.SK == "1" {
		return key.PK
	}
	return last
}

// number is a number of a sort key without the zeros that make it sort.
func number(padded string) string {
	return cmp.Or(strings.TrimLeft(padded, "0"), "0")
}
