package console

// trancheRoutes are tranches: queues, requests, approvals.
func (c *Console) trancheRoutes(routes) {}
