package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"milepost/internal/boot"
	"milepost/internal/fault"
	"milepost/internal/tracker"
)

// verifyAnchors holds a data folder against the anchors in a file.
func verifyAnchors(ctx context.Context, dir, file string) (tracker.AnchorReport, error) {
	days, err := readAnchors(file)
	if err != nil {
		return tracker.AnchorReport{}, err
	}
	return boot.VerifyAnchors(ctx, dir, days)
}

// readAnchors reads what GET /anchors answered, or the list in it.
func readAnchors(file string) ([]tracker.AnchorDay, error) {
	text, err := os.ReadFile(file) //nolint:gosec // the user names the file
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Invalid, "cli.fileMissing", "file", file)
	}
	if err != nil {
		return nil, err
	}
	var answer struct {
		Items []tracker.AnchorDay `json:"items"`
	}
	if jsontext.Value(text).Kind() == '[' {
		err = json.Unmarshal(text, &answer.Items)
	} else {
		err = json.Unmarshal(text, &answer)
	}
	if err != nil || len(answer.Items) == 0 {
		return nil, &fault.Error{Kind: fault.Invalid, Code: "cli.anchorFile", Args: fault.Args{"file": file}, Cause: err}
	}
	return answer.Items, nil
}
