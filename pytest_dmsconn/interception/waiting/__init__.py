"""Waits that advance virtual time: those of clients, and with `skip_sleep` all sleeps."""
