package tracker_test

import (
	"os"
	"path/filepath"
	"testing"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/exchange"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// grantsFiles reads the real data set in place, or says how to run the test;
// with MILEPOST_CI its absence is a failure.
func grantsFiles(t *testing.T) ([]exchange.File, bool) {
	t.Helper()
	dir := os.Getenv("MILEPOST_GRANTS")
	if dir == "" {
		if os.Getenv("MILEPOST_CI") != "" {
			t.Fatal("MILEPOST_GRANTS is not set")
		}
		t.Log("not run: set MILEPOST_GRANTS to the folder of the grants data")
		return nil, false
	}
	var files []exchange.File
	for _, name := range []string{"awards.csv", "milestones.csv", "events.csv", "award_events.csv", "amendments.csv"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, exchange.File{Name: name, Data: data})
	}
	return files, true
}

// allAssets are the declarations by which every award of the data set can be
// imported.
func allAssets() exchange.Options {
	return exchange.Options{Assets: map[string]int{"BTC": 8, "DAI": 2, "USDC": 2, "USDT": 2}, Total: exchange.TotalMilestones}
}

// grantsOffice is an office whose programme went live on a date, which is
// today.
func grantsOffice(t *testing.T, s store.Store, goLiveOn string) *trackertest.Office {
	t.Helper()
	return trackertest.New(t, s, trackertest.On(goLiveOn), trackertest.Programme(func(p *tracker.NewProgramme) {
		p.GoLiveOn, p.AttentionFrom = civil.MustParse(goLiveOn), civil.MustParse(goLiveOn)
	}))
}

// importOf is what files say, for the office's programme and payee.
func importOf(o *trackertest.Office, files []exchange.File, options exchange.Options) (tracker.NewImport, *exchange.Portfolio) {
	p, _ := exchange.Read(files, options)
	in := tracker.NewImport{Programme: o.Programme, Files: []string{}, Fingerprint: p.Fingerprint}
	for _, f := range files {
		in.Files = append(in.Files, f.Name)
	}
	for n, a := range p.Awards {
		in.Rows = append(in.Rows, a.Row(n+1, exchange.Parties{Programme: o.Programme, Funder: o.City, Payee: o.OtherPayee}))
	}
	return in, p
}

func preparedImport(t *testing.T, o *trackertest.Office, in tracker.NewImport) ident.Import {
	t.Helper()
	r, err := o.Tracker.PrepareImport(t.Context(), o.Call(trackertest.Manager), in)
	if err != nil {
		t.Fatal(err)
	}
	return ident.Import(r.Aggregate)
}

func appliedImport(t *testing.T, o *trackertest.Office, id ident.Import) {
	t.Helper()
	if _, err := o.Tracker.ApplyImport(t.Context(), o.Call(trackertest.Manager2), id); err != nil {
		t.Fatal(err)
	}
}

// rowsOf reads all rows of an import, page by page.
func importedRows(t *testing.T, o *trackertest.Office, id ident.Import) []schema.ImportRow {
	t.Helper()
	var rows []schema.ImportRow
	request := tracker.PageRequest{Limit: 17}
	for {
		page, err := o.Tracker.ImportRows(t.Context(), o.Call(trackertest.Auditor), id, request)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, page.Items...)
		if page.Next == "" {
			return rows
		}
		request.Cursor = page.Next
	}
}

// storedWhole is an award with all that is in it.
type storedWhole struct {
	award      award.Award
	head       schema.Head
	milestones []award.Milestone
	tranches   []award.Tranche
	payments   []award.Payment
}

func storedAward(t *testing.T, s store.Store, id ident.Award) storedWhole {
	t.Helper()
	var w storedWhole
	page, err := s.Query(t.Context(), store.Query{Partition: string(id), Range: schema.PageRange()})
	if err != nil || page.Next != nil {
		t.Fatalf("%s: %v, more: %v", id, err, page.Next)
	}
	for _, item := range page.Items {
		kind, err := schema.TypeOf(item)
		if err != nil {
			t.Fatal(err)
		}
		switch kind {
		case schema.TypeHead:
			w.head = decodedItem[schema.Head](t, item, kind)
		case schema.TypeAward:
			w.award = decodedItem[award.Award](t, item, kind)
		case schema.TypeMilestone:
			w.milestones = append(w.milestones, decodedItem[award.Milestone](t, item, kind))
		case schema.TypeTranche:
			w.tranches = append(w.tranches, decodedItem[award.Tranche](t, item, kind))
		case schema.TypePayment:
			w.payments = append(w.payments, decodedItem[award.Payment](t, item, kind))
		}
	}
	return w
}

func decodedItem[T any](t *testing.T, item store.Item, kind string) T {
	t.Helper()
	v, err := schema.Decode[T](item, kind)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// purse sums amounts by currency.
type purse map[string]money.Amount

func (p purse) add(t *testing.T, a money.Amount) {
	t.Helper()
	sum, ok := p[a.Unit().Code()]
	if !ok {
		sum = money.Zero(a.Unit())
	}
	sum, err := sum.Add(a)
	if err != nil {
		t.Fatal(err)
	}
	p[a.Unit().Code()] = sum
}

func (p purse) text() map[string]string {
	out := map[string]string{}
	for code, a := range p {
		out[code] = a.Decimal()
	}
	return out
}
