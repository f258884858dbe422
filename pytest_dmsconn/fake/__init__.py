"""`FakeDms`, the object that a test holds."""
