package cloud

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"milepost/internal/config"
	"milepost/internal/relay"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// scanTask asks relay to look through the outbox.
const scanTask = "scan"

// relayEvent is a batch of DynamoDB's stream, or the schedule's wake-up.
type relayEvent struct {
	Records []json.RawMessage `json:"Records"`
	Task    string            `json:"task"`
}

// streamRecord is what is used of a record; one of another shape must not keep
// the others from being read.
type streamRecord struct {
	EventName string `json:"eventName"`
	DynamoDB  struct {
		SequenceNumber string `json:"SequenceNumber"`
		Keys           map[string]struct {
			S string `json:"S"`
		} `json:"Keys"`
	} `json:"dynamodb"`
}

// relayer is the function that follows the journal.
type relayer struct {
	host  Host
	relay *relay.Relay
	log   *slog.Logger
}

// Relay returns the function that the table's stream and a schedule call.
func (h Host) Relay() (func(context.Context, json.RawMessage) (events.DynamoDBEventResponse, error), error) {
	c, err := config.LoadJob(h.Getenv)
	if err != nil {
		return nil, err
	}
	db, err := h.table(c.AWS, c.Table)
	if err != nil {
		return nil, err
	}
	log, s := h.Logger(c.LogLevel), store.Counted(db)
	r := &relayer{host: h, log: log, relay: relay.New(relay.Options{
		Store: s, Now: h.Now, Entropy: h.Entropy, Logger: log,
		Subscribers: relay.Subscriptions(s, h.Now, h.Entropy),
	})}
	return r.handle, nil
}

// handle delivers a batch, or scans. A batch's answer names the first record
// that failed: Lambda hands it over again from there, and what was delivered
// before has its effect once.
func (r *relayer) handle(ctx context.Context, payload json.RawMessage) (events.DynamoDBEventResponse, error) {
	answer := events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
	var e relayEvent
	err := json.Unmarshal(payload, &e)
	switch {
	case err != nil:
		err = &EventError{"it is no JSON object with Records: " + err.Error()}
	case e.Task == scanTask:
		err = r.scan(ctx)
	case e.Records == nil:
		err = &EventError{"it has neither Records nor a task that is known"}
	default:
		var failed string
		if failed, err = r.deliver(ctx, e.Records); failed != "" {
			answer.BatchItemFailures = append(answer.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: failed})
		}
	}
	if err != nil {
		r.log.ErrorContext(ctx, "relay failed", "error", err.Error())
	}
	return answer, err
}

func (r *relayer) scan(ctx context.Context) error {
	began := r.host.Now()
	err := r.relay.Scan(ctx)
	failed := 0
	if err != nil {
		failed = 1
	}
	r.host.emit("relay", map[string]measure{"Scans": count(1), "Failed": count(failed), "Duration": took(r.host.Now().Sub(began))})
	return err
}

// deliver delivers the aggregates of a batch and returns the sequence number
// of the first record that failed, "" for none. An error means that it cannot
// be named, so that the batch fails as a whole.
func (r *relayer) deliver(ctx context.Context, raw []json.RawMessage) (failed string, err error) {
	began := r.host.Now()
	records := make([]streamRecord, len(raw))
	aggregates := make([]string, 0, len(raw))
	problems := make([]error, len(raw))
	at := map[string]int{} // aggregate: where in aggregates
	for i := range raw {
		if problems[i] = records[i].read(raw[i]); problems[i] != nil || !records[i].isJournal() {
			continue
		}
		id := records[i].DynamoDB.Keys["pk"].S
		if _, ok := at[id]; !ok {
			at[id] = len(aggregates)
			aggregates = append(aggregates, id)
		}
	}
	errs := r.relay.Deliver(ctx, aggregates...)
	for i := range records {
		if problems[i] == nil && records[i].isJournal() {
			problems[i] = errs[at[records[i].DynamoDB.Keys["pk"].S]]
		}
	}
	refused := 0
	for i, problem := range problems {
		if problem == nil {
			continue
		}
		if refused++; refused > 1 {
			continue
		}
		if failed = records[i].DynamoDB.SequenceNumber; failed == "" {
			err = &EventError{fmt.Sprintf("record %d has no sequence number: %s", i, problem)}
		}
		r.log.WarnContext(ctx, "record not delivered", "sequenceNumber", failed, "error", problem.Error())
	}
	r.host.emit("relay", map[string]measure{
		"Records": count(len(raw)), "Failed": count(refused), "Duration": took(r.host.Now().Sub(began)),
	})
	return failed, err
}

// read reads a record; what could be read of one of another shape stays.
func (s *streamRecord) read(raw json.RawMessage) error {
	if err := json.Unmarshal(raw, s); err != nil {
		return &EventError{"a record has another shape: " + err.Error()}
	}
	if s.DynamoDB.Keys["pk"].S == "" || s.DynamoDB.Keys["sk"].S == "" {
		return &EventError{"a record has no key"}
	}
	return nil
}

// isJournal reports whether an entry was journaled. The filter in
// template.yaml lets nothing else pass.
func (s *streamRecord) isJournal() bool {
	key := s.DynamoDB.Keys["sk"].S
	within := schema.JournalRange()
	return s.EventName == "INSERT" && key >= within.From && strings.Compare(key, within.To) <= 0
}
