package api

import (
	"io"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
)

// writeJSON writes a value: lists and maps are never null, maps in the order
// of their names, so that equal values are equal bytes.
func writeJSON(w io.Writer, v any) error {
	return json.MarshalWrite(w, v, json.Deterministic(true))
}

// jsonFormat reads and writes bodies. What is read has passed checkBody.
func jsonFormat() huma.Format {
	return huma.Format{
		Marshal:   writeJSON,
		Unmarshal: func(data []byte, v any) error { return json.Unmarshal(data, v) },
	}
}
