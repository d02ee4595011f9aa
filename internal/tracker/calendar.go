package tracker

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"milepost/internal/access"
	"milepost/internal/civil"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
)

// ImportCalendarYear publishes a year's working days, or corrects them. Dates
// computed by the old rules are renewed when their things are next written or
// swept; no revision rises and nothing announced moves earlier. Items: year,
// deployment root, head, journal.
func (t *Tracker) ImportCalendarYear(ctx context.Context, c Call, y civil.Year) (Receipt, error) {
	return t.commit(ctx, c, "importCalendarYear", func(w *work) error {
		if err := w.begin(schema.Deployment, schema.RootKey(schema.Deployment), schema.CalendarKey(y.Year)); err != nil {
			return err
		}
		if err := w.require(access.ImportCalendar, deploymentResource()); err != nil {
			return err
		}
		if err := w.match(schema.CalendarKey(y.Year)); err != nil {
			return err
		}
		if err := y.Check(); err != nil {
			return err
		}
		if err := checkNames(y); err != nil {
			return err
		}
		d, err := w.deployment()
		if err != nil {
			return err
		}
		d.Calendar = fmt.Sprintf("%s-%d.%d", "cn", y.Year, w.head.Seq+1)
		if d.Years == nil { // the first import, or the first since roots name the years
			if _, d.Years, err = t.rules.years(ctx); err != nil {
				return err
			}
		}
		d.Years = with(d.Years, strconv.Itoa(y.Year), w.version(schema.CalendarKey(y.Year))+1)
		if err := w.put(fmt.Sprintf("calendar/%d", y.Year), schema.CalendarRecord(y), "calendar.imported", nil); err != nil {
			return err
		}
		return w.put("deployment", schema.DeploymentRecord(d), "deployment.calendar", nil)
	})
}

// checkNames refuses names of rest days in other languages than the product's.
func checkNames(y civil.Year) error {
	var f portfolio.Findings
	for i, d := range y.RestDays {
		at := pointer("/restDays/%d/name", i)
		for _, language := range slices.Sorted(maps.Keys(d.Name)) {
			if language != "zh" && language != "en" {
				f.Add(at, "field.badValue", "value", clipped(language), "allowed", []string{"zh", "en"})
				continue
			}
			f.Text(at+"/"+language, d.Name[language], portfolio.MaxTitle)
		}
	}
	return f.Err()
}
