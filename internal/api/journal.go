package api

import (
	"context"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

type (
	monthInput struct {
		JournalQuery
		Person    ident.Person    `query:"person" doc:"What one person did; or programme"`
		Programme ident.Programme `query:"programme" doc:"What happened in one programme; or person"`
		Month     string          `query:"month" doc:"Such as 2026-05, of business dates"`
	}
	awardJournalInput struct {
		AwardPath
		JournalQuery
	}
	programmeJournalInput struct {
		ProgrammePath
		JournalQuery
	}
	platformJournalInput struct {
		PlatformPath
		JournalQuery
	}
	projectJournalInput struct {
		ProjectPath
		JournalQuery
	}
	organisationJournalInput struct {
		OrganisationPath
		JournalQuery
	}
)

// journals registers the reads of what happened.
func (a *API) journals() {
	t := a.options.Tracker
	list(a, operation{id: "listJournal", path: "/journal", tag: tagAttention, summary: "What a person did, or what happened in a programme",
		who: "auditor and programmeManager of the programme; everybody for what they did", does: "The entries of one month: of a person, or of a programme."},
		func(ctx context.Context, c tracker.Call, in *monthInput) (tracker.Page[tracker.JournalEntryView], error) {
			switch {
			case in.Person != "" && in.Programme == "":
				return t.JournalOfPerson(ctx, c, in.Person, in.Month, in.query(), in.page())
			case in.Programme != "" && in.Person == "":
				return t.JournalOfProgramme(ctx, c, in.Programme, in.Month, in.query(), in.page())
			}
			return tracker.Page[tracker.JournalEntryView]{}, fault.InvalidFields(fault.At("/person", "journal.personOrProgramme"))
		})
	journalOf(a, "Award", "/awards/{award}", func(in *awardJournalInput) (string, JournalQuery) { return string(in.Award), in.JournalQuery })
	journalOf(a, "Programme", "/programmes/{programme}", func(in *programmeJournalInput) (string, JournalQuery) {
		return string(in.Programme), in.JournalQuery
	})
	journalOf(a, "Platform", "/platforms/{platform}", func(in *platformJournalInput) (string, JournalQuery) { return string(in.Platform), in.JournalQuery })
	journalOf(a, "Project", "/projects/{project}", func(in *projectJournalInput) (string, JournalQuery) { return string(in.Project), in.JournalQuery })
	journalOf(a, "Organisation", "/organisations/{organisation}", func(in *organisationJournalInput) (string, JournalQuery) {
		return string(in.Organisation), in.JournalQuery
	})
}

// journalOf registers the journal of one kind of aggregate.
func journalOf[I any](a *API, noun, path string, which func(*I) (string, JournalQuery)) {
	list(a, operation{id: "listJournalOf" + noun, path: path + "/journal", tag: tagAttention, summary: "The journal of " + article(lowered(noun)),
		who: whoSees, does: "Who did what and when, from what to what, each entry with its hash; the last first."},
		func(ctx context.Context, c tracker.Call, in *I) (tracker.Page[tracker.JournalEntryView], error) {
			aggregate, q := which(in)
			return a.options.Tracker.Journal(ctx, c, aggregate, q.query(), q.page())
		})
}
