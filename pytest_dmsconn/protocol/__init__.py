"""AWS JSON 1.1: from a request to an operation, and from its result to a response."""
