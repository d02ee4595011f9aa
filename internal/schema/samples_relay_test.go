package schema_test

import (
	"milepost/internal/civil"
	"milepost/internal/schema"
)

// relaySamples are what is derived from the journal.
func relaySamples() []sample {
	return []sample{
		sampleOf(full[schema.Position](), schema.PositionRecord),
		sampleOf(full[schema.Followed](), schema.FollowedRecord),
		sampleOf(full[schema.Summary](), schema.SummaryRecord),
		sampleOf(full[schema.Rollup](), schema.CellRecord),
		sampleOf(full[schema.Notice](), schema.NoticeRecord),
		sampleOf(full[schema.Anchor](), schema.AnchorRecord),
		sampleOf(full[schema.Anchored](), func(a schema.Anchored) schema.Record {
			return schema.AnchoredRecord(string(aProgramme), civil.MustParse("2026-05-01"), a)
		}),
		sampleOf(full[schema.AnchoredUpTo](), func(a schema.AnchoredUpTo) schema.Record {
			return schema.AnchoredUpToRecord(string(aProgramme), a)
		}),
		sampleOf(full[schema.Noticed](), func(n schema.Noticed) schema.Record { return schema.NoticedRecord(aPerson, n) }),
	}
}
