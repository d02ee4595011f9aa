package console

// auditRoutes are the journal, the state of its chains, and anchors.
func (c *Console) auditRoutes(routes) {}
