package console

// draftRoutes are drafting an award, submitting and activating it.
func (c *Console) draftRoutes(routes) {}
