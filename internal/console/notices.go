package console

// noticesRoutes are the notices of a person.
func (c *Console) noticesRoutes(routes) {}
