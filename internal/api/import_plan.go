package api

import (
	"milepost/internal/ident"
	"milepost/internal/schema"
)

// ImportPlan is what an import would do.
type ImportPlan struct {
	Programme   ident.Programme    `json:"programme"`
	Payee       ident.Organisation `json:"payee"`
	Funder      ident.Organisation `json:"funder"`
	Files       []ImportFile       `json:"files"`
	Fingerprint string             `json:"fingerprint" doc:"SHA-256 of the files"`
	History     bool               `json:"history" doc:"Awards come with what happened: another person than prepares the import applies it"`
	Counts      ImportCounts       `json:"counts"`
	Awards      []ImportAward      `json:"awards"`
	Problems    []ImportProblem    `json:"problems"`
}

// ImportFile says how a file was read.
type ImportFile struct {
	Name      string        `json:"name"`
	Encoding  string        `json:"encoding,omitempty" doc:"Of CSV: UTF-8, UTF-8 with byte order mark, or GB18030"`
	Delimiter string        `json:"delimiter,omitempty" doc:"Of CSV"`
	Tables    []ImportTable `json:"tables"`
}

// ImportTable says what a sheet or CSV file was taken for.
type ImportTable struct {
	Sheet  string `json:"sheet,omitempty"`
	Kind   string `json:"kind" doc:"awards, milestones, events, awardEvents, amendments; eventSources and written are not read"`
	Header int    `json:"header" doc:"The last row of the header"`
	Rows   int    `json:"rows" doc:"Of data"`
}

// ImportCounts are what was found, and what would be done.
type ImportCounts struct {
	Create     int `json:"create"`
	Change     int `json:"change"`
	Leave      int `json:"leave"`
	Refuse     int `json:"refuse"`
	LeftOut    int `json:"leftOut" doc:"Awards agreed after the date given"`
	Milestones int `json:"milestones" doc:"Of the awards that are not refused"`
	Delivered  int `json:"delivered" doc:"Events, by kind"`
	Accepted   int `json:"accepted"`
	Rejected   int `json:"rejected"`
	Other      int `json:"other"`
}

// ImportAward is what would be done about an award.
type ImportAward struct {
	Ref    string              `json:"ref"`
	File   string              `json:"file"`
	Sheet  string              `json:"sheet,omitempty"`
	Row    int                 `json:"row"`
	Action schema.ImportAction `json:"action" enum:"create,change,leave,refuse"`
	Award  ident.Award         `json:"award,omitempty" doc:"The one that is there"`
	What   string              `json:"what" doc:"A sentence for people"`
}

// ImportProblem is one thing about the files that somebody must know.
type ImportProblem struct {
	File     string         `json:"file,omitempty"`
	Sheet    string         `json:"sheet,omitempty"`
	Row      int            `json:"row,omitempty" doc:"As a spreadsheet shows it; absent for the sheet or file itself"`
	Column   string         `json:"column,omitempty" doc:"The header, as written"`
	Award    string         `json:"award,omitempty"`
	Code     string         `json:"code" doc:"Stable: clients decide by it"`
	Severity string         `json:"severity" enum:"error,note"`
	Detail   string         `json:"detail" doc:"A sentence for people: what is wrong and what would be right"`
	Args     map[string]any `json:"args,omitempty" doc:"What the sentence mentions, for programs"`
}
