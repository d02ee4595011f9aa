package schema_test

import (
	"slices"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/ledger"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
)

const (
	anAward     = ident.Award("awd_01K3ZZZZZZ0000000000000000")
	aProgramme  = ident.Programme("prg_01K3ZZZZZZ0000000000000000")
	aPerson     = ident.Person("per_01K3ZZZZZZ0000000000000000")
	anImport    = ident.Import("imp_01K3ZZZZZZ0000000000000000")
	aggregate   = string(anAward)
	samplePlace = "plt_01K3ZZZZZZ0000000000000000"
)

func setting() schema.Setting { return schema.Setting{Programme: aProgramme, Place: samplePlace} }

// in binds a value's setting, so that it can be a sample.
func in[T any](record func(T, schema.Setting) schema.Record) func(T) schema.Record {
	return func(v T) schema.Record { return record(v, setting()) }
}

// samples holds a fully populated record of every type of item.
func samples() []sample {
	return append(slices.Concat(awardSamples(), portfolioSamples(), relaySamples()),
		sampleOf(schema.JournalText{Text: `{"aggregate":"…"}`, Hash: "hash"}, func(j schema.JournalText) schema.Record {
			e := journal.Entry{Aggregate: aggregate, Seq: 12, At: "2026-05-01T01:02:03.004Z", On: civil.MustParse("2026-05-01"), Actor: journal.Actor{Person: string(aPerson)}}
			return schema.JournalRecord(e, j.Text, j.Hash, aProgramme)
		}),
		sampleOf(full[schema.Idempotency](), func(i schema.Idempotency) schema.Record {
			return schema.IdempotencyRecord(aPerson, "key", i, 1790000000)
		}),
		sampleOf(full[schema.Session](), func(v schema.Session) schema.Record { return schema.SessionRecord("token-hash", v, 1790000000) }),
		sampleOf(full[schema.Sweep](), schema.SweepRecord),
		sampleOf(full[schema.Import](), schema.ImportRecord),
		sampleOf(full[schema.ImportRow](), func(r schema.ImportRow) schema.Record { return schema.ImportRowRecord(anImport, r) }),
	)
}

func awardSamples() []sample {
	active, submitted, requested := full[award.Award](), full[award.Milestone](), full[award.Tranche]()
	active.State, submitted.State, requested.State = award.Active, award.MilestoneSubmitted, award.Requested
	submitted.Watch.Current.Paused = false
	extension, payment := full[award.Extension](), full[award.Payment]()
	extension.State, payment.State = award.ExtensionRequested, award.Instructed
	return []sample{
		sampleOf(full[schema.Head](), func(h schema.Head) schema.Record { return schema.HeadRecord(aggregate, h) }),
		sampleOf(active, schema.AwardRecord),
		sampleOf(submitted, in(schema.MilestoneRecord)),
		sampleOf(requested, in(schema.TrancheRecord)),
		sampleOf(extension, in(schema.ExtensionRecord)),
		sampleOf(payment, in(schema.PaymentRecord)),
		sampleOf(full[award.Refund](), in(schema.RefundRecord)),
		sampleOf(full[award.Evidence](), schema.EvidenceRecord),
		sampleOf(full[schema.Party](), func(p schema.Party) schema.Record { return schema.PartyRecord(p, schema.Open) }),
		sampleOf(full[ledger.Entry](), func(e ledger.Entry) schema.Record { return schema.LedgerRecord(anAward, e) }),
	}
}

func portfolioSamples() []sample {
	year := full[civil.Year]()
	year.Year = 2027
	return []sample{
		sampleOf(full[portfolio.Programme](), schema.ProgrammeRecord),
		sampleOf(full[attention.Ladder](), func(l attention.Ladder) schema.Record { return schema.LadderRecord(aProgramme, l) }),
		sampleOf(full[portfolio.Organisation](), schema.OrganisationRecord),
		sampleOf(full[portfolio.Platform](), schema.PlatformRecord),
		sampleOf(full[portfolio.Enrolment](), schema.EnrolmentRecord),
		sampleOf(full[portfolio.Project](), schema.ProjectRecord),
		sampleOf(full[schema.Link](), schema.LinkRecord),
		sampleOf(full[portfolio.Person](), schema.PersonRecord),
		sampleOf(full[schema.Member](), schema.MemberRecord),
		sampleOf(full[schema.Login](), func(l schema.Login) schema.Record {
			return schema.LoginRecord(portfolio.Login{Issuer: "https://issuer.test", Subject: "subject"}, l.Person)
		}),
		sampleOf(full[schema.Unique](), schema.UniqueRecord),
		sampleOf(full[schema.Name](), func(n schema.Name) schema.Record { return schema.NameRecords(n)[0] }),
		sampleOf(full[schema.Words](), schema.WordsRecord),
		sampleOf(full[schema.DeploymentRoot](), schema.DeploymentRecord),
		sampleOf(year, schema.CalendarRecord),
	}
}
