package access

// Action is an operation that somebody may or may not do. Where a comment
// names several, they go together: who may do one may do the others.
type Action string

// Programmes.
const (
	ViewProgramme   Action = "viewProgramme"
	CreateProgramme Action = "createProgramme"
	EditProgramme   Action = "editProgramme"
	EditLadder      Action = "editLadder"
	MoveProgramme   Action = "moveProgramme" // suspend, resume, close
	// ConfirmProgrammeChange is to confirm what another person proposed, or drop it.
	ConfirmProgrammeChange Action = "confirmProgrammeChange"
)

// Organisations and platforms.
const (
	ViewOrganisation   Action = "viewOrganisation"
	CreateOrganisation Action = "createOrganisation"
	EditOrganisation   Action = "editOrganisation"
	ViewPlatform       Action = "viewPlatform"
	CreatePlatform     Action = "createPlatform"
	EditPlatform       Action = "editPlatform"
	MovePlatform       Action = "movePlatform"
	EnrolPlatform      Action = "enrolPlatform"
)

// Projects and awards.
const (
	ViewProject   Action = "viewProject"
	CreateProject Action = "createProject"
	EditProject   Action = "editProject"
	MoveProject   Action = "moveProject"
	ViewAward     Action = "viewAward"
	DraftAward    Action = "draftAward"    // create, edit, submit, take back, discard
	ActivateAward Action = "activateAward" // or return to draft
)

// Milestones, evidence and extensions. Who views a milestone views its
// extensions.
const (
	ViewMilestone     Action = "viewMilestone"
	StartMilestone    Action = "startMilestone"
	ForecastMilestone Action = "forecastMilestone"
	SubmitMilestone   Action = "submitMilestone"
	WithdrawMilestone Action = "withdrawMilestone"
	DecideMilestone   Action = "decideMilestone" // decide, return, settle, reopen
	ViewEvidence      Action = "viewEvidence"
	AddEvidence       Action = "addEvidence" // announce, send, confirm, supersede
	EraseEvidence     Action = "eraseEvidence"
	AskExtension      Action = "askExtension"
	WithdrawExtension Action = "withdrawExtension"
	DecideExtension   Action = "decideExtension"
)

// Money. Who views payments views refunds.
const (
	ViewTranche     Action = "viewTranche"
	RequestTranche  Action = "requestTranche" // or take back
	DecideTranche   Action = "decideTranche"  // approve, refuse, withdraw the approval
	ViewPayment     Action = "viewPayment"
	InstructPayment Action = "instructPayment"
	RecordPayment   Action = "recordPayment" // paid, returned, stopped
	ReversePayment  Action = "reversePayment"
	RecordRefund    Action = "recordRefund"
	ReverseRefund   Action = "reverseRefund"
	ViewLedger      Action = "viewLedger"
)

// History and attention.
const (
	ViewJournal   Action = "viewJournal"
	ViewAttention Action = "viewAttention"
	Acknowledge   Action = "acknowledge"
)

// People.
const (
	ViewMembers      Action = "viewMembers"
	GrantMembership  Action = "grantMembership"
	RevokeMembership Action = "revokeMembership"
	ViewPerson       Action = "viewPerson"
	CreatePerson     Action = "createPerson"
)

// The deployment, and files that people bring.
const (
	ViewCalendar   Action = "viewCalendar"
	ImportCalendar Action = "importCalendar"
	ViewImport     Action = "viewImport"
	PrepareImport  Action = "prepareImport"
	ApplyImport    Action = "applyImport"
	ViewSweep      Action = "viewSweep"
	RunSweep       Action = "runSweep"
	Search         Action = "search" // what is found is authorised by itself
)

// Actions lists every action.
func Actions() []Action {
	return []Action{
		ViewProgramme, CreateProgramme, EditProgramme, EditLadder, MoveProgramme, ConfirmProgrammeChange,
		ViewOrganisation, CreateOrganisation, EditOrganisation,
		ViewPlatform, CreatePlatform, EditPlatform, MovePlatform, EnrolPlatform,
		ViewProject, CreateProject, EditProject, MoveProject,
		ViewAward, DraftAward, ActivateAward,
		ViewMilestone, StartMilestone, ForecastMilestone, SubmitMilestone, WithdrawMilestone, DecideMilestone,
		ViewEvidence, AddEvidence, EraseEvidence,
		AskExtension, WithdrawExtension, DecideExtension,
		ViewTranche, RequestTranche, DecideTranche,
		ViewPayment, InstructPayment, RecordPayment, ReversePayment, RecordRefund, ReverseRefund,
		ViewLedger, ViewJournal, ViewAttention, Acknowledge,
		ViewMembers, GrantMembership, RevokeMembership, ViewPerson, CreatePerson,
		ViewCalendar, ImportCalendar,
		ViewImport, PrepareImport, ApplyImport,
		ViewSweep, RunSweep,
		Search,
	}
}
