package console

// importRoutes are imports: upload, plan, second person, result.
func (c *Console) importRoutes(routes) {}
