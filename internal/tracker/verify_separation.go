package tracker

import (
	"slices"
	"strings"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
)

// separations follows who did what in a journal, and finds who did what they
// had to leave to others. An actor who is no person is an opening: nothing was
// decided here.
type separations struct {
	of      *aggregateCheck
	last    map[string]map[string]ident.Person // by thing, then by the kind of event
	authors []ident.Person                     // of an award's draft
}

func newSeparations(of *aggregateCheck) *separations {
	return &separations{of: of, last: map[string]map[string]ident.Person{}}
}

// mustDiffer lists, by kind of event, the kinds of event on the same thing
// whose last actor must be another person.
func mustDiffer(kind string) []string {
	switch kind {
	case "milestone.decided", "milestone.returned":
		return []string{"milestone.submitted"}
	case "milestone.reopened":
		return []string{"milestone.decided"}
	case "tranche.approved":
		return []string{"tranche.requested"}
	case "tranche.instructed":
		return []string{"tranche.approved"}
	case "payment.reversed":
		return []string{"payment.paid", "payment.instructed"}
	case "refund.reversed":
		return []string{"refund.recorded"}
	case "extension.granted", "extension.refused":
		return []string{"extension.requested"}
	case "evidence.erased":
		return []string{"evidence.eraseAsked"}
	case "programme.changeConfirmed":
		return []string{"programme.changeProposed"}
	}
	return nil
}

// notByPayee are the events that nobody of the payee's organisation causes.
func notByPayee(kind string) bool {
	return slices.Contains([]string{
		"award.activated", "award.opened", "milestone.decided", "milestone.returned", "milestone.settled", "milestone.reopened",
		"tranche.approved", "tranche.refused", "tranche.approvalWithdrawn", "extension.granted", "extension.refused",
	}, kind)
}

// entry takes the next entry of the journal.
func (s *separations) entry(e journal.Entry) error {
	actor := ident.Person(e.Actor.Person)
	for _, ev := range e.Events {
		if err := s.of.datesMove(e, ev); err != nil {
			return err
		}
		if actor == "" {
			continue
		}
		if err := s.event(actor, ev); err != nil {
			return err
		}
	}
	return nil
}

func (s *separations) event(actor ident.Person, ev journal.Event) error {
	before := s.last[ev.Thing]
	if before == nil {
		before = map[string]ident.Person{}
		s.last[ev.Thing] = before
	}
	for _, kind := range mustDiffer(ev.Kind) {
		if before[kind] == actor {
			return s.wrong(ev, "another person than of "+kind, actor)
		}
	}
	before[ev.Kind] = actor
	switch ev.Kind {
	case "award.drafted", "award.edited", "award.submitted":
		s.authors = append(s.authors, actor)
	case "award.activated":
		if slices.Contains(s.authors, actor) {
			return s.wrong(ev, "another person than its drafters", actor)
		}
	case "award.opened":
		if slices.Contains(s.of.award.root.DraftedBy, actor) {
			return s.wrong(ev, "another person than its preparer", actor)
		}
	case "member.granted":
		if ev.Thing == "member/"+string(actor) {
			return s.wrong(ev, "another person than the grantor", actor)
		}
	}
	if !notByPayee(ev.Kind) {
		return nil
	}
	payee := s.of.award.root.Document.Payee
	of, err := s.of.organisationOf(actor)
	if err != nil {
		return err
	}
	if payee != "" && of == payee {
		return s.wrong(ev, "nobody of the payee", actor)
	}
	return nil
}

func (s *separations) wrong(ev journal.Event, expected string, actor ident.Person) error {
	return fault.New(fault.Internal, "verify.separation", about(s.of.id, ev.Thing+" "+ev.Kind, expected, actor)...)
}

// organisationOf is the organisation of a person.
func (v *verifier) organisationOf(id ident.Person) (ident.Organisation, error) {
	if of, ok := v.organisations[id]; ok {
		return of, nil
	}
	item, err := v.get(schema.PersonKey(id))
	if err != nil || item == nil {
		return "", err
	}
	p, err := schema.Decode[portfolio.Person](*item, schema.TypePerson)
	if err != nil {
		return "", unreadable(item.PK, item.Key, err)
	}
	v.organisations[id] = p.Organisation
	return p.Organisation, nil
}

// datesMove: a due date moves by a granted extension alone, a baseline never.
func (c *aggregateCheck) datesMove(e journal.Entry, ev journal.Event) error {
	if !strings.HasPrefix(ev.Thing, ident.PrefixMilestone+"_") {
		return nil
	}
	for _, change := range ev.Changes {
		if change.Path == "/baselineDueOn" || change.Path == "/dueOn" && ev.Kind != "milestone.extended" {
			return fault.New(fault.Internal, "verify.dates", about(c.id, ev.Thing, string(change.From), string(change.To)+" by "+e.Command)...)
		}
	}
	return nil
}
