"""Interception of requests: one file for each library, and the stack of active fakes."""
