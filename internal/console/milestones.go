package console

// milestonesRoutes are the lists of milestones: table and timeline.
func (c *Console) milestonesRoutes(routes) {}
