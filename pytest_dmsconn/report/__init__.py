"""The story of a test, and the messages of failed assertions."""
