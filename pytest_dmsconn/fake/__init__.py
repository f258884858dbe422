"""`FakeDms`, the object that a test uses."""
