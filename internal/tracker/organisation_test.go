package tracker_test

import (
	"slices"
	"testing"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

func organisationOf(name string, codes ...portfolio.Identifier) portfolio.Organisation {
	return portfolio.Organisation{Names: portfolio.Names{ZH: name}, Kind: portfolio.Company, Identifiers: codes}
}

func uscc(code string) portfolio.Identifier {
	return portfolio.Identifier{Scheme: portfolio.USCC, ID: code}
}

// A legal person has codes that nobody else has, and that are checked.
func TestOrganisationCodes(t *testing.T) {
	o := trackertest.New(t, nil)
	manager := o.Call(trackertest.Manager)
	create := func(in portfolio.Organisation) (tracker.Receipt, error) {
		return o.Tracker.CreateOrganisation(o.Ctx, manager, in, o.Programme)
	}
	const good = "91350100M000100Y43"
	other := func(id string) portfolio.Identifier { return portfolio.Identifier{Scheme: "LOCAL", ID: id} }
	r, err := create(organisationOf("光子", uscc(good), other("ab-1")))
	expectDone(t, "create", r, err)
	for _, test := range []struct {
		name   string
		in     portfolio.Organisation
		fields []string
	}{
		{"wrong check digit", organisationOf("x", uscc("91350100M000100Y44")), []string{"/identifiers/0/id organisation.badUSCC"}},
		{"small letters", organisationOf("x", uscc("91350100m000100y43")), []string{"/identifiers/0/id organisation.badUSCC"}},
		{"wrong check digit, scheme in another case", organisationOf("x", portfolio.Identifier{Scheme: "cn-uscc", ID: "91350100M000100Y44"}), []string{"/identifiers/0/id organisation.badUSCC"}},
		{"code taken, scheme in another case", organisationOf("x", portfolio.Identifier{Scheme: "Cn-Uscc", ID: good}), []string{"/identifiers/0/id organisation.codeTaken"}},
		{"a code of blanks", organisationOf("x", other(" \u3000")), []string{"/identifiers/0/id field.required"}},
		{"code taken", organisationOf("x", other("c"), uscc(good)), []string{"/identifiers/1/id organisation.codeTaken"}},
		{"code taken in another case", organisationOf("x", other("AB-1")), []string{"/identifiers/0/id organisation.codeTaken"}},
		{"code taken in another width", organisationOf("x", other("ａｂ－１ ")), []string{"/identifiers/0/id organisation.codeTaken"}},
		{"scheme in another case", organisationOf("x", portfolio.Identifier{Scheme: "local", ID: "ab-1"}), []string{"/identifiers/0/id organisation.codeTaken"}},
		{"the same twice", organisationOf("x", other("d"), other("d")), []string{"/identifiers/1 field.notUnique"}},
		{"the same twice, written otherwise", organisationOf("x", other("d"), other("Ｄ")), []string{"/identifiers/1/id field.notUnique"}},
		{"no name", organisationOf(""), []string{"/names field.required"}},
	} {
		_, err := create(test.in)
		expectInvalid(t, test.name, err, test.fields...)
	}
	r, err = create(organisationOf("其他", portfolio.Identifier{Scheme: "OTHER", ID: "ab-1"}))
	expectDone(t, "same code of another scheme", r, err)
}

// What is known of an organisation is replaced; its codes only grow.
func TestEditOrganisation(t *testing.T) {
	o := trackertest.New(t, nil)
	manager := o.Call(trackertest.Manager)
	local := portfolio.Identifier{Scheme: "LOCAL", ID: "a"}
	r, err := o.Tracker.CreateOrganisation(o.Ctx, manager, organisationOf("旧名", local), o.Programme)
	expectDone(t, "create", r, err)
	id := ident.Organisation(r.Aggregate)
	edit := func(c tracker.Call, in portfolio.Organisation) error {
		_, err := o.Tracker.EditOrganisation(o.Ctx, c, id, in, o.Programme)
		return err
	}
	if err := edit(manager, organisationOf("新名", local, uscc("91350100M000100Y43"))); err != nil {
		t.Fatal(err)
	}
	got := storedThing[portfolio.Organisation](t, o, schema.RootKey(string(id)), schema.TypeOrganisation)
	if got.Names.ZH != "新名" || len(got.Identifiers) != 2 || got.ID != id {
		t.Errorf("edited to %+v", got)
	}
	if names := foundNames(t, o, schema.TypeOrganisation, schema.NoProgramme); !slices.Contains(names, "新名") || slices.Contains(names, "旧名") {
		t.Errorf("found by %q", names)
	}
	expectInvalid(t, "code taken away", edit(manager, organisationOf("新名", uscc("91350100M000100Y43"))), "/identifiers organisation.codeKept")
	expectInvalid(t, "code changed", edit(manager, organisationOf("新名", portfolio.Identifier{Scheme: "LOCAL", ID: "A"}, uscc("91350100M000100Y43"))), "/identifiers organisation.codeKept")

	// Who belongs somewhere may see organisations; a stranger sees none.
	for persona, kind := range map[string]fault.Kind{
		trackertest.Operator: fault.Forbidden, trackertest.Finance: fault.Forbidden, trackertest.Auditor: fault.Forbidden, trackertest.Stranger: fault.NotFound,
	} {
		if err := edit(o.Call(persona), got); fault.KindOf(err) != kind {
			t.Errorf("edit by %s: %v, want %s", persona, err, kind)
		}
	}
	_, err = o.Tracker.EditOrganisation(o.Ctx, manager, "org_01K3ZZZZZZ0000000000000000", got, o.Programme)
	expectFault(t, "edit what is not there", err, fault.NotFound, "thing.notFound")
}

// Words within names are for searching: lists name everything once, in the order
// of names, and a name means whoever is called just so.
func TestWordsOfNamesAreNotListed(t *testing.T) {
	o := trackertest.New(t, nil)
	manager := o.Call(trackertest.Manager)
	whole := portfolio.Organisation{Names: portfolio.Names{ZH: "东湖大学", EN: "East Lake University"}, Kind: portfolio.Company}
	r, err := o.Tracker.CreateOrganisation(o.Ctx, manager, whole, o.Programme)
	expectDone(t, "create", r, err)
	_, err = o.Tracker.CreatePerson(o.Ctx, o.Call(trackertest.Administrator), portfolio.Person{
		Names: portfolio.Names{ZH: "林 若溪", EN: "Lin Ruo Xi"}, Logins: []portfolio.Login{trackertest.Login("lin")},
	})
	if err != nil {
		t.Fatal(err)
	}
	for size := range 3 {
		id := func(v tracker.OrganisationView) string { return string(v.ID) }
		got := all(t, size+1, id, func(p tracker.PageRequest) (tracker.Page[tracker.OrganisationView], error) {
			return o.Tracker.Organisations(o.Ctx, manager, "", p)
		})
		if once := slices.Compact(slices.Sorted(slices.Values(got))); len(once) != len(got) {
			t.Errorf("%d a page: %d rows of %d organisations", size+1, len(got), len(once))
		}
		persons := all(t, size+1, func(v tracker.PersonView) string { return string(v.ID) }, func(p tracker.PageRequest) (tracker.Page[tracker.PersonView], error) {
			return o.Tracker.Persons(o.Ctx, o.Call(trackertest.Administrator), "", p)
		})
		if once := slices.Compact(slices.Sorted(slices.Values(persons))); len(once) != len(persons) {
			t.Errorf("%d a page: %d rows of %d persons", size+1, len(persons), len(once))
		}
	}
	for text, want := range map[string]int{"大学": 1, "Lake": 1, "university": 2, "东湖大学": 1, "湖": 1, "niversity": 0} {
		got, err := o.Tracker.Organisations(o.Ctx, manager, text, tracker.PageRequest{})
		if err != nil || len(got.Items) != want {
			t.Errorf("%q lists %+v, %v, want %d", text, got.Items, err, want)
		}
	}
	for _, text := range []string{"Ruo", "若溪", "lin ruo"} {
		got, err := o.Tracker.Persons(o.Ctx, o.Call(trackertest.Administrator), text, tracker.PageRequest{})
		if err != nil || len(got.Items) != 1 {
			t.Errorf("%q lists %+v, %v", text, got.Items, err)
		}
	}
}
