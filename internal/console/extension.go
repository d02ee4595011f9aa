package console

// extensionRoutes are extensions: asked for, decided, listed.
func (c *Console) extensionRoutes(routes) {}
