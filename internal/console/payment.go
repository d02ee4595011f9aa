package console

// paymentRoutes are payments and refunds.
func (c *Console) paymentRoutes(routes) {}
