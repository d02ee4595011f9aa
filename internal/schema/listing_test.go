package schema_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

func day(s string) civil.Date { return civil.MustParse(s) }

func owed(role portfolio.Role, effective, next string, paused bool) attention.Watch {
	o := attention.Obligation{Role: role, DueOn: day("2026-01-01"), EffectiveOn: day(effective), Paused: paused}
	if next != "" {
		o.NextOn = day(next)
	}
	return attention.Watch{Revision: 1, Current: &o}
}

// places are an item's entries, as "partition | sort key".
type places struct{ Work, Scope, Program string }

func placesOf(r schema.Record) places {
	at := func(i store.Index) string {
		if r.Index[i] == (store.Key{}) {
			return ""
		}
		return line(r.Index[i])
	}
	return places{at(store.Work), at(store.Scope), at(store.Program)}
}

// Where an award's thing stands in the lists follows from what is owed on it.
func TestListing(t *testing.T) {
	s := schema.Setting{Programme: "prg_1", Place: "plt_1"}
	shard := schema.Shard("awd_1")
	milestone := func(state award.MilestoneState, w attention.Watch) schema.Record {
		return schema.MilestoneRecord(award.Milestone{ID: "mst_1", Award: "awd_1", State: state, DueOn: day("2026-03-01"), Watch: w}, s)
	}
	tranche := func(state award.TrancheState, w attention.Watch) schema.Record {
		return schema.TrancheRecord(award.Tranche{ID: "trn_1", Award: "awd_1", State: state, PlannedOn: day("2026-04-01"), Watch: w}, s)
	}
	extension := func(state award.ExtensionState, w attention.Watch) schema.Record {
		return schema.ExtensionRecord(award.Extension{ID: "ext_1", Award: "awd_1", State: state, RequestedOn: day("2026-02-01"), Watch: w}, s)
	}
	payment := func(state award.PaymentState) schema.Record {
		return schema.PaymentRecord(award.Payment{ID: "pay_1", Award: "awd_1", State: state, InstructedOn: day("2026-05-01")}, s)
	}
	none := attention.Watch{Revision: 4}
	for _, test := range []struct {
		name string
		r    schema.Record
		want places
	}{
		{"planned milestone", milestone(award.Planned, owed(portfolio.PlatformOperator, "2026-03-02", "2026-02-01", false)), places{
			shard + " | 2026-02-01#awd_1#mst_1", "W#platformOperator#plt_1 | 2026-03-02#mst_1", "W#platformOperator#prg_1 | 2026-03-02#mst_1"}},
		{"submitted milestone", milestone(award.MilestoneSubmitted, owed(portfolio.ProgrammeManager, "2026-03-09", "2026-03-10", false)), places{
			shard + " | 2026-03-10#awd_1#mst_1", "W#programmeManager#plt_1 | 2026-03-09#mst_1", "W#programmeManager#prg_1 | 2026-03-09#mst_1"}},
		{"all rungs reached", milestone(award.Returned, owed(portfolio.ProjectLead, "2026-03-09", "", false)), places{
			"", "W#projectLead#plt_1 | 2026-03-09#mst_1", "W#projectLead#prg_1 | 2026-03-09#mst_1"}},
		{"clock stopped", milestone(award.InProgress, owed(portfolio.PlatformOperator, "2026-03-02", "", true)), places{
			"", "Z#platformOperator#plt_1 | 2026-03-02#mst_1", "Z#platformOperator#prg_1 | 2026-03-02#mst_1"}},
		{"nothing owed", milestone(award.Planned, none), places{"", "W#-#plt_1 | 2026-03-01#mst_1", "W#-#prg_1 | 2026-03-01#mst_1"}},
		{"consequence to be decided", milestone(award.Decided, owed(portfolio.ProgrammeManager, "2026-03-20", "2026-03-21", false)), places{
			shard + " | 2026-03-21#awd_1#mst_1", "W#programmeManager#plt_1 | 2026-03-20#mst_1", "W#programmeManager#prg_1 | 2026-03-20#mst_1"}},
		{"decided", milestone(award.Decided, none), places{"", "D#plt_1 | 2026-03-01#mst_1", "D#prg_1 | 2026-03-01#mst_1"}},
		{"cancelled", milestone(award.Cancelled, none), places{"", "D#plt_1 | 2026-03-01#mst_1", "D#prg_1 | 2026-03-01#mst_1"}},
		{"gates open", tranche(award.Scheduled, none), places{"", "W#-#plt_1 | 2026-04-01#trn_1", "W#-#prg_1 | 2026-04-01#trn_1"}},
		{"approved tranche", tranche(award.Approved, owed(portfolio.Finance, "2026-04-11", "2026-04-12", false)), places{
			shard + " | 2026-04-12#awd_1#trn_1", "W#finance#plt_1 | 2026-04-11#trn_1", "W#finance#prg_1 | 2026-04-11#trn_1"}},
		{"settled tranche", tranche(award.Settled, none), places{"", "D#plt_1 | 2026-04-01#trn_1", "D#prg_1 | 2026-04-01#trn_1"}},
		{"cancelled tranche", tranche(award.TrancheCancelled, none), places{"", "D#plt_1 | 2026-04-01#trn_1", "D#prg_1 | 2026-04-01#trn_1"}},
		{"asked extension", extension(award.ExtensionRequested, owed(portfolio.ProgrammeManager, "2026-02-08", "2026-02-09", false)), places{
			shard + " | 2026-02-09#awd_1#ext_1", "W#programmeManager#plt_1 | 2026-02-08#ext_1", "W#programmeManager#prg_1 | 2026-02-08#ext_1"}},
		{"refused extension", extension(award.ExtensionRefused, none), places{"", "D#plt_1 | 2026-02-01#ext_1", "D#prg_1 | 2026-02-01#ext_1"}},
		{"instructed payment", payment(award.Instructed), places{"", "W#-#plt_1 | 2026-05-01#pay_1", "W#-#prg_1 | 2026-05-01#pay_1"}},
		{"paid payment", payment(award.Paid), places{"", "D#plt_1 | 2026-05-01#pay_1", "D#prg_1 | 2026-05-01#pay_1"}},
		{"refund", schema.RefundRecord(award.Refund{ID: "rfd_1", Award: "awd_1", ReceivedOn: day("2026-06-01")}, s),
			places{"", "D#plt_1 | 2026-06-01#rfd_1", "D#prg_1 | 2026-06-01#rfd_1"}},
	} {
		if diff := cmp.Diff(test.want, placesOf(test.r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// An award and what belongs to the portfolio stand where their scopes look.
func TestPlacesOfTheRest(t *testing.T) {
	on := award.Document{Programme: "prg_1", Platform: "plt_1", Project: "prj_1", Number: "ＨＴ-1"}
	alone := on
	alone.Platform = ""
	root := func(d award.Document, s award.State) schema.Record {
		return schema.AwardRecord(award.Award{ID: "awd_1", State: s, Document: d})
	}
	project := portfolio.Project{ID: "prj_1", Programme: "prg_1", Code: "X 1", Host: "plt_1"}
	homeless := project
	homeless.Host = ""
	for _, test := range []struct {
		name string
		r    schema.Record
		want places
	}{
		{"draft on a platform", root(on, award.Draft), places{"", "A#plt_1#open | ht-1#awd_1", "A#prg_1#open | ht-1#awd_1"}},
		{"award without platform", root(alone, award.Active), places{"", "A#prj_1#open | ht-1#awd_1", "A#prg_1#open | ht-1#awd_1"}},
		{"closed award", root(on, award.Closed), places{"", "A#plt_1#closed | ht-1#awd_1", "A#prg_1#closed | ht-1#awd_1"}},
		{"discarded draft", root(on, award.Discarded), places{"", "A#plt_1#closed | ht-1#awd_1", "A#prg_1#closed | ht-1#awd_1"}},
		{"payee", schema.PartyRecord(schema.Party{Award: "awd_1", Party: award.Party{Organisation: "org_1"}}, schema.Open), places{"", "O#org_1 | awd_1", ""}},
		{"project of an award", schema.PartyRecord(schema.Party{Award: "awd_1", Party: award.Party{Project: "prj_1"}}, schema.Closed), places{"", "A#prj_1#closed | awd_1", ""}},
		{"hosted project", schema.ProjectRecord(project), places{"", "J#plt_1 | x 1#prj_1", "J#prg_1 | x 1#prj_1"}},
		{"project without host", schema.ProjectRecord(homeless), places{"", "", "J#prg_1 | x 1#prj_1"}},
		{"link", schema.LinkRecord(schema.Link{Project: "prj_1", Platform: "plt_2", Code: "X 1"}), places{"", "J#plt_2 | x 1#prj_1", ""}},
		{"enrolment", schema.EnrolmentRecord(portfolio.Enrolment{Programme: "prg_1", Platform: "plt_1"}), places{"", "", "P#prg_1 | plt_1"}},
		{"programme", schema.ProgrammeRecord(portfolio.Programme{ID: "prg_1", Code: "POC"}), places{"", "", "G | poc#prg_1"}},
		{"evidence", schema.EvidenceRecord(award.Evidence{ID: ident.Evidence("evd_1"), Award: "awd_1"}), places{}},
	} {
		if diff := cmp.Diff(test.want, placesOf(test.r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
