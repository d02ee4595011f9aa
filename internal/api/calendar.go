package api

import (
	"context"

	"milepost/internal/civil"
	"milepost/internal/tracker"
)

type yearBody struct {
	Region          string       `json:"region" doc:"Whose calendar it is" example:"CN"`
	RestDays        []civil.Day  `json:"restDays" doc:"Statutory rest days with their names"`
	SwappedWorkdays []civil.Date `json:"swappedWorkdays" doc:"Weekend days worked in exchange"`
}

type yearInput struct {
	Year int `path:"year" doc:"The calendar year" minimum:"1900" maximum:"2200"`
	Body yearBody
}

func (a *API) calendars() {
	act(a, operation{
		id: "importCalendarYear", method: "PUT", path: "/calendars/{year}", tag: tagDeployment, key: keyRequired, result: result{kind: resultNothing},
		summary: "Publish a year's working days",
		does: "Publishes a year's working days, or corrects them. No date that was announced moves earlier; stored dates are renewed when " +
			"their things are next written or swept.",
		who: "administrator",
		example: example("region", "CN", "restDays", []any{example("date", "2027-01-01", "name", example("en", "New Year's Day"))},
			"swappedWorkdays", []any{}),
	}, func(ctx context.Context, c tracker.Call, in *yearInput) (tracker.Receipt, error) {
		return a.options.Tracker.ImportCalendarYear(ctx, c, civil.Year{
			Region: in.Body.Region, Year: in.Year, RestDays: in.Body.RestDays, SwappedWorkdays: in.Body.SwappedWorkdays,
		})
	})
}
