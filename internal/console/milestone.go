package console

// milestoneRoutes are a milestone and what is done with it.
func (c *Console) milestoneRoutes(routes) {}
