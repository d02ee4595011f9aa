package api

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// describe makes huma's operation of ours, with every code that it may answer.
func (o *operation) describe(document *huma.OpenAPI) huma.Operation {
	h := huma.Operation{
		OperationID: o.id, Method: o.method, Path: Prefix + o.path, Tags: []string{o.tag},
		Summary: o.summary, Description: o.description(), Metadata: map[string]any{operationKey: o},
		Responses: o.responses(document.Components), Parameters: o.headers(),
		SkipValidateBody: true, // checkBody has done it
		MaxBodyBytes:     -1,   // readBody has kept to the limit
		BodyReadTimeout:  -1,   // the body has been read
	}
	if o.created() {
		h.DefaultStatus = http.StatusCreated
	}
	if o.example != nil {
		h.RequestBody = &huma.RequestBody{Required: !o.bare, Content: map[string]*huma.MediaType{"application/json": {Example: o.example}}}
	}
	return h
}

func (o *operation) description() string {
	text := o.does + "\n\nMay do it: " + o.who + "."
	switch o.match {
	case matchThing:
		text += "\n\nSend the ETag of the thing as If-Match."
	case matchParent:
		text += "\n\nSend the ETag of the thing in which this is created as If-Match."
	case matchNothing:
	}
	if !o.reads() && o.key == keyRequired {
		text += " An Idempotency-Key is required."
	}
	return text
}

// headers documents the headers that a command reads.
func (o *operation) headers() []*huma.Param {
	text := func(example string) *huma.Schema {
		return &huma.Schema{Type: huma.TypeString, Examples: []any{example}}
	}
	if o.reads() {
		return []*huma.Param{{Name: "If-None-Match", In: "header", Schema: text(`"7"`), Description: "An ETag: 304 where it is still current"}}
	}
	var params []*huma.Param
	if o.match != matchNothing {
		params = append(params, &huma.Param{Name: "If-Match", In: "header", Schema: text(`"7"`), Required: true,
			Description: "The ETag that you read, one strong tag: the thing's version in quotes. Without it 428"})
	}
	key := &huma.Param{Name: "Idempotency-Key", In: "header", Schema: text("5f3c7a52-9d4e-4b11-8f0e-2a6d1c9b7e33"), Required: o.key == keyRequired,
		Description: "Optional: makes a repetition of this request answer the same and do nothing more; kept 30 days"}
	if key.Required {
		key.Description = "8 to 128 characters, new for each intent. A repetition of this request answers the same and does nothing more; kept 30 days. Without it 428"
	}
	return append(params, key)
}

// answers lists "status code" of everything that the operation may answer
// beside its success.
func (o *operation) answers() []string {
	list := []string{"400 request.addressUnread", "401 auth.missing", "401 auth.invalid", "401 auth.expired", "403 auth.unknownPerson", "403 access.forbidden",
		"422 request.invalid", "500 internal.error", "503 store.contended", "503 store.unavailable", "503 store.unknownOutcome", "503 request.cancelled",
		"503 auth.issuerUnreachable", "404 thing.notFound"}
	if !o.reads() {
		list = append(list, "400 request.incomplete", "400 idempotency.malformed", "403 request.crossOrigin", "409 move.illegal",
			"413 request.tooLarge", "413 store.tooLarge", "415 request.mediaType", "422 idempotency.reused", "422 amount.outOfRange", "422 currency.mixed")
		if !o.upload {
			list = append(list, "400 request.malformed", "400 request.bodyMissing")
		}
		if o.key == keyRequired {
			list = append(list, "428 idempotency.required")
		}
		if o.match != matchNothing {
			list = append(list, "400 precondition.malformed", "412 precondition.failed", "428 precondition.required")
		}
	}
	list = append(list, o.codes...)
	slices.Sort(list)
	return slices.Compact(list)
}

// responses documents the answers of an operation; huma adds the body of the
// successful one.
func (o *operation) responses(components *huma.Components) map[string]*huma.Response {
	problem := components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	byStatus := map[string][]string{}
	for _, answer := range o.answers() {
		status, code, _ := strings.Cut(answer, " ")
		byStatus[status] = append(byStatus[status], code)
	}
	out := map[string]*huma.Response{}
	for status, codes := range byStatus {
		n, _ := strconv.Atoi(status) // written in this package
		out[status] = shared(components, &huma.Response{
			Description: http.StatusText(n) + ": " + strings.Join(codes, ", "),
			Content:     map[string]*huma.MediaType{problemType: {Schema: problem}},
		}, strings.ReplaceAll(http.StatusText(n), " ", ""))
	}
	if o.reads() {
		out["304"] = &huma.Response{Description: "Not Modified: the tag in If-None-Match is current"}
	}
	if o.created() {
		out["201"] = &huma.Response{Description: "Created: the receipt", Headers: map[string]*huma.Param{
			"Location": {Description: "The address of what was made", Schema: &huma.Schema{Type: huma.TypeString}},
		}}
	}
	return out
}

// shared keeps an answer that several operations give in one place: the first
// of each status is a component, and those that are equal refer to it.
func shared(components *huma.Components, r *huma.Response, name string) *huma.Response {
	if components.Responses == nil {
		components.Responses = map[string]*huma.Response{}
	}
	if components.Responses[name] == nil {
		components.Responses[name] = r
	}
	if components.Responses[name].Description != r.Description {
		return r
	}
	return &huma.Response{Ref: "#/components/responses/" + name}
}

// tags groups the operations, in the order in which a reader meets them.
func tags() []*huma.Tag {
	return []*huma.Tag{
		{Name: tagProgrammes, Description: "Programmes, their terms and their ladders"},
		{Name: tagOrganisations, Description: "Legal persons: payees, funders, operators"},
		{Name: tagPlatforms, Description: "Platforms and their enrolments in programmes"},
		{Name: tagProjects, Description: "Projects on their way to the market"},
		{Name: tagAwards, Description: "Awards from draft to active"},
		{Name: tagMilestones, Description: "Milestones: what must be reached, and what was decided of it"},
		{Name: tagEvidence, Description: "Files that a milestone rests on"},
		{Name: tagExtensions, Description: "Later due dates, asked and decided"},
		{Name: tagTranches, Description: "Tranches: parts of an award, released when their gates hold"},
		{Name: tagMoney, Description: "Payments, refunds and the ledger"},
		{Name: tagAttention, Description: "What is due, overdue and waiting, and the journal of what happened"},
		{Name: tagPeople, Description: "Persons and their memberships"},
		{Name: tagDeployment, Description: "Calendars, imports, sweeps and search"},
	}
}

const (
	tagProgrammes    = "Programmes"
	tagOrganisations = "Organisations"
	tagPlatforms     = "Platforms"
	tagProjects      = "Projects"
	tagAwards        = "Awards"
	tagMilestones    = "Milestones"
	tagEvidence      = "Evidence"
	tagExtensions    = "Extensions"
	tagTranches      = "Tranches"
	tagMoney         = "Payments"
	tagAttention     = "Attention"
	tagPeople        = "People"
	tagDeployment    = "Deployment"
)

const bearer = "bearer"

func securitySchemes() map[string]*huma.SecurityScheme {
	return map[string]*huma.SecurityScheme{bearer: {
		Type: "http", Scheme: "bearer", BearerFormat: "JWT",
		Description: "A token of the OpenID Connect issuer that the deployment trusts. Roles are not in it: they are memberships.",
	}}
}

// interfaceVersion is the version of the interface. Builds of the program do
// not change it.
const interfaceVersion = "1.0.0"

func info() *huma.Info {
	return &huma.Info{
		Title: "Milepost", Version: interfaceVersion,
		Description: "Milestones recorded, decided, paid for and watched.\n\n" +
			"**From a draft to a paid tranche**\n\n" +
			"1. A manager drafts an award with its milestones and tranches (`POST /awards`) and submits it (`…/submit`); another manager activates it (`…/activate`).\n" +
			"2. The platform's operator starts a milestone (`…/start`), announces, sends and confirms its files (`…/evidence`), and submits it (`…/submit`).\n" +
			"3. A manager decides it (`…/decide`) or returns it (`…/return`).\n" +
			"4. The operator requests the tranche (`…/request`); a manager approves it (`…/approve`), above the programme's threshold one who decided none of its gates.\n" +
			"5. Finance, but not who approved, instructs the payment (`POST …/payments`) and records what the bank did (`…/paid`).\n\n" +
			"**What holds everywhere**\n\n" +
			"- Reads are nouns; what changes a thing is a POST on it and answers a receipt. The id of what was made is the end of `Location`.\n" +
			"- A command on an existing thing takes the ETag that you read as `If-Match`. In lists it is the thing's `version`, in quotes.\n" +
			"- Requests, approvals, payments, refunds, activations, imports and calendars take an `Idempotency-Key`.\n" +
			"- `actions` of a thing says what you may do with it now.\n" +
			"- Errors are problem documents (RFC 9457): decide by `code`, show `detail`, which is in the language of `Accept-Language` (zh-CN or en).\n" +
			"- Amounts are decimal strings, business dates are dates in Asia/Shanghai, instants are UTC.\n" +
			"- A thing outside your scope answers 404 like one that does not exist.",
		License: &huma.License{Name: "Apache 2.0", Identifier: "Apache-2.0"},
	}
}
