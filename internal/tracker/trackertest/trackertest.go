// Package trackertest provides an office to test with: a tracker on a store
// with a settable clock, people in every role, a programme, platforms and a
// project, all made by the tracker's own commands, and shortcuts for the
// commands that tests need often. A command that fails fails the test.
package trackertest

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/blob"
	"milepost/internal/blob/fs"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/store"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/store/sqlite"
	"milepost/internal/tracker"
)

// The people of an office. Each is a login of Issuer with the name as subject.
const (
	Administrator = "administrator"
	Manager       = "manager"   // programmeManager of Office.Programme
	Manager2      = "manager2"  // another one
	Finance       = "finance"   // finance of Office.Programme
	Finance2      = "finance2"  // another one: the second person that reversals need
	Head          = "head"      // head of Office.Programme
	Operator      = "operator"  // platformOperator of Office.Platform, of the payee's organisation
	Operator2     = "operator2" // platformOperator of Office.OtherPlatform, of another organisation
	Lead          = "lead"      // projectLead of each award of ActiveAward; of the payee's organisation
	Auditor       = "auditor"   // auditor of Office.Programme
	Stranger      = "stranger"  // a person without any role
)

// Personas lists the people of an office who hold a role there.
func Personas() []string {
	return []string{Administrator, Manager, Manager2, Finance, Finance2, Head, Operator, Operator2, Lead, Auditor}
}

// Issuer is the OIDC issuer of every login.
const Issuer = "https://issuer.test"

// T is what an office needs of a test: a *testing.T, *testing.B or *rapid.T.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Office is a small funding office with its tracker.
type Office struct {
	Tracker   *tracker.Tracker
	T         T
	Ctx       context.Context // carried by every shortcut
	Store     store.Store
	Blobs     blob.Store
	Clock     *Clock
	Authority *access.Authority

	Programme     ident.Programme
	Platform      ident.Platform     // operating, enrolled, of Payee
	OtherPlatform ident.Platform     // operating, enrolled, of OtherPayee
	Project       ident.Project      // underway on Platform
	LoneProject   ident.Project      // underway on no platform
	City          ident.Organisation // the funder
	Payee         ident.Organisation
	OtherPayee    ident.Organisation
	People        map[string]ident.Person // by persona

	requests int
	numbers  int
}

// Option changes how an office is made.
type Option func(*setup)

type setup struct {
	on      civil.Date
	options func(*tracker.Options)
	terms   func(*tracker.NewProgramme)
	empty   bool
}

// On sets the business date on which the office is made; else it is Monday,
// 2026-03-02. The clock stands at 09:00 in Shanghai.
func On(date string) Option { return func(s *setup) { s.on = civil.MustParse(date) } }

// With changes the tracker's options before it is made.
func With(change func(*tracker.Options)) Option { return func(s *setup) { s.options = change } }

// Programme changes the programme before it is created.
func Programme(change func(*tracker.NewProgramme)) Option { return func(s *setup) { s.terms = change } }

// Empty leaves out everything but the first administrator.
func Empty() Option { return func(s *setup) { s.empty = true } }

// Memory opens an empty store on SQLite in memory, which goes with the test.
func Memory(t testing.TB) store.Store {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC) }
	s, err := sqlite.Open(t.Context(), sqlite.Options{Path: sqlite.Memory, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// New makes an office on an empty store; nil means Memory.
func New(t testing.TB, s store.Store, opts ...Option) *Office {
	t.Helper()
	with := setup{on: civil.MustParse("2026-03-02"), options: func(*tracker.Options) {}, terms: func(*tracker.NewProgramme) {}}
	for _, o := range opts {
		o(&with)
	}
	if s == nil {
		s = Memory(t)
	}
	o := &Office{T: t, Ctx: t.Context(), Store: s, Clock: NewClock(with.on), People: map[string]ident.Person{}}
	policy := blob.DefaultPolicy()
	blobs, err := fs.Open(fs.Options{Dir: filepath.Join(t.TempDir(), "blobs"), MaxSize: policy.MaxSize, Now: o.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := blobs.Close(); err != nil {
			t.Error(err)
		}
	})
	if o.Authority, err = access.New(); err != nil {
		t.Fatal(err)
	}
	o.Blobs = blobs
	options := tracker.Options{
		Store: s, Blobs: blobs, Files: policy, Authority: o.Authority, Now: o.Clock.Now, Entropy: NewEntropy(seed(t)),
		Secret: []byte("a secret of at least 32 bytes, for tests"), Origin: award.Live,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	with.options(&options)
	o.Tracker = tracker.New(options)
	o.administrator()
	if !with.empty {
		o.furnish(with.terms)
	}
	return o
}

// seed makes ids that are the same in each run, but on DynamoDB Local, which
// knows every token that any of its tables was written with.
func seed(t testing.TB) string {
	if !dynamotest.Available() {
		return "office"
	}
	return t.TempDir()
}

// For returns the same office as seen by another test, such as a rapid check.
func (o *Office) For(t T) *Office {
	other := *o
	other.T = t
	return &other
}

// Login is the login of a persona.
func Login(persona string) portfolio.Login { return portfolio.Login{Issuer: Issuer, Subject: persona} }

// Call is a call by a persona with the roles that they hold now.
func (o *Office) Call(persona string) tracker.Call {
	o.T.Helper()
	c, err := o.Tracker.Authenticated(o.Ctx, Login(persona))
	o.must(err)
	o.requests++
	c.Request = fmt.Sprintf("req_%06d", o.requests)
	return c
}

// Today is the office's business date.
func (o *Office) Today() civil.Date { return civil.BusinessDate(o.Clock.Now()) }

// Day is a date written as 2026-05-01.
func Day(s string) civil.Date { return civil.MustParse(s) }

func (o *Office) must(err error) {
	if err != nil {
		o.T.Helper()
		o.T.Fatalf("unexpected fault: %v", err)
	}
}

// did returns a command's receipt, and fails the test where it was refused.
func (o *Office) did(r tracker.Receipt, err error) tracker.Receipt {
	o.T.Helper()
	o.must(err)
	return r
}
