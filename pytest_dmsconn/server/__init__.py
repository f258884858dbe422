"""The fake behind a real HTTP server on loopback."""
