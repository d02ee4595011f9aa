package tracker_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// What commands are given where a test does not care for more.

var because = tracker.Reason{Reason: "a reason"}

func answers() award.Submission {
	return award.Submission{Answers: []award.Answer{{Criterion: "C1", Text: "yes"}}, Statement: "done"}
}

func met() award.Decision { return award.Decision{Outcome: award.Met} }

func notMet() award.Decision {
	return award.Decision{Outcome: award.NotMet, Reasons: []award.Reason{{Text: "nothing there"}}}
}

func sentBack() award.Return { return award.Return{Reasons: []award.Reason{{Text: "show it"}}} }

func settled() award.Settling {
	return award.Settling{Choice: award.Accept, Reason: "good enough", Paper: trackertest.Paper()}
}

func reopened(acceptance *award.DecisionPaper) award.Reopen {
	return award.Reopen{Reason: "seen anew", Paper: trackertest.Paper(), Acceptance: acceptance}
}

func asked(dueOn string) award.ExtensionRequest {
	return award.ExtensionRequest{Cause: award.CauseTechnical, Reason: "the laser is late", AskedDueOn: trackertest.Day(dueOn)}
}

func textFile(content string) award.File {
	sum := sha256.Sum256([]byte(content))
	return award.File{Kind: award.OtherFile, FileName: "report.txt", MediaType: "text/plain", Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
}

// instruction orders whole tranches, each of an amount of CNY.
func instruction(payee ident.Organisation, amounts map[ident.Tranche]string) award.Instruction {
	in := award.Instruction{Payee: payee, PayerAccount: "treasury", Reference: "instalment"}
	for id, amount := range amounts {
		in.Lines = append(in.Lines, award.PaymentLine{Tranche: id, Kind: award.Release, Amount: money.MustParse(amount)})
	}
	return in
}

func refund(o *trackertest.Office, amount string) award.RefundEntry {
	return award.RefundEntry{Amount: money.MustParse(amount), Reason: "unspent", Destination: award.Treasury, Reference: "RF", ReceivedOn: o.Today()}
}

// made is the id of the thing of an event.
func made(t testing.TB, r tracker.Receipt, event string) string {
	t.Helper()
	for _, thing := range r.Things {
		if thing.Event == event {
			return thing.ID
		}
	}
	t.Fatalf("receipt %+v has no event %s", r, event)
	return ""
}
