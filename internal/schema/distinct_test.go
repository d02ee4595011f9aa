package schema_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// placed is a thing that somebody means, and the key at which it lies.
type placed struct {
	thing string
	key   store.Key
}

// anything draws a thing of any type, out of few ids and awkward texts, so
// that two draws often mean the same one or nearly so.
func anything(t *rapid.T) placed {
	id := func(prefix string) string {
		return fmt.Sprintf("%s_01K3ZZZZZZ%016d", prefix, rapid.IntRange(0, 2).Draw(t, prefix))
	}
	text := func(label string) string {
		return rapid.SampledFrom([]string{"", "a", "a#b", "b", "1:a", "a1:", "2#", "dep"}).Draw(t, label)
	}
	n := rapid.IntRange(0, 20).Draw(t, "n")
	aggregate := id(rapid.SampledFrom([]string{"awd", "prg", "plt", "prj", "org", "imp", "per"}).Draw(t, "aggregate"))
	if rapid.Bool().Draw(t, "deployment") {
		aggregate = schema.Deployment
	}
	a, p := ident.Award(id("awd")), ident.Programme(id("prg"))
	person := ident.Person(id("per"))
	kinds := attention.Kinds()
	kind := kinds[n%len(kinds)]
	at := func(key store.Key, parts ...any) placed { return placed{fmt.Sprintln(parts...), key} }
	all := []func() placed{
		func() placed { return at(schema.HeadKey(aggregate), "head", aggregate) },
		func() placed { return at(schema.RootKey(aggregate), "root", aggregate) },
		func() placed { return at(schema.JournalKey(aggregate, int64(n)), "journal", aggregate, n) },
		func() placed { return at(schema.LedgerKey(a, int64(n)), "ledger", a, n) },
		func() placed {
			m := id("mst")
			return at(schema.MilestoneKey(a, ident.Milestone(m)), "milestone", a, m)
		},
		func() placed { m := id("trn"); return at(schema.TrancheKey(a, ident.Tranche(m)), "tranche", a, m) },
		func() placed {
			m := id("ext")
			return at(schema.ExtensionKey(a, ident.Extension(m)), "extension", a, m)
		},
		func() placed { m := id("pay"); return at(schema.PaymentKey(a, ident.Payment(m)), "payment", a, m) },
		func() placed { m := id("rfd"); return at(schema.RefundKey(a, ident.Refund(m)), "refund", a, m) },
		func() placed {
			m, e := id("mst"), id("evd")
			return at(schema.EvidenceKey(a, ident.Milestone(m), ident.Evidence(e)), "evidence", a, m, e)
		},
		func() placed {
			o := ident.Organisation(id("org"))
			return at(schema.PartyRecord(schema.Party{Award: a, Party: award.Party{Organisation: o}}, schema.Open).Key, "party", a, o)
		},
		func() placed { return at(schema.LadderKey(p, string(kind), n), "ladder", p, kind, n) },
		func() placed { x := id("plt"); return at(schema.EnrolmentKey(ident.Platform(x), p), "enrolment", x, p) },
		func() placed {
			x, y := id("prj"), id("plt")
			return at(schema.LinkKey(ident.Project(x), ident.Platform(y)), "link", x, y)
		},
		func() placed { return at(schema.PersonKey(person), "person", person) },
		func() placed { return at(schema.MemberKey(aggregate, person), "member", aggregate, person) },
		func() placed { return at(schema.CalendarKey(2020+n), "calendar", 2020+n) },
		func() placed { s := text("at"); return at(schema.SweepKey(s), "sweep", s) },
		func() placed { i := id("imp"); return at(schema.ImportRowKey(ident.Import(i), n), "row", i, n) },
		func() placed {
			x, y := text("issuer"), text("subject")
			return at(schema.LoginRecord(portfolio.Login{Issuer: x, Subject: y}, person).Key, "login", fmt.Sprintf("%q %q", x, y))
		},
		func() placed {
			s := text("key")
			return at(schema.IdempotencyKey(person, s), "idempotency", person, fmt.Sprintf("%q", s))
		},
		func() placed { x := "x" + text("hash"); return at(schema.SessionKey(x), "session", x) },
		func() placed {
			x, y, z := text("kind"), text("scope"), text("value")
			return at(schema.UniqueKey(x, y, z), "unique", fmt.Sprintf("%q %q %q", x, y, z))
		},
		func() placed {
			x, y, z := rapid.SampledFrom([]string{"award", "platform"}).Draw(t, "type"), id("plt"), id("prg")
			return at(schema.NameKey(x, y, z), "name", x, y, z)
		},
		func() placed {
			x, y, z, n := rapid.SampledFrom([]string{"award", "platform"}).Draw(t, "type"), id("plt"), id("prg"), rapid.IntRange(1, schema.MaxInside).Draw(t, "part")
			return at(schema.WordsKey(x, y, z, n), "words", x, y, z, fmt.Sprint(n))
		},
	}
	return rapid.SampledFrom(all).Draw(t, "what")()
}

// No two things share a key.
func TestKeysAreDistinct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seen := map[store.Key]string{}
		for range 40 {
			p := anything(t)
			if other, ok := seen[p.key]; ok && other != p.thing {
				t.Fatalf("%s is the key of %sand of %s", p.key, other, p.thing)
			}
			seen[p.key] = p.thing
		}
	})
}
