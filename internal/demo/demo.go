// Package demo provides the portfolio that `milepost demo` shows: invented
// awards of an invented programme, lived through on a clock that is set day by
// day, by the commands that people would have given. Its facts are those of
// public policy; every title says that the data is invented.
package demo

import (
	"context"
	"time"

	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/store"
	"milepost/internal/tracker"
)

// Options are what a seeding needs. All are required.
type Options struct {
	Tracker *tracker.Tracker
	Clock   *Clock       // the tracker's own
	Issuer  string       // of the personas' logins
	Now     time.Time    // the story ends on the day before
	Store   store.Reader // the tracker's own: what a command made is looked up there
}

// lived is how many days before today the story begins.
const lived = 330

// Seed fills an empty deployment. It leaves the clock at the real time.
func Seed(ctx context.Context, o Options) ([]Persona, error) {
	defer o.Clock.Release()
	calendar, err := civil.Embedded()
	if err != nil {
		return nil, err
	}
	s := &seed{
		Options: o, ctx: ctx, today: civil.BusinessDate(o.Now), calendar: calendar,
		calls: map[string]tracker.Call{}, people: map[string]ident.Person{}, organisations: map[string]ident.Organisation{},
	}
	s.script = &script{seed: s}
	s.terms()
	for _, act := range []func() error{s.found, s.settle, s.propose, s.award, s.script.play} {
		if err := act(); err != nil {
			return nil, err
		}
	}
	o.Clock.Release()
	return personas(), s.sweep()
}

// seed is one seeding on its way.
type seed struct {
	Options
	ctx           context.Context
	today         civil.Date
	calendar      civil.Calendar
	script        *script
	calls         map[string]tracker.Call       // by subject
	people        map[string]ident.Person       // by subject
	organisations map[string]ident.Organisation // by key
	programme     ident.Programme
	platforms     []ident.Platform
	projects      []ident.Project
	papers        int // decision documents so far
	bank          int // bank references so far
}

// day returns the date of an offset from today.
func (s *seed) day(offset int) civil.Date { return s.today.AddDays(offset) }

// worked returns the last working day up to the date of an offset: people give
// their commands on working days.
func (s *seed) worked(offset int) civil.Date {
	d := s.day(offset)
	for !s.calendar.Works(d) {
		d = d.AddDays(-1)
	}
	return d
}

// call returns the call of a persona; who they are was settled at the start.
func (s *seed) call(subject string) (tracker.Call, error) {
	if c, ok := s.calls[subject]; ok {
		return c, nil
	}
	c, err := s.Tracker.Authenticated(s.ctx, s.login(subject))
	if err == nil {
		s.calls[subject] = c
	}
	return c, err
}

// forget makes the next call of a persona see the roles granted since.
func (s *seed) forget(subject string) { delete(s.calls, subject) }

func (s *seed) login(subject string) portfolio.Login {
	return portfolio.Login{Issuer: s.Issuer, Subject: subject}
}

// sweep runs the sweep for the clock's business date.
func (s *seed) sweep() error {
	_, err := s.Tracker.Sweep(s.ctx, tracker.SweepRequest{By: tracker.Call{System: "sweep"}})
	return err
}
