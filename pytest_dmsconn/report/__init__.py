"""Texts for people: the story of a test, and the messages of failed assertions."""
