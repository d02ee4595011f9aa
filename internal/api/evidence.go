package api

import (
	"context"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

// fileBody announces a file.
type fileBody struct {
	Kind       award.EvidenceKind `json:"kind"`
	FileName   string             `json:"fileName" example:"report.pdf"`
	MediaType  string             `json:"mediaType" doc:"One that the deployment takes" example:"application/pdf"`
	Size       int64              `json:"size" doc:"In bytes"`
	SHA256     string             `json:"sha256" doc:"Of the content, in lower-case hexadecimal"`
	Supersedes ident.Evidence     `json:"supersedes,omitempty" doc:"Evidence of the same milestone that this replaces"`
}

type (
	announceInput struct {
		MilestonePath
		Body fileBody
	}
	evidenceReasonInput struct {
		EvidencePath
		Body reasonBody
	}
)

func evidenceCommand(command, does, who string, codes ...string) operation {
	return operation{
		id: command + "Evidence", method: "POST", path: "/awards/{award}/milestones/{milestone}/evidence/{evidence}/" + command, tag: tagEvidence,
		match: matchThing, result: changes("evidence"), summary: title(command) + " (evidence)", does: does, who: who, codes: codes,
	}
}

func (a *API) evidence() {
	t := a.options.Tracker
	act(a, operation{
		id: "announceEvidence", method: "POST", path: "/awards/{award}/milestones/{milestone}/evidence", tag: tagEvidence,
		match: matchParent, result: createsPart("evidence.announced", "/awards/{award}/milestones/{milestone}/evidence/"),
		summary: "Announce a file",
		does: "Fixes size and hash of a file before it is sent. Then PUT its content and confirm it, within 24 hours. " +
			"No state secrets: they may not be entered.",
		who:     "platformOperator of the award's platform; projectLead of the award",
		codes:   []string{"409 award.notActive", "409 evidence.milestoneCancelled", "409 evidence.tooMany", "413 evidence.tooLarge", "422 evidence.typeRefused", "422 evidence.extensionDiffers"},
		example: example("kind", "stampedScan", "fileName", "report.pdf", "mediaType", "application/pdf", "size", 48213, "sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
	}, func(ctx context.Context, c tracker.Call, in *announceInput) (tracker.Receipt, error) {
		return t.AnnounceEvidence(ctx, c, in.ref(), award.File{
			Kind: in.Body.Kind, FileName: in.Body.FileName, MediaType: in.Body.MediaType, Size: in.Body.Size, SHA256: in.Body.SHA256,
			Supersedes: in.Body.Supersedes,
		})
	})
	act(a, evidenceCommand("confirm", "Makes evidence of a file that was received whole: its size and hash are what was announced. "+
		"One that supersedes another ends that.", "platformOperator of the award's platform; projectLead of the award",
		"409 evidence.notReceived", "409 evidence.doesNotReplace"),
		func(ctx context.Context, c tracker.Call, in *EvidencePath) (tracker.Receipt, error) {
			return t.ConfirmEvidence(ctx, c, in.ref())
		})
	ask := evidenceCommand("askErase", "Asks that the bytes be erased, for personal or secret content. Another person carries it out.",
		"programmeManager of its programme")
	ask.id, ask.example = "askEraseEvidence", example("reason", "The scan shows an identity card.")
	act(a, ask, func(ctx context.Context, c tracker.Call, in *evidenceReasonInput) (tracker.Receipt, error) {
		return t.AskEraseEvidence(ctx, c, in.ref(), in.Body.reason())
	})
	act(a, evidenceCommand("erase", "Erases the bytes; hash, name and reason stay.", "programmeManager of its programme who did not ask for it",
		"403 separation.eraserConfirms", "409 evidence.eraseNotAsked"),
		func(ctx context.Context, c tracker.Call, in *EvidencePath) (tracker.Receipt, error) {
			return t.EraseEvidence(ctx, c, in.ref())
		})
	a.content()
}
