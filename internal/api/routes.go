package api

// routes registers every operation, noun by noun.
func (a *API) routes() {
	a.portfolioQueries()
	a.programmes()
	a.organisations()
	a.platforms()
	a.projects()
	a.awardQueries()
	a.awards()
	a.milestones()
	a.evidence()
	a.extensions()
	a.tranches()
	a.payments()
	a.refunds()
	a.attentionAndHistory()
	a.followed()
	a.peopleQueries()
	a.people()
	a.deploymentQueries()
	a.calendars()
	a.imports()
}
