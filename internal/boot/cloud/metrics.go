package cloud

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"
)

// Namespace is that of the metrics in CloudWatch.
const Namespace = "Milepost"

// measure is a metric of one line.
type measure struct {
	unit  string // of CloudWatch
	value float64
}

func count(n int) measure { return measure{"Count", float64(n)} }

func took(d time.Duration) measure {
	return measure{"Milliseconds", float64(d.Microseconds()) / 1000}
}

// emit writes a line in CloudWatch's embedded metric format: a log line that
// becomes metrics by itself. The only dimension is the function, by the name
// that it has in Lambda; function stands in where it has none.
func (h Host) emit(function string, metrics map[string]measure) {
	type named struct{ Name, Unit string }
	line := map[string]any{"Function": cmp.Or(h.Getenv("AWS_LAMBDA_FUNCTION_NAME"), function)}
	var names []named
	for _, name := range slices.Sorted(maps.Keys(metrics)) {
		names = append(names, named{name, metrics[name].unit})
		line[name] = metrics[name].value
	}
	line["_aws"] = map[string]any{
		"Timestamp": h.Now().UnixMilli(),
		"CloudWatchMetrics": []any{map[string]any{
			"Namespace": Namespace, "Dimensions": [][]string{{"Function"}}, "Metrics": names,
		}},
	}
	text, err := json.Marshal(line)
	if err != nil { // strings and numbers
		return
	}
	_, _ = h.Out.Write(append(text, '\n')) // nobody is left to tell
}

// measured counts requests, those that failed by our doing, and how long they
// took.
func (h Host) measured(function string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := h.Now()
		seen := &status{ResponseWriter: w, code: http.StatusOK}
		defer func() {
			faults := 0
			if p := recover(); p != nil {
				defer panic(p)
				faults = 1
			}
			if seen.code >= http.StatusInternalServerError {
				faults = 1
			}
			h.emit(function, map[string]measure{"Requests": count(1), "Faults": count(faults), "Duration": took(h.Now().Sub(began))})
		}()
		next.ServeHTTP(seen, r)
	})
}

// status remembers the status of an answer.
type status struct {
	http.ResponseWriter
	code  int
	wrote bool
}

// Unwrap gives http.ResponseController the writer inside.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// WriteHeader remembers the first status that is an answer.
func (s *status) WriteHeader(code int) {
	if !s.wrote && code >= http.StatusOK {
		s.code, s.wrote = code, true
	}
	s.ResponseWriter.WriteHeader(code)
}
